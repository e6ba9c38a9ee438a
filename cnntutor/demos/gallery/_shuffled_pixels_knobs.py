"""What can be turned on the demo `shuffled-pixels`. No torch."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from cnntutor.demos.protocol import Knobs, in_group
from cnntutor.errors import UsageError
from cnntutor.vision.train_config import TrainConfig

SIDE = 8
"""Of the digits, in pixels."""

BATCH = 40
JUDGES = 1000
"""Pictures that the nets are judged on."""

JUDGED_EVERY = 3
"""Epochs from one evaluation to the next."""

Shuffle = Literal["one for all", "a new one each"]

_NETS, _TRAINING = in_group("nets"), in_group("training")


class ShuffledPixelsKnobs(Knobs):
    """What is shuffled and how, what learns, and from how many pictures."""

    shuffle: Shuffle = Field("one for all", description="whether every picture's pixels move in the same way")
    block: int = Field(1, ge=1, le=SIDE, description="side of the squares that stay whole: 1, 2, 4, or 8 for all")
    digit: int = Field(3, ge=0, le=9, description="which one is drawn")
    filters: int = Field(24, ge=2, le=64, description="of the CNN's first layer; then twice", json_schema_extra=_NETS)
    units: int = Field(128, ge=2, le=1024, description="of the dense net's hidden layer", json_schema_extra=_NETS)
    pictures: int = Field(
        200, ge=20, le=750, description="to learn from; 1,000 others are for judging", json_schema_extra=_TRAINING
    )
    runs: int = Field(3, ge=1, le=20, description="each with other pictures and weights", json_schema_extra=_TRAINING)
    epochs: int = Field(12, ge=1, le=100, description="passes over the pictures", json_schema_extra=_TRAINING)
    learning_rate: float = Field(0.01, ge=1e-5, le=1, description="of Adam, at first", json_schema_extra=_TRAINING)

    @model_validator(mode="after")
    def _possible(self) -> Self:
        if SIDE % self.block:
            raise UsageError(f"block must be 1, 2, 4 or 8, so that blocks fill {SIDE} pixels, not {self.block}")
        return self

    def config(self, seed: int) -> TrainConfig:
        """How every net learns in the run of this seed."""
        config = TrainConfig(batch_size=BATCH)
        return TrainConfig(
            optimiser="adam",
            learning_rate=self.learning_rate,
            weight_decay=0,
            schedule="cosine",
            batch_size=BATCH,
            epochs=self.epochs,
            evaluate_every=JUDGED_EVERY * config.steps_per_epoch(self.pictures),
            seed=seed,
        )
