"""What can be turned on the demo `grad-cam`. No torch."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, Self

from pydantic import Field, model_validator

from cnntutor.demos.protocol import LIVE, Knobs, Picture, in_group
from cnntutor.errors import UsageError
from cnntutor.vision import nets
from cnntutor.vision.mosaics import Layout
from cnntutor.vision.textures import Texture

Method = Literal["grad-cam", "grad-cam++", "layer-cam", "score-cam", "occlusion"]


class GradCamKnobs(Knobs):
    """A picture, a net, and what is asked of it."""

    scene: Literal["mosaic", "picture"] = Field("mosaic", description="two textures side by side, or a picture")
    first: Texture = Field("brick", description="the left or upper texture", json_schema_extra=in_group("mosaic"))
    second: Texture = Field("gravel", description="the right or lower texture", json_schema_extra=in_group("mosaic"))
    layout: Layout = Field("side by side", description="how they lie", json_schema_extra=in_group("mosaic"))
    number: int = Field(
        0, ge=0, le=9999, description="another number, other pieces of them", json_schema_extra=in_group("mosaic")
    )
    image: Picture = Field("chelsea", description="for the scene picture: which, cut to its middle square")

    model: str = Field(
        "textures",
        description="a checkpoint, a torchvision classifier, or FILE.py:NAME",
        json_schema_extra=in_group("net"),
    )
    weights: Literal["trained", "random"] = Field(
        "trained", description="random: the same net before training", json_schema_extra=in_group("net")
    )
    side: int = Field(
        0, ge=0, le=512, description="of its input in pixels; 0 for what it wants", json_schema_extra=in_group("net")
    )

    target: str = Field(
        "", description="class to look for, by name or number; empty: the likeliest", json_schema_extra=in_group("look")
    )
    layer: str = Field(
        "", description="by its dotted name; empty: the last with a map", json_schema_extra=in_group("look")
    )
    method: Method = Field("grad-cam", description="how the map is made", json_schema_extra=in_group("look"))
    blend: float = Field(
        0.6, ge=0, le=1, description="0 the picture, 1 the map alone", json_schema_extra=in_group("look", **LIVE)
    )

    second_target: str = Field(
        "", description="class of a second map; empty: as the first", json_schema_extra=in_group("second map")
    )
    second_layer: str = Field(
        "", description="layer of a second map; empty: as the first", json_schema_extra=in_group("second map")
    )

    @model_validator(mode="after")
    def _possible(self) -> Self:
        if self.scene == "mosaic" and self.first == self.second:
            raise UsageError(f"first and second must be different textures, not {self.first} twice")
        if not self.model:
            raise UsageError(f"model must name a net: choose {', '.join(nets.net_names())}, or FILE.py:NAME")
        return self

    @property
    def code_to_run(self) -> Path | None:
        """The learner's file that the net comes from, if it does."""
        return nets.runs_code(self.model)

    @property
    def has_second(self) -> bool:
        """Whether a second map is asked for."""
        return bool(self.second_target or self.second_layer)

    def with_picture(self, picture: Path) -> Self:
        """These knobs turned to the learner's own picture.

        Raises:
            UsageError: there is no such file.
        """
        chosen = super().with_picture(picture)
        return type(self).model_validate(chosen.model_dump() | {"scene": "picture"})
