"""What can be turned on the demo `overfit`. No torch."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from cnntutor.demos.protocol import Knobs, in_group

Remedy = Literal["dropout", "weight decay", "augmentation", "more pictures", "early stopping"]
REMEDIES: tuple[Remedy, ...] = ("dropout", "weight decay", "augmentation", "more pictures", "early stopping")

Arm = Literal["nothing", "dropout", "weight decay", "augmentation", "more pictures", "early stopping"]
"""A net that is trained: without any remedy, or with one."""

JUDGED_EVERY = 6
"""Steps from one look at the losses to the next."""

BATCH = 20

_REMEDIES, _TRAINING = in_group("remedies"), in_group("training")


class OverfitKnobs(Knobs):
    """Few pictures, some of them named wrong, and what helps against learning them by heart."""

    remedy: Remedy = Field("augmentation", description="the one that is drawn beside nothing; the others follow")
    pictures: int = Field(60, ge=20, le=300, description="digits to learn from")
    wrong_labels: float = Field(0.1, ge=0, le=0.9, description="share of them whose label is wrong")

    dropout: float = Field(
        0.6, ge=0, le=0.9, description="chance of each unit to be silent in a step", json_schema_extra=_REMEDIES
    )
    weight_decay: float = Field(
        2, ge=0, le=10, description="pull of the weights to zero, as AdamW takes it", json_schema_extra=_REMEDIES
    )
    shift: float = Field(
        0.125, ge=0, le=0.5, description="augmentation: moves by up to this share", json_schema_extra=_REMEDIES
    )
    rotate: float = Field(
        20, ge=0, le=180, description="augmentation: turns by up to so many degrees", json_schema_extra=_REMEDIES
    )
    more: int = Field(4, ge=1, le=4, description="times as many pictures", json_schema_extra=_REMEDIES)
    patience: int = Field(
        24, ge=6, le=300, description="steps without a new best before it stops", json_schema_extra=_REMEDIES
    )

    filters: int = Field(
        12, ge=2, le=32, description="of the net's first layer; then twice", json_schema_extra=_TRAINING
    )
    steps: int = Field(90, ge=6, le=400, description=f"of {BATCH} pictures each", json_schema_extra=_TRAINING)
    learning_rate: float = Field(
        0.02, ge=1e-4, le=0.1, description="of AdamW at first; it falls to 0", json_schema_extra=_TRAINING
    )

    @property
    def arms(self) -> tuple[Arm, ...]:
        """In the order in which they are trained: nothing, the chosen remedy, the others."""
        return ("nothing", self.remedy, *(each for each in REMEDIES if each != self.remedy))

    def pictures_of(self, arm: Arm) -> int:
        """How many it learns from."""
        return self.pictures * (self.more if arm == "more pictures" else 1)
