"""Squares of numbers as text, the way a knob holds them: `1 0 -1; 2 0 -2; 1 0 -1`. No torch, no numpy."""

from __future__ import annotations

import re

from cnntutor.errors import UsageError

Matrix = tuple[tuple[float, ...], ...]
"""Rows of equal length, as many as they are long."""

LARGEST = 1_000_000
"""Amount up to which a cell may go: beyond it single precision has no decimals worth the name."""

_ROW_END = re.compile(r"\s*[;\n]\s*")
_CELL = re.compile(r"[^\s,]+")


def read(text: str, name: str, most: int) -> Matrix:
    """The square that a text holds.

    Args:
        text: rows parted by semicolons, cells by blanks or commas; a cell is a number, or a fraction such as 1/9.
        name: of the knob, for the refusal.
        most: rows it may have.

    Raises:
        UsageError: it is empty, no square, too large, or a cell is no number up to `LARGEST`.
    """
    rows = [_CELL.findall(row) for row in _rows(text)]
    _check_square(rows, name, most)
    return tuple(tuple(_number(cell, name) for cell in row) for row in rows)


def side_of(text: str) -> int:
    """How many rows a text has, whatever they hold; at least 1."""
    return len(_rows(text))


def write(matrix: Matrix) -> str:
    """The text of a square; nine digits are as many as single precision keeps."""
    return "; ".join(" ".join(f"{cell + 0.0:.9g}" for cell in row) for row in matrix)


def resized(matrix: Matrix, side: int) -> Matrix:
    """The square cut, or bordered with zeros, around its middle cell.

    An even square has no middle; the upper left of the four cells around it counts. So growing and shrinking again
    gives back what was there.
    """
    shift = (side - 1) // 2 - (len(matrix) - 1) // 2
    places = [place - shift for place in range(side)]
    inside = range(len(matrix))
    return tuple(tuple(matrix[i][j] if i in inside and j in inside else 0.0 for j in places) for i in places)


def _rows(text: str) -> list[str]:
    return _ROW_END.split(text.strip().rstrip(";"))


def _check_square(rows: list[list[str]], name: str, most: int) -> None:
    if not rows[0]:
        raise UsageError(f"{name} has no cells: write rows parted by semicolons, such as 1 0; 0 1")
    if len(rows) > most:
        raise UsageError(f"{name} may have at most {most} rows, not {len(rows)}")
    for number, row in enumerate(rows, start=1):
        if len(row) != len(rows[0]):
            raise UsageError(f"row {number} of {name} has {_cells(len(row))}, but row 1 has {_cells(len(rows[0]))}")
    if len(rows[0]) != len(rows):
        raise UsageError(f"{name} must have as many rows as columns, not {len(rows)} by {len(rows[0])}")


def _number(cell: str, name: str) -> float:
    above, slash, below = cell.replace("−", "-").partition("/")
    try:
        value = float(above) / (float(below) if slash else 1.0)
    except (ValueError, ZeroDivisionError):
        raise UsageError(f"{name} cannot hold “{cell[:20]}”: write numbers, such as 2, -0.5 or 1/9") from None
    if not abs(value) <= LARGEST:
        raise UsageError(f"{name} cannot hold “{cell[:20]}”: its numbers go from −{LARGEST:,} to {LARGEST:,}")
    return value


def _cells(count: int) -> str:
    return f"{count} cell" if count == 1 else f"{count} cells"
