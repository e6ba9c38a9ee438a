"""What can be turned on the demo `feature-maps`. No torch."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from cnntutor.demos.protocol import Knobs, Picture, in_group
from cnntutor.vision import checkpoints

Probe = Literal["nearest mean", "linear"]

MOST_BLOCKS = 8
"""That a net of this course may have."""


class FeatureMapsKnobs(Knobs):
    """A net, a picture, the depth to stop at, and how the layers are read."""

    model: str = Field("digits", description="a net that has learnt digits or textures")
    weights: Literal["trained", "random"] = Field("trained", description="random: the same net before training")
    number: int = Field(4, ge=0, le=359, description="for digits: which of those held out is looked at")
    image: Picture = Field("brick", description="for textures: what is looked at, its middle square")
    block: int = Field(
        0, ge=0, le=MOST_BLOCKS, description="to stop at; 0: the last", json_schema_extra=in_group("where")
    )
    channel: int = Field(
        -1, ge=-1, description="of the block, from 0; −1: the strongest", json_schema_extra=in_group("where")
    )
    probe: Probe = Field(
        "nearest mean", description="how the class is guessed from channel means", json_schema_extra=in_group("probe")
    )

    @model_validator(mode="after")
    def _possible(self) -> Self:
        checkpoints.known(self.model)
        return self
