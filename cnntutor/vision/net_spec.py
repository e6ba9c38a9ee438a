"""The plain description of a small net: what `models.ConvNet` builds and a checkpoint keeps. No torch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from cnntutor.errors import UsageError

Norm = Literal["none", "batch", "layer", "instance", "group"]
Activation = Literal["relu", "leaky-relu", "elu", "gelu", "silu"]
Pooling = Literal["max", "average", "stride"]
Head = Literal["gap", "flatten"]

MOST_CHANNELS = 1024
"""More in the last block would make the nets of this course too large to be small."""


@dataclass(frozen=True, slots=True)
class NetSpec:
    """A plain CNN: blocks of convolution, normalisation, activation and pooling, then one linear layer.

    Raises:
        UsageError: a value is out of range, or two of them do not go together.
    """

    blocks: int = 2
    """How many, 1–8. Each halves the side while it is above 1, and doubles the channels."""
    width: int = 16
    """Channels of the first block."""
    kernel: int = 3
    """Taps on a side of every convolution; odd, and padded so that the side stays."""
    norm: Norm = "batch"
    """What evens out the activations; `layer` spans all channels of a picture, `group` up to eight groups of them."""
    activation: Activation = "relu"
    pooling: Pooling = "max"
    """What halves the side: the largest of 2×2 cells, their mean, or a convolution of stride 2."""
    dropout: float = 0.0
    """Share of the head's inputs that is set to zero in each training step."""
    residual: bool = False
    """Whether a shortcut leads around each convolution (a 1×1 convolution, since the channels change)."""
    head: Head = "gap"
    """What the linear layer sees: the mean of each map (global average pooling), or every cell."""
    in_channels: int = 1
    side: int = 8
    """Height and width of the pictures."""
    classes: int = 10

    def __post_init__(self) -> None:
        self._check_numbers()
        self._check_choices()
        if self.channels[-1] > MOST_CHANNELS:
            raise UsageError(
                f"width {self.width} doubled over {self.blocks} blocks comes to {self.channels[-1]:,} channels:"
                f" keep it at {MOST_CHANNELS:,} or fewer with a smaller width or fewer blocks"
            )
        if self.norm == "instance" and min(self._normalised_sides) < 2:
            raise UsageError(
                f"norm instance needs more than one cell in a map, but {self.blocks} blocks shrink {self.side} pixels"
                " to one: set fewer blocks, or another norm"
            )

    @property
    def channels(self) -> tuple[int, ...]:
        """Output channels of each block."""
        return tuple(self.width * 2**block for block in range(self.blocks))

    @property
    def sides(self) -> tuple[int, ...]:
        """Side of each block's input, and last that of the last block's output."""
        sides = [self.side]
        for _ in range(self.blocks):
            # A strided convolution keeps the odd pixel out, a 2×2 pooling drops it.
            half = -(-sides[-1] // 2) if self.pooling == "stride" else sides[-1] // 2
            sides.append(max(1, half))
        return tuple(sides)

    @property
    def features(self) -> int:
        """Numbers that the head sees of one picture."""
        return self.channels[-1] * (1 if self.head == "gap" else self.sides[-1] ** 2)

    @property
    def _normalised_sides(self) -> tuple[int, ...]:
        """Normalisation comes before pooling, but after a strided convolution."""
        return self.sides[1:] if self.pooling == "stride" else self.sides[:-1]

    def _check_numbers(self) -> None:
        limits = {
            "blocks": (1, 8),
            "width": (1, 512),
            "kernel": (1, 11),
            "dropout": (0, 0.9),
            "in_channels": (1, 64),
            "side": (2, 512),
            "classes": (2, 1000),
        }
        for name, (low, high) in limits.items():
            value = getattr(self, name)
            if not low <= value <= high:
                raise UsageError(f"{name} must be from {low} to {high}, not {value}")
        if self.kernel % 2 == 0:
            raise UsageError(f"kernel must be odd, so that it has a centre, not {self.kernel}")

    def _check_choices(self) -> None:
        choices = {"norm": Norm, "activation": Activation, "pooling": Pooling, "head": Head}
        for name, choice in choices.items():
            if getattr(self, name) not in get_args(choice):
                raise UsageError(f"{name} must be {', '.join(get_args(choice))}, not “{getattr(self, name)}”")
