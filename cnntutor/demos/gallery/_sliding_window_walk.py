"""What sliding-window draws: the square at every stop, one row of it as a strip, and how often each cell is met."""

from __future__ import annotations

from collections.abc import Container
from typing import Protocol

from cnntutor.demos.gallery._sliding_window_knobs import SlidingWindowKnobs
from cnntutor.demos.protocol import Grid, Table
from cnntutor.vision import windows

READABLE = 9
"""Inputs up to this side are numbered cell by cell; those of larger ones by their column, which stays short."""

WIDE = 22
"""Strips up to this length are written with blanks between their cells."""

Rows = tuple[tuple[int, ...], ...]


class Walk(Protocol):
    """One run, for either kind of layer."""

    side: int
    """Stops on a side of the square of stops."""

    def grids(self, row: int, column: int) -> dict[str, Grid]:
        """The input and the output at a stop, what is marked in them, and nothing that comes later."""

    def counts(self) -> dict[str, Grid]:
        """How often each cell is met, when all is done."""

    def strip(self) -> Table:
        """One row of the square, a line for each stop."""


def walk_of(knobs: SlidingWindowKnobs) -> Walk:
    """The walk that the knobs describe."""
    return _Copying(knobs) if knobs.layer == "transposed" else _Reading(knobs)


class _Reading:
    """A convolution: a window stops on the padded input, and each stop is one cell of the output."""

    def __init__(self, knobs: SlidingWindowKnobs) -> None:
        self._knobs = knobs
        self._stops = windows.stops(knobs.side, knobs.window)
        self.side = len(self._stops)
        self._input = _padded(knobs)

    def grids(self, row: int, column: int) -> dict[str, Grid]:
        down, right = (windows.taps(self._stops[place], self._knobs.window) for place in (row, column))
        seen = tuple((i, j) for i in down for j in right)
        filled = row * self.side + column + 1
        numbers = [[i * self.side + j + 1 for j in range(self.side)] for i in range(self.side)]
        output = tuple(tuple(number if number <= filled else None for number in line) for line in numbers)
        return {"padded input": Grid(self._input, seen), "output": Grid(output, ((row, column),))}

    def counts(self) -> dict[str, Grid]:
        reads = windows.reads(self._knobs.side, self._knobs.window)
        return {"reads": Grid(_product(reads), self._unread(reads))}

    def strip(self) -> Table:
        side, window = self._knobs.side, self._knobs.window
        pixels = range(side + 2 * window.padding)
        inside = range(window.padding, window.padding + side)
        lines = [
            (str(number), _written([_mark(pixel, windows.taps(start, window), inside) for pixel in pixels]))
            for number, start in enumerate(self._stops, start=1)
        ]
        return Table(("stop", "row"), (*lines, ("reads", _written(_digits(windows.reads(side, window))))))

    def _unread(self, reads: tuple[int, ...]) -> tuple[tuple[int, int], ...]:
        """The pixels of the input that no stop reads."""
        inside = range(self._knobs.padding, self._knobs.padding + self._knobs.side)
        return tuple((i, j) for i in inside for j in inside if not reads[i] * reads[j])


class _Copying:
    """A transposed convolution: every input leaves a copy of the kernel on the output."""

    def __init__(self, knobs: SlidingWindowKnobs) -> None:
        self._layer = knobs.transposed
        self.side = knobs.side
        self._input = _numbered(knobs.side)

    def grids(self, row: int, column: int) -> dict[str, Grid]:
        down, right = (tuple(self._layer.copy_of(place)) for place in (row, column))
        copy = tuple((i, j) for i in down for j in right)
        # The rows above are complete; of this one the inputs up to the column have left their copies.
        above, so_far = self._layer.copies(row), self._layer.copies(column + 1)
        every, cells = self._layer.copies(), range(self._layer.output_side)
        counts = tuple(tuple(above[i] * every[j] + (i in down) * so_far[j] for j in cells) for i in cells)
        return {"input": Grid(self._input, ((row, column),)), "copies so far": Grid(counts, copy)}

    def counts(self) -> dict[str, Grid]:
        return {"copies": Grid(_product(self._layer.copies()))}

    def strip(self) -> Table:
        cells = range(self._layer.output_side)
        lines = [
            (str(place + 1), _written([_mark(cell, tuple(self._layer.copy_of(place)), cells) for cell in cells]))
            for place in range(self.side)
        ]
        return Table(("input", "row"), (*lines, ("copies", _written(_digits(self._layer.copies())))))


def _numbered(side: int) -> Rows:
    within = side if side <= READABLE else 0
    return tuple(tuple(i * within + j + 1 for j in range(side)) for i in range(side))


def _padded(knobs: SlidingWindowKnobs) -> Rows:
    """The numbered input with its border: zeros, or the numbers of the pixels that are copied."""
    side, padding = knobs.side, knobs.padding
    origin = [windows.source(pixel, side, padding, knobs.padding_mode) for pixel in range(side + 2 * padding)]
    numbers = _numbered(side)
    return tuple(tuple(0 if i is None or j is None else numbers[i][j] for j in origin) for i in origin)


def _product(counts: tuple[int, ...]) -> Rows:
    """Counts along a row as those of the square: rows and columns are met independently."""
    return tuple(tuple(i * j for j in counts) for i in counts)


def _mark(cell: int, taps: Container[int], inside: range) -> str:
    """■ and · for a cell with and without a tap on it, □ and + if it is made up."""
    if cell in taps:
        return "■" if cell in inside else "□"
    return "·" if cell in inside else "+"


def _digits(counts: tuple[int, ...]) -> list[str]:
    return [str(count) if count < 10 else "#" for count in counts]


def _written(cells: list[str]) -> str:
    return (" " if len(cells) <= WIDE else "").join(cells)
