"""What the demo `separable` says. No torch."""

from __future__ import annotations

from collections.abc import Mapping

from cnntutor.demos.gallery._separable_knobs import SeparableKnobs
from cnntutor.demos.protocol import Frame, Prediction
from cnntutor.wording import percent

CLOSE = 0.1
"""A speed-up counts as predicted if it is nearer than this share."""


def opening(knobs: SeparableKnobs) -> str:
    """What is said while the clock runs."""
    return (
        f"By the count, the separable pair takes {knobs.saving:.1f} times fewer MACs. "
        "Now for the clock, at first with few filters."
    )


def formulas(knobs: SeparableKnobs) -> tuple[str, ...]:
    """The costs with these knobs' numbers."""
    k, c_in, c_out, side = knobs.kernel_size, knobs.channels, knobs.filters, knobs.side
    return (
        f"ordinary = {k}²·{c_in}·{c_out}·{side}² = {knobs.ordinary.macs:,}",
        f"separable = ({k}²·{c_in} + {c_in}·{c_out})·{side}² = {knobs.separable.macs:,}",
        f"share = 1/{c_out} + 1/{k}² = {1 / c_out + 1 / k**2:.4f}",
    )


def caption(knobs: SeparableKnobs, figures: Mapping[str, float]) -> str:
    """What to look at, and what to try next."""
    return f"**Look** {_look(knobs, figures)}\n\n**Try** {_try(knobs, figures)}"


def _look(knobs: SeparableKnobs, figures: Mapping[str, float]) -> str:
    saving, speed_up = knobs.saving, figures["speed_up"]
    if knobs.kernel_size == 1:
        return "A 1×1 kernel does not look around, so there is nothing to part: the depthwise half is pure extra."
    verdict = _VERDICTS[verdict_of(saving, speed_up)]
    across = percent(knobs.pointwise.macs / knobs.separable.macs)
    return (
        f"{saving:.1f} times fewer MACs, and on this machine {speed_up:.1f} times the speed: {verdict} "
        f"The depthwise half does {knobs.depthwise.macs / knobs.depthwise.moved:.1f} MACs for each number that it "
        f"moves, the ordinary layer {knobs.ordinary.macs / knobs.ordinary.moved:.0f}. {across} of the pair is 1×1."
    )


_VERDICTS = (
    "what the count promised.",
    "less than the count promised.",
    "more than the count promised, because the ordinary layer waits too, for memory that no MAC counts.",
    "nothing was won.",
)


def verdict_of(saving: float, speed_up: float) -> int:
    """The clock against the count: 0 alike, 1 less, 2 more, 3 no faster at all."""
    if speed_up <= 1 < saving:
        return 3
    if abs(speed_up / saving - 1) <= CLOSE:
        return 0
    return 1 if speed_up < saving else 2


def _try(knobs: SeparableKnobs, figures: Mapping[str, float]) -> str:
    if knobs.kernel_size == 1:
        return "Set `kernel_size` back to 3."
    if knobs.kernel_size == 3 and knobs.filters >= 64:
        grows = percent((7**2 + knobs.filters) / (3**2 + knobs.filters) - 1)
        return f"Set `kernel_size` to 7: the ordinary layer grows by 444 %, the separable pair by {grows}."
    if knobs.filters < 64:
        return "Raise `filters` to 256: the saving creeps up to k² and never past it."
    return "Raise `groups` and look at the view groups: two grouped layers in a row, without a shuffle and with one."


def predict(knobs: SeparableKnobs) -> Prediction | None:
    """Will the clock agree with the count? The run measures it on the spot."""
    if knobs.kernel_size == 1:
        return None

    def judge(frame: Frame) -> int | None:
        speed_up = frame.figures.get("speed_up")
        return None if speed_up is None else verdict_of(knobs.saving, speed_up)

    return Prediction(
        f"From {knobs.channels} to {knobs.filters} channels, {knobs.kernel_size}×{knobs.kernel_size}: the depthwise "
        f"separable pair takes {knobs.saving:.1f} times fewer MACs. How much faster will it run on this machine?",
        (
            f"about {knobs.saving:.1f} times as fast, as the MACs say",
            "faster, but clearly by less than that",
            f"more than {knobs.saving:.1f} times as fast",
            "no faster at all",
        ),
        judge,
        why="A processor must fetch numbers before it can multiply them. A depthwise layer does few MACs for each "
        "number that it moves, so it waits for memory; and the map between the halves is written and read once more.",
        cards=("sep-waiting",),
    )
