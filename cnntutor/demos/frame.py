"""What a demo shows at one moment. Plain data; numpy holds the pixels, nothing else is needed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Pixels = NDArray[np.uint8]
    """A picture: grey [H, W] or RGB [H, W, 3], 8 bits a channel."""

Cell = str | int | float | bool | None

LONGEST_HOLD = 10.0
"""Seconds a frame may ask to be looked at."""


@dataclass(frozen=True, slots=True)
class Curve:
    """A line in a chart."""

    x: tuple[float, ...]
    y: tuple[float, ...]
    chart: str = ""
    """Curves that name the same chart share its axes."""
    x_label: str = ""
    y_label: str = ""

    def __post_init__(self) -> None:
        if len(self.x) != len(self.y):
            raise ValueError(f"a curve needs as many x as y, not {len(self.x)} and {len(self.y)}")


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under named columns."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]

    def __post_init__(self) -> None:
        for row in self.rows:
            if len(row) != len(self.columns):
                raise ValueError(f"a row of {len(row)} cells does not fit {len(self.columns)} columns")

    def lines(self) -> list[str]:
        """The table as plain text, a line each row: numbers to the right, words to the left."""
        rows = [list(self.columns), *([cell_text(cell) for cell in row] for row in self.rows)]
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        words = [any(isinstance(row[at], str) for row in self.rows) for at in range(len(self.columns))]
        return [
            "  ".join(
                text.ljust(width) if wordy else text.rjust(width)
                for text, width, wordy in zip(row, widths, words, strict=True)
            ).rstrip()
            for row in rows
        ]


def cell_text(cell: Cell) -> str:
    """A cell as one reads it: thousands parted, no more digits than count."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, int):
        return f"{cell:,}"
    return f"{cell:,.4g}" if isinstance(cell, float) else cell


@dataclass(frozen=True, slots=True)
class Grid:
    """Numbers that lie as they belong together: a patch, a kernel, a confusion matrix. Drawn cell by cell."""

    rows: tuple[tuple[float | int | None, ...], ...]
    """None is a cell that is not known yet."""
    marked: tuple[tuple[int, int], ...] = ()
    """(row, column) of the cells to look at, e.g. those under the window."""
    row_names: tuple[str, ...] = ()
    """A name before each row; none at all, or one a row."""
    column_names: tuple[str, ...] = ()
    digits: int = 2
    """Digits after the point for numbers that are not whole."""

    def __post_init__(self) -> None:
        widths = {len(row) for row in self.rows}
        if len(widths) > 1:
            raise ValueError(f"the rows of a grid are equally long, not {sorted(widths)}")
        width = widths.pop() if widths else 0
        for names, count in ((self.row_names, len(self.rows)), (self.column_names, width)):
            if names and len(names) != count:
                raise ValueError(f"{len(names)} names do not fit {count} lines of a grid")
        for row, column in self.marked:
            if not (0 <= row < len(self.rows) and 0 <= column < width):
                raise ValueError(f"there is no cell {row}, {column} to mark in a grid of {len(self.rows)} × {width}")


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """One moment of a demo. Everything may be left out; mappings keep the order in which they are shown."""

    images: Mapping[str, Pixels] = field(default_factory=dict)
    """Pictures by title, uint8 [H, W] or [H, W, 3]."""
    curves: Mapping[str, Curve] = field(default_factory=dict)
    """Lines by legend."""
    grids: Mapping[str, Grid] = field(default_factory=dict)
    """Grids of numbers by title."""
    tables: Mapping[str, Table] = field(default_factory=dict)
    """Tables by title."""
    views: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """What is seen together: the titles of pictures, charts, grids and tables by the view's name. The first view is
    the one to start with. Without views there is one for everything but the tables, and one for these."""
    figures: Mapping[str, float] = field(default_factory=dict)
    """The run's numbers by name, e.g. `output_size`; the ones cards and questions ask for."""
    caption: str = ""
    """Markdown: what to look at now, and what to try next."""
    formulas: tuple[str, ...] = ()
    """Lines of working with this run's numbers filled in."""
    progress: float | None = None
    """How much of the run is done, 0–1; None where there is no end."""
    hold: float = 0.0
    """Seconds that the frame stays on the screen at normal pace, for animations; without a screen nobody waits."""
    choices: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """What knobs of kind text may be set to in this run, by knob: the layers of the net that was loaded, say."""

    def __post_init__(self) -> None:
        for title, pixels in self.images.items():
            _check_pixels(title, pixels)
        if self.progress is not None and not 0 <= self.progress <= 1:
            raise ValueError(f"progress goes from 0 to 1, not {self.progress}")
        if not 0 <= self.hold <= LONGEST_HOLD:
            raise ValueError(f"hold goes from 0 to {LONGEST_HOLD:g} seconds, not {self.hold}")
        self._check_views()

    @property
    def charts(self) -> dict[str, dict[str, Curve]]:
        """The curves by chart, each with its legend; curves that name no chart share one called `curves`."""
        charts: dict[str, dict[str, Curve]] = {}
        for legend, curve in self.curves.items():
            charts.setdefault(curve.chart or "curves", {})[legend] = curve
        return charts

    def shown(self) -> dict[str, tuple[str, ...]]:
        """The views, those that stand in when the demo names none among them."""
        if self.views:
            return dict(self.views)
        stage = (*self.images, *self.charts, *self.grids)
        views = {"all": stage, "tables": tuple(self.tables)}
        return {title: items for title, items in views.items() if items}

    def _check_views(self) -> None:
        titles = [*self.images, *self.charts, *self.grids, *self.tables]
        if len(set(titles)) < len(titles):
            raise ValueError("two parts of a frame have the same title")
        for view, items in self.views.items():
            for item in items:
                if item not in titles:
                    raise ValueError(f"the view “{view}” shows “{item}”, which the frame does not have")


def _check_pixels(title: str, pixels: Pixels) -> None:
    grey = pixels.ndim == 2
    rgb = pixels.ndim == 3 and pixels.shape[-1] == 3
    if pixels.dtype.name != "uint8" or not (grey or rgb) or not pixels.size:
        raise ValueError(f"image “{title}” must be uint8 [H, W] or [H, W, 3], not {pixels.dtype} {list(pixels.shape)}")
