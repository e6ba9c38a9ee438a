"""The knobs of normalisation: two nets and their batches, and a batch to see who shares a mean."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from cnntutor.demos.protocol import LIVE, Knobs, in_group
from cnntutor.errors import UsageError
from cnntutor.vision.norms import Batch, NormName
from cnntutor.vision.train_config import TrainConfig

USUAL_BATCH = 16
"""The batch size for which `learning_rate` is meant."""

_NET = in_group("net")
_TRAINING = in_group("training")
_SETS = in_group("who shares")
_COMPANY = in_group("company")


class NormalisationKnobs(Knobs):
    """The race, and the table of who is averaged with whom."""

    rival: Literal["group", "layer", "instance"] = Field(
        "group", description="the norm that batch norm is held against"
    )
    smallest: int = Field(2, ge=2, le=32, description="pictures in the smallest batch")
    largest: int = Field(32, ge=2, le=128, description="pictures in the largest; between them it doubles")

    width: int = Field(16, ge=4, le=64, description="channels of the first block; then doubled", json_schema_extra=_NET)
    last_map: Literal["1", "2", "4", "8"] = Field(
        "1", description="cells on a side of the last maps that are normalised", json_schema_extra=_NET
    )
    groups: int = Field(
        2, ge=1, le=64, description="of channels; the net has as many as divide its own", json_schema_extra=_NET
    )

    pictures: int = Field(300, ge=20, le=1400, description="digits to learn from", json_schema_extra=_TRAINING)
    epochs: int = Field(4, ge=1, le=50, description="passes over them", json_schema_extra=_TRAINING)
    learning_rate: float = Field(
        0.01,
        ge=1e-4,
        le=0.3,
        description=f"for {USUAL_BATCH} pictures a batch; it grows with the root of the batch",
        json_schema_extra=_TRAINING,
    )

    show: Literal["errors", "sets", "company"] = Field(
        "errors", description="what to look at first", json_schema_extra=in_group("who shares", **LIVE)
    )
    batch: int = Field(3, ge=1, le=256, description="pictures of the batch in the table", json_schema_extra=_SETS)
    channels: int = Field(4, ge=1, le=1024, description="of its maps", json_schema_extra=_SETS)
    map_side: int = Field(5, ge=1, le=224, description="cells on a side of its maps", json_schema_extra=_SETS)

    picture: int = Field(0, ge=0, le=359, description="which held-out digit meets others", json_schema_extra=_COMPANY)
    company: int = Field(4, ge=2, le=64, description="digits in a batch, this one included", json_schema_extra=_COMPANY)

    @model_validator(mode="after")
    def _possible(self) -> NormalisationKnobs:
        if self.smallest > self.largest:
            raise UsageError(f"smallest must be at most largest ({self.largest}), not {self.smallest}")
        if self.largest > self.pictures:
            raise UsageError(f"largest must be at most pictures ({self.pictures}), not {self.largest}")
        if self.channels % self.groups:
            raise UsageError(
                f"groups must divide channels ({self.channels}), which {self.groups} does not: set groups to 1 first"
            )
        if self.rival == "instance" and self.last_map == "1":
            raise UsageError(
                "rival instance needs more than one cell in a map, or each is its own mean: set last_map to 2 or more"
                " first, or choose another rival"
            )
        return self

    @property
    def norms(self) -> tuple[NormName, NormName]:
        """Those that race."""
        return "batch", self.rival

    @property
    def sizes(self) -> tuple[int, ...]:
        """Pictures a batch in each round, the largest first: smallest times 1, 2, 4 and so on."""
        rounds = (self.largest // self.smallest).bit_length()
        return tuple(self.smallest * 2**doubled for doubled in reversed(range(rounds)))

    @property
    def strides(self) -> tuple[int, ...]:
        """Of the three convolutions; digits are 8 cells wide."""
        halvings = {"1": 3, "2": 2, "4": 1, "8": 0}[self.last_map]
        return tuple(2 if block < halvings else 1 for block in range(3))

    @property
    def table(self) -> Batch:
        """The batch in the table of who shares a mean."""
        return Batch(self.batch, self.channels, self.map_side, self.groups)

    def config(self, size: int, seed: int) -> TrainConfig:
        """How to train with so many pictures a batch."""
        return TrainConfig(
            optimiser="adam",
            learning_rate=self.learning_rate * (size / USUAL_BATCH) ** 0.5,
            weight_decay=0,
            batch_size=size,
            epochs=self.epochs,
            evaluate_every=1_000_000,  # the last step is judged in any case
            seed=seed,
        )
