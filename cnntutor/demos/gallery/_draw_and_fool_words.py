"""What draw-and-fool says: the softmax with its numbers, what to look at, and what to try next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnntutor.demos.gallery._draw_and_fool_knobs import DrawAndFoolKnobs
from cnntutor.wording import percent

if TYPE_CHECKING:
    from torch import Tensor

SURE, UNSURE = 0.95, 0.6

HARDLY_SEEN = 0.15
"""Share of full ink up to which a change is hard to see."""


def formulas(scores: Tensor, best: int, chance: float) -> tuple[str, ...]:
    """The score against the rest."""
    return (f"p({best}) = e^{float(scores[best]):.1f} / Σ e^score = {chance:.3f}",)


def scores(knobs: DrawAndFoolKnobs, best: int, chance: float) -> str:
    """What is said at the first frame."""
    if not knobs.drawing:
        return f"Blank paper, and yet it answers: {best}, {percent(chance)}. It has no word for “none of these”."
    return f"It says {best}, {percent(chance)}."


def caption(knobs: DrawAndFoolKnobs, best: int, chance: float, aim: int, least: float | None) -> str:
    """What to look at and what to try next.

    Args:
        knobs: of the run.
        best: the digit that it is taken for.
        chance: its probability.
        aim: the digit that it was to be taken for.
        least: the least change that does it, from 0 to 1; None if none was enough.
    """
    return f"**Look** {scores(knobs, best, chance)} {_fooled(aim, least)}\n\n**Try** {_try(knobs, chance)}"


def _fooled(aim: int, least: float | None) -> str:
    if least is None:
        return f"No change led it to {aim}."
    seen = "You would hardly see it" if least <= HARDLY_SEEN else "You would see it"
    return f"If every cell may change by {percent(least)} of full ink, it says {aim}. {seen}: view “fool”."


def _try(knobs: DrawAndFoolKnobs, chance: float) -> str:
    if not knobs.drawing:
        return "Press Enter on `drawing` and draw: mouse, or arrows with Space. A digit key lays down a written one."
    if chance < UNSURE:
        return "It wavers. Press Enter on `drawing` and add a stroke, or rub one out: which one decides?"
    if chance < SURE or not knobs.fit:
        return (
            "Turn `fit` on and off: the net learnt from digits that fill the square. Then draw one `drawing` smaller."
        )
    return "Open `drawing` (Enter) and make it fail with one stroke. Then turn `target`: which digit is farthest?"
