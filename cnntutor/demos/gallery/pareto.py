"""pareto: accuracy against cost for nets that are counted and timed here, and the front of those nothing beats."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import log10
from typing import TYPE_CHECKING

from cnntutor.demos.gallery import _pareto_words as words
from cnntutor.demos.gallery._pareto_knobs import ParetoKnobs
from cnntutor.demos.protocol import Cell, Curve, Frame, Table, demo
from cnntutor.vision import zoo
from cnntutor.vision.pareto import front, rank_correlation

if TYPE_CHECKING:
    import torch

    from cnntutor.vision.latency import Measured

CHART = "accuracy against cost"
CROSS = 0.012
"""Half the size of a cross, as a share of the axis."""


@demo(
    "pareto",
    topic="efficient",
    title="Find the nets that nothing beats",
    promise="Count and time famous nets on your own machine: which are worth their cost, and which only look cheap?",
    constants=lambda knobs, seed: {"NAMES": knobs.names},
    predict=words.predict,
)
def pareto(knobs: ParetoKnobs, device: torch.device) -> Iterator[Frame]:
    """Net after net is measured and takes its place; the front is drawn anew each time."""
    names = knobs.names
    yield Frame(caption=f"Measuring {len(names)} nets on pictures of {knobs.side}×{knobs.side}.", progress=0)
    from cnntutor.vision.latency import measure

    measured: list[Measured] = []
    for number, name in enumerate(names, start=1):
        measured.append(measure(name, knobs.side, knobs.batch, knobs.passes, knobs.recipe, device))
        yield _frame(knobs, measured, number / len(names))


def _frame(knobs: ParetoKnobs, measured: Sequence[Measured], progress: float) -> Frame:
    best = front([(words.cost_of(net, knobs.cost), net.top1) for net in measured])
    return Frame(
        curves=_curves(knobs, measured, best),
        tables={"measured": _table(measured, best, knobs), "against the cheapest": _factors(measured, knobs)},
        views={
            "front": (CHART,),
            "nets": ("measured",),
            "clock": ("against the cheapest",),
        },
        figures=_figures(knobs, measured),
        formulas=words.formulas(knobs, measured),
        caption=words.caption(knobs, measured, [measured[at].name for at in best]),
        progress=progress,
        choices={"add": zoo.names()},
    )


def _figures(knobs: ParetoKnobs, measured: Sequence[Measured]) -> dict[str, float]:
    least, most = (pick(measured, key=lambda net: net.macs) for pick in (min, max))
    figures: dict[str, float] = {"nets": len(measured)}
    for cost in words.COSTS:
        figures[f"front_{cost}"] = len(front([(words.cost_of(net, cost), net.top1) for net in measured]))
    figures |= {
        "least_macs": least.macs,
        "most_macs": most.macs,
        "macs_ratio": most.macs / least.macs,
        "latency_ratio": most.seconds / least.seconds,
    }
    if len(measured) > 1:
        figures["rank_correlation"] = rank_correlation([n.macs for n in measured], [n.seconds for n in measured])
    return figures


# Tables


def _table(measured: Sequence[Measured], best: Sequence[int], knobs: ParetoKnobs) -> Table:
    """All nets by cost; a star marks those on the front."""
    order = sorted(range(len(measured)), key=lambda at: words.cost_of(measured[at], knobs.cost))
    counted = "M params" if knobs.cost == "params" else "M MACs"
    rows = tuple(_row(measured[at], at in best, knobs) for at in order)
    return Table(("★ = on the front", "top-1", counted, "ms"), rows)


def _row(net: Measured, on_front: bool, knobs: ParetoKnobs) -> tuple[Cell, ...]:
    name = f"★ {net.name}" if on_front else f"  {net.name}"
    counted = round(net.params / 1e6, 1) if knobs.cost == "params" else round(net.macs / 1e6)
    return name, round(net.top1, 1), counted, _ms(net, knobs)


def _ms(net: Measured, knobs: ParetoKnobs) -> float:
    """Milliseconds for one picture."""
    return float(f"{words.cost_of(net, 'latency') / knobs.batch:.3g}")


def _factors(measured: Sequence[Measured], knobs: ParetoKnobs) -> Table:
    """How many times the work of the cheapest net, and how many times its time."""
    cheapest = min(measured, key=lambda net: net.macs)
    rows: list[tuple[Cell, ...]] = [
        (
            net.name,
            f"×{net.macs / cheapest.macs:.3g}",
            f"×{net.seconds / cheapest.seconds:.3g}",
            float(f"{net.macs * knobs.batch / net.seconds / 1e9:.3g}"),
        )
        for net in sorted(measured, key=lambda net: net.macs)
    ]
    return Table(("net", "MACs", "time", "G MACs/s"), tuple(rows))


# The chart


def _curves(knobs: ParetoKnobs, measured: Sequence[Measured], best: Sequence[int]) -> dict[str, Curve]:
    """The front as a stair with a cross at each of its nets, then a cross for each of the others."""
    places = [(log10(words.cost_of(net, knobs.cost)), net.top1) for net in measured]
    wide, high = (max(0.1, max(axis) - min(axis)) * CROSS for axis in zip(*places, strict=True))
    stair: list[tuple[float, float]] = []
    for at in best:
        step = [(places[at][0], stair[-1][1])] if stair else []
        stair += [*step, *_cross(places[at], wide, high)]
    lines = {"the front": stair}
    lines |= {
        net.name: _cross(place, wide, high)
        for at, (net, place) in enumerate(zip(measured, places, strict=True))
        if at not in best
    }
    label = f"log₁₀ of {words.COSTS[knobs.cost]}"
    return {name: _curve(points, label) for name, points in lines.items()}


def _cross(at: tuple[float, float], wide: float, high: float) -> list[tuple[float, float]]:
    """A line that leaves the point in four directions and comes back."""
    x, y = at
    return [at, (x - wide, y), (x + wide, y), at, (x, y - high), (x, y + high), at]


def _curve(points: Sequence[tuple[float, float]], label: str) -> Curve:
    x, y = zip(*points, strict=True)
    return Curve(tuple(x), tuple(y), chart=CHART, x_label=label, y_label="top-1 %")
