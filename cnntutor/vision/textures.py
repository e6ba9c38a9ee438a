"""Photographed surfaces, each in a part to learn from and a part held out. No torch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, get_args

from cnntutor import paths
from cnntutor.errors import UsageError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Pixels = NDArray[np.uint8]
    """[H, W, 3]"""

Texture = Literal["brick", "grass", "gravel", "retina", "stars", "wood", "writing"]
NAMES: tuple[Texture, ...] = get_args(Texture)
"""Textures in `assets/textures`, in the order of the textures net's classes."""

Part = Literal["train", "held-out"]

TRAIN_SHARE = 0.55
"""Of the longer side (the width of a square), from the left or the top: what the net learns from."""
HELD_OUT_SHARE = 0.40
"""From the other end; the strip between the two belongs to neither, so that no stone or blade is in both."""


def texture(name: str, part: Part) -> Pixels:
    """One part of a texture.

    Args:
        name: one of `NAMES`.
        part: `train`, or `held-out`, which the textures net has never seen.

    Returns:
        uint8 [H, W, 3]; a grey texture has three equal channels.

    Raises:
        UsageError: there is no such texture.
    """
    whole = _read(name)
    height, width, _ = whole.shape
    length = max(height, width)
    along = _span(length, part)
    return whole[:, along] if width >= height else whole[along]


def _span(length: int, part: Part) -> slice:
    if part == "train":
        return slice(0, int(length * TRAIN_SHARE))
    return slice(length - int(length * HELD_OUT_SHARE), length)


def _read(name: str) -> Pixels:
    import numpy as np
    from PIL import Image

    if name not in NAMES:
        raise UsageError(f"There is no texture “{name}”: choose {', '.join(NAMES)}.")
    with Image.open(paths.assets_dir() / "textures" / f"{name}.png") as opened:
        return np.array(opened.convert("RGB"))
