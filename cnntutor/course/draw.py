"""Fresh numbers for computed items: ranges, lists and grids, drawn anew at every showing."""

from __future__ import annotations

import random
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

_NUMBER = r"[-−]?\d{1,12}(?:\.\d{1,12})?"
_RANGE = re.compile(r"([-−]?\d{1,12})\s*\.\.\s*([-−]?\d{1,12})")
_GRID = re.compile(r"grid\s+(\d{1,3})\s*[x×]\s*(\d{1,3})\s+(.+)", re.DOTALL)
LARGEST_GRID_SIDE = 16


class DrawError(ValueError):
    """The text after a drawn name is no range, list or grid; the message says what is wrong."""


class Grid(tuple[int | float, ...]):
    """A drawn grid, its cells row by row; expressions take it as a list of numbers."""

    width: int
    """Cells in a row."""

    def __new__(cls, cells: Iterable[int | float], width: int) -> Grid:
        """Make a grid of the cells, `width` to a row."""
        grid = super().__new__(cls, cells)
        grid.width = width
        return grid

    def __getnewargs__(self) -> tuple[tuple[int | float, ...], int]:
        return tuple(self), self.width

    @property
    def rows(self) -> list[tuple[int | float, ...]]:
        """The cells by row."""
        return [self[at : at + self.width] for at in range(0, len(self), self.width)]


class Source(Protocol):
    """Where a drawn value comes from."""

    def draw(self, chance: random.Random) -> int | float | Grid:
        """One value."""
        ...


@dataclass(frozen=True, slots=True)
class Range:
    """Every whole number from `low` to `high`, both included."""

    low: int
    high: int

    def draw(self, chance: random.Random) -> int:
        """One of them, all equally likely."""
        return chance.randint(self.low, self.high)


@dataclass(frozen=True, slots=True)
class Listing:
    """Some numbers by name."""

    numbers: tuple[int | float, ...]

    def draw(self, chance: random.Random) -> int | float:
        """One of them, all equally likely."""
        return chance.choice(self.numbers)


@dataclass(frozen=True, slots=True)
class GridOf:
    """A grid whose cells are drawn one by one."""

    height: int
    width: int
    cell: Range | Listing

    def draw(self, chance: random.Random) -> Grid:
        """A grid of `height` × `width` cells."""
        return Grid((self.cell.draw(chance) for _ in range(self.height * self.width)), self.width)


def parse_source(text: str) -> Range | Listing | GridOf:
    """Read what follows a drawn name: `5..64`, `1, 3, 5, 7` or `grid 3x3 0..5`.

    Raises:
        DrawError: it is none of these.
    """
    text = text.strip()
    if text.startswith("grid"):
        return _grid(text)
    if match := _RANGE.fullmatch(text):
        low, high = (int(end.replace("−", "-")) for end in match.groups())
        if low > high:
            raise DrawError(f"the range {text} ends before it starts")
        return Range(low, high)
    parts = [part.strip() for part in text.split(",")]
    if all(re.fullmatch(_NUMBER, part) for part in parts):
        return Listing(tuple(_number(part) for part in parts))
    raise DrawError(f"“{text}” is no range (5..64), list (1, 3, 5) or grid (grid 3x3 0..5)")


def _grid(text: str) -> GridOf:
    match = _GRID.fullmatch(text)
    if match is None:
        raise DrawError(f"“{text}” is no grid: write its rows and columns and what is in it, as in grid 3x3 0..5")
    height, width = int(match[1]), int(match[2])
    if not (1 <= height <= LARGEST_GRID_SIDE and 1 <= width <= LARGEST_GRID_SIDE):
        raise DrawError(f"a grid has 1 to {LARGEST_GRID_SIDE} rows and columns, not {height}x{width}")
    cell = parse_source(match[3])
    if isinstance(cell, GridOf):
        raise DrawError("a grid cannot hold grids")
    return GridOf(height, width, cell)


def _number(text: str) -> int | float:
    text = text.replace("−", "-")
    return float(text) if "." in text else int(text)
