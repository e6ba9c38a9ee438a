"""Pictures of two textures, and where in them each one lies: what a map of a net's attention can be held against.

They are cut from the held-out parts, whose pixels the textures net has never seen. No torch.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from cnntutor.errors import UsageError
from cnntutor.vision import textures

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Layout = Literal["side by side", "stacked"]

SIDE = 96
"""Height and width of a mosaic in pixels."""


@dataclass(frozen=True, slots=True, eq=False)
class Mosaic:
    """Two textures with a straight border through the middle."""

    first: str
    """The left or upper texture."""
    second: str
    """The right or lower one."""
    layout: Layout
    pixels: NDArray[np.uint8]
    """[SIDE, SIDE, 3]"""

    def where(self, name: str) -> NDArray[np.bool_]:
        """The pixels of one texture, [SIDE, SIDE]; none, if it is not in the mosaic."""
        import numpy as np

        mask = np.zeros((SIDE, SIDE), bool)
        for number, half in enumerate((self.first, self.second)):
            mask[_half(self.layout, number)] |= half == name
        return mask


def mosaic(first: str, second: str, layout: Layout = "side by side", number: int = 0) -> Mosaic:
    """A mosaic of two textures; the number decides from where each is cut and whether it is mirrored.

    Raises:
        UsageError: a texture does not exist, or both are the same.
    """
    import numpy as np

    if first == second:
        raise UsageError(f"A mosaic needs two different textures, not {first} twice.")
    chance = random.Random(f"{first} {second} {layout} {number}")
    pixels = np.empty((SIDE, SIDE, 3), np.uint8)
    for place, name in enumerate((first, second)):
        half = pixels[_half(layout, place)]
        half[:] = patch(textures.texture(name, "held-out"), half.shape[0], half.shape[1], chance)
    return Mosaic(first, second, layout, pixels)


def drawn(number: int) -> Mosaic:
    """The mosaic of this number, its textures and its layout drawn too."""
    chance = random.Random(number)
    first, second = chance.sample(textures.NAMES, 2)
    layout: Layout = chance.choice(("side by side", "stacked"))
    return mosaic(first, second, layout, number)


def patch(surface: textures.Pixels, height: int, width: int, chance: random.Random) -> textures.Pixels:
    """A piece of a surface from anywhere, mirrored or not: [H, W, 3] → [height, width, 3]."""
    top = chance.randint(0, surface.shape[0] - height)
    left = chance.randint(0, surface.shape[1] - width)
    cut = surface[top : top + height, left : left + width]
    return cut[:, ::-1] if chance.random() < 0.5 else cut


def _half(layout: Layout, number: int) -> tuple[slice, slice]:
    """Rows and columns of the first (0) or second (1) texture."""
    part = slice(number * SIDE // 2, (number + 1) * SIDE // 2)
    return (slice(None), part) if layout == "side by side" else (part, slice(None))
