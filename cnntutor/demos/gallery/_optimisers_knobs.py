"""What can be turned on the demo `optimisers`. No torch."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from cnntutor.demos.protocol import LIVE, Knobs, in_group
from cnntutor.errors import UsageError
from cnntutor.vision.descent import Racer, Surface
from cnntutor.vision.train_config import Schedule

_NET, _TEST = in_group("net"), in_group("range test")


class OptimisersKnobs(Knobs):
    """The surface and who races on it, the net, and the range test."""

    surface: Surface = Field("valley", description="a straight valley, a bent one, or a saddle between two hollows")
    curvature: float = Field(100, ge=1, le=1000, description="how sharply the surface bends across")
    learning_rate: float = Field(0.013, ge=1e-5, le=2, description="of plain, momentum and Nesterov on the surface")
    adam_rate: float = Field(0.3, ge=1e-4, le=5, description="of Adam on the surface: about the length of a step")
    momentum: float = Field(0.9, ge=0, le=0.99, description="share of the velocity that stays")
    steps: int = Field(100, ge=2, le=500, description="on the surface")
    schedule: Schedule = Field("constant", description="how the rates change over a run, here and on the net")
    noise: float = Field(0, ge=0, le=50, description="added to every gradient, as small batches would")
    show: Literal["race", "net", "range test"] = Field(
        "race", description="what to look at first", json_schema_extra=LIVE
    )

    net_plain: float = Field(0.3, ge=1e-5, le=10, description="learning rate of plain", json_schema_extra=_NET)
    net_momentum: float = Field(
        0.03, ge=1e-5, le=10, description="learning rate of momentum and Nesterov", json_schema_extra=_NET
    )
    net_adam: float = Field(0.003, ge=1e-5, le=10, description="learning rate of Adam", json_schema_extra=_NET)
    net_steps: int = Field(60, ge=4, le=500, description="of each net", json_schema_extra=_NET)
    batch: int = Field(32, ge=2, le=256, description="digits in a step", json_schema_extra=_NET)

    tested: Racer = Field("momentum", description="whose rate is sought", json_schema_extra=_TEST)
    lowest_rate: float = Field(0.001, ge=1e-6, le=1, description="at which it starts", json_schema_extra=_TEST)
    highest_rate: float = Field(10, ge=1e-5, le=100, description="at which it ends", json_schema_extra=_TEST)
    test_steps: int = Field(64, ge=24, le=500, description="from one to the other", json_schema_extra=_TEST)

    @model_validator(mode="after")
    def _possible(self) -> Self:
        if self.lowest_rate >= self.highest_rate:
            raise UsageError(
                f"lowest_rate must be below highest_rate ({self.highest_rate:g}), not {self.lowest_rate:g}"
            )
        return self

    def surface_rate(self, racer: Racer) -> float:
        """The largest learning rate of a racer on the surface."""
        return self.adam_rate if racer == "Adam" else self.learning_rate

    def net_rate(self, racer: Racer) -> float:
        """The largest learning rate of a racer on the net."""
        return {"plain": self.net_plain, "Adam": self.net_adam}.get(racer, self.net_momentum)

    @property
    def factor(self) -> float:
        """What a plain step makes of the distance from the valley's floor: 1 − ηλ times as much."""
        return 1 - self.learning_rate * self.curvature

    @property
    def is_the_lessons(self) -> bool:
        """Whether plain descent multiplies the distance from the floor by the same factor at every step."""
        return self.surface == "valley" and self.schedule == "constant" and not self.noise
