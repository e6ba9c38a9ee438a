"""Losses worked out by hand, with their gradients; what `torch.nn.functional` computes, in the open."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor


def targets(classes: int, true: int, smoothing: float = 0.0) -> Tensor:
    """What the probabilities should be: the share `smoothing` is taken off the true class and spread over all.

    Szegedy et al. (2015), "Rethinking the Inception Architecture", arXiv:1512.00567, section 7.

    Returns:
        float64 [classes].
    """
    import torch

    wanted = torch.full((classes,), smoothing / classes, dtype=torch.float64)
    wanted[true] += 1 - smoothing
    return wanted


def cross_entropy(scores: Tensor, true: int, smoothing: float = 0.0) -> tuple[Tensor, Tensor]:
    """−Σ target·ln p, and its gradient p − target.

    Args:
        scores: before the softmax, [K].
        true: the class that is right.
        smoothing: as in `targets`.

    Returns:
        The loss, [], and its gradient with respect to the scores, [K].
    """
    wanted = targets(len(scores), true, smoothing).to(scores.dtype)
    return -(wanted * scores.log_softmax(0)).sum(), scores.softmax(0) - wanted


def focal(scores: Tensor, true: int, gamma: float) -> tuple[Tensor, Tensor]:
    """−(1 − p)^γ·ln p for the probability p of the true class, and its gradient.

    Lin et al. (2017), "Focal Loss for Dense Object Detection", arXiv:1708.02002, equation 4, for several classes.

    Args:
        scores: before the softmax, [K].
        true: the class that is right.
        gamma: 0 gives cross-entropy; the larger, the less easy cases count.

    Returns:
        The loss, [], and its gradient with respect to the scores, [K].
    """
    import torch

    chances = scores.softmax(0)
    p, log_p = chances[true], scores.log_softmax(0)[true]
    others = torch.arange(len(scores)) != true
    wrong = chances[others].sum()  # 1 − p, without losing what little there may be
    # p·dL/dp, so that nothing is divided by a p that may be zero.
    steepness = -(wrong**gamma) + (gamma * p * wrong ** (gamma - 1) * log_p if gamma else 0)
    return -(wrong**gamma) * log_p, steepness * (targets(len(scores), true).to(scores.dtype) - chances)


def smooth_l1(error: Tensor, beta: float = 1.0) -> tuple[Tensor, Tensor]:
    """d²/(2β) while |d| < β and |d| − β/2 beyond; and its slope, d/β up to ±1.

    Girshick (2015), "Fast R-CNN", arXiv:1504.08083, equation 3, with the β of `torch.nn.functional.smooth_l1_loss`.

    Args:
        error: prediction less truth, of any shape.
        beta: where it turns linear, above 0.

    Returns:
        The loss of each error and its slope, in the shape of `error`.
    """
    import torch

    size = error.abs()
    return torch.where(size < beta, error**2 / (2 * beta), size - beta / 2), (error / beta).clamp(-1, 1)


def dice_loss(share: float, found: Tensor, false: float | Tensor) -> Tensor:
    """1 − 2·Σp·g/(Σp + Σg) of a mask whose true pixels all get one probability and its background another.

    Args:
        share: of the pixels that are true, above 0.
        found: probability given to the true ones.
        false: probability given to the others.
    """
    return 1 - 2 * share * found / (share * found + (1 - share) * false + share)


def pixel_cross_entropy(share: float, found: Tensor, false: Tensor) -> Tensor:
    """The mean over the pixels of −ln of what each gave to the truth; the arguments as of `dice_loss`."""
    return -(share * found.log() + (1 - share) * (1 - false).log())
