"""What can be turned on the demo `architectures`. No torch."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from cnntutor.demos.protocol import LIVE, Knobs
from cnntutor.errors import UsageError


class ArchitecturesKnobs(Knobs):
    """Two nets, and what is counted."""

    model: str = Field("alexnet", description="a classifier of torchvision")
    second: str = Field("googlenet", description="another, to compare it with")
    count: Literal["macs", "params"] = Field(
        "macs", description="what colours and curves show: work, or learnt numbers", json_schema_extra=LIVE
    )
    side: int = Field(0, ge=0, le=640, description="of the picture in pixels; 0 for each net's own")

    @model_validator(mode="after")
    def _possible(self) -> Self:
        for knob in ("model", "second"):
            name = getattr(self, knob)
            if not name or ":" in name or name.endswith(".py"):
                raise UsageError(
                    f"{knob} must be a classifier of torchvision, resnet50 say: inspect opens nets of yours"
                )
        if self.model == self.second:
            raise UsageError(f"model and second must be different nets, not {self.model} twice")
        return self
