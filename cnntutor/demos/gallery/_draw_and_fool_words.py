"""What draw-and-fool says: the question before, the softmax with its numbers, what to look at and to try."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnntutor.demos.gallery._draw_and_fool_knobs import DrawAndFoolKnobs
from cnntutor.demos.protocol import Frame, Prediction
from cnntutor.wording import percent

if TYPE_CHECKING:
    from torch import Tensor

ALL_BUT_SURE, SURE, UNSURE = 0.995, 0.95, 0.6

STILL_READ = 0.15
"""Share of full ink up to which a changed digit reads as before."""

LIMITS = (0.05, 0.2, 0.5)
"""Between the choices of the guess, in shares of full ink."""


def formulas(scores: Tensor, best: int, chance: float) -> tuple[str, ...]:
    """The score against the rest."""
    return (f"p({best}) = e^{float(scores[best]):.1f} / Σ e^score = {chance:.3f}",)


def scores(knobs: DrawAndFoolKnobs, best: int, chance: float) -> str:
    """What is said at the first frame."""
    if not knobs.drawing:
        return f"Blank paper, and yet it answers: {best}, {_sure(chance)}. It has no word for “none of these”."
    return f"It says {best}, {_sure(chance)}."


def caption(knobs: DrawAndFoolKnobs, best: int, chance: float, aim: int, least: float | None) -> str:
    """What to look at and what to try next.

    Args:
        knobs: of the run.
        best: the digit that it is taken for.
        chance: its probability.
        aim: the digit that it was to be taken for.
        least: the least change that does it, from 0 to 1; None if none was enough.
    """
    return f"**Look** {scores(knobs, best, chance)} {_fooled(aim, least)}\n\n**Try** {_try(knobs, best, chance)}"


def predict(knobs: DrawAndFoolKnobs) -> Prediction | None:
    """How much each cell must change to fool the net; no question about blank paper."""
    if not knobs.drawing:
        return None
    goal = knobs.target or "the digit that it thinks second likeliest"

    def judge(frame: Frame) -> int | None:
        least = frame.figures.get("least_change")
        return None if least is None else sum(least > limit for limit in LIMITS)

    return Prediction(
        "A drawn digit lies before the net as 8×8 cells. Each cell may become darker or lighter, all by the same"
        f" amount at most, aimed to make the net say {goal}. How much does it take, in shares of full ink?",
        ("at most 5 %", "5–20 %", "20–50 %", "more than 50 %"),
        judge,
        why="No single cell decides. All 64 are moved at once, each in the direction that helps, and the small pushes"
        " add up.",
        cards=("limits-sum", "limits-fgsm"),
    )


def _sure(chance: float) -> str:
    """Softmax never reaches 100 %."""
    return "over 99 %" if chance > ALL_BUT_SURE else percent(chance)


def _fooled(aim: int, least: float | None) -> str:
    if least is None:
        return f"No change led it to {aim}."
    seen = "You would read it as before" if least <= STILL_READ else "By then you see it"
    return f"If every cell may change by {percent(least)} of full ink, it says {aim}. {seen}: view “fool”."


def _try(knobs: DrawAndFoolKnobs, best: int, chance: float) -> str:
    if not knobs.drawing:
        return "Press Enter on `drawing` and draw: mouse, or arrows with Space. A digit key lays down a written one."
    if knobs.target == str(best):
        return f"It says {best} as it is, so the runner-up was aimed at: turn `target` to another digit."
    if chance < UNSURE:
        return "It wavers. Press Enter on `drawing` and add a stroke, or rub one out: which one decides?"
    if chance < SURE or not knobs.fit:
        return (
            "Turn `fit` on and off: the net learnt from digits that fill the square. Then draw one `drawing` smaller."
        )
    return "Open `drawing` (Enter) and make it fail with one stroke. Then turn `target`: which digit is farthest?"
