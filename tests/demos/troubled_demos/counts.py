"""A well-behaved demo that shows which process and torch state it runs in."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from pydantic import Field

from cnntutor.demos.protocol import LIVE, Curve, Frame, Knobs, Table, demo

if TYPE_CHECKING:
    import torch


class CountsKnobs(Knobs):
    upto: int = Field(3, ge=1, le=1_000_000, description="how far to count")
    by: int = Field(1, ge=1, description="added each time", json_schema_extra=LIVE)


@demo("counts", topic="history", title="Count", promise="Counts.")
def counts(knobs: CountsKnobs, device: torch.device) -> Iterator[Frame]:
    import torch

    print("libraries print things")  # noqa: T201
    os.write(1, b"and so does C code")
    count = 0
    while count < knobs.upto:
        count += knobs.by
        figures: dict[str, Any] = {"count": count, "pid": os.getpid(), "drawn": torch.rand(())}
        image = torch.full((2, 3, 3), min(count, 255), dtype=torch.uint8).numpy()
        yield Frame(
            images={"colour": image, "grey": image[..., 0]},
            curves={"line": Curve((0.0, 1.0), (0.0, float(count)), "chart")},
            tables={"table": Table(("n", "word"), ((count, "row"), (None, "end")))},
            figures=figures,
            caption=f"on {device}",
            formulas=(f"{count} = {count}",),
            progress=min(1.0, count / knobs.upto),
        )
