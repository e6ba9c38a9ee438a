"""The knobs of pooling: a feature map, a window over it, a move of the picture, and a patch for pencil and paper."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import Field, field_validator, model_validator

from cnntutor.demos.protocol import LIVE, Knobs, Picture, in_group, matrix
from cnntutor.errors import UsageError
from cnntutor.vision import matrices
from cnntutor.vision.kernels import KernelName
from cnntutor.vision.pools import PoolWindow

LARGEST_PATCH = 11
MOST_SHIFT = 8

_POOL = in_group("pooling")
_GRID = in_group("grid")


class PoolingKnobs(Knobs):
    """What is pooled, how, and how far the picture moves."""

    image: Picture = Field("coffee", description="the picture, cut to its middle square")
    side: int = Field(48, ge=8, le=224, description="cells on a side of its feature map")
    kernel: KernelName = Field("laplacian", description="the 3×3 filter that makes the map")
    relu: bool = Field(True, description="whether what is negative becomes zero before the pooling")

    pool_size: int = Field(2, ge=1, le=8, description="cells on a side of the window", json_schema_extra=_POOL)
    stride: int = Field(
        0, ge=0, le=8, description="cells from one window to the next; 0: the window's size", json_schema_extra=_POOL
    )
    padding: int = Field(0, ge=0, le=4, description="cells added on each side", json_schema_extra=_POOL)
    ceil_mode: bool = Field(False, description="whether left-over cells get a window", json_schema_extra=_POOL)
    count_border: bool = Field(True, description="whether the mean counts added zeros", json_schema_extra=_POOL)
    adaptive: int = Field(5, ge=1, le=32, description="side that adaptive pooling shall give", json_schema_extra=_POOL)

    shift: int = Field(
        1,
        ge=0,
        le=MOST_SHIFT,
        description="pixels that the picture moves to the right",
        json_schema_extra=in_group("move"),
    )

    show: Literal["maps", "change", "grid", "back", "adaptive"] = Field(
        "maps", description="what to look at first", json_schema_extra=in_group("grid", **LIVE)
    )
    patch: Literal["picture", "own"] = Field(
        "picture", description="where its numbers are from", json_schema_extra=_GRID
    )
    patch_size: int = Field(4, ge=1, le=LARGEST_PATCH, description="cells on a side", json_schema_extra=_GRID)
    numbers: str = Field(
        "0 0 1 2; 9 0 1 0; 3 1 4 4; 1 3 4 4",
        description="the patch “own”, cell by cell",
        json_schema_extra=in_group("grid", **matrix("patch_size")),
    )
    gradient: float = Field(
        4, ge=-1000, le=1000, description="what comes back to every pooled cell", json_schema_extra=_GRID
    )

    @model_validator(mode="before")
    @classmethod
    def _what_goes_without_saying(cls, values: Any) -> Any:
        return _implied(values) | dict(values) if isinstance(values, Mapping) else values

    @field_validator("numbers")
    @classmethod
    def _as_cells(cls, text: str) -> str:
        return matrices.write(matrices.read(text, "numbers", LARGEST_PATCH))

    @model_validator(mode="after")
    def _possible(self) -> PoolingKnobs:
        self.window.output_side(self.side)
        if self.adaptive > self.side:
            raise UsageError(
                f"adaptive must be at most side ({self.side}), not {self.adaptive}: make it smaller, or side larger"
            )
        if self.patch == "own":
            self.numbers = matrices.write(
                matrices.resized(matrices.read(self.numbers, "numbers", LARGEST_PATCH), self.patch_size)
            )
            self._check_patch()
        return self

    @property
    def window(self) -> PoolWindow:
        """How the window moves."""
        return PoolWindow(self.pool_size, self.stride, self.padding, self.ceil_mode, self.count_border)

    @property
    def patch_side(self) -> int:
        """Cells on a side of the patch under the grid; one of the picture has room for the window to take a step."""
        if self.patch == "own":
            return self.patch_size
        return min(self.side, max(self.patch_size, self.pool_size + self.window.step - 2 * self.padding))

    def _check_patch(self) -> None:
        if self.pool_size > self.patch_size + 2 * self.padding:
            raise UsageError(
                f"patch_size must be at least {self.pool_size - 2 * self.padding} for this window, not"
                f" {self.patch_size}: make it larger, or set patch to picture first"
            )


def _implied(values: Mapping[str, Any]) -> dict[str, Any]:
    """What a card or a command need not say, because its other knobs say it."""
    if "numbers" in values and values.get("patch", "own") == "own":
        return {"patch": "own", "patch_size": matrices.side_of(str(values["numbers"]))}
    return {}
