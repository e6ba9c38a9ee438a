"""Masks: how far the classes of two pictures agree pixel by pixel, and a loss made of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor


def confusion(guess: Tensor, truth: Tensor, classes: int) -> Tensor:
    """Pixels by what they are (row) and what they were taken for (column).

    Args:
        guess: class numbers, int64, of any shape.
        truth: the same for what is right.
        classes: how many there are.

    Returns:
        int64 [classes, classes].
    """
    return (classes * truth + guess).flatten().bincount(minlength=classes**2).reshape(classes, classes)


def dice(counts: Tensor) -> Tensor:
    """Dice score of every class, 2·|A ∩ B| / (|A| + |B|); NaN where a class is neither there nor guessed.

    Dice (1945), "Measures of the amount of ecologic association between species", doi:10.2307/1932409.

    Args:
        counts: from `confusion`, [K, K].

    Returns:
        float64 [K].
    """
    both = counts.diagonal().double()
    return 2 * both / (counts.sum(0) + counts.sum(1))


def iou(counts: Tensor) -> Tensor:
    """Intersection over union of every class, |A ∩ B| / |A ∪ B|; NaN as in `dice`. [K, K] → float64 [K]."""
    both = counts.diagonal().double()
    return both / (counts.sum(0) + counts.sum(1) - both)


def borders(truth: Tensor) -> Tensor:
    """Pixels with another class among their eight neighbours.

    Args:
        truth: class numbers, int64 [N, H, W].

    Returns:
        bool [N, H, W].
    """
    from torch.nn.functional import max_pool2d

    levels = truth.float()[:, None]
    return (max_pool2d(levels, 3, 1, 1) != -max_pool2d(-levels, 3, 1, 1))[:, 0]


def dice_loss(scores: Tensor, truth: Tensor) -> Tensor:
    """One minus the mean over the classes of 2·Σp·g / (Σp + Σg), probabilities in the place of counts.

    Milletari, Navab & Ahmadi (2016), "V-Net", arXiv:1606.04797, section 3, without their squares below the line.

    Args:
        scores: [N, K, H, W], before the softmax.
        truth: class numbers, int64 [N, H, W].
    """
    from torch.nn.functional import one_hot

    chance = scores.softmax(1)
    there = one_hot(truth, scores.shape[1]).movedim(-1, 1).to(chance.dtype)
    shared, sizes = (chance * there).sum((0, 2, 3)), (chance + there).sum((0, 2, 3))
    return 1 - (2 * shared / sizes).mean()
