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


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """One moment of a demo. Everything may be left out; mappings keep the order in which they are shown."""

    images: Mapping[str, Pixels] = field(default_factory=dict)
    """Pictures by title, uint8 [H, W] or [H, W, 3]."""
    curves: Mapping[str, Curve] = field(default_factory=dict)
    """Lines by legend."""
    tables: Mapping[str, Table] = field(default_factory=dict)
    """Tables by title."""
    figures: Mapping[str, float] = field(default_factory=dict)
    """The run's numbers by name, e.g. `output_size`; the ones cards and questions ask for."""
    caption: str = ""
    """Markdown: what to look at now, and what to try next."""
    formulas: tuple[str, ...] = ()
    """Lines of working with this run's numbers filled in."""
    progress: float | None = None
    """How much of the run is done, 0–1; None where there is no end."""

    def __post_init__(self) -> None:
        for title, pixels in self.images.items():
            _check_pixels(title, pixels)
        if self.progress is not None and not 0 <= self.progress <= 1:
            raise ValueError(f"progress goes from 0 to 1, not {self.progress}")


def _check_pixels(title: str, pixels: Pixels) -> None:
    grey = pixels.ndim == 2
    rgb = pixels.ndim == 3 and pixels.shape[-1] == 3
    if pixels.dtype.name != "uint8" or not (grey or rgb) or not pixels.size:
        raise ValueError(f"image “{title}” must be uint8 [H, W] or [H, W, 3], not {pixels.dtype} {list(pixels.shape)}")
