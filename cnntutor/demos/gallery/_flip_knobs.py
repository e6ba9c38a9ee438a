"""The knobs of flip: a kernel, what lies under it, and how far it goes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import Field, field_validator, model_validator

from cnntutor.demos.protocol import LIVE, Knobs, Picture, in_group, matrix
from cnntutor.errors import UsageError
from cnntutor.vision import kernels, matrices
from cnntutor.vision.flips import Extent
from cnntutor.vision.kernels import KernelName

LARGEST_KERNEL = 7
LARGEST_INPUT = 7
"""Cells on a side."""

View = Literal["grid", "picture"]


class FlipKnobs(Knobs):
    """One kernel, used for both operations."""

    kernel: Literal[KernelName, "own"] = Field("own", description="the weights", json_schema_extra=in_group("kernel"))
    kernel_size: int = Field(
        3, ge=1, le=LARGEST_KERNEL, description="taps on a side", json_schema_extra=in_group("kernel")
    )
    weights: str = Field(
        "1 2 3; 4 5 6; 7 8 9",
        description="the kernel “own”, cell by cell",
        json_schema_extra=in_group("kernel", **matrix("kernel_size")),
    )

    under: Literal["dot", "picture", "own"] = Field(
        "dot",
        description="the numbers under it: a single 1, the middle of the picture, or your own",
        json_schema_extra=in_group("grid"),
    )
    input_size: int = Field(
        5, ge=1, le=LARGEST_INPUT, description="cells on a side", json_schema_extra=in_group("grid")
    )
    numbers: str = Field(
        "0 0 0 0 0; 0 1 0 0 0; 0 0 0 0 0; 0 0 0 2 0; 0 0 0 0 0",
        description="the numbers “own”, cell by cell",
        json_schema_extra=in_group("grid", **matrix("input_size")),
    )
    extent: Extent = Field(
        "same",
        description="laid where it fits, as often as there are numbers, or wherever it touches one",
        json_schema_extra=in_group("grid"),
    )
    way: Literal["lay", "stamp"] = Field(
        "lay",
        description="how it is worked out: products under a kernel that is laid down, or copies that are stamped",
        json_schema_extra=in_group("grid"),
    )

    image: Picture = Field(
        "chelsea", description="the picture, cut to its middle square", json_schema_extra=in_group("picture")
    )
    side: int = Field(
        64, ge=16, le=128, description="its height and width in pixels", json_schema_extra=in_group("picture")
    )
    show: View = Field("grid", description="what to look at first", json_schema_extra=in_group("picture", **LIVE))

    @model_validator(mode="before")
    @classmethod
    def _what_goes_without_saying(cls, values: Any) -> Any:
        return _implied(values) | dict(values) if isinstance(values, Mapping) else values

    @field_validator("weights", "numbers")
    @classmethod
    def _as_cells(cls, text: str, info: Any) -> str:
        most = LARGEST_KERNEL if info.field_name == "weights" else LARGEST_INPUT
        return matrices.write(matrices.read(text, info.field_name, most))

    @model_validator(mode="after")
    def _possible(self) -> FlipKnobs:
        if self.kernel == "own":
            self.weights = _resized(self.weights, "weights", LARGEST_KERNEL, self.kernel_size)
        else:
            kernels.kernel(self.kernel, self.kernel_size)
        if self.under == "own":
            self.numbers = _resized(self.numbers, "numbers", LARGEST_INPUT, self.input_size)
        if self.extent == "valid" and self.kernel_size > self.input_size:
            raise UsageError(
                f"kernel_size must be at most {self.input_size}, the input_size, to fit in, not {self.kernel_size}: "
                "make it smaller, or set extent to same first"
            )
        return self


def _implied(values: Mapping[str, Any]) -> dict[str, Any]:
    """What a card need not say, because its other knobs say it."""
    implied: dict[str, Any] = {}
    if str(values.get("kernel_size")) in ("1", "2"):
        implied["kernel"] = "box"  # no edge fits in there
    if "weights" in values and values.get("kernel", "own") == "own":
        implied |= {"kernel": "own", "kernel_size": matrices.side_of(str(values["weights"]))}
    if "numbers" in values and values.get("under", "own") == "own":
        implied |= {"under": "own", "input_size": matrices.side_of(str(values["numbers"]))}
    return implied


def _resized(text: str, name: str, most: int, side: int) -> str:
    return matrices.write(matrices.resized(matrices.read(text, name, most), side))
