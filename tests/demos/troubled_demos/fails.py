"""A demo that goes wrong in the way its knob says, after one good frame."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from pydantic import Field

from cnntutor.demos.protocol import Frame, Knobs, demo
from cnntutor.errors import UsageError

if TYPE_CHECKING:
    import torch


class FailsKnobs(Knobs):
    how: Literal["raises", "usage", "exits", "dies", "memory", "sleeps", "spins"] = Field(
        "raises", description="what happens"
    )
    sign: str = Field("", description="file to make once it is happening")


@demo("fails", topic="history", title="Fail", promise="Fails.")
def fails(knobs: FailsKnobs, device: torch.device) -> Iterator[Frame]:
    import torch

    yield Frame(caption="so far so good", figures={"pid": os.getpid()})
    if knobs.sign:
        Path(knobs.sign).touch()
    match knobs.how:
        case "raises":
            raise ZeroDivisionError("one by zero\nand a second line")
        case "usage":
            raise UsageError("size must be smaller")
        case "exits":
            raise SystemExit(0)
        case "dies":
            os._exit(7)
        case "memory":
            torch.empty(1 << 50)
        case "sleeps":
            time.sleep(600)
        case "spins":
            while True:
                pass
