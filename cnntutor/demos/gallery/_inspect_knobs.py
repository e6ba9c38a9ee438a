"""What can be turned on the demo `inspect`. No torch."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, Self

from pydantic import Field, model_validator

from cnntutor.demos.protocol import Knobs, Picture, in_group
from cnntutor.errors import UsageError
from cnntutor.vision import nets

Sort = Literal["calls", "params", "macs"]

LARGEST_SIDE = 1024


class InspectKnobs(Knobs):
    """A net, a picture, and the one number in it that is taken apart."""

    model: str = Field("textures", description="a checkpoint, a torchvision classifier, or FILE.py:NAME")
    weights: Literal["trained", "random"] = Field("trained", description="random: the same net before training")
    image: Picture = Field("brick", description="what the net sees, cut to its middle square")
    side: int = Field(0, ge=0, le=LARGEST_SIDE, description="of the net's input in pixels; 0 for what it wants")

    layer: str = Field(
        "", description="by its dotted name; empty: the first convolution", json_schema_extra=in_group("cell")
    )
    channel: int = Field(
        -1, ge=-1, description="of the layer's output, from 0; −1: the strongest", json_schema_extra=in_group("cell")
    )
    row: int = Field(
        -1, ge=-1, description="of the cell, from 0; −1: the strongest", json_schema_extra=in_group("cell")
    )
    column: int = Field(
        -1, ge=-1, description="of the cell, from 0; −1: the strongest", json_schema_extra=in_group("cell")
    )

    sort: Sort = Field(
        "calls", description="order of the table: as they run, or by cost", json_schema_extra=in_group("table")
    )

    @model_validator(mode="after")
    def _possible(self) -> Self:
        if not self.model.strip():
            raise UsageError(f"model must name a net: choose {', '.join(nets.net_names())}, or FILE.py:NAME")
        code = self.code_to_run
        if code is not None and not code.is_file():
            raise UsageError(f"model: there is no file {code}: write FILE.py:NAME")
        return self

    @property
    def code_to_run(self) -> Path | None:
        """The learner's file that the net comes from, if it does."""
        return nets.runs_code(self.model)
