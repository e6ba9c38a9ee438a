"""The knobs of draw-and-fool: what is drawn, and what is tried against it. No torch."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, field_validator

from cnntutor.demos.protocol import LIVE, Knobs, drawing, in_group
from cnntutor.errors import UsageError
from cnntutor.vision import strokes

View = Literal["scores", "cover", "fool", "ink"]

DIGITS = tuple("0123456789")


class DrawAndFoolKnobs(Knobs):
    """A drawing, what is covered, and what it is to be taken for."""

    drawing: str = Field(
        strokes.SAMPLES[3], description="strokes of a pen; Enter opens the pad", json_schema_extra=drawing()
    )
    fit: bool = Field(True, description="made as large as the square allows, as the net's own digits were")
    show: View = Field("scores", description="what to look at first", json_schema_extra=LIVE)
    cover: int = Field(
        2, ge=1, le=4, description="cells on a side that are covered at once", json_schema_extra=in_group("fool")
    )
    target: str = Field(
        "", description="digit that it is to be taken for; empty: the runner-up", json_schema_extra=in_group("fool")
    )
    steps: int = Field(20, ge=1, le=60, description="of the attack", json_schema_extra=in_group("fool"))

    @field_validator("drawing")
    @classmethod
    def _readable(cls, text: str) -> str:
        return strokes.write(strokes.read(text))

    @field_validator("target")
    @classmethod
    def _is_digit(cls, text: str) -> str:
        if text and text not in DIGITS:
            raise UsageError(f"target must be a digit from 0 to 9, or empty, not “{text}”")
        return text

    @property
    def bitmap(self) -> strokes.Ink:
        """The ink, fitted if that is wanted, [32, 32]."""
        black = strokes.ink(strokes.read(self.drawing))
        return strokes.fitted(black) if self.fit else black
