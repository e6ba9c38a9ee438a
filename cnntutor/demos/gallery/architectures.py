"""architectures: any classifier of torchvision taken apart, and held against another."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import accumulate
from typing import TYPE_CHECKING

from cnntutor.demos.gallery import _architectures_words as words
from cnntutor.demos.gallery._architectures_body import body
from cnntutor.demos.gallery._architectures_knobs import ArchitecturesKnobs
from cnntutor.demos.protocol import Cell, Curve, Frame, Table, demo
from cnntutor.vision import zoo
from cnntutor.wording import percent

if TYPE_CHECKING:
    import torch

    from cnntutor.vision.anatomy import Anatomy

SHARE = "% so far, by depth"
"""Title of the chart."""

KINDS_LISTED = 5
BAR = 4
"""Blocks of a bar for 100 %."""


@demo(
    "architectures",
    topic="classics",
    also=("resnets",),
    title="Take two nets apart",
    promise="Put any two of torchvision's classifiers side by side: where is their memory, where does their time go?",
    predict=words.predict,
)
def architectures(knobs: ArchitecturesKnobs, device: torch.device) -> Iterator[Frame]:
    """One net, then both. Nothing is trained: it is all in the shapes."""
    yield Frame(caption=f"Building {knobs.model} and {knobs.second}, shapes without numbers.", progress=0.0)
    from cnntutor.vision.anatomy import take_apart

    first = take_apart(knobs.model, knobs.side)
    yield _frame(knobs, [first], 0.5)
    yield _frame(knobs, [first, take_apart(knobs.second, knobs.side)], 1.0)


def _frame(knobs: ArchitecturesKnobs, nets: Sequence[Anatomy], progress: float) -> Frame:
    """What is known of these nets."""
    bodies = {f"body of {net.name}": body(net, knobs.count) for net in nets}
    return Frame(
        bodies,
        curves=dict(_curve(net, knobs.count) for net in nets),
        tables={
            "in numbers": _numbers(nets),
            **{net.name: _stages(net) for net in nets},
            "by kernel": _kinds(nets, knobs.count),
        },
        views={
            "bodies": tuple(bodies),
            "numbers": ("in numbers",),
            **{net.name: (net.name,) for net in nets},
            "kernels": ("by kernel",),
            "depth": (SHARE,),
        },
        figures=_figures(nets),
        formulas=words.formulas(nets),
        caption=words.caption(knobs, nets),
        progress=progress,
        choices={"model": zoo.names(), "second": zoo.names()},
    )


def _figures(nets: Sequence[Anatomy]) -> dict[str, float]:
    figures: dict[str, float] = {}
    for prefix, net in zip(("", "second_"), nets, strict=False):
        figures |= {f"{prefix}{name}": value for name, value in _figures_of(net).items()}
    return figures


def _figures_of(net: Anatomy) -> dict[str, float]:
    figures: dict[str, float] = {
        "side": net.side,
        "params": net.params,
        "macs": net.macs,
        "layers": net.layers,
        "linear_params": net.linear_params,
        "last_side": net.last_side,
    }
    seen = net.sees
    return figures if seen is None or seen.whole else figures | {"receptive_field": seen.size}


def _numbers(nets: Sequence[Anatomy]) -> Table:
    """What one asks of a net first, a column for each."""
    rows: list[tuple[Cell, ...]] = [
        ("picture", *(f"{net.side}×{net.side}" for net in nets)),
        ("working layers", *(str(net.layers) for net in nets)),
        ("parameters", *(words.short(net.params) for net in nets)),
        ("of them linear", *(percent(net.linear_params / net.params) for net in nets)),
        ("MACs", *(words.short(net.macs) for net in nets)),
        ("MACs a parameter", *(f"{net.macs / net.params:,.0f}" for net in nets)),
        ("float32 file", *(f"{net.params * 4 / 1e6:,.1f} MB" for net in nets)),
        ("last layer's map", *(f"{net.last_side}×{net.last_side}" for net in nets)),
        ("a cell of it sees", *(str(net.sees or "not known") for net in nets)),
    ]
    return Table(("", *(net.name for net in nets)), tuple(rows))


def _stages(net: Anatomy) -> Table:
    """The net as a diagram in text: a line for each size of its maps, with its shares of memory and work."""
    rows: list[tuple[Cell, ...]] = [
        (stage.where, stage.channels, stage.layers, _bar(stage.params / net.params), _bar(stage.macs / net.macs))
        for stage in net.stages
    ]
    return Table(("map", "channels", "layers", "parameters", "MACs"), tuple(rows))


def _bar(share: float) -> str:
    return f"{'█' * round(BAR * share)} {percent(share)}".strip()


def _kinds(nets: Sequence[Anatomy], count: str) -> Table:
    """Shares of the kinds of layers, those first that any of the nets has most of."""
    shares = [{kind.name: getattr(kind, count) / getattr(net, count) for kind in net.kinds} for net in nets]
    names = sorted({name for share in shares for name in share}, key=lambda name: -max(s.get(name, 0) for s in shares))
    rows = tuple((name, *(_bar(share[name]) if name in share else "" for share in shares)) for name in names)
    what = {"macs": "MACs", "params": "parameters"}[count]
    return Table((what, *(net.name for net in nets)), rows[: KINDS_LISTED + len(nets)])


def _curve(net: Anatomy, count: str) -> tuple[str, Curve]:
    """How much of the net's work, or of its numbers, lies before each point of its depth."""
    amounts = [getattr(row, count) for row in net.profile.rows]
    total, last = sum(amounts), max(1, len(amounts) - 1)
    along = tuple(100 * at / last for at in range(len(amounts)))
    shares = tuple(100 * amount / total for amount in accumulate(amounts))
    what = {"macs": "MACs", "params": "parameters"}[count]
    return f"{net.name}, {what}", Curve(along, shares, chart=SHARE, x_label="% of the layers")
