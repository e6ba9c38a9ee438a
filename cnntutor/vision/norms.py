"""Normalisation of feature maps: which numbers share a mean, and layers that do it.

x̂ = (x − μ) / √(σ² + ε), y = γ·x̂ + β. Batch: Ioffe & Szegedy (2015), arXiv:1502.03167. Layer: Ba et al. (2016),
arXiv:1607.06450, here over all channels and places of a picture. Instance: Ulyanov et al. (2016), arXiv:1607.08022.
Group: Wu & He (2018), arXiv:1803.08494.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import gcd
from typing import TYPE_CHECKING, Literal, get_args

if TYPE_CHECKING:
    from torch import nn

NormName = Literal["batch", "layer", "instance", "group"]
NAMES: tuple[NormName, ...] = get_args(NormName)


@dataclass(frozen=True, slots=True)
class Batch:
    """Maps [pictures, channels, side, side], the channels in `groups` groups of neighbours."""

    pictures: int
    channels: int
    side: int
    groups: int
    """Divides the channels."""

    def set_of(self, norm: NormName, picture: int, channel: int) -> int:
        """Which mean a map takes part in, counted from 0: maps with the same answer share one."""
        in_group = channel * self.groups // self.channels
        places = {
            "batch": channel,
            "layer": picture,
            "instance": picture * self.channels + channel,
            "group": picture * self.groups + in_group,
        }
        return places[norm]

    def means(self, norm: NormName) -> int:
        """How many there are."""
        return self.set_of(norm, self.pictures - 1, self.channels - 1) + 1

    def numbers(self, norm: NormName) -> int:
        """How many numbers share one mean."""
        return self.pictures * self.channels * self.side**2 // self.means(norm)


def layer(norm: NormName, channels: int, groups: int) -> nn.Module:
    """The layer, with a scale and an offset for each channel.

    Args:
        norm: which one.
        channels: of the maps.
        groups: of group normalisation; as many of them as divide the channels.
    """
    from torch import nn

    match norm:
        case "batch":
            return nn.BatchNorm2d(channels)
        case "layer":
            return nn.GroupNorm(1, channels)
        case "instance":
            return nn.InstanceNorm2d(channels, affine=True)
        case "group":
            return nn.GroupNorm(gcd(groups, channels), channels)
