"""What can be turned on the demo `receptive-field`. No torch."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, field_validator, model_validator

from cnntutor.demos.protocol import Knobs, Picture, in_group
from cnntutor.errors import UsageError
from cnntutor.vision import window_stack
from cnntutor.vision.arithmetic import ReceptiveField
from cnntutor.vision.influence import Patch, patch_of
from cnntutor.vision.window_stack import WindowLayer


class ReceptiveFieldKnobs(Knobs):
    """A stack of windows, and one unit in it."""

    stack: str = Field(
        "k3 k3 p2 k3 k3 p2 k3 k3",
        description="layers from the picture up: k3 convolution, k3s2 stride, k3d2 dilation, p2 pooling, 4*k3 four",
    )
    depth: int = Field(
        0, ge=0, le=window_stack.MOST_LAYERS, description="which layer's unit, counted from the picture; 0 the last"
    )
    image: Picture = Field("chelsea", description="the picture, cut to its middle square")
    side: int = Field(96, ge=8, le=256, description="its height and width in pixels")

    weights: Literal["equal", "random"] = Field(
        "equal", description="all taps alike, or drawn as training starts", json_schema_extra=in_group("influence")
    )
    relu: bool = Field(False, description="a ReLU behind each convolution", json_schema_extra=in_group("influence"))
    shortcuts: bool = Field(
        False,
        description="each convolution of stride 1 adds to its input, as in a ResNet",
        json_schema_extra=in_group("influence"),
    )
    nets: int = Field(
        8,
        ge=1,
        le=64,
        description="random nets whose influence is averaged",
        json_schema_extra=in_group("influence"),
    )

    @field_validator("stack")
    @classmethod
    def _readable(cls, text: str) -> str:
        window_stack.parse(text)
        return " ".join(text.split())

    @model_validator(mode="after")
    def _possible(self) -> Self:
        count = len(window_stack.parse(self.stack))
        if self.depth > count:
            raise UsageError(f"depth must be at most {count}, the layers of stack, not {self.depth}: 0 is the last")
        window_stack.map_sides(self.layers, self.side)
        return self

    @property
    def layers(self) -> tuple[WindowLayer, ...]:
        """Those up to the unit."""
        layers = window_stack.parse(self.stack)
        return layers[: self.depth or len(layers)]

    @property
    def field(self) -> ReceptiveField:
        """What the unit sees, by the formula."""
        return window_stack.fields(self.layers)[-1]

    @property
    def cell(self) -> int:
        """Row and column of the unit in its map: the one whose field lies nearest to the middle of the picture."""
        field, cells = self.field, window_stack.map_sides(self.layers, self.side)[-1]
        return max(0, min(cells - 1, round((self.side / 2 - field.start) / field.jump)))

    @property
    def patch(self) -> Patch:
        """The pixels that the unit sees, by the formula."""
        return patch_of(self.field, self.cell, self.cell)
