"""What the demo `architectures` says: the comparison in words and numbers, and the question before. No torch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from cnntutor.demos.gallery._architectures_knobs import ArchitecturesKnobs
from cnntutor.demos.protocol import Frame, Prediction
from cnntutor.wording import percent

if TYPE_CHECKING:
    from cnntutor.vision.anatomy import Anatomy

USUAL_SIDE, LEAST_SIDE = 224, 64
"""Of the pictures most nets were made for, and of those that all of them take."""

HEAVY_HEAD = 0.5
"""A net with so many of its learnt numbers in linear layers is said to have a heavy end."""


def short(number: float) -> str:
    """A large number in four figures: `11.69 M`, `1.814 G`."""
    for unit, size in (("G", 1e9), ("M", 1e6), ("k", 1e3)):
        if number >= size:
            return f"{number / size:.4g} {unit}"
    return f"{number:g}"


def formulas(nets: Sequence[Anatomy]) -> tuple[str, ...]:
    """How often each learnt number is used, and how the two nets compare; the figures have the totals exactly."""
    lines = [f"{n.name}: {short(n.macs)} MACs / {short(n.params)} params = {n.macs / n.params:,.0f}" for n in nets]
    if len(nets) == 2:
        first, second = nets
        params, macs = second.params / first.params, second.macs / first.macs
        lines.append(f"{second.name}: parameters ×{params:.3g}, MACs ×{macs:.3g}")
    return tuple(lines)


def caption(knobs: ArchitecturesKnobs, nets: Sequence[Anatomy]) -> str:
    """Where each net is heavy, and what to look at next."""
    look = " ".join(_heavy(net) for net in nets)
    return f"**Look** {look} {_legend(knobs)}\n\n**Try** {_try(knobs, nets)}"


def _heavy(net: Anatomy) -> str:
    work = max(net.stages, key=lambda stage: stage.macs)
    store = max(net.stages, key=lambda stage: stage.params)
    place = "in its linear layers" if net.linear_params > HEAVY_HEAD * net.params else f"at {store.where}"
    share = max(net.linear_params, store.params) / net.params
    return (
        f"**{net.name}** keeps {percent(share)} of its numbers {place} and does {percent(work.macs / net.macs)} of "
        f"its work at {work.where}."
    )


def _legend(knobs: ArchitecturesKnobs) -> str:
    what = "work" if knobs.count == "macs" else "learnt numbers"
    return f"A box is as high as its maps (√ side) and as wide as its channels (√); the brighter, the more {what}."


def _try(knobs: ArchitecturesKnobs, nets: Sequence[Anatomy]) -> str:
    names = {net.name for net in nets}
    cases = (
        (knobs.count == "macs", "Turn `count` to params: which boxes light up now, and why others?"),
        ("vgg16" not in names, "Set `model` to vgg16: its view is a lesson in where not to keep numbers."),
        (
            not names & {"mobilenet_v2"},
            "Set `second` to mobilenet_v2 and look at the view kernels: where has 3×3 gone?",
        ),
    )
    return next((advice for holds, advice in cases if holds), _halved(knobs.side))


def _halved(side: int) -> str:
    half = (side or USUAL_SIDE) // 2
    return f"Set `side` to {half if half >= LEAST_SIDE else USUAL_SIDE}: parameters or MACs, which of the two follows?"


# Predict first


def predict(knobs: ArchitecturesKnobs) -> Prediction:
    """Which of the two has more parameters, and which does more work."""
    first, second = knobs.model, knobs.second

    def judge(frame: Frame) -> int | None:
        figures = frame.figures
        if "second_macs" not in figures:
            return None
        larger = figures["second_params"] > figures["params"]
        busier = figures["second_macs"] > figures["macs"]
        return {(False, False): 0, (True, True): 1, (False, True): 2, (True, False): 3}[larger, busier]

    return Prediction(
        f"**{first}** against **{second}**: which has more parameters, and which does more work for a picture?",
        (
            f"{first} has more of both",
            f"{second} has more of both",
            f"{first} has more parameters, {second} does more work",
            f"{second} has more parameters, {first} does more work",
        ),
        judge,
        why="The two do not go together: a linear layer uses each of its parameters once a picture, a convolution at "
        "every place of its map.",
        cards=("classic-read-columns",),
    )
