"""The knobs of sliding-window: a strip or square, and how the window moves over it."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from cnntutor.demos.protocol import LIVE, Knobs, in_group
from cnntutor.errors import UsageError
from cnntutor.vision.convolution import PaddingMode, Window
from cnntutor.vision.windows import Transposed

View = Literal["square", "strip", "counts"]


class SlidingWindowKnobs(Knobs):
    """A convolution layer's walk, or that of a transposed one."""

    layer: Literal["convolution", "transposed"] = Field(
        "convolution", description="reads windows, or leaves copies of the kernel and so enlarges"
    )
    side: int = Field(7, ge=1, le=20, description="pixels on a side of the input")
    show: View = Field("square", description="what to look at first", json_schema_extra=LIVE)

    kernel_size: int = Field(3, ge=1, le=11, description="taps on a side", json_schema_extra=in_group("window"))
    stride: int = Field(
        2,
        ge=1,
        le=8,
        description="from one stop to the next, or from copy to copy",
        json_schema_extra=in_group("window"),
    )
    padding: int = Field(
        1,
        ge=0,
        le=10,
        description="pixels added on each side; a transposed layer cuts them off its output",
        json_schema_extra=in_group("window"),
    )
    padding_mode: PaddingMode = Field(
        "zeros", description="what the added pixels hold", json_schema_extra=in_group("window")
    )
    dilation: int = Field(1, ge=1, le=5, description="from one tap to the next", json_schema_extra=in_group("window"))
    output_padding: int = Field(
        0,
        ge=0,
        le=7,
        description="cells that a transposed layer adds at the far end",
        json_schema_extra=in_group("window"),
    )

    @model_validator(mode="after")
    def _possible(self) -> SlidingWindowKnobs:
        if self.layer == "transposed":
            self._check_transposed()
        else:
            self.window.output_side(self.side)
        return self

    @property
    def window(self) -> Window:
        """How the kernel moves."""
        return Window(self.kernel_size, self.stride, self.padding, self.padding_mode, self.dilation)

    @property
    def transposed(self) -> Transposed:
        """How the copies lie."""
        return Transposed(self.side, self.kernel_size, self.stride, self.padding, self.dilation, self.output_padding)

    @property
    def output_side(self) -> int:
        """Cells on a side of the output."""
        return self.transposed.output_side if self.layer == "transposed" else self.window.output_side(self.side)

    def _check_transposed(self) -> None:
        if self.padding_mode != "zeros":
            raise UsageError(
                f"padding_mode must be zeros for a transposed layer, which cuts off, not {self.padding_mode}: "
                "set it so, or layer to convolution first"
            )
        most = max(self.stride, self.dilation)
        if self.output_padding >= most:
            raise UsageError(
                f"output_padding must be below the larger of stride and dilation ({most}), not {self.output_padding}: "
                "make it smaller, or stride larger first"
            )
        if self.transposed.output_side < 1:
            raise UsageError(
                f"padding {self.padding} cuts off all that the copies cover: make padding smaller, or side larger first"
            )
