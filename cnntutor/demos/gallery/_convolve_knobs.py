"""The knobs of convolve: a convolution layer, what follows it, and what it looks at."""

from __future__ import annotations

from collections.abc import Mapping
from math import gcd
from typing import Any, Literal

from pydantic import Field, field_validator, model_validator

from cnntutor.demos.protocol import LIVE, Knobs, Picture, in_group, matrix
from cnntutor.errors import UsageError
from cnntutor.vision import checkpoints, kernels, matrices
from cnntutor.vision.convolution import Activation, PaddingMode, Pooling, Window
from cnntutor.vision.kernels import KernelName

LARGEST_SIDE = 11
"""Taps, or cells of a patch, on a side."""

View = Literal["picture", "grid"]
Kernel = Literal[KernelName, "own", "learnt"]


class ConvolveKnobs(Knobs):
    """The whole of a convolution layer, and what it looks at.

    A square of numbers that is in use always has the side that its size knob says: it is cut, or bordered with
    zeros, around its middle.
    """

    image: Picture = Field("chelsea", description="the picture, cut to its middle square")
    side: int = Field(64, ge=8, le=256, description="its height and width in pixels")

    kernel: Kernel = Field("sobel-x", description="weights of the first filter", json_schema_extra=in_group("kernel"))
    kernel_size: int = Field(
        3, ge=1, le=LARGEST_SIDE, description="taps on a side", json_schema_extra=in_group("kernel")
    )
    weights: str = Field(
        "0 0 0; 0 1 0; 0 0 0",
        description="the kernel “own”, cell by cell",
        json_schema_extra=in_group("kernel", **matrix("kernel_size")),
    )
    learnt_from: str = Field(
        "digits",
        description="the net whose filters “learnt” shows, cut or bordered with zeros to kernel_size",
        json_schema_extra=in_group("kernel"),
    )
    learnt_filter: int = Field(
        1,
        ge=1,
        le=512,
        description="which filter of its first layer; after the last comes the first again",
        json_schema_extra=in_group("kernel"),
    )

    stride: int = Field(
        1, ge=1, le=8, description="pixels from one window to the next", json_schema_extra=in_group("window")
    )
    padding: int = Field(1, ge=0, le=16, description="pixels added on each side", json_schema_extra=in_group("window"))
    padding_mode: PaddingMode = Field(
        "zeros", description="what the added pixels hold", json_schema_extra=in_group("window")
    )
    dilation: int = Field(
        1, ge=1, le=4, description="pixels from one tap to the next", json_schema_extra=in_group("window")
    )

    channels: int = Field(
        1,
        ge=1,
        le=512,
        description="of the input: 1 grey, 3 colour, more are mixtures",
        json_schema_extra=in_group("layer"),
    )
    filters: int = Field(
        1,
        ge=1,
        le=1024,
        description="output channels; beyond the first, random weights",
        json_schema_extra=in_group("layer"),
    )
    groups: int = Field(
        1,
        ge=1,
        le=512,
        description="parts into which channels and filters fall; a filter reads its own part",
        json_schema_extra=in_group("layer"),
    )
    activation: Activation = Field("none", description="what is done to each sum", json_schema_extra=in_group("layer"))
    pooling: Pooling = Field(
        "none", description="what is kept of each square of cells", json_schema_extra=in_group("layer")
    )
    pool_size: int = Field(
        2, ge=2, le=8, description="cells on a side of that square", json_schema_extra=in_group("layer")
    )

    show: View = Field(
        "picture",
        description="what to look at first: the whole picture, or the window on its walk",
        json_schema_extra=in_group("grid", **LIVE),
    )
    patch: Literal["picture", "own"] = Field(
        "picture", description="what the grid walks over", json_schema_extra=in_group("grid")
    )
    patch_size: int = Field(
        4,
        ge=1,
        le=LARGEST_SIDE,
        description="cells on a side; one of the picture grows with the window",
        json_schema_extra=in_group("grid"),
    )
    patch_row: int = Field(
        43,
        ge=0,
        le=100,
        description="where in the picture: per cent of the way down",
        json_schema_extra=in_group("grid"),
    )
    patch_column: int = Field(
        51,
        ge=0,
        le=100,
        description="where in the picture: per cent of the way to the right",
        json_schema_extra=in_group("grid"),
    )
    numbers: str = Field(
        "0 0 9 9; 0 0 9 9; 0 0 9 9; 0 0 9 9",
        description="the patch “own”, cell by cell",
        json_schema_extra=in_group("grid", **matrix("patch_size")),
    )

    @model_validator(mode="before")
    @classmethod
    def _what_goes_without_saying(cls, values: Any) -> Any:
        return _implied(values) | dict(values) if isinstance(values, Mapping) else values

    @field_validator("weights", "numbers")
    @classmethod
    def _as_cells(cls, text: str, info: Any) -> str:
        return matrices.write(matrices.read(text, info.field_name, LARGEST_SIDE))

    @model_validator(mode="after")
    def _possible(self) -> ConvolveKnobs:
        self._check_kernel()
        self._check_groups()
        self._check_shape()
        self._check_patch()
        return self

    @property
    def window(self) -> Window:
        """How the kernel moves."""
        return Window(self.kernel_size, self.stride, self.padding, self.padding_mode, self.dilation)

    @property
    def output_side(self) -> int:
        """Cells on a side of the feature map, before pooling."""
        return self.window.output_side(self.side)

    @property
    def depth(self) -> int:
        """Channels that one filter reads."""
        return self.channels // self.groups

    @property
    def patch_side(self) -> int:
        """Cells on a side of the patch under the grid; one of the picture has room for the window to take a step."""
        if self.patch == "own":
            return self.patch_size
        return min(self.side, max(self.patch_size, self.window.least_side + self.stride))

    @property
    def patch_corner(self) -> tuple[int, int]:
        """Row and column of the picture at which its patch starts."""
        free = self.side - self.patch_side
        return round(free * self.patch_row / 100), round(free * self.patch_column / 100)

    def _check_kernel(self) -> None:
        if self.kernel == "own":
            self.weights = _resized(self.weights, "weights", self.kernel_size)
        elif self.kernel == "learnt":
            checkpoints.known(self.learnt_from)
        else:
            kernels.kernel(self.kernel, self.kernel_size)

    def _check_groups(self) -> None:
        if self.channels % self.groups or self.filters % self.groups:
            raise UsageError(
                f"groups must divide channels ({self.channels}) and filters ({self.filters}), which {self.groups} does "
                f"not: set groups to {_divisors(gcd(self.channels, self.filters))} first, "
                f"or the other two to multiples of {self.groups}"
            )

    def _check_shape(self) -> None:
        output = self.output_side
        if self.pooling != "none" and self.pool_size > output:
            raise UsageError(
                f"pool_size must be at most {output}, the side of the feature map, not {self.pool_size}: "
                "make it smaller, or set pooling to none first"
            )

    def _check_patch(self) -> None:
        if self.patch == "picture":
            return
        least = self.window.least_side
        if self.patch_size < least:
            raise UsageError(
                f"patch_size must be at least {least} for this window, not {self.patch_size}: "
                "make it larger, or set patch to picture first"
            )
        self.numbers = _resized(self.numbers, "numbers", self.patch_size)


def _implied(values: Mapping[str, Any]) -> dict[str, Any]:
    """What a card or a command need not say, because its other knobs say it."""
    implied: dict[str, Any] = {}
    if str(values.get("kernel_size")) in ("1", "2"):
        implied["kernel"] = "box"  # no edge fits in there
    if "weights" in values and values.get("kernel", "own") == "own":
        implied |= {"kernel": "own", "kernel_size": matrices.side_of(str(values["weights"]))}
    if "numbers" in values and values.get("patch", "own") == "own":
        implied |= {"patch": "own", "patch_size": matrices.side_of(str(values["numbers"]))}
    return implied


def _divisors(number: int) -> str:
    divisors = [str(divisor) for divisor in range(1, number + 1) if number % divisor == 0]
    return " or ".join(filter(None, [", ".join(divisors[:-1]), divisors[-1]]))


def _resized(text: str, name: str, side: int) -> str:
    return matrices.write(matrices.resized(matrices.read(text, name, LARGEST_SIDE), side))
