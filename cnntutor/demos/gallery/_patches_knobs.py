"""What can be turned on the demo `patches`. No torch."""

from __future__ import annotations

from typing import Self

from pydantic import Field, model_validator

from cnntutor.demos.protocol import Knobs, Picture, in_group
from cnntutor.errors import UsageError

LARGEST_SIDE = 384
DIGIT = 8
"""Height and width of the digits in pixels."""


class PatchesKnobs(Knobs):
    """A picture to cut up, and the transformers that read cut digits."""

    image: Picture = Field("chelsea", description="the picture, cut to its middle square")
    side: int = Field(96, ge=16, le=LARGEST_SIDE, description="its height and width in pixels")
    patch: int = Field(16, ge=2, le=64, description="pixels on a side of a patch")
    width: int = Field(64, ge=4, le=512, description="numbers in a token")

    tile: int = Field(
        2, ge=1, le=4, description="pixels on a side of a digit's tile: 1, 2 or 4", json_schema_extra=in_group("digits")
    )
    blocks: int = Field(
        2, ge=1, le=4, description="of attention and MLP in each transformer", json_schema_extra=in_group("digits")
    )
    epochs: int = Field(8, ge=0, le=40, description="of training; 0 for none", json_schema_extra=in_group("digits"))

    @model_validator(mode="after")
    def _possible(self) -> Self:
        if self.side % self.patch:
            raise UsageError(
                f"patch must divide side ({self.side}), which {self.patch} does not: set {self._fitting()}"
            )
        if self.width % 4:
            raise UsageError(f"width must be a multiple of 4, the heads of attention, not {self.width}")
        if DIGIT % self.tile:
            raise UsageError(f"tile must be 1, 2 or 4, to divide the {DIGIT} pixels of a digit, not {self.tile}")
        return self

    @property
    def tokens(self) -> int:
        """Patches of the picture."""
        return (self.side // self.patch) ** 2

    @property
    def tiles(self) -> int:
        """Of a digit."""
        return (DIGIT // self.tile) ** 2

    def _fitting(self) -> str:
        """The nearest way out."""
        side = min(max(1, round(self.side / self.patch)), LARGEST_SIDE // self.patch) * self.patch
        return f"side to {side} first, or patch to one of {', '.join(map(str, self._divisors()))}"

    def _divisors(self) -> list[int]:
        near = [size for size in range(2, min(64, self.side) + 1) if self.side % size == 0]
        return sorted(sorted(near, key=lambda size: abs(size - self.patch))[:3])
