"""The knobs of shift: what slides how far, how the net shrinks its maps, and which map is looked at."""

from __future__ import annotations

from math import prod
from typing import Literal

from pydantic import Field, model_validator

from cnntutor.demos.protocol import LIVE, Knobs, Picture, in_group
from cnntutor.errors import UsageError
from cnntutor.vision import shrinking
from cnntutor.vision.convolution import PaddingMode
from cnntutor.vision.equivariance import Cells
from cnntutor.vision.shrinking import Layer, Shrinking

NET = "textures"
"""The trained net whose layers are used: three blocks of a 3×3 convolution, batch norm and ReLU."""

CHANNELS = (16, 32, 64)
"""Maps after each of them."""

Way = Literal["none", Shrinking]
WAYS: tuple[Way, ...] = ("none", *shrinking.WAYS)
"""What is compared: maps that keep every cell, and each way to shrink them."""


class ShiftKnobs(Knobs):
    """A picture on the move before a net with three blocks."""

    image: Picture = Field("astronaut", description="the picture, cut to its middle square")
    side: int = Field(80, ge=64, le=160, description="its height and width in pixels")
    most: int = Field(12, ge=1, le=24, description="pixels that it slides, one by one")
    direction: Literal["right", "down", "diagonal"] = Field("right", description="where to")
    edge: Literal["joined", "camera"] = Field(
        "joined",
        description="what leaves on one side comes back on the other, or new pixels come in as before a camera",
    )

    shrink: Shrinking = Field(
        "stride", description="what each block keeps of every square of cells", json_schema_extra=in_group("net")
    )
    stride_1: int = Field(
        2, ge=1, le=4, description="cells on a side of that square in block 1", json_schema_extra=in_group("net")
    )
    stride_2: int = Field(2, ge=1, le=4, description="the same in block 2", json_schema_extra=in_group("net"))
    stride_3: int = Field(2, ge=1, le=4, description="the same in block 3", json_schema_extra=in_group("net"))
    blur_taps: int = Field(
        3, ge=2, le=5, description="of the blur in blurpool, on a side", json_schema_extra=in_group("net")
    )
    padding_mode: PaddingMode = Field(
        "circular", description="what lies beyond the border of every map", json_schema_extra=in_group("net")
    )
    weights: Literal["trained", "random"] = Field(
        "trained", description="as training left them, or drawn anew", json_schema_extra=in_group("net")
    )

    layer: int = Field(3, ge=1, le=3, description="the block whose map is watched", json_schema_extra=in_group("look"))
    channel: int = Field(
        1,
        ge=1,
        le=64,
        description="which of its maps is drawn, the loudest first; after the last comes the first again",
        json_schema_extra=in_group("look", **LIVE),
    )

    @model_validator(mode="after")
    def _possible(self) -> ShiftKnobs:
        for way in WAYS:
            # The farthest slide must leave a cell that can be compared.
            moved = -(-self.most // prod(self.strides_of(way)[: self.layer]))
            if len(self.inside(way)[0]) <= moved:
                raise UsageError(
                    f"side {self.side} leaves no cell of block {self.layer} that the border does not reach after "
                    f"{self.most} pixels: make side larger, or most, layer or a stride smaller"
                )
        return self

    @property
    def strides(self) -> tuple[int, int, int]:
        """Of the three blocks."""
        return self.stride_1, self.stride_2, self.stride_3

    @property
    def total_stride(self) -> int:
        """Pixels that one cell of the watched map stands for."""
        return prod(self.strides[: self.layer])

    def strides_of(self, way: Way) -> tuple[int, int, int]:
        """The strides if the maps were shrunk this way."""
        return (1, 1, 1) if way == "none" else self.strides

    def stack_of(self, way: Way) -> tuple[Layer, ...]:
        """The layers up to the watched map, as a receptive field counts them."""
        kept: list[Layer] = []
        for stride in self.strides_of(way)[: self.layer]:
            kept += [(3, 1, 1, 1), *shrinking.layers_of(_shrinking(way), stride, self.blur_taps)]
        return tuple(kept)

    def map_side(self, way: Way) -> int:
        """Cells on a side of the watched map."""
        side = self.side
        for stride in self.strides_of(way)[: self.layer]:
            side //= stride
        return side

    def inside(self, way: Way) -> Cells:
        """Rows and columns of the watched map that see no border."""
        cells = shrinking.cells_inside(self.stack_of(way), self.side, self.map_side(way))
        return cells, cells

    def both_ways(self, distance: int) -> tuple[int, int]:
        """A distance in this direction as (down, right)."""
        return distance * (self.direction != "right"), distance * (self.direction != "down")


def _shrinking(way: Way) -> Shrinking:
    return "stride" if way == "none" else way
