"""The knobs of segment: scenes of textures, a small U-Net, and how it learns. No torch."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from cnntutor.demos.protocol import LIVE, Knobs, in_group
from cnntutor.errors import UsageError
from cnntutor.vision import arithmetic

HELD_OUT = 48
"""Scenes that the nets are judged by."""

MOST_WORK = 400
"""Billions of MACs that the training may take: half a minute on a slow machine."""

Nets = Literal["both", "skips", "no skips"]
_SCENES, _NET, _TRAINING = in_group("scenes"), in_group("net"), in_group("training")


class SegmentKnobs(Knobs):
    """What is to be told apart, by which net."""

    nets: Nets = Field("both", description="with skips, without them, or both side by side")
    show: Literal["masks", "score", "mistakes", "classes"] = Field(
        "masks", description="what to look at first", json_schema_extra=LIVE
    )
    example: int = Field(
        30, ge=0, le=HELD_OUT - 1, description="which of the held-out scenes is shown", json_schema_extra=LIVE
    )

    scene: Literal["digits", "halves"] = Field(
        "digits", description="a digit cut out of another texture, or two halves", json_schema_extra=_SCENES
    )
    classes: int = Field(4, ge=2, le=7, description="textures to tell apart", json_schema_extra=_SCENES)
    side: int = Field(32, ge=8, le=96, description="of a scene in pixels", json_schema_extra=_SCENES)
    pictures: int = Field(256, ge=16, le=2048, description="to learn from", json_schema_extra=_SCENES)

    halvings: int = Field(3, ge=1, le=5, description="how often the maps are halved", json_schema_extra=_NET)
    width: int = Field(
        8, ge=2, le=64, description="channels of the finest maps; doubled at each halving", json_schema_extra=_NET
    )
    grow: Literal["nearest", "bilinear", "transposed"] = Field(
        "nearest", description="how maps are made larger again", json_schema_extra=_NET
    )

    loss: Literal["cross-entropy", "dice", "both"] = Field(
        "cross-entropy", description="what is made small", json_schema_extra=_TRAINING
    )
    steps: int = Field(100, ge=10, le=2000, description="of Adam", json_schema_extra=_TRAINING)
    batch_size: int = Field(16, ge=2, le=64, description="scenes a step", json_schema_extra=_TRAINING)
    learning_rate: float = Field(
        0.01, ge=1e-5, le=1, description="at its peak, in one cycle", json_schema_extra=_TRAINING
    )

    @model_validator(mode="after")
    def _possible(self) -> Self:
        step = 2**self.halvings
        if self.side % step:
            fits = ", ".join(
                str(side) for side in sorted({self.side // step * step, -(-self.side // step) * step}) if side
            )
            raise UsageError(
                f"side must be a multiple of {step} for {self.halvings} halvings, or grown maps and skips differ in"
                f" size: set {fits.replace(', ', ' or ')}"
            )
        work = 3 * self.macs * self.batch_size * self.steps * (1 + (self.nets == "both")) / 1e9
        if work > MOST_WORK:
            raise UsageError(
                f"side, width, steps or batch_size must be smaller: the training would take {work:,.0f} billion MACs,"
                f" and {MOST_WORK} are the most"
            )
        return self

    @property
    def widths(self) -> tuple[int, ...]:
        """Channels of the maps on the way down, the finest first."""
        return tuple(self.width * 2**level for level in range(self.halvings + 1))

    @property
    def macs(self) -> int:
        """Of the convolutions of 3 by 3 for one scene, with the skips."""
        widths = self.widths
        down = [(c_in, c_out) for c_in, c_out in zip((3, *widths), widths, strict=False)]
        sides = [self.side // 2**level for level in range(self.halvings + 1)]
        costs = [arithmetic.conv_macs(*c, 3, side, side) for c, side in zip(down, sides, strict=True)]
        return sum(costs) + sum(
            arithmetic.conv_macs(widths[at + 1] + widths[at], widths[at], 3, sides[at], sides[at])
            for at in range(self.halvings)
        )
