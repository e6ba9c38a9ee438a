"""How far the pixels around a unit influence it, and in how small a part of them most of that influence lies.

Luo, Li, Urtasun & Zemel (2016), "Understanding the Effective Receptive Field in Deep Convolutional Neural Networks",
arXiv:1701.04128: a pixel's influence is the size of the unit's derivative by it.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from cnntutor.vision.arithmetic import ReceptiveField

if TYPE_CHECKING:
    from torch import Tensor

SHARE = 0.95
"""Of all influence: so much counts as nearly all."""


@dataclass(frozen=True, slots=True)
class Patch:
    """A square of a picture, which may stick out beyond its border."""

    top: int
    left: int
    side: int

    @property
    def bottom(self) -> int:
        """The row after its last."""
        return self.top + self.side

    @property
    def right(self) -> int:
        """The column after its last."""
        return self.left + self.side

    def inner(self, side: int) -> Patch:
        """The square of this side with the same middle; both sides are even, or both odd."""
        rim = (self.side - side) // 2
        return Patch(self.top + rim, self.left + rim, side)

    def rows(self, most: int) -> slice:
        """Its rows within a picture that has so many."""
        return slice(max(0, self.top), max(0, min(most, self.bottom)))

    def columns(self, most: int) -> slice:
        """Its columns within a picture that has so many."""
        return slice(max(0, self.left), max(0, min(most, self.right)))


def patch_of(field: ReceptiveField, row: int, column: int) -> Patch:
    """The pixels that a cell of a map sees."""
    half = Fraction(field.size, 2)
    top, left = (field.start + place * field.jump - half for place in (row, column))
    return Patch(int(top), int(left), field.size)


def influence(unit: Tensor, picture: Tensor) -> Tensor:
    """|∂unit / ∂pixel|, added up over the channels.

    Args:
        unit: one number that was computed from the picture, [].
        picture: [1, C, H, W], with gradients.

    Returns:
        float64 [H, W].
    """
    import torch

    (slopes,) = torch.autograd.grad(unit, picture)
    return slopes[0].abs().sum(0).double()


def reach(amounts: Tensor) -> tuple[int, int]:
    """How far anything at all reaches across the columns.

    Args:
        amounts: influence, [H, W].

    Returns:
        Columns from the first to the last with any influence, and how many of these have some; (0, 0) if none has.
    """
    columns: list[int] = amounts.sum(0).nonzero().flatten().tolist()
    return (columns[-1] - columns[0] + 1, len(columns)) if columns else (0, 0)


def middle_square(amounts: Tensor, patch: Patch, share: float = SHARE) -> int:
    """Side of the smallest square around a patch's middle that holds this share of all influence in the picture.

    Args:
        amounts: influence, [H, W].
        patch: whose middle, and whose parity, the square has.
        share: 0 to 1.
    """
    height, width = amounts.shape

    def held(side: int) -> Tensor:
        square = patch.inner(side)
        return amounts[square.rows(height), square.columns(width)].sum()

    return next((side for side in _sides(patch) if held(side) >= share * amounts.sum()), patch.side)


def middle_strip(amounts: Tensor, patch: Patch, share: float = SHARE) -> int:
    """As `middle_square`, but only across: columns around the middle that hold this share, whatever their rows."""
    columns, width = amounts.sum(0), amounts.shape[1]

    def held(side: int) -> Tensor:
        return columns[patch.inner(side).columns(width)].sum()

    return next((side for side in _sides(patch) if held(side) >= share * columns.sum()), patch.side)


def _sides(patch: Patch) -> range:
    return range(2 - patch.side % 2, patch.side + 1, 2)
