"""What segment says: the working with its numbers, what to look at and to try, and the question before the run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnntutor.demos.gallery._segment_knobs import SegmentKnobs
from cnntutor.demos.protocol import Frame, Prediction
from cnntutor.wording import percent

if TYPE_CHECKING:
    from collections.abc import Mapping

CLEAR = 0.02
"""Smaller differences in Dice are about the same."""

CLEAR_BORDER = 0.05
"""Share of the pixels beside a border; with less to gain the skips do not show."""


def formulas(knobs: SegmentKnobs, figures: Mapping[str, float], first: tuple[str, int, int, int]) -> tuple[str, ...]:
    """Dice and IoU of one class by hand, and what the skips do to shapes.

    Args:
        knobs: of the run.
        figures: of the frame.
        first: a class, its pixels that were found, those that it has, and those that were taken for it.
    """
    name, both, there, guessed = first
    union = there + guessed - both
    lines = [
        f"{name}: Dice = 2·{both:,}/({there:,}+{guessed:,}) = {2 * both / max(1, there + guessed):.2f}",
        f"IoU = {both:,}/{union:,} = {both / max(1, union):.2f} = Dice/(2 − Dice)",
    ]
    deep, skip = knobs.widths[-1], knobs.widths[-2]
    if "params" in figures:
        lines.append(f"first conv up: {deep} below + {skip} skip = {deep + skip} channels")
    lines.append(f"deepest map = {knobs.side}/2^{knobs.halvings} = {knobs.side // 2**knobs.halvings} cells a side")
    return tuple(lines)


def caption(knobs: SegmentKnobs, step: int, figures: Mapping[str, float]) -> str:
    """What to look at now, and what to try next."""
    if not step:
        return "Nothing is learnt yet: the masks are guesses. Each colour is a texture."
    if step < knobs.steps:
        return f"Step {step} of {knobs.steps}. {_scores(figures)}"
    return f"**Look** {_look(knobs, figures)}\n\n**Try** {_try(knobs)}"


def _scores(figures: Mapping[str, float]) -> str:
    names = {"dice": "with skips", "plain_dice": "without"}
    return "Dice " + ", ".join(f"{figures[key]:.2f} {name}" for key, name in names.items() if key in figures) + "."


def _look(knobs: SegmentKnobs, figures: Mapping[str, float]) -> str:
    scores = _scores(figures)
    if knobs.nets != "both":
        border = figures.get("border", figures.get("plain_border", 0.0))
        return f"{scores} Beside a border {percent(border)} of the pixels are right: mistakes gather there."
    return (
        f"{scores} Beside a border {percent(figures['border'])} of the pixels are right with skips,"
        f" {percent(figures['plain_border'])} without. {_where(figures['border'] - figures['plain_border'])}"
    )


def _where(gain: float) -> str:
    if gain > CLEAR_BORDER:
        return "Both nets know what; one knows where."
    return "Here the skips have little to add."


def _try(knobs: SegmentKnobs) -> str:
    if knobs.scene == "halves":
        return "Set `scene` to digits: finer shapes, more border. Then raise `classes` to 7."
    halvings = "Raise `halvings` to 3" if knobs.halvings == 1 else "Lower `halvings` to 1"
    return (
        f"{halvings}: do skips still matter? Set `scene` to halves, where there is little border. Then turn"
        " `example`, and `grow` to transposed."
    )


def predict(knobs: SegmentKnobs) -> Prediction | None:
    """Which of the two nets ends better."""
    if knobs.nets != "both":
        return None

    def judge(frame: Frame) -> int | None:
        if not {"dice", "plain_dice"} <= set(frame.figures):
            return None
        gain = frame.figures["dice"] - frame.figures["plain_dice"]
        return 0 if gain > CLEAR else 1 if gain < -CLEAR else 2

    often = "once" if knobs.halvings == 1 else f"{knobs.halvings} times"
    return Prediction(
        f"Two nets halve their maps {often} and grow them again. One gets the fine maps of its way down"
        " handed over, the other does not. Which has the better Dice score in the end?",
        (
            f"the one with skips, by more than {CLEAR:g}",
            f"the one without, by more than {CLEAR:g}: it has less to learn",
            "about the same: neither is clearly ahead",
        ),
        judge,
        why="What pooling made equal cannot be told apart again. The skip hands over the map that still knew where the"
        " border was; so the finer the shapes and the more halvings, the more it helps.",
        cards=("seg-unet-skip", "seg-pooling-forgets"),
    )
