"""The knobs of signals: voices as pictures, or waves in a series. No torch."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from cnntutor.demos.protocol import LIVE, Knobs, in_group
from cnntutor.errors import UsageError

View = Literal["spectrogram", "who speaks", "learning", "voices", "series", "kernels"]

VIEWS: dict[str, tuple[View, ...]] = {
    "voices": ("spectrogram", "who speaks", "learning", "voices"),
    "waves": ("series", "learning", "kernels"),
}
"""What there is to see of each scene; the first is shown first."""

RATE = 16_000
"""Samples a second of the shipped sounds."""


class SignalsKnobs(Knobs):
    """What is heard, how it becomes a picture, and how it is learnt."""

    scene: Literal["voices", "waves"] = Field("voices", description="two hosts of a podcast, or bursts in noise")
    show: Literal["", "spectrogram", "who speaks", "learning", "voices", "series", "kernels"] = Field(
        "", description="what to look at first; empty: the scene's own", json_schema_extra=LIVE
    )
    window: Literal["128", "256", "512", "1024", "2048"] = Field(
        "512", description="samples that are looked at together", json_schema_extra=in_group("voices")
    )
    slides: Literal["time and pitch", "time"] = Field(
        "time and pitch", description="axes that the kernels slide along", json_schema_extra=in_group("voices")
    )
    second: float = Field(
        80, ge=0, le=150, description="of the lesson that is listened to", json_schema_extra=in_group("voices")
    )
    noise: float = Field(0.5, ge=0, le=3, description="deviation around the waves", json_schema_extra=in_group("waves"))
    examples: int = Field(300, ge=20, le=2000, description="to learn from", json_schema_extra=in_group("waves"))
    epochs: int = Field(10, ge=1, le=100, description="of training", json_schema_extra=in_group("training"))
    learning_rate: float = Field(0.01, ge=1e-5, le=1, description="of adam", json_schema_extra=in_group("training"))

    @model_validator(mode="after")
    def _possible(self) -> SignalsKnobs:
        if self.show and self.show not in VIEWS[self.scene]:
            raise UsageError(f"show must be {', '.join(VIEWS[self.scene])} for {self.scene}, not {self.show}")
        return self

    @property
    def first_view(self) -> str:
        """What is shown first."""
        return self.show or VIEWS[self.scene][0]

    @property
    def samples(self) -> int:
        """Of a window."""
        return int(self.window)
