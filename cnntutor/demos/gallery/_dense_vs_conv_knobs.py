"""What can be turned on the demo `dense-vs-conv`, and what follows from it by arithmetic. No torch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from pydantic import Field, model_validator

from cnntutor.demos.protocol import Knobs, in_group
from cnntutor.errors import UsageError
from cnntutor.vision import arithmetic
from cnntutor.vision.train_config import TrainConfig

CLASSES = 10
SMALLEST_SIDE, LARGEST_SIDE = 8, 64

MOST_WORK = 400
"""Billions of MACs that the CNN may take to train: half a minute on a slow machine."""

_DENSE, _CNN, _TRAINING = in_group("dense net"), in_group("CNN"), in_group("training")


class DenseVsConvKnobs(Knobs):
    """The pictures, both nets, and how they learn."""

    side: int = Field(
        16, ge=SMALLEST_SIDE, le=LARGEST_SIDE, description="of the digits in pixels; they come with 8 and are enlarged"
    )
    units: int = Field(128, ge=2, le=1024, description="of the hidden layer", json_schema_extra=_DENSE)
    filters: int = Field(12, ge=2, le=128, description="of each of the three convolutions", json_schema_extra=_CNN)
    kernel: int = Field(3, ge=1, le=7, description="taps on a side, odd", json_schema_extra=_CNN)
    pictures: int = Field(1437, ge=20, le=1437, description="to learn from", json_schema_extra=_TRAINING)
    epochs: int = Field(8, ge=1, le=400, description="passes over them", json_schema_extra=_TRAINING)
    learning_rate: float = Field(0.01, ge=1e-5, le=1, description="of Adam, at first", json_schema_extra=_TRAINING)

    @model_validator(mode="after")
    def _possible(self) -> Self:
        if self.kernel % 2 == 0:
            raise UsageError(f"kernel must be odd, so that it has a centre, not {self.kernel}")
        work = 3 * cost_of_cnn(self, self.side).macs * self.pictures * self.epochs / 1e9
        if work > MOST_WORK:
            raise UsageError(
                f"side, filters or kernel must be smaller, or pictures or epochs fewer: the CNN would take"
                f" {work:,.0f} billion MACs to learn, and {MOST_WORK} are the most"
            )
        return self

    def config(self, seed: int) -> TrainConfig:
        """How both nets learn."""
        return TrainConfig(
            optimiser="adam",
            learning_rate=self.learning_rate,
            weight_decay=0,
            schedule="cosine",
            epochs=self.epochs,
            seed=seed,
        )

    @property
    def steps(self) -> int:
        """Of gradient descent, in the whole run."""
        return self.config(0).steps(self.pictures)


@dataclass(frozen=True, slots=True)
class Cost:
    """What a net is made of and what one picture costs it."""

    first: int
    """Weights of its first layer."""
    params: int
    macs: int
    uses: int
    """How often a weight of the first layer is used for one picture."""


def cost_of_dense(knobs: DenseVsConvKnobs, side: int) -> Cost:
    """For pictures of this side."""
    pixels, units = side * side, knobs.units
    first, last = pixels * units, units * CLASSES
    params = arithmetic.dense_params(pixels, units) + 2 * units + arithmetic.dense_params(units, CLASSES)
    return Cost(first, params, first + last, uses=1)


def cost_of_cnn(knobs: DenseVsConvKnobs, side: int) -> Cost:
    """For pictures of this side."""
    filters, kernel = knobs.filters, knobs.kernel
    layers = ((1, side), (filters, side // 2), (filters, side // 4))
    weights = [arithmetic.conv_params(c_in, filters, kernel, bias=False) for c_in, _ in layers]
    macs = sum(arithmetic.conv_macs(c_in, filters, kernel, out, out) for c_in, out in layers)
    norms = 2 * filters * len(layers)
    params = sum(weights) + norms + arithmetic.dense_params(filters, CLASSES)
    return Cost(weights[0], params, macs + filters * CLASSES, uses=side * side)
