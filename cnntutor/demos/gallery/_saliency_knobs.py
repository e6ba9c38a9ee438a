"""What can be turned on the demo `saliency`. No torch."""

from __future__ import annotations

from typing import Literal, Self, get_args

from pydantic import Field, model_validator

from cnntutor.demos.protocol import LIVE, Knobs, in_group
from cnntutor.errors import UsageError
from cnntutor.vision.mosaics import Layout
from cnntutor.vision.textures import Texture

Method = Literal["slope", "smoothed", "times pixel", "integrated", "guided", "occlusion", "grad-cam"]
METHODS: tuple[Method, ...] = get_args(Method)

View = Literal["maps", "more", "one", "reset", "verdict", "alike", "way", "steps"]

_MOSAIC, _METHODS = in_group("mosaic"), in_group("methods")


class SaliencyKnobs(Knobs):
    """A picture of two surfaces, and how the seven methods are set."""

    show: View = Field("maps", description="what to look at first", json_schema_extra=LIVE)
    method: Method = Field("integrated", description="which one is enlarged in the view one, and in the code")

    first: Texture = Field("brick", description="surface on the left or above", json_schema_extra=_MOSAIC)
    second: Texture = Field("retina", description="surface on the right or below", json_schema_extra=_MOSAIC)
    layout: Layout = Field("side by side", description="how the two lie", json_schema_extra=_MOSAIC)
    number: int = Field(0, ge=0, le=9999, description="other pieces of them", json_schema_extra=_MOSAIC)
    target: Literal["first", "second"] = Field(
        "first", description="whose score is explained", json_schema_extra=_MOSAIC
    )
    mosaics: int = Field(5, ge=1, le=20, description="to judge the methods by", json_schema_extra=_MOSAIC)

    noise: float = Field(
        0.15, ge=0, le=1, description="of smoothed, by the picture's range", json_schema_extra=_METHODS
    )
    samples: int = Field(16, ge=1, le=100, description="noisy copies for smoothed", json_schema_extra=_METHODS)
    baseline: Literal["black", "white", "grey", "noise"] = Field(
        "black", description="where integrated starts", json_schema_extra=_METHODS
    )
    steps: int = Field(64, ge=1, le=256, description="of integrated, on its way", json_schema_extra=_METHODS)
    window: int = Field(16, ge=4, le=48, description="side of the square of occlusion", json_schema_extra=_METHODS)

    @model_validator(mode="after")
    def _possible(self) -> Self:
        if self.first == self.second:
            raise UsageError(f"second must be another surface than first ({self.first})")
        return self

    @property
    def name(self) -> Texture:
        """Of the surface whose score is explained."""
        return self.first if self.target == "first" else self.second

    @property
    def passes(self) -> dict[Method, int]:
        """Pictures that the net must see for one map."""
        stops = len(range(0, 96 - self.window + self.window // 2, self.window // 2))
        many: dict[Method, int] = {"smoothed": self.samples, "integrated": self.steps, "occlusion": stops**2 + 1}
        return {method: many.get(method, 1) for method in METHODS}


TITLES: dict[Method, str] = {method: method for method in METHODS} | {"grad-cam": "Grad-CAM"}
"""As the maps are called."""


def figure(method: Method) -> str:
    """A method's name as figures have it: `grad_cam`."""
    return method.replace("-", "_").replace(" ", "_")
