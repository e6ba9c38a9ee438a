"""What can be turned on the demo `playground`. No torch."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from cnntutor.demos.protocol import LIVE, Knobs, in_group, net
from cnntutor.vision.net_bill import Bill, Task, sound
from cnntutor.vision.train_config import TrainConfig

NET = "conv 16 k3 p1 b0 | norm | relu | pool 2 | conv 32 k3 p1 b0 | norm | relu | gap | flatten | linear 10"
"""The net of the lesson."""

CLASSES = 10
DIGITS = 1437
"""To learn from, at most."""

MOST_WORK = 400
"""Billions of MACs that the training may take: half a minute on a slow machine."""

MOST_BLOCKS = 20
"""Of a net: its code, too, must fit on a page."""

PASSES = 3
"""One forward, and two backward: to the weights and to what came in."""

_TRAINING = in_group("training")


class PlaygroundKnobs(Knobs):
    """The net, and how it learns."""

    net: str = Field(NET, description="blocks from the picture to ten scores", json_schema_extra=net("task"))
    side: int = Field(8, ge=4, le=64, description="of the digits in pixels; they come with 8 and are enlarged")
    pictures: int = Field(DIGITS, ge=20, le=DIGITS, description="to learn from", json_schema_extra=_TRAINING)
    epochs: int = Field(15, ge=1, le=200, description="passes over them", json_schema_extra=_TRAINING)
    optimiser: Literal["adam", "sgd"] = Field(
        "adam", description="how gradients become steps", json_schema_extra=_TRAINING
    )
    learning_rate: float = Field(
        0.01,
        ge=1e-5,
        le=10,
        description="at its peak, in one cycle; 0.01 suits adam, 0.1 sgd",
        json_schema_extra=in_group("training", **LIVE),
    )

    @model_validator(mode="after")
    def _possible(self) -> Self:
        sound(self.net, self.task)
        return self

    @property
    def task(self) -> Task:
        """What the net is for: ten scores for a grey digit, and no more work than can be waited for."""
        steps = PASSES * self.pictures * self.epochs
        return Task(1, self.side, CLASSES, int(MOST_WORK * 1e9) // steps, MOST_BLOCKS)

    @property
    def bill(self) -> Bill:
        """The net, block by block."""
        return sound(self.net, self.task)

    def config(self, seed: int) -> TrainConfig:
        """How it learns."""
        return TrainConfig(
            optimiser=self.optimiser,
            learning_rate=self.learning_rate,
            weight_decay=0,
            epochs=self.epochs,
            seed=seed,
        )
