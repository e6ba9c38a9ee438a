"""Changes for augmentation at any strength from 0 to 1: torchvision's own transforms, Mixup and CutMix.

Mixup: Zhang et al. (2017), arXiv:1710.09412. CutMix: Yun et al. (2019), arXiv:1905.04899.
RandAugment: Cubuk et al. (2019), arXiv:1909.13719.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import torch
from torch import Tensor

from cnntutor.vision.torchvision_import import torchvision

Change = Literal["turn", "shift", "flip", "crop", "light", "noise", "erase", "randaugment"]
"""What is done to a picture by itself."""

Mixing = Literal["mixup", "cutmix"]
"""What makes one picture of two."""

HALF_TURN = 180.0
"""Degrees that a turn goes to at strength 1, to either side."""

FARTHEST = 0.5
"""Share of the side that a shift goes to at strength 1."""

SMALLEST_CROP = 0.08
"""Share of the area that a crop keeps at strength 1; torchvision's own least."""

LOUDEST = 0.5
"""Deviation of the noise at strength 1, where white is 1."""

LARGEST_HOLE = 0.6
"""Share of the area that is erased at strength 1."""

HIGHEST_MAGNITUDE = 30
"""RandAugment's M at strength 1."""


def transform(change: Change, strength: float, side: int) -> Callable[[Tensor], Tensor]:
    """A transform of torchvision that draws afresh at every call, from torch's own generator.

    Args:
        change: which.
        strength: 0 changes nothing (a flip never comes), 1 is the most.
        side: of the pictures, in pixels.

    Returns:
        [C, side, side] from 0 to 1 → the same, changed.
    """
    v2 = torchvision().transforms.v2
    smooth = v2.InterpolationMode.BILINEAR
    makers: dict[str, Callable[[], Callable[[Tensor], Tensor]]] = {
        "turn": lambda: v2.RandomRotation(HALF_TURN * strength, interpolation=smooth),
        "shift": lambda: v2.RandomAffine(0, translate=(FARTHEST * strength,) * 2, interpolation=smooth),
        "flip": lambda: v2.RandomHorizontalFlip(strength),
        "crop": lambda: v2.RandomResizedCrop(side, (1 - (1 - SMALLEST_CROP) * strength, 1.0), (1.0, 1.0)),
        "light": lambda: v2.ColorJitter(brightness=strength, contrast=strength),
        "noise": lambda: v2.GaussianNoise(sigma=LOUDEST * strength),
        "erase": lambda: v2.RandomErasing(1.0, (LARGEST_HOLE * strength,) * 2, (0.8, 1.25)),
        "randaugment": lambda: v2.RandAugment(2, round(HIGHEST_MAGNITUDE * strength)),
    }
    return makers[change]()


def varied(x: Tensor, change: Change, strength: float, seed: int) -> Tensor:
    """Pictures changed, each in its own way; torch's generator stands afterwards where it stood.

    Args:
        x: [N, C, side, side] from 0 to 1.
        change: which.
        strength: 0 to 1; 0 gives the pictures back.
        seed: of the draws.
    """
    if strength == 0:
        return x
    change_one = transform(change, strength, x.shape[-1])
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return torch.stack([change_one(picture) for picture in x]).clamp(0, 1)


def turned(x: Tensor, degrees: float) -> Tensor:
    """Pictures [N, C, H, W] turned anticlockwise by exactly so much; what comes in from outside is black."""
    v2 = torchvision().transforms.v2
    turn: Tensor = v2.functional.rotate(x, degrees, v2.InterpolationMode.BILINEAR)
    return turn


def two_in_one(x: Tensor, others: Tensor, mixing: Mixing, share: float) -> tuple[Tensor, float]:
    """Pictures with others mixed in, and the share of the label that belongs to these.

    Args:
        x: [N, C, H, W].
        others: as `x`.
        mixing: which way.
        share: that the others shall have, 0 to 1.
    """
    return (mixed(x, others, share), share) if mixing == "mixup" else pasted(x, others, share)


def mixed(x: Tensor, others: Tensor, share: float) -> Tensor:
    """Mixup: (1 − share)·x + share·others."""
    return (1 - share) * x + share * others


def pasted(x: Tensor, others: Tensor, share: float) -> tuple[Tensor, float]:
    """CutMix with its rectangle in the middle, as near to the share of the area as whole pixels allow.

    Args:
        x: [N, C, H, W]
        others: as x.
        share: of the area that `others` shall fill.

    Returns:
        The pictures, and the share of the area that `others` fill, by which the label goes.
    """
    height, width = x.shape[-2:]
    rows, columns = round(height * share**0.5), round(width * share**0.5)
    top, left = (height - rows) // 2, (width - columns) // 2
    patched = x.clone()
    patched[..., top : top + rows, left : left + columns] = others[..., top : top + rows, left : left + columns]
    return patched, rows * columns / (height * width)
