"""What can be turned on the demo `shrink`, and the sizes that follow from it by arithmetic. No torch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Self

from pydantic import Field, model_validator

from cnntutor.demos.protocol import LIVE, Knobs, in_group
from cnntutor.errors import UsageError
from cnntutor.vision import sizes

CLASSES = 10
LAYERS = 3
"""Two convolutions and a dense layer."""

BATCH = 64
STEPS = 23
"""So many of these batches hold all the digits that are learnt from."""

View = Literal["costs", "time", "bits", "cut", "student", "weights"]

_NET, _BITS, _CUT, _STUDENT = in_group("net"), in_group("fewer bits"), in_group("cutting"), in_group("student")


class ShrinkKnobs(Knobs):
    """The net, and three ways to make it smaller."""

    show: View = Field("costs", description="what to look at first", json_schema_extra=LIVE)
    batch: int = Field(64, ge=2, le=360, description="digits at once, for the clock")

    width: int = Field(
        32, ge=4, le=96, description="filters of its first layer; twice as many in the second", json_schema_extra=_NET
    )
    epochs: int = Field(8, ge=1, le=40, description="passes over the digits", json_schema_extra=_NET)

    bits: int = Field(8, ge=2, le=8, description="of a weight", json_schema_extra=_BITS)
    scales: sizes.Scales = Field(
        "per channel", description="how many filters share the width of a step", json_schema_extra=_BITS
    )
    calibrate: Literal["digits", "noise"] = Field(
        "digits", description="what the ranges of the activations are measured on", json_schema_extra=_BITS
    )
    calibration: int = Field(64, ge=1, le=512, description="pictures to measure them on", json_schema_extra=_BITS)

    cut: float = Field(0.5, ge=0, le=0.98, description="share of the weights, or filters", json_schema_extra=_CUT)
    again: int = Field(2, ge=0, le=10, description="passes over the digits after the cut", json_schema_extra=_CUT)

    student: int = Field(8, ge=1, le=64, description="filters of its first layer", json_schema_extra=_STUDENT)
    labels: int = Field(
        100,
        ge=10,
        le=1437,
        description="digits with a label, for a student without a teacher",
        json_schema_extra=_STUDENT,
    )
    temperature: float = Field(
        4.0, ge=0.5, le=20, description="that softens the teacher's answers", json_schema_extra=_STUDENT
    )
    lessons: int = Field(12, ge=1, le=60, description="passes over the digits", json_schema_extra=_STUDENT)

    @model_validator(mode="after")
    def _possible(self) -> Self:
        if self.student >= self.width:
            raise UsageError(f"student must be narrower than the net it learns from: set it below width ({self.width})")
        return self

    @property
    def size(self) -> Size:
        """Of the whole net."""
        return Size(self.width, 2 * self.width)

    @property
    def slim(self) -> Size:
        """Of the net without the filters that are cut."""
        return Size(*(sizes.filters_left(filters, self.cut) for filters in (self.width, 2 * self.width)))

    @property
    def taught(self) -> Size:
        """Of both students."""
        return Size(self.student, 2 * self.student)

    @property
    def passes(self) -> int:
        """Over the digits with labels, so that the student without a teacher makes about as many steps."""
        return self.lessons * STEPS // -(-(self.labels - 1) // BATCH)


@dataclass(frozen=True, slots=True)
class Size:
    """Two 3×3 convolutions, the mean of each map, and ten scores."""

    first: int
    """Filters of the first convolution."""
    second: int

    @property
    def weights(self) -> int:
        """Without biases."""
        return 9 * self.first + 9 * self.first * self.second + self.second * CLASSES

    @property
    def biases(self) -> int:
        """One for each filter and each class."""
        return self.first + self.second + CLASSES

    @property
    def bytes(self) -> int:
        """As float32."""
        return sizes.float_bytes(self.weights, self.biases)
