"""What can be turned on the demo `pareto`. No torch."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from cnntutor.demos.protocol import LIVE, Knobs, in_group
from cnntutor.errors import UsageError

SETS = {
    "mixed": (
        "mobilenet_v3_small",
        "shufflenet_v2_x1_0",
        "mobilenet_v2",
        "efficientnet_b0",
        "resnet18",
        "resnet50",
        "vgg16",
    ),
    "small": (
        "squeezenet1_1",
        "shufflenet_v2_x0_5",
        "shufflenet_v2_x1_0",
        "mnasnet0_5",
        "mnasnet1_0",
        "mobilenet_v2",
        "mobilenet_v3_small",
        "mobilenet_v3_large",
    ),
    "growing": ("resnet18", "resnet34", "resnet50", "efficientnet_b0", "efficientnet_b1", "efficientnet_b2"),
}
"""Nets that are worth holding against each other."""

SIDE = 224
"""Of the pictures that most accuracies were published for."""


class ParetoKnobs(Knobs):
    """Which nets are measured, how, and by which cost they are compared."""

    nets: Literal["mixed", "small", "growing"] = Field(
        "mixed", description="old and new, the smallest ones, or two families that grow"
    )
    add: str = Field("", description="one more classifier of torchvision; empty for none")
    cost: Literal["latency", "macs", "params"] = Field(
        "latency", description="what the front is drawn against", json_schema_extra=LIVE
    )
    recipe: Literal["first", "best"] = Field(
        "first", description="accuracy of torchvision's first weights, or of the best since"
    )
    side: int = Field(
        SIDE, ge=32, le=320, description="of the pictures in pixels", json_schema_extra=in_group("measuring")
    )
    batch: int = Field(1, ge=1, le=8, description="pictures at once", json_schema_extra=in_group("measuring"))
    passes: int = Field(
        2, ge=1, le=20, description="timed passes of each; the fastest counts", json_schema_extra=in_group("measuring")
    )

    @model_validator(mode="after")
    def _possible(self) -> Self:
        if ":" in self.add or self.add.endswith(".py"):
            raise UsageError("add must be a classifier of torchvision, densenet121 say: nets of yours have no accuracy")
        if self.add in SETS[self.nets]:
            raise UsageError(f"add: {self.add} is among the {self.nets} nets already; name another, or none")
        return self

    @property
    def names(self) -> tuple[str, ...]:
        """The nets to measure."""
        return (*SETS[self.nets], *([self.add] if self.add else []))
