"""Numbers that lie as they belong together: a patch under a kernel, a confusion matrix."""

from __future__ import annotations

import math
from collections.abc import Sequence

from rich.color import Color
from rich.style import Style
from rich.text import Text
from textual.widget import Widget

from cnntutor.demos.frame import Grid
from cnntutor.vision.colour import NEGATIVE, POSITIVE, UNKNOWN, ZERO

Cell = float | int | None
RGB = tuple[int, int, int]

STRONGEST = 0.75
"""How much of a full colour the largest number gets: digits must stay legible on it."""

MARK = (255, 255, 255)
MARK_TEXT = (0, 0, 0)
LIGHT, DARK = (235, 240, 245), (12, 14, 18)


class NumberGrid(Widget):
    """A grid drawn cell by cell: blue below zero, orange above, the cells to look at in white.

    A grid too wide for its place gives up digits first, then the columns farthest from what is marked.
    """

    DEFAULT_CSS = """
    NumberGrid { width: 1fr; height: 1fr; content-align: center top; text-wrap: nowrap; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._grid = Grid(())

    def show(self, grid: Grid) -> None:
        """Show a grid."""
        if grid != self._grid:
            self._grid = grid
            self.refresh()

    def render(self) -> Text:
        return drawn(self._grid, self.content_size.width, self.content_size.height)


def drawn(grid: Grid, width: int, height: int) -> Text:
    """The grid as text that lies within width × height cells."""
    if not grid.rows:
        return Text("")
    names = _names_width(grid)
    digits = _digits_that_fit(grid, width - names)
    cell = _cell_width(grid, digits) + (names + len(grid.rows[0]) * (_cell_width(grid, digits) + 1) <= width)
    columns = _in_sight(len(grid.rows[0]), (width - names) // cell, [column for _, column in grid.marked])
    rows = _in_sight(len(grid.rows), height - bool(grid.column_names), [row for row, _ in grid.marked])
    lines = [_header(grid, columns, names, cell)] if grid.column_names else []
    return Text("\n").join([*lines, *(_line(grid, row, columns, digits, names, cell) for row in rows)])


def _header(grid: Grid, columns: range, names: int, cell: int) -> Text:
    cut = [grid.column_names[column][: cell - 1].rjust(cell) for column in columns]
    return Text(" " * names + "".join(cut), style="dim")


def _line(grid: Grid, row: int, columns: range, digits: int, names: int, cell: int) -> Text:
    line = Text(f"{grid.row_names[row]} ".rjust(names) if names else "", style="dim")
    largest = _largest(grid)
    for column in columns:
        value = grid.rows[row][column]
        style = _style(value, largest, marked=(row, column) in grid.marked)
        line.append(f"{_shown(value, digits)} ".rjust(cell), style)
    return line


def _style(value: Cell, largest: float, *, marked: bool) -> Style:
    if marked:
        return Style(color=Color.from_rgb(*MARK_TEXT), bgcolor=Color.from_rgb(*MARK), bold=True)
    behind = _colour(value, largest)
    return Style(color=Color.from_rgb(*_legible_on(behind)), bgcolor=Color.from_rgb(*behind))


def _colour(value: Cell, largest: float) -> RGB:
    if value is None or math.isnan(value):
        return UNKNOWN
    full = NEGATIVE if value < 0 else POSITIVE
    share = STRONGEST * min(1.0, abs(value) / largest)
    red, green, blue = (round(zero + share * (end - zero)) for zero, end in zip(ZERO, full, strict=True))
    return red, green, blue


def _legible_on(colour: RGB) -> RGB:
    red, green, blue = colour
    return DARK if 0.299 * red + 0.587 * green + 0.114 * blue > 128 else LIGHT


def _largest(grid: Grid) -> float:
    amounts = [abs(cell) for row in grid.rows for cell in row if cell is not None and math.isfinite(cell)]
    return max(amounts, default=0) or 1.0


def natural_width(grid: Grid) -> int:
    """Columns that the grid takes with all its digits."""
    return _names_width(grid) + len(grid.rows[0]) * _cell_width(grid, grid.digits) if grid.rows else 1


def _names_width(grid: Grid) -> int:
    return max((len(name) + 1 for name in grid.row_names), default=0)


def _digits_that_fit(grid: Grid, width: int) -> int:
    """Digits after the point: as many as there is room for, and enough to tell the largest number from zero."""
    enough = min(grid.digits, max(0, 1 - math.floor(math.log10(_largest(grid)))))
    fitting = (d for d in range(grid.digits, enough, -1) if _cell_width(grid, d) * len(grid.rows[0]) <= width)
    return next(fitting, enough)


def _cell_width(grid: Grid, digits: int) -> int:
    """Columns of a cell: its number and one blank."""
    numbers = max((len(_shown(cell, digits)) for row in grid.rows for cell in row), default=1)
    return max(numbers, *(min(len(name), 6) for name in grid.column_names or ("",))) + 1


def _shown(value: Cell, digits: int) -> str:
    if value is None:
        return "·"
    if isinstance(value, int):
        return str(value).replace("-", "−")
    # Adding zero turns −0.00 into 0.00.
    return f"{round(value, digits) + 0.0:.{digits}f}".replace("-", "−")


def _in_sight(count: int, room: int, marked: Sequence[int]) -> range:
    """Which of `count` lines are shown where there is room for fewer: those around the marked ones."""
    room = max(1, min(count, room))
    middle = (min(marked) + max(marked)) // 2 if marked else 0
    first = max(0, min(count - room, middle - room // 2))
    return range(first, first + room)
