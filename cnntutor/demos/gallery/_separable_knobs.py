"""What can be turned on the demo `separable`. No torch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from pydantic import Field, model_validator

from cnntutor.demos.protocol import Knobs, in_group
from cnntutor.errors import UsageError
from cnntutor.vision import arithmetic

MOST_MACS = 2_000_000_000
"""Of the ordinary layer: about a fifth of a second on a single core, and it runs a dozen times."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What a layer comes to for one picture."""

    weights: int
    macs: int
    moved: int
    """Numbers read or written once: input, output and weights."""

    def __add__(self, other: Cost) -> Cost:
        return Cost(self.weights + other.weights, self.macs + other.macs, self.moved + other.moved)


class SeparableKnobs(Knobs):
    """A convolution, and the ways to save on it."""

    channels: int = Field(64, ge=1, le=512, description="of the input")
    filters: int = Field(128, ge=1, le=512, description="output channels")
    kernel_size: int = Field(3, ge=1, le=11, description="taps on a side; odd, so that the map keeps its side")
    groups: int = Field(2, ge=1, le=512, description="of the grouped layer; they divide channels and filters")
    side: int = Field(28, ge=4, le=224, description="of the map in cells")
    rounds: int = Field(
        9,
        ge=1,
        le=50,
        description="how often each is timed; its shortest time counts",
        json_schema_extra=in_group("clock"),
    )

    @model_validator(mode="after")
    def _possible(self) -> Self:
        if self.kernel_size % 2 == 0:
            raise UsageError(f"kernel_size must be odd, so that the map keeps its side, not {self.kernel_size}")
        if self.channels % self.groups or self.filters % self.groups:
            raise UsageError(
                f"groups must divide channels ({self.channels}) and filters ({self.filters}), which {self.groups} does "
                "not: set it to 1 first, or the other two to multiples of it"
            )
        if self.ordinary.macs > MOST_MACS:
            raise UsageError(
                f"side must be smaller: the ordinary layer would take {self.ordinary.macs:,} MACs, and more than "
                f"{MOST_MACS:,} take too long to time; or set channels, filters or kernel_size lower"
            )
        return self

    @property
    def ordinary(self) -> Cost:
        """Every filter reads every channel."""
        return self._layer(self.channels, self.filters, self.kernel_size)

    @property
    def grouped(self) -> Cost:
        """Every filter reads its own group's channels."""
        return self._layer(self.channels, self.filters, self.kernel_size, self.groups)

    @property
    def depthwise(self) -> Cost:
        """One kernel a channel."""
        return self._layer(self.channels, self.channels, self.kernel_size, self.channels)

    @property
    def pointwise(self) -> Cost:
        """1×1: all channels of one place."""
        return self._layer(self.channels, self.filters, 1)

    @property
    def separable(self) -> Cost:
        """Depthwise, then pointwise."""
        return self.depthwise + self.pointwise

    @property
    def saving(self) -> float:
        """How many times fewer MACs the separable pair takes: 1 / (1/C_out + 1/k²)."""
        return self.ordinary.macs / self.separable.macs

    def _layer(self, c_in: int, c_out: int, kernel: int, groups: int = 1) -> Cost:
        weights = arithmetic.conv_params(c_in, c_out, kernel, groups=groups, bias=False)
        macs = arithmetic.conv_macs(c_in, c_out, kernel, self.side, self.side, groups=groups)
        return Cost(weights, macs, (c_in + c_out) * self.side**2 + weights)
