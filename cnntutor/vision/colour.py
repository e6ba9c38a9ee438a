"""Numbers as pictures: grey for amounts, two colours for values with a sign."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from torch import Tensor

    Pixels = NDArray[np.uint8]

NEGATIVE = (86, 156, 255)
ZERO = (18, 22, 28)
POSITIVE = (255, 176, 84)
"""Blue and orange stay apart for every kind of colour vision; zero is dark, so that what answers shines."""

UNKNOWN = (58, 66, 76)
"""A value that is not computed yet."""

LEVELS = 255
"""Steps from dark to full."""

_LUMA = (0.299, 0.587, 0.114)


def grey_of(image: Tensor) -> Tensor:
    """Brightness of an RGB image, ITU-R BT.601: 0.299 R + 0.587 G + 0.114 B; [3, H, W] → [1, H, W]."""
    return (image * image.new_tensor(_LUMA)[:, None, None]).sum(0, keepdim=True)


def rgb(image: Tensor) -> Pixels:
    """An image with values from 0 to 1 as it looks: [3, H, W] or [1, H, W] → uint8 [H, W, 3]."""
    shown = image.detach().cpu().expand(3, -1, -1)
    return _bytes(255 * shown.permute(1, 2, 0))


def shade(values: Tensor, like: Tensor | None = None) -> Pixels:
    """A map of numbers as a picture: grey where none is negative, otherwise as `signed`.

    Grey runs from 0 to the largest value or to 1, whichever is more. NaN is shown as `UNKNOWN`.

    Args:
        values: [H, W].
        like: the numbers whose range sets the colours; `values` unless told.

    Returns:
        uint8 [H, W, 3].
    """
    import numpy as np

    scale = np.nan_to_num(_array(values if like is None else like))
    if scale.min() < 0:
        return signed(values, like)
    known = _array(values)
    grey = np.rint(np.nan_to_num(LEVELS * known / max(1.0, scale.max())).clip(0, LEVELS))
    return _where_known(known, grey.astype(np.uint8)[..., None].repeat(3, axis=-1))


def signed(values: Tensor, like: Tensor | None = None) -> Pixels:
    """A map of numbers in two colours: the larger the amount, the brighter, and zero dark.

    Colours are full where a value reaches the 99.5th percentile of all amounts, so that a few border cells cannot
    dim the rest.

    Args:
        values: [H, W].
        like: the numbers whose range sets the colours; `values` unless told.

    Returns:
        uint8 [H, W, 3].
    """
    import numpy as np

    known = _array(values)
    amounts = np.abs(np.nan_to_num(known if like is None else _array(like)))
    limit = np.quantile(amounts, 0.995) or amounts.max() or 1.0
    shades = np.rint(LEVELS * np.nan_to_num(known / limit).clip(-1, 1)).astype(np.int16)
    return _where_known(known, _diverging()[shades + LEVELS])


def covered(pixels: Pixels, rows: int) -> Pixels:
    """A copy of a picture in which only so many rows are known."""
    partly = pixels.copy()
    partly[rows:] = UNKNOWN
    return partly


def mosaic(pictures: Sequence[Pixels], columns: int) -> Pixels:
    """Pictures of one size side by side, row by row, with a gap of one pixel between them.

    Args:
        pictures: uint8 [H, W, 3] each.
        columns: how many stand in a row.
    """
    import numpy as np

    height, width, _ = pictures[0].shape
    rows = -(-len(pictures) // columns)
    sheet = np.full((rows * (height + 1) - 1, columns * (width + 1) - 1, 3), UNKNOWN, np.uint8)
    for number, picture in enumerate(pictures):
        top, left = number // columns * (height + 1), number % columns * (width + 1)
        sheet[top : top + height, left : left + width] = picture
    return sheet


def outlined(pixels: Pixels, top: int, left: int, side: int) -> Pixels:
    """A copy of a picture with the border of a square marked."""
    marked = pixels.copy()
    bottom, right = top + side - 1, left + side - 1
    marked[[top, bottom], left : right + 1] = POSITIVE
    marked[top : bottom + 1, [left, right]] = POSITIVE
    return marked


@lru_cache(maxsize=1)
def _diverging() -> Pixels:
    """The colours from −1 to 1 in 2·LEVELS + 1 steps, uint8 [steps, 3]."""
    import numpy as np

    negative, zero, positive = (np.array(colour, dtype=float) for colour in (NEGATIVE, ZERO, POSITIVE))
    share = np.linspace(-1, 1, 2 * LEVELS + 1)[:, None]
    towards = np.where(share < 0, negative, positive)
    shades: Pixels = np.rint(zero + np.abs(share) * (towards - zero)).astype(np.uint8)
    return shades


def _array(values: Tensor) -> NDArray[np.float32]:
    numbers: NDArray[np.float32] = values.detach().cpu().float().numpy()
    return numbers


def _where_known(values: NDArray[np.float32], shown: Pixels) -> Pixels:
    import numpy as np

    shown[np.isnan(values)] = UNKNOWN
    return shown


def _bytes(values: Tensor) -> Pixels:
    import torch

    pixels: Pixels = values.clamp(0, 255).round().to(torch.uint8).contiguous().numpy()
    return pixels
