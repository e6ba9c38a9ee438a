"""How far from equivariant a layer is: shift first or compute first, and compare.

A map f is equivariant to a shift T of its input if f(T x) = T f(x). The shift of the map is counted in cells, that of
the picture in pixels: one cell is as many pixels as the strides multiply to.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor

Cells = tuple[range, range]
"""Rows and columns of the map that are compared."""


def moves_near(pixels: int, stride: int) -> tuple[int, ...]:
    """The whole-cell moves nearest to a shift by so many pixels: one if the stride divides it, else two."""
    return tuple(dict.fromkeys((pixels // stride, -(-pixels // stride))))


def best_move(after: Tensor, before: Tensor, moves: Sequence[tuple[int, int]], cells: Cells) -> tuple[int, float]:
    """Which of these moves of the old map comes nearest to the new one, and how far off it still is.

    Args:
        after: f(T x), the map of the shifted picture, [C, H, W].
        before: f(x), [C, H, W].
        moves: (down, right) in cells.
        cells: that are compared; those that a move brings in from beyond them are left out.

    Returns:
        The index of the move, and its `error`.
    """
    errors = [error(after, before, move, cells) for move in moves]
    best = min(range(len(errors)), key=errors.__getitem__)
    return best, errors[best]


def error(after: Tensor, before: Tensor, move: tuple[int, int], cells: Cells) -> float:
    """The equivariance error ‖f(T x) − T f(x)‖ / ‖f(x)‖ over the cells that both maps have; 0 where f(x) is all zero.

    Args:
        after: f(T x), [C, H, W].
        before: f(x), [C, H, W].
        move: T as cells down and to the right, neither below 0.
        cells: that are compared.

    Raises:
        ValueError: the move leaves no cell to compare.
    """
    (down, right), (rows, columns) = move, cells
    if down >= len(rows) or right >= len(columns):
        raise ValueError(f"a move of {move} cells leaves nothing of {len(rows)} × {len(columns)}")
    new = after[:, rows.start + down : rows.stop, columns.start + right : columns.stop]
    old = before[:, rows.start : rows.stop - down, columns.start : columns.stop - right]
    size = float(old.norm())
    return float((new - old).norm()) / size if size else 0.0
