"""The small nets of this course, built from a `NetSpec`. Layers are named so that their paths read well."""

from __future__ import annotations

from collections.abc import Callable
from math import gcd
from typing import cast

from torch import Tensor, nn

from cnntutor.vision.net_spec import NetSpec

MOST_GROUPS = 8
"""Groups of a group normalisation, or as many as divide the channels."""


class ConvNet(nn.Module):
    """A plain CNN: `blocks.0.conv`, `blocks.0.norm`, … and `head`, a linear layer on the last maps.

    The weights start as PyTorch starts them, drawn from its global generator.
    """

    def __init__(self, spec: NetSpec) -> None:
        """Build the net.

        Args:
            spec: what it is made of.
        """
        super().__init__()
        self.spec = spec
        inputs = (spec.in_channels, *spec.channels)
        self.blocks = nn.Sequential(*(_Block(spec, block, inputs[block]) for block in range(spec.blocks)))
        self.pool = nn.AdaptiveAvgPool2d(1) if spec.head == "gap" else nn.Identity()
        self.flatten = nn.Flatten()
        self.dropout = nn.Dropout(spec.dropout)
        self.head = nn.Linear(spec.features, spec.classes)

    def forward(self, x: Tensor) -> Tensor:
        """Pictures [N, in_channels, side, side], mean and deviation taken off → a score for each class [N, classes]."""
        maps = self.blocks(x)  # [N, C, h, w]
        features = self.flatten(self.pool(maps))  # [N, features]
        return cast("Tensor", self.head(self.dropout(features)))


class _Block(nn.Module):
    """activation(norm(conv(x)) + shortcut(x)), then pooling.

    The shortcut is the projection of He et al. (2016), "Deep Residual Learning for Image Recognition",
    arXiv:1512.03385, equation 2, around one convolution instead of two.
    """

    def __init__(self, spec: NetSpec, number: int, c_in: int) -> None:
        super().__init__()
        c_out = spec.channels[number]
        halves = spec.sides[number] > 1
        stride = 2 if halves and spec.pooling == "stride" else 1
        # The mean that a norm takes off would take a bias with it.
        bias = spec.norm == "none"
        self.conv = nn.Conv2d(c_in, c_out, spec.kernel, stride, spec.kernel // 2, bias=bias)
        self.norm = _NORMS[spec.norm](c_out)
        self.shortcut = nn.Conv2d(c_in, c_out, 1, stride, bias=False) if spec.residual else None
        self.activation = _ACTIVATIONS[spec.activation]()
        self.pool = _POOLINGS[spec.pooling]() if halves else nn.Identity()

    def forward(self, x: Tensor) -> Tensor:
        y = self.norm(self.conv(x))
        if self.shortcut is not None:
            y = y + self.shortcut(x)
        return cast("Tensor", self.pool(self.activation(y)))


_NORMS: dict[str, Callable[[int], nn.Module]] = {
    "none": lambda _: nn.Identity(),
    "batch": nn.BatchNorm2d,
    "layer": lambda channels: nn.GroupNorm(1, channels),
    "instance": lambda channels: nn.InstanceNorm2d(channels, affine=True),
    "group": lambda channels: nn.GroupNorm(gcd(MOST_GROUPS, channels), channels),
}
_ACTIVATIONS: dict[str, Callable[[], nn.Module]] = {
    "relu": nn.ReLU,
    "leaky-relu": nn.LeakyReLU,
    "elu": nn.ELU,
    "gelu": nn.GELU,
    "silu": nn.SiLU,
}
_POOLINGS: dict[str, Callable[[], nn.Module]] = {
    "max": lambda: nn.MaxPool2d(2),
    "average": lambda: nn.AvgPool2d(2),
    "stride": nn.Identity,
}
