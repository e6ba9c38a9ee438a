"""The knobs of heads: one body, two heads, and what they are asked afterwards."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from cnntutor.demos.protocol import LIVE, Knobs, in_group
from cnntutor.errors import UsageError
from cnntutor.vision.arithmetic import output_size
from cnntutor.vision.mosaics import Layout
from cnntutor.vision.textures import Texture
from cnntutor.vision.train_config import TrainConfig

Head = Literal["flatten", "gap"]
HEADS: tuple[Head, ...] = ("flatten", "gap")

KERNELS = (5, 3)
"""Of the body's two convolutions; each has stride 2 and no padding, so that a window's border changes nothing."""

STRIDE = 2
BODY_STRIDE = STRIDE ** len(KERNELS)
"""Pixels from one cell of the last maps to the next."""

HELD_OUT = 350
BATCH = 32

View = Literal["map", "learning", "heads", "sizes", "evidence", "counts"]

_NET = in_group("net")
_MOSAIC = in_group("mosaic")
_COUNT = in_group("count")


class HeadsKnobs(Knobs):
    """The nets, the picture that they have never seen the like of, and maps to count weights for."""

    side: int = Field(24, ge=13, le=48, description="pixels a side of the pieces to learn from", json_schema_extra=_NET)
    width: int = Field(16, ge=2, le=64, description="channels of the first layer; then doubled", json_schema_extra=_NET)
    pieces: int = Field(1400, ge=70, le=3000, description="of seven surfaces, to learn from", json_schema_extra=_NET)
    epochs: int = Field(12, ge=1, le=60, description="passes over them", json_schema_extra=_NET)
    learning_rate: float = Field(0.005, ge=1e-4, le=0.1, description="the largest, of Adam", json_schema_extra=_NET)

    first: Texture = Field("wood", description="surface on the left or above", json_schema_extra=_MOSAIC)
    second: Texture = Field("writing", description="surface on the right or below", json_schema_extra=_MOSAIC)
    layout: Layout = Field("side by side", description="how the two lie", json_schema_extra=_MOSAIC)
    number: int = Field(0, ge=0, le=999, description="from where they are cut", json_schema_extra=_MOSAIC)

    show: View = Field("map", description="what to look at first", json_schema_extra=in_group("count", **LIVE))
    channels: int = Field(512, ge=1, le=4096, description="of the last maps", json_schema_extra=_COUNT)
    map_side: int = Field(7, ge=1, le=64, description="cells on a side of them", json_schema_extra=_COUNT)
    classes: int = Field(1000, ge=2, le=20_000, description="scores to give", json_schema_extra=_COUNT)

    @model_validator(mode="after")
    def _possible(self) -> HeadsKnobs:
        if self.first == self.second:
            raise UsageError(f"second must be another surface than first ({self.first})")
        return self

    def cells(self, side: int) -> int:
        """Cells on a side of the last maps of a picture."""
        for kernel in KERNELS:
            side = output_size(side, kernel, stride=STRIDE)
        return side

    @property
    def last_side(self) -> int:
        """Cells on a side of the last maps of a piece to learn from: what the flatten head is tied to."""
        return self.cells(self.side)

    def config(self, seed: int) -> TrainConfig:
        """How either net learns."""
        return TrainConfig(
            optimiser="adam",
            learning_rate=self.learning_rate,
            weight_decay=1e-3,
            batch_size=BATCH,
            epochs=self.epochs,
            seed=seed,
        )
