"""What excites a channel most: the places in many pictures to which it answers with its largest numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from torch import Tensor

from cnntutor.vision import colour

if TYPE_CHECKING:
    from cnntutor.vision.reach import Seen


@dataclass(frozen=True, slots=True)
class Favourite:
    """A cell of a map."""

    picture: int
    row: int
    column: int
    value: float


def favourites(maps: Tensor, count: int) -> list[Favourite]:
    """A channel's largest answers, one a picture, the largest first.

    Args:
        maps: of one channel for many pictures, [N, h, w].
        count: how many, at most N.
    """
    largest, places = maps.flatten(1).max(dim=1)  # [N]
    order = largest.argsort(descending=True, stable=True)[:count].tolist()
    return [
        Favourite(picture, *divmod(int(places[picture]), maps.shape[-1]), float(largest[picture])) for picture in order
    ]


def patch_of(picture: Tensor, seen: Seen, row: int, column: int) -> colour.Pixels:
    """The pixels that a cell sees, those beyond the border as `UNKNOWN`.

    Args:
        picture: [1 or 3, H, W], from 0 to 1.
        seen: what a cell of this layer sees; not the whole.
        row: of the cell.
        column: of the cell.

    Returns:
        uint8 [h, w, 3].
    """
    import numpy as np

    pixels = colour.rgb(picture)
    top, left, bottom, right = seen.patch(row, column)
    patch = np.full((bottom - top, right - left, 3), colour.UNKNOWN, np.uint8)
    rows, columns = (
        slice(max(0, start), min(end, size))
        for start, end, size in zip((top, left), (bottom, right), pixels.shape, strict=False)
    )
    patch[rows.start - top : rows.stop - top, columns.start - left : columns.stop - left] = pixels[rows, columns]
    return patch
