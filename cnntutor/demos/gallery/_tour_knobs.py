"""What can be turned on the demo `tour`. No torch."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, Self

from pydantic import Field, model_validator

from cnntutor.demos.protocol import LIVE, Knobs, Picture, in_group
from cnntutor.errors import UsageError
from cnntutor.vision import nets

DIGITS, TEXTURES = "digits", "textures"
"""The nets of which it is known what they have learnt, so that they can be shown their own kind of picture."""


class TourKnobs(Knobs):
    """A net, what walks through it, and how far and how fast."""

    model: str = Field("textures", description="a checkpoint, a torchvision classifier, or FILE.py:NAME")
    weights: Literal["trained", "random"] = Field("trained", description="random: the same net before training")
    scene: Literal["its own kind", "picture"] = Field(
        "its own kind", description=f"what walks through: for {TEXTURES} and {DIGITS} one that they never saw"
    )
    number: int = Field(0, ge=0, le=359, description="which of its own kind")
    image: Picture = Field("chelsea", description="for all other nets: which, cut to its middle square")
    side: int = Field(0, ge=0, le=512, description="of the net's input in pixels; 0 for what it wants")
    layer: str = Field(
        "", description="to stop at, by its dotted name; empty: at the scores", json_schema_extra=in_group("walk")
    )
    pace: float = Field(
        0.5, ge=0, le=5, description="seconds at each layer", json_schema_extra=in_group("walk", **LIVE)
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
    def own_kind(self) -> bool:
        """Whether the net is shown a picture of the kind that it has learnt."""
        return self.scene == "its own kind" and self.model in (DIGITS, TEXTURES)

    @property
    def code_to_run(self) -> Path | None:
        """The learner's file that the net comes from, if it does."""
        return nets.runs_code(self.model)

    def with_picture(self, picture: Path) -> Self:
        """These knobs turned to the learner's own picture.

        Raises:
            UsageError: there is no such file.
        """
        chosen = super().with_picture(picture)
        return type(self).model_validate(chosen.model_dump() | {"scene": "picture"})
