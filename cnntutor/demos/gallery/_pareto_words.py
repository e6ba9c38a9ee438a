"""What the demo `pareto` says: costs by name, the finding, what to try, and the question before the run. No torch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from cnntutor.demos.gallery._pareto_knobs import SIDE, ParetoKnobs
from cnntutor.demos.protocol import Frame, Prediction

if TYPE_CHECKING:
    from cnntutor.vision.latency import Measured

COSTS = {"latency": "milliseconds", "macs": "MACs", "params": "parameters"}
ALIKE = 1.2
"""Two ratios count as the same within this factor."""


def cost_of(net: Measured, cost: str) -> float:
    """What a net costs, in the unit of `COSTS`."""
    return {"latency": net.seconds * 1000, "macs": float(net.macs), "params": float(net.params)}[cost]


def formulas(knobs: ParetoKnobs, measured: Sequence[Measured]) -> tuple[str, ...]:
    """The extremes held against each other."""
    if len(measured) < 2:
        return ()
    least, most = (pick(measured, key=lambda net: net.macs) for pick in (min, max))
    ms = [1000 * net.seconds for net in (most, least)]
    return (
        f"{most.name} against {least.name}",
        f"MACs: {most.macs / 1e6:,.0f} M / {least.macs / 1e6:,.0f} M = {most.macs / least.macs:.3g}",
        f"time: {ms[0]:.3g} ms / {ms[1]:.3g} ms = {ms[0] / ms[1]:.3g}",
    )


def caption(knobs: ParetoKnobs, measured: Sequence[Measured], best: Sequence[str]) -> str:
    """Who is on the front, and what to try."""
    if len(measured) < len(knobs.names):
        return f"{measured[-1].name} is measured: {len(measured)} of {len(knobs.names)}."
    unit = {"latency": "time", "macs": "MACs", "params": "parameters"}[knobs.cost]
    beaten = [net.name for net in measured if net.name not in best]
    look = f"For their {unit} nothing here beats {_list(best)}. {_beaten(beaten, best, measured, knobs)}"
    return f"**Look** {look}{_note(knobs)}\n\n**Try** {_try(knobs)}"


def _beaten(beaten: Sequence[str], best: Sequence[str], measured: Sequence[Measured], knobs: ParetoKnobs) -> str:
    """The worst buy and what is better and cheaper."""
    if not beaten:
        return "All of them are worth what they cost."
    nets = {net.name: net for net in measured}
    worst = max((nets[name] for name in beaten), key=lambda net: cost_of(net, knobs.cost))
    better = next(
        nets[name]
        for name in best
        if nets[name].top1 >= worst.top1 and cost_of(nets[name], knobs.cost) <= cost_of(worst, knobs.cost)
    )
    factor = cost_of(worst, knobs.cost) / cost_of(better, knobs.cost)
    return f"{worst.name} is beaten by {better.name}, which is no less accurate at 1/{factor:.3g} of the cost."


def _note(knobs: ParetoKnobs) -> str:
    if knobs.side != SIDE:
        return f" The accuracies are those for {SIDE} pixels or more; times and MACs are for {knobs.side}."
    if knobs.nets == "growing":
        return " EfficientNet-B1 and B2 had larger pictures when their accuracy was published."
    return ""


def _try(knobs: ParetoKnobs) -> str:
    if knobs.cost == "latency":
        return "Turn `cost` to macs: who joins the front, who leaves it? Then read the view clock."
    if knobs.recipe == "first":
        return "Set `recipe` to best: the same nets, trained better. How much of the front was the training?"
    return "`add` densenet121: few parameters, yet what does the clock say?"


def _list(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def predict(knobs: ParetoKnobs) -> Prediction | None:
    """Do times lie as far apart as MACs?"""

    def judge(frame: Frame) -> int | None:
        figures = frame.figures
        if figures.get("nets") != len(knobs.names):
            return None
        share = figures["latency_ratio"] / figures["macs_ratio"]
        return 1 if share < 1 / ALIKE else 2 if share > ALIKE else 0

    return Prediction(
        f"Of these {len(knobs.names)} nets, one does the most MACs, another the fewest. How far apart are their times "
        "on this machine?",
        (
            "as far as their MACs, within a fifth",
            "less far: the small net is slower than its MACs promise",
            "further: the large net pays on top",
        ),
        judge,
        why="Small nets live on 1×1 and depthwise layers, which do little with each number they fetch. MACs leave the "
        "fetching out.",
        cards=("eff-on-the-device", "eff-search-goal"),
    )
