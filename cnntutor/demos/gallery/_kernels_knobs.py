"""What can be turned on the demo `kernels`. No torch."""

from __future__ import annotations

from typing import Self

from pydantic import Field, model_validator

from cnntutor.demos.protocol import Knobs, Picture, in_group
from cnntutor.errors import UsageError
from cnntutor.vision import checkpoints
from cnntutor.vision.kernels import KernelName


class KernelsKnobs(Knobs):
    """A picture, a kernel made by hand, and one that a net has learnt."""

    image: Picture = Field("chelsea", description="the picture, cut to its middle square")
    side: int = Field(96, ge=16, le=256, description="its height and width in pixels")
    brighten: float = Field(0, ge=-1, le=1, description="added to every pixel; they go from 0 to 1")

    kernel: KernelName = Field("sobel-x", description="the one by hand", json_schema_extra=in_group("by hand"))
    kernel_size: int = Field(
        3,
        ge=3,
        le=15,
        description="taps on a side; odd, so that it has a centre",
        json_schema_extra=in_group("by hand"),
    )
    wave_size: int = Field(
        9,
        ge=3,
        le=31,
        description="taps of the Gabor kernel that turns; odd likewise",
        json_schema_extra=in_group("by hand"),
    )

    learnt_from: str = Field(
        "textures", description="the net whose first filters are shown", json_schema_extra=in_group("learnt")
    )
    learnt_filter: int = Field(
        1,
        ge=1,
        le=512,
        description="which of them; after the last comes the first again",
        json_schema_extra=in_group("learnt"),
    )

    @model_validator(mode="after")
    def _possible(self) -> Self:
        for name in ("kernel_size", "wave_size"):
            if getattr(self, name) % 2 == 0:
                raise UsageError(f"{name} must be odd, so that the kernel has a centre, not {getattr(self, name)}")
        checkpoints.known(self.learnt_from)
        return self
