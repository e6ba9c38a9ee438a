"""The knobs of adversary: a net, how much may be changed, and how it is aimed. No torch."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from cnntutor.demos.protocol import LIVE, Knobs, in_group
from cnntutor.errors import UsageError
from cnntutor.vision import textures

NetName = Literal["textures", "digits"]
View = Literal["picture", "answers", "accuracy", "walk"]

CLASSES = {"textures": textures.NAMES, "digits": tuple("0123456789")}
"""What each net can answer."""

SIDE = 48
"""Of the pieces of texture, in pixels: those that the net learnt from."""

GREYS = 255
"""Grey levels above black."""


class AdversaryKnobs(Knobs):
    """What is attacked, and how hard."""

    net: NetName = Field("textures", description="a shipped net that names surfaces, or digits")
    number: int = Field(2, ge=0, le=349, description="which picture that it never saw")
    show: View = Field("picture", description="what to look at first", json_schema_extra=LIVE)
    epsilon: float = Field(
        6,
        ge=0.5,
        le=64,
        description="most that a pixel may change, of 255 grey levels",
        json_schema_extra=in_group("attack"),
    )
    method: Literal["fgsm", "pgd"] = Field(
        "fgsm", description="one step, or many small ones", json_schema_extra=in_group("attack")
    )
    steps: int = Field(10, ge=1, le=40, description="of pgd", json_schema_extra=in_group("attack"))
    target: str = Field(
        "", description="class to lead the picture to; empty: away from its own", json_schema_extra=in_group("attack")
    )
    pictures: int = Field(35, ge=7, le=350, description="how many are judged", json_schema_extra=in_group("attack"))

    @model_validator(mode="after")
    def _possible(self) -> Self:
        if self.target and self.target not in CLASSES[self.net]:
            raise UsageError(f"target must be {', '.join(CLASSES[self.net])}, or empty, not “{self.target}”")
        return self

    @property
    def level(self) -> float:
        """Epsilon on the scale of 0 to 1."""
        return self.epsilon / GREYS
