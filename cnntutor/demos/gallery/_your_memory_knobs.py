"""The knobs of your-memory: whose log, which curve, how it is fitted, and who the made-up learner is. No torch."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from cnntutor.demos.protocol import LIVE, Knobs, in_group

_FIT, _MADE_UP = in_group("fit"), in_group("made-up learner")

Show = Literal["recall", "loss", "surface", "days", "counts", "calibration"]


class YourMemoryKnobs(Knobs):
    """A log of answers and a curve that is to fit it."""

    log: Literal["own", "made-up"] = Field("own", description="your own answers, or those of a learner made up here")
    curve: Literal["power", "exponential"] = Field("power", description="shape of the forgetting curve")
    show: Show = Field("recall", description="what to look at first", json_schema_extra=LIVE)

    optimiser: Literal["plain", "momentum", "adam"] = Field(
        "plain", description="what makes a step of a gradient", json_schema_extra=_FIT
    )
    learning_rate: float = Field(
        10,
        ge=1e-3,
        le=100,
        description="turn it while it runs; for adam about 0.05",
        json_schema_extra=in_group("fit", **LIVE),
    )
    steps: int = Field(120, ge=10, le=500, description="of the descent", json_schema_extra=_FIT)
    held_out: float = Field(
        0.2, ge=0.1, le=0.5, description="share of the answers, the newest, that only judge", json_schema_extra=_FIT
    )

    answers: int = Field(4000, ge=60, le=20_000, description="in the made-up log", json_schema_extra=_MADE_UP)
    true_decay: float = Field(0.7, ge=0.05, le=1.5, description="of the made-up memory", json_schema_extra=_MADE_UP)
    true_scale: float = Field(4, ge=0.2, le=8, description="of the made-up memory", json_schema_extra=_MADE_UP)
