"""What can be turned on the demo `transfer`. No torch."""

from __future__ import annotations

from typing import Self

from pydantic import Field, model_validator

from cnntutor.demos.protocol import Knobs, in_group
from cnntutor.errors import UsageError

OLD, NEW = (0, 1, 2, 3, 4, 5, 6), (7, 8, 9)
"""Digits of the pre-training, and those that are learnt afterwards."""

SIDE = 12
"""Of the noisy ground on which a digit of 8×8 pixels lies, in pixels."""

LADDER = (2, 5, 10, 20)

_BODY, _TUNING = in_group("body"), in_group("tuning")


class TransferKnobs(Knobs):
    """How few pictures there are, what was learnt before, and how it is used."""

    examples: int = Field(5, ge=1, le=50, description="pictures of each new digit that the figures are about")
    most: int = Field(50, ge=1, le=50, description="pictures of each new digit at the end of the curves")
    noise: float = Field(0.2, ge=0, le=0.5, description="on all pictures; its deviation, where white is 1")
    pretraining: int = Field(
        8, ge=0, le=20, description="passes over the digits 0 to 6; 0 for a random body", json_schema_extra=_BODY
    )
    width: int = Field(12, ge=2, le=24, description="channels of the first layer", json_schema_extra=_BODY)
    steps: int = Field(40, ge=2, le=200, description="of learning, for each of the three", json_schema_extra=_TUNING)
    slower: int = Field(
        10, ge=1, le=1000, description="so many times smaller is the rate of fine-tuning", json_schema_extra=_TUNING
    )
    runs: int = Field(3, ge=1, le=10, description="each with other few pictures", json_schema_extra=_TUNING)

    @model_validator(mode="after")
    def _possible(self) -> Self:
        if self.most < self.examples:
            raise UsageError(f"most must be at least examples, {self.examples}, not {self.most}")
        return self

    @property
    def counts(self) -> tuple[int, ...]:
        """Pictures of each new digit, from few to many."""
        return tuple(sorted({self.examples, self.most, *(count for count in LADDER if count < self.most)}))
