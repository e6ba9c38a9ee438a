"""The knobs of residual: two deep nets alike but for the shortcuts, and a row of blocks for pencil and paper."""

from __future__ import annotations

from math import comb
from typing import Literal

from pydantic import Field, model_validator

from cnntutor.demos.protocol import LIVE, Knobs, in_group
from cnntutor.errors import UsageError

LEAST_DEPTH = 4

View = Literal["layers", "loss", "depth", "alike", "lesion", "paths"]

_NET = in_group("net")
_TRAINING = in_group("training")
_PATHS = in_group("paths")


class ResidualKnobs(Knobs):
    """How deep, of what, and for how long."""

    depth: int = Field(30, ge=LEAST_DEPTH, le=60, description="layers with weights, even")
    width: int = Field(16, ge=4, le=64, description="channels of every convolution", json_schema_extra=_NET)
    norm: Literal["none", "batch"] = Field("none", description="behind each convolution", json_schema_extra=_NET)
    block: Literal["original", "pre-activation"] = Field(
        "original",
        description="ReLU behind the sum (2015), or all of it inside the branch (2016)",
        json_schema_extra=_NET,
    )
    start: Literal["torch", "he"] = Field("torch", description="how the weights are drawn", json_schema_extra=_NET)
    zero_last: bool = Field(
        False, description="whether the branches beside shortcuts start at zero", json_schema_extra=_NET
    )

    steps: int = Field(80, ge=1, le=1000, description="of Adam, 64 digits each", json_schema_extra=_TRAINING)
    learning_rate: float = Field(0.002, ge=1e-5, le=0.1, description="of Adam", json_schema_extra=_TRAINING)

    show: View = Field("layers", description="what to look at first", json_schema_extra=in_group("paths", **LIVE))
    blocks: int = Field(3, ge=1, le=20, description="scalar blocks y = x + w·x in a row", json_schema_extra=_PATHS)
    slope: float = Field(0.5, ge=-5, le=5, description="w, the derivative of each branch", json_schema_extra=_PATHS)

    @model_validator(mode="after")
    def _possible(self) -> ResidualKnobs:
        if self.depth % 2:
            raise UsageError(
                f"depth must be even, for blocks have two layers and there is one at each end, not {self.depth}:"
                f" set {self.depth - 1} or {self.depth + 1}"
            )
        return self

    @property
    def depths(self) -> tuple[int, ...]:
        """Depths at which the first layer's gradient is compared, up to `depth`."""
        step = 2 * max(1, self.depth // 16)
        return tuple(sorted({*range(LEAST_DEPTH, self.depth, step), self.depth}))

    @property
    def routes(self) -> tuple[int, ...]:
        """How many routes pass 0, 1, 2, … branches."""
        return tuple(comb(self.blocks, passed) for passed in range(self.blocks + 1))
