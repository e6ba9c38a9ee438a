"""What can be turned on the demo `attention`. No torch."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, Self

from pydantic import Field, model_validator

from cnntutor.demos.protocol import Knobs, Picture, in_group
from cnntutor.errors import UsageError
from cnntutor.vision.mosaics import Layout
from cnntutor.vision.textures import Texture

CHANNELS = {"pixels": 3, "blocks.0": 16, "blocks.1": 32, "blocks.2": 64}
"""Numbers in a cell by what it is made of: the picture's colours, or maps of the textures net."""


class AttentionKnobs(Knobs):
    """A picture, and a layer that works out its factors from it."""

    block: Literal["self-attention", "squeeze-excite"] = Field(
        "self-attention", description="every place asks all others, or a gate for each channel"
    )

    scene: Literal["mosaic", "picture"] = Field(
        "mosaic", description="two textures, or a picture", json_schema_extra=in_group("picture")
    )
    first: Texture = Field("brick", description="the left or upper texture", json_schema_extra=in_group("picture"))
    second: Texture = Field("gravel", description="the right or lower texture", json_schema_extra=in_group("picture"))
    layout: Layout = Field("side by side", description="how they lie", json_schema_extra=in_group("picture"))
    number: int = Field(
        0, ge=0, le=9999, description="another number, other pieces of them", json_schema_extra=in_group("picture")
    )
    image: Picture = Field("chelsea", description="for the scene picture: which", json_schema_extra=in_group("picture"))

    query_row: int = Field(
        40,
        ge=0,
        le=100,
        description="the cell that asks: per cent of the way down",
        json_schema_extra=in_group("query"),
    )
    query_column: int = Field(
        20, ge=0, le=100, description="per cent of the way to the right", json_schema_extra=in_group("query")
    )

    layer: Literal["pixels", "blocks.0", "blocks.1", "blocks.2"] = Field(
        "blocks.2",
        description="what cells are made of: colours, or the textures net's maps",
        json_schema_extra=in_group("self-attention"),
    )
    map_side: int = Field(
        12, ge=2, le=24, description="cells on a side of the map", json_schema_extra=in_group("self-attention")
    )
    projections: Literal["none", "random"] = Field(
        "none",
        description="query, key and value: the cell itself, or untrained matrices",
        json_schema_extra=in_group("self-attention"),
    )
    sharpness: float = Field(
        1.0,
        ge=0,
        le=8,
        description="factor on the scores before the softmax",
        json_schema_extra=in_group("self-attention"),
    )
    positions: float = Field(
        0.0,
        ge=0,
        le=8,
        description="how much each cell knows of its place",
        json_schema_extra=in_group("self-attention"),
    )

    reduction: int = Field(
        16, ge=1, le=64, description="64 channels divided by it make the middle", json_schema_extra=in_group("gates")
    )
    steps: int = Field(
        300, ge=0, le=2000, description="of training; 0 for fresh gates", json_schema_extra=in_group("gates")
    )

    @model_validator(mode="after")
    def _possible(self) -> Self:
        if self.first == self.second:
            raise UsageError(f"first and second must be different textures, not {self.first} twice")
        if self.positions and self.channels < 4:
            raise UsageError(
                "positions need 4 channels or more, and pixels have 3: set positions to 0, or another layer"
            )
        return self

    @property
    def channels(self) -> int:
        """Numbers in each cell."""
        return CHANNELS[self.layer]

    @property
    def cells(self) -> int:
        """Places that ask and are asked."""
        return self.map_side**2

    @property
    def query(self) -> tuple[int, int]:
        """Row and column of the cell that asks."""
        last = self.map_side - 1
        return round(last * self.query_row / 100), round(last * self.query_column / 100)

    def with_picture(self, picture: Path) -> Self:
        """These knobs turned to the learner's own picture.

        Raises:
            UsageError: there is no such file.
        """
        chosen = super().with_picture(picture)
        return type(self).model_validate(chosen.model_dump() | {"scene": "picture"})
