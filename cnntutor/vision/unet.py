"""A small U-Net, with its skips or without them."""

from __future__ import annotations

from typing import Literal, cast

import torch
from torch import Tensor, nn
from torch.nn.functional import max_pool2d

Grow = Literal["nearest", "bilinear", "transposed"]


class UNet(nn.Module):
    """Down by max pooling, up again, and at every size the map from the way down laid beside the one on the way up.

    Ronneberger, Fischer & Brox (2015), "U-Net", arXiv:1505.04597, with padding, one convolution a block, and batch
    normalisation.
    """

    def __init__(
        self, classes: int, width: int, halvings: int, *, skips: bool = True, grow: Grow = "nearest", channels: int = 3
    ) -> None:
        """Build the net.

        Args:
            classes: scores for every pixel.
            width: channels of the finest maps; they double with every halving.
            halvings: how often the side is halved, at least once.
            skips: whether the decoder sees the encoder's maps.
            grow: how maps are made larger: neighbours copied or blended, or a transposed convolution of 2 by 2.
            channels: of the pictures.
        """
        super().__init__()
        self.body = _Level(channels, width, halvings, skips, grow)
        self.head = nn.Conv2d(width, classes, 1)

    def forward(self, x: Tensor) -> Tensor:
        """Pictures [N, C, side, side] → scores [N, classes, side, side]; the side is a multiple of 2^halvings."""
        return cast("Tensor", self.head(self.body(x)))


class _Level(nn.Module):
    """What happens at one size: a fine map, everything that is coarser, and the two joined."""

    def __init__(self, c_in: int, c: int, halvings: int, skips: bool, grow: Grow) -> None:
        super().__init__()
        self.skips = skips
        self.fine = _block(c_in, c)
        self.inside = _Level(c, 2 * c, halvings - 1, skips, grow) if halvings > 1 else _block(c, 2 * c)
        self.grow = (
            nn.ConvTranspose2d(2 * c, 2 * c, 2, 2) if grow == "transposed" else nn.Upsample(scale_factor=2, mode=grow)
        )
        self.up = _block(2 * c + c if skips else 2 * c, c)

    def forward(self, x: Tensor) -> Tensor:
        fine = self.fine(x)  # [N, c, side, side]
        x = self.grow(self.inside(max_pool2d(fine, 2)))  # [N, 2c, side, side]
        return cast("Tensor", self.up(torch.cat([x, fine], 1) if self.skips else x))


def _block(c_in: int, c_out: int) -> nn.Sequential:
    # The mean that the norm takes off would take a bias with it.
    return nn.Sequential(nn.Conv2d(c_in, c_out, 3, padding=1, bias=False), nn.BatchNorm2d(c_out), nn.ReLU())
