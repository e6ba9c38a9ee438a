"""Pictures whose pixels, or blocks of pixels, change places, and how much neighbours still know of each other."""

from __future__ import annotations

import torch
from torch import Tensor


def block_order(side: int, block: int, draw: torch.Generator) -> Tensor:
    """A random order of a picture's pixels in which every block of block × block stays as it is.

    Args:
        side: height and width of the picture.
        block: divides it; 1 moves every pixel by itself, `side` moves nothing.
        draw: decides.

    Returns:
        int64 [side²]: which pixel, row by row, comes to each place.
    """
    across = side // block
    places = torch.arange(side * side).view(across, block, across, block).transpose(1, 2)  # [rows, columns, b, b]
    moved = places.reshape(-1, block, block)[torch.randperm(across * across, generator=draw)]
    return moved.view(across, across, block, block).transpose(1, 2).flatten()


def in_order(x: Tensor, order: Tensor) -> Tensor:
    """Pictures with their pixels in another order.

    Args:
        x: [N, C, H, W].
        order: [H·W] for all alike, or [N, H·W] for each its own.
    """
    places = order.expand(len(x), -1)[:, None].expand(-1, x.shape[1], -1)  # [N, C, H·W]
    return x.flatten(2).gather(2, places).view_as(x)


def neighbours_correlation(x: Tensor) -> float:
    """Pearson's correlation of each pixel with the one to its right, over all pictures [N, C, H, W]."""
    left, right = x[..., :-1].flatten(), x[..., 1:].flatten()
    return float(torch.corrcoef(torch.stack([left, right]))[0, 1])
