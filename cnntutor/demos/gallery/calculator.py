"""calculator: what every block of a net gives, holds, multiplies and keeps, worked out by hand and by PyTorch."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from cnntutor.demos.gallery import _calculator_words as words
from cnntutor.demos.gallery import _net_tables as tables
from cnntutor.demos.gallery._calculator_knobs import CalculatorKnobs
from cnntutor.demos.protocol import Frame, Table, demo
from cnntutor.vision.net_bill import Bill
from cnntutor.vision.net_build import build, calls
from cnntutor.vision.sizes import FLOAT

if TYPE_CHECKING:
    import torch

    from cnntutor.vision.profile import Profile

PACE = 0.35
"""Seconds at each block."""

SOON_DONE = 10_000_000
"""Parameters and MACs that are worked out in a moment."""


def _constants(knobs: CalculatorKnobs, seed: int) -> Mapping[str, object]:
    del seed
    return {"LAYERS": [[call.layer, *call.positional] for call in calls(knobs.bill)]}


@demo(
    "calculator",
    topic="shapes-and-cost",
    title="What does this net cost?",
    promise="Write a net in one line, and see what every block of it gives, holds, multiplies and keeps.",
    constants=_constants,
    predict=words.predict,
)
def calculator(knobs: CalculatorKnobs, device: torch.device) -> Iterator[Frame]:
    """A picture goes through the net, block by block; the last frame has the sums and PyTorch's own count."""
    made = knobs.bill
    for at in range(len(made.rows)):
        yield _passing(made, at)
    yield _whole(knobs, made)


def _passing(made: Bill, at: int) -> Frame:
    """The net as far as the picture has come."""
    so_far = replace(made, rows=made.rows[: at + 1])
    return Frame(
        tables={"the bill": tables.costs(so_far)},
        views={"bill": ("the bill",)},
        figures=_figures(so_far),
        formulas=words.working(made.rows[at]),
        caption=words.passing(made, at),
        progress=at / len(made.rows),
        hold=PACE,
    )


def _whole(knobs: CalculatorKnobs, made: Bill) -> Frame:
    found = _profiled(made)
    return Frame(
        tables={
            "the bill": tables.costs(made),
            "where it goes": tables.shares(made),
            "bytes of the maps": _bytes(knobs, made),
            "what is seen": tables.fields(made),
            "in PyTorch": tables.lines(made),
        },
        views=_views(knobs),
        figures=_figures(made)
        | {
            "batch_bytes": knobs.batch * made.bytes,
            "training_bytes": sum(words.training_bytes(knobs, made)),
            "busiest": made.largest("macs") + 1,
            "module_parameters": found.params,
            "module_macs": found.macs,
        },
        formulas=words.totals(knobs, made),
        caption=words.caption(knobs, made),
        progress=1.0,
    )


def _views(knobs: CalculatorKnobs) -> dict[str, tuple[str, ...]]:
    views: dict[str, tuple[str, ...]] = {
        "bill": ("the bill",),
        "shares": ("where it goes",),
        "bytes": ("bytes of the maps",),
        "sees": ("what is seen",),
        "code": ("in PyTorch",),
    }
    return {knobs.show: views[knobs.show], **views}


def _figures(made: Bill) -> dict[str, float]:
    figures: dict[str, float] = {
        "parameters": made.params,
        "macs": made.macs,
        "flops": 2 * made.macs,
        "weight_bytes": FLOAT * made.params,
        "map_bytes": made.rows[-1].bytes,
        "output_channels": made.shape[0],
        "receptive_field": made.receptive_field,
    }
    return figures | ({"output_side": made.shape[-1]} if len(made.shape) == 3 else {})


def _bytes(knobs: CalculatorKnobs, made: Bill) -> Table:
    """What each block writes, for one picture and for the batch that training keeps, and the weights beside it."""
    blocks = zip(tables.names(made), made.rows, strict=True)
    rows = [(name, row.bytes, knobs.batch * row.bytes) for name, row in blocks]
    maps, weights = words.training_bytes(knobs, made)
    sums = (
        ("  all maps", made.bytes, maps),
        ("  weights, with Adam", FLOAT * made.params, weights),
        ("  all in training", None, maps + weights),
    )
    return Table(("block", "a picture", f"batch of {knobs.batch}"), (*rows, *sums))


def _profiled(made: Bill) -> Profile:
    """The real module, counted by running it; a large one on shapes without numbers."""
    import torch

    from cnntutor.vision.profile import profile

    # Shapes without numbers cost nothing, but a second of imports at their first use.
    with torch.device("cpu" if made.params + made.macs <= SOON_DONE else "meta"):
        net = build(made)
    return profile(net, made.task.picture)
