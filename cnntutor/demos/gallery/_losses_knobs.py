"""The knobs of losses: a sample's scores, the losses that judge it, an error in a number, and a mask. No torch."""

from __future__ import annotations

import math
import re
from typing import Literal

from pydantic import Field, field_validator, model_validator

from cnntutor.demos.protocol import LIVE, Knobs, in_group
from cnntutor.errors import UsageError

MOST_CLASSES = 12
LARGEST_SCORE = 20

_LOSS, _NUMBER, _MASK = in_group("losses"), in_group("number"), in_group("mask")

Show = Literal["descent", "cost", "pull", "sample", "losses", "error", "mask"]


class LossesKnobs(Knobs):
    """One case, and how it is charged."""

    show: Show = Field("descent", description="what to look at first", json_schema_extra=LIVE)
    scores: str = Field("2 1 0", description=f"of one sample, one a class; 2 to {MOST_CLASSES} numbers")
    true: int = Field(1, ge=1, le=MOST_CLASSES, description="which of the classes is right")
    turn: float = Field(0, ge=-20, le=20, description="added to the score of the true class")

    smoothing: float = Field(
        0.1, ge=0, le=0.9, description="share of the target that is spread over all classes", json_schema_extra=_LOSS
    )
    gamma: float = Field(
        2, ge=0, le=8, description="of focal: the larger, the less easy cases count", json_schema_extra=_LOSS
    )
    rate: float = Field(1, ge=0.01, le=20, description="learning rate of the descent", json_schema_extra=_LOSS)
    steps: int = Field(100, ge=1, le=500, description="of the descent", json_schema_extra=_LOSS)

    error: float = Field(3, ge=-10, le=10, description="prediction less truth", json_schema_extra=_NUMBER)
    beta: float = Field(
        1, ge=0.05, le=5, description="error at which smooth-L1 turns linear", json_schema_extra=_NUMBER
    )

    share: float = Field(0.01, ge=0.001, le=0.5, description="of the pixels that are true", json_schema_extra=_MASK)
    found: float = Field(
        0.01, ge=0.001, le=0.999, description="probability given to the true pixels", json_schema_extra=_MASK
    )
    false: float = Field(
        0.01, ge=0.001, le=0.999, description="probability given to the others", json_schema_extra=_MASK
    )

    @field_validator("scores")
    @classmethod
    def _as_numbers(cls, text: str) -> str:
        return " ".join(f"{score:.9g}" for score in _read(text))

    @model_validator(mode="after")
    def _possible(self) -> LossesKnobs:
        if self.true > self.classes:
            raise UsageError(f"true must be at most {self.classes}, the number of scores, not {self.true}")
        return self

    @property
    def classes(self) -> int:
        """How many scores there are."""
        return len(_read(self.scores))

    @property
    def turned(self) -> tuple[float, ...]:
        """The scores, that of the true class turned."""
        return tuple(
            score + (self.turn if number == self.true else 0)
            for number, score in enumerate(_read(self.scores), start=1)
        )


def _read(text: str) -> list[float]:
    cells = re.findall(r"[^\s,;]+", text)
    if not 2 <= len(cells) <= MOST_CLASSES:
        raise UsageError(f"scores must be 2 to {MOST_CLASSES} numbers, not {len(cells)}")
    return [_number(cell) for cell in cells]


def _number(cell: str) -> float:
    try:
        value = float(cell.replace("−", "-"))
    except ValueError:
        value = math.nan
    if not abs(value) <= LARGEST_SCORE:
        raise UsageError(f"scores cannot hold “{cell[:20]}”: write numbers from −{LARGEST_SCORE} to {LARGEST_SCORE}")
    return value
