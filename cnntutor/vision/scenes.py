"""Pictures with a class for every pixel: one texture cut out of another. Any number of them, the same each time."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from cnntutor.vision import data_digits, textures
from cnntutor.vision.mosaics import patch

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from torch import Tensor

    Masks = NDArray[np.bool_]

Shape = Literal["digits", "halves"]

KINDS: tuple[textures.Texture, ...] = ("brick", "grass", "stars", "wood", "gravel", "retina", "writing")
"""Textures by class number, the first ones easy to tell apart."""

INK = 0.45
"""Of a digit's enlarged grey: what is brighter belongs to the digit."""


@dataclass(frozen=True, slots=True)
class Scenes:
    """Pictures and their masks."""

    x: Tensor
    """float32 [N, 3, side, side], from 0 to 1."""
    y: Tensor
    """Class of each pixel, int64 [N, side, side]."""


def scenes(count: int, side: int, classes: int, shape: Shape, part: textures.Part, seed: int) -> Scenes:
    """Draw so many.

    Args:
        count: of pictures.
        side: of each in pixels.
        classes: the first so many of `KINDS`, at least 2.
        shape: a digit cut out of one texture on another, or two halves with a border somewhere.
        part: of the textures and of the digits.
        seed: decides digits, textures and where they are cut.
    """
    import numpy as np
    import torch

    chance = random.Random(seed)
    surfaces = [textures.texture(kind, part) for kind in KINDS[:classes]]
    pictures, masks = [], []
    for mask in _digits(count, side, part, chance) if shape == "digits" else _halves(count, side, chance):
        inside, outside = chance.sample(range(classes), 2)
        over, under = (patch(surfaces[kind], side, side, chance) for kind in (inside, outside))
        pictures.append(np.where(mask[..., None], over, under))
        masks.append(np.where(mask, inside, outside))
    x = torch.from_numpy(np.stack(pictures)).permute(0, 3, 1, 2).float() / 255
    return Scenes(x, torch.from_numpy(np.stack(masks)).long())


def _digits(count: int, side: int, part: textures.Part, chance: random.Random) -> Masks:
    """Masks of handwritten digits, bool [count, side, side]."""
    from torch.nn.functional import interpolate

    train, held_out = data_digits.read()
    digits = train.x if part == "train" else held_out.x
    rows = [chance.randrange(len(digits)) for _ in range(count)]
    masks: Masks = (interpolate(digits[rows], (side, side), mode="bilinear") > INK)[:, 0].numpy()
    return masks


def _halves(count: int, side: int, chance: random.Random) -> Masks:
    """Masks with a straight border across or down, at least a quarter from the edge; bool [count, side, side]."""
    import numpy as np

    masks = np.zeros((count, side, side), bool)
    for mask in masks:
        lines = mask if chance.random() < 0.5 else mask.T
        lines[: chance.randint(side // 4, side - side // 4)] = True
    return masks
