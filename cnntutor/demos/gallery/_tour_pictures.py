"""The pictures of the demo `tour`: all maps of a layer on one sheet, or its numbers in rows."""

from __future__ import annotations

from math import ceil, isqrt, sqrt
from typing import TYPE_CHECKING

from cnntutor.vision import colour

if TYPE_CHECKING:
    from torch import Tensor

SHEET = 400
"""Pixels on a side of a sheet of maps, at most about so many; larger maps are drawn smaller."""


FULL = 0.98
"""Share of a map's cells that are not brighter than full."""


def title(maps: Tensor) -> str:
    """What a sheet shows, e.g. `16 maps of 96×96` or `64 numbers`."""
    channels, height, width = maps.shape
    if (height, width) == (1, 1):
        return f"{channels:,} numbers"
    return f"{channels} map{'' if channels == 1 else 's'} of {height}×{width}"


def sheet(maps: Tensor, *, wide: bool = False) -> colour.Pixels:
    """All maps side by side, each in its own range of colours: grey if no map has a negative number, else by sign.

    Args:
        maps: [C, h, w]; of single cells [C, 1, 1] the numbers stand in rows.
        wide: twice as wide as high, for a stage of its own; a square otherwise.
    """
    if maps.shape[1:] == (1, 1):
        return colour.signed(_in_rows(maps.flatten()))
    columns = 1 + isqrt(len(maps) * (2 if wide else 1) - 1)
    return colour.shade(_side_by_side(_scaled(_small(maps, SHEET // columns)), columns))


def _scaled(maps: Tensor) -> Tensor:
    """Each map divided by its largest amount; the few largest cells aside, lest they dim the rest."""
    limits = maps.flatten(1).abs().quantile(FULL, dim=1)
    limits = limits.where(limits > 0, maps.flatten(1).abs().amax(dim=1)).clamp(min=1e-9)
    return maps / limits[:, None, None]


def _side_by_side(maps: Tensor, columns: int) -> Tensor:
    """One map [H, W] of many [C, h, w], with a gap of one unknown cell between them."""
    from torch.nn.functional import pad

    rows = ceil(len(maps) / columns)
    unknown = float("nan")
    bordered = pad(maps, (0, 1, 0, 1), value=unknown)  # [C, h + 1, w + 1]
    all_places = pad(bordered, (0, 0, 0, 0, 0, rows * columns - len(maps)), value=unknown)
    height, width = all_places.shape[1:]
    large = all_places.view(rows, columns, height, width).transpose(1, 2).reshape(rows * height, columns * width)
    return large[:-1, :-1]


def _small(maps: Tensor, most: int) -> Tensor:
    """Maps of at most about so many cells on a side, each the mean of those that it stands for."""
    from torch.nn.functional import avg_pool2d

    size = ceil(max(maps.shape[1:]) / max(1, most))
    if size == 1:
        return maps
    smaller: Tensor = avg_pool2d(maps[None], size, ceil_mode=True)[0]
    return smaller


def _in_rows(numbers: Tensor) -> Tensor:
    """As square as it goes; what is left over is unknown."""
    width = ceil(sqrt(len(numbers)))
    rows = numbers.new_full((ceil(len(numbers) / width) * width,), float("nan"))
    rows[: len(numbers)] = numbers
    return rows.reshape(-1, width)
