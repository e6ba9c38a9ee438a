"""What can be turned on the demo `augment`. No torch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, cast

from pydantic import Field

from cnntutor.demos.protocol import Knobs, Picture, in_group

if TYPE_CHECKING:
    from cnntutor.vision.changes import Change, Mixing

LADDER = (0.0, 0.1, 0.2, 0.3, 0.5, 0.7, 1.0)
"""Strengths at which the net is asked, beside the knob's."""

UPSIDE_DOWN = 180

ANGLES = (0, 45, 90, 135, UPSIDE_DOWN)
"""Degrees by which every held-out six is turned."""

MIXING = ("mixup", "cutmix")
"""Changes that need a second picture."""

_NET = in_group("net")


class AugmentKnobs(Knobs):
    """Which change, how strong, and on what."""

    image: Picture = Field("chelsea", description="the photograph that is changed")
    change: Literal["turn", "shift", "flip", "crop", "light", "noise", "erase", "randaugment", "mixup", "cutmix"] = (
        Field("turn", description="what is done to every picture at every showing")
    )
    strength: float = Field(0.1, ge=0, le=1, description="0 changes nothing, 1 as much as it can")
    showings: int = Field(9, ge=1, le=16, description="of one picture, each drawn anew")
    digit: int = Field(6, ge=0, le=9, description="the digit whose showings the net reads", json_schema_extra=_NET)
    pictures: int = Field(
        360, ge=20, le=360, description="held-out digits that the net is asked about", json_schema_extra=_NET
    )

    @property
    def mixing(self) -> Mixing | None:
        """What makes one picture of two; None where each is changed by itself."""
        return cast("Mixing", self.change) if self.change in MIXING else None

    @property
    def alone(self) -> Change:
        """What is done to a picture by itself; not to be asked where two are mixed."""
        return cast("Change", self.change)

    @property
    def strengths(self) -> tuple[float, ...]:
        """Where the net is asked, the knob's own strength among them."""
        return tuple(sorted({*LADDER, self.strength}))
