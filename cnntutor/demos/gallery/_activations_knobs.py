"""What can be turned on the demo `activations`. No torch."""

from __future__ import annotations

from pydantic import Field

from cnntutor.demos.protocol import Knobs, Picture, in_group
from cnntutor.vision.activations import LEAK, ActivationName
from cnntutor.vision.kernels import KernelName


class ActivationsKnobs(Knobs):
    """Two activations, and where they are put to work."""

    activation: ActivationName = Field("relu", description="the curve")
    second: ActivationName = Field("gelu", description="another to hold against it; the same one for none")
    x: float = Field(-1, ge=-20, le=20, description="where value and slope are read off")
    leak: float = Field(LEAK, ge=0, le=1, description="slope of leaky-relu on the left")

    image: Picture = Field(
        "chelsea", description="the picture, cut to its middle square", json_schema_extra=in_group("map")
    )
    side: int = Field(
        96, ge=16, le=256, description="its height and width in pixels", json_schema_extra=in_group("map")
    )
    kernel: KernelName = Field("sobel-x", description="that makes the map", json_schema_extra=in_group("map"))

    layers: int = Field(
        20, ge=1, le=50, description="that a gradient passes on its way back", json_schema_extra=in_group("depth")
    )

    learning_rate: float = Field(
        0.5,
        ge=0.01,
        le=4,
        description="the largest of five, each half the next",
        json_schema_extra=in_group("dead units"),
    )
    steps: int = Field(
        45, ge=5, le=300, description="of training on the digits, for each", json_schema_extra=in_group("dead units")
    )
    width: int = Field(
        16, ge=2, le=64, description="filters of the net's first layer", json_schema_extra=in_group("dead units")
    )

    @property
    def names(self) -> tuple[ActivationName, ...]:
        """The activations, each once."""
        return tuple(dict.fromkeys((self.activation, self.second)))

    @property
    def rates(self) -> tuple[float, ...]:
        """Ascending, the last is the largest."""
        return tuple(self.learning_rate / 2**halvings for halvings in range(4, -1, -1))
