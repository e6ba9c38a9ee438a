"""What can be turned on the demo `calculator`. No torch."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from cnntutor.demos.protocol import Knobs, net
from cnntutor.errors import UsageError
from cnntutor.vision.net_bill import Bill, Task, sound
from cnntutor.vision.net_text import MOST_BLOCKS

NET = "conv 16 k3 s2 p1 | relu | conv 32 k3 s2 p1 | relu | flatten | linear 10"
"""The net of the lesson: each of its three bills has another winner."""


View = Literal["bill", "shares", "bytes", "sees", "code"]


class CalculatorKnobs(Knobs):
    """A net, the pictures that it gets, and the block to look into."""

    net: str = Field(NET, description="blocks in order, say conv 16 k3 s2 p1 | relu", json_schema_extra=net("task"))
    channels: int = Field(3, ge=1, le=2048, description="of a picture: 3 for colours, 1 for grey")
    side: int = Field(32, ge=1, le=1024, description="of a picture in pixels")
    batch: int = Field(64, ge=1, le=4096, description="pictures in a training step")
    show: View = Field("bill", description="what to look at first")
    block: int = Field(0, ge=0, le=MOST_BLOCKS, description="whose working is shown; 0: the one with most MACs")

    @model_validator(mode="after")
    def _possible(self) -> Self:
        blocks = len(self.bill.rows)
        if self.block > blocks:
            raise UsageError(f"block must be from 0 to {blocks}, for so many has this net")
        return self

    @property
    def task(self) -> Task:
        """What the net is given; it may end as it likes."""
        return Task(self.channels, self.side)

    @property
    def bill(self) -> Bill:
        """The net, block by block."""
        return sound(self.net, self.task)

    @property
    def chosen(self) -> int:
        """Place of the block to look into."""
        return self.block - 1 if self.block else self.bill.largest("macs")
