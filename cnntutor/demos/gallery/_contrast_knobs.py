"""What can be turned on the demo `contrast`. No torch."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from cnntutor.demos.protocol import Knobs, in_group
from cnntutor.errors import UsageError

View = Literal["pairs", "learning", "push", "neighbours", "views", "probe"]

MOST_VIEWS = 200_000
"""That a run may look at: half a minute on a slow machine."""

_VIEWS, _TASK, _EXAM = in_group("views"), in_group("task"), in_group("exam")


class ContrastKnobs(Knobs):
    """How the views are made, what the body has to do with them, and how it is examined."""

    show: View = Field("pairs", description="what to look at first")
    shift: int = Field(1, ge=0, le=3, description="pixels that a view is moved by, at most", json_schema_extra=_VIEWS)
    noise: float = Field(0.2, ge=0, le=1, description="on a view; pixels go from 0 to 1", json_schema_extra=_VIEWS)
    task: Literal["find the partner", "only agree"] = Field(
        "find the partner", description="of two views of a picture", json_schema_extra=_TASK
    )
    batch: int = Field(64, ge=2, le=256, description="pictures that are compared at a time", json_schema_extra=_TASK)
    temperature: float = Field(
        0.2, ge=0.02, le=2, description="the lower, the more close rivals count", json_schema_extra=_TASK
    )
    steps: int = Field(200, ge=10, le=2000, description="of learning without labels", json_schema_extra=_TASK)
    learning_rate: float = Field(0.005, ge=1e-5, le=0.1, description="of Adam", json_schema_extra=_TASK)
    labels: int = Field(50, ge=10, le=1437, description="digits with labels, for the probe", json_schema_extra=_EXAM)
    push: int = Field(1, ge=-2, le=2, description="pixels to the right, in the second exam", json_schema_extra=_EXAM)

    @model_validator(mode="after")
    def _possible(self) -> Self:
        if 2 * self.batch * self.steps > MOST_VIEWS:
            raise UsageError(
                f"batch or steps must be fewer: the run would look at {2 * self.batch * self.steps:,} views,"
                f" and {MOST_VIEWS:,} are the most"
            )
        if self.task == "only agree" and self.temperature != 0.2:
            raise UsageError("temperature is for finding the partner: leave it at 0.2, or set task to that")
        return self

    @property
    def candidates(self) -> int:
        """Views among which a view finds its partner."""
        return 2 * self.batch - 1
