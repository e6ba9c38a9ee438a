"""Gates for the channels of a map: factors from 0 to 1, worked out from the picture or learnt once for all.

Imports torch; what gates cost is in `attention`, without it.
"""

from __future__ import annotations

from typing import Literal, cast

import torch
from torch import Tensor, nn

Squash = Literal["sigmoid", "softmax"]


class ComputedGates(nn.Module):
    """Squeeze-and-excitation's second half: s = σ(W₂·ReLU(W₁·z)).

    Hu, Shen & Sun (2018), "Squeeze-and-Excitation Networks", arXiv:1709.01507, equation 3.
    """

    def __init__(self, channels: int, reduction: int, squash: Squash = "sigmoid") -> None:
        """Build it with weights from torch's global generator.

        Args:
            channels: C.
            reduction: r; the middle has C/r numbers.
            squash: what makes factors of the numbers: the paper's sigmoid, or a softmax, which lets channels compete.
        """
        super().__init__()
        self.down = nn.Linear(channels, channels // reduction)
        self.up = nn.Linear(channels // reduction, channels)
        self._squash = squash

    def forward(self, squeezed: Tensor) -> Tensor:
        """Means of the channels [N, C] → a gate for each [N, C]."""
        numbers = self.up(self.down(squeezed).relu())
        return cast("Tensor", numbers.sigmoid() if self._squash == "sigmoid" else numbers.softmax(1))


class FixedGates(nn.Module):
    """A gate for each channel that is learnt, and then the same for every picture."""

    def __init__(self, channels: int) -> None:
        """Start them half open.

        Args:
            channels: C.
        """
        super().__init__()
        self.numbers = nn.Parameter(torch.zeros(channels))

    def forward(self, squeezed: Tensor) -> Tensor:
        """Means of the channels [N, C], which it ignores → the gates [N, C]."""
        return self.numbers.sigmoid().expand_as(squeezed)
