"""Adversarial examples: pictures changed by so little that nobody sees it, and so aimed that a net answers otherwise.

A net here takes pictures [N, C, H, W] with values from 0 to 1 and gives scores [N, classes]; what it takes off them for
itself is its own business. No weight is changed, and no gradient of a weight is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor

    Scores = Callable[[Tensor], Tensor]

STRIDES = 2.5
"""Epsilons that the steps of PGD come to if all go one way, so that it can walk along the border (Madry et al.)."""


def slope(net: Scores, x: Tensor, y: Tensor) -> Tensor:
    """∂ loss / ∂ pixel of each picture's own cross-entropy, [N, C, H, W]."""
    import torch
    from torch.nn.functional import cross_entropy

    with torch.inference_mode(False), torch.enable_grad():
        pixels = x.detach().clone().requires_grad_(True)
        (found,) = torch.autograd.grad(cross_entropy(net(pixels), y, reduction="sum"), pixels)
    return found


def fgsm(net: Scores, x: Tensor, y: Tensor, epsilon: float, *, towards: bool = False) -> Tensor:
    """The fast gradient sign method: x + ε · sign(∂L/∂x), cut to 0..1.

    Goodfellow, Shlens & Szegedy (2015), "Explaining and Harnessing Adversarial Examples", arXiv:1412.6572.

    Args:
        net: whose answers are to change.
        x: the pictures.
        y: their classes [N], to lead away from; or the classes to lead to.
        epsilon: by how much a pixel may change at most, on the scale of 0 to 1.
        towards: whether `y` is where to lead to.
    """
    return _stepped(x, slope(net, x, y), -epsilon if towards else epsilon)


def pgd(net: Scores, x: Tensor, y: Tensor, epsilon: float, steps: int = 10, *, towards: bool = False) -> Tensor:
    """Projected gradient descent: small steps of FGSM, each cut back to within ε of the pictures; from the pictures on.

    Madry et al. (2018), "Towards Deep Learning Models Resistant to Adversarial Attacks", arXiv:1706.06083.

    Args, and what it returns: as `fgsm`; `steps` of them, each `STRIDES` · ε / steps long.
    """
    *_, moved = walk(net, x, y, epsilon, steps, towards=towards)
    return moved


def walk(net: Scores, x: Tensor, y: Tensor, epsilon: float, steps: int, *, towards: bool = False) -> Iterator[Tensor]:
    """As `pgd`, but the pictures as they come in and after every step."""
    length = min(epsilon, STRIDES * epsilon / steps)
    moved = x
    yield moved
    for _ in range(steps):
        moved = _stepped(moved, slope(net, moved, y), -length if towards else length)
        moved = moved.clamp(x - epsilon, x + epsilon)
        yield moved


def noisy(x: Tensor, epsilon: float, seed: int) -> Tensor:
    """Every pixel up or down by ε at random, cut to 0..1: as large a change as FGSM's, and aimed at nothing."""
    import torch

    signs = torch.randn(x.shape, generator=torch.Generator().manual_seed(seed))
    return _stepped(x, signs.to(x.device), epsilon)


def least_epsilon(flips: Callable[[float], bool], most: float, levels: int) -> float | None:
    """The smallest ε of so many even steps up to `most` at which an attack works; None if none does.

    Args:
        flips: whether the attack works at an ε; asked from the smallest on, since more is not always more.
        most: the largest to try.
        levels: how many.
    """
    tried = (most * level / levels for level in range(1, levels + 1))
    return next((epsilon for epsilon in tried if flips(epsilon)), None)


def _stepped(x: Tensor, direction: Tensor, length: float) -> Tensor:
    return (x + length * direction.sign()).clamp(0, 1)
