"""What the demo `augment` says: the working, what to look at and to try, the question before. No torch."""

from __future__ import annotations

from collections.abc import Mapping

from cnntutor.demos.gallery._augment_knobs import AugmentKnobs
from cnntutor.demos.protocol import Frame, Prediction
from cnntutor.wording import percent

SIDE = 8
"""Of the digits, in pixels."""

KEPT, SOME, HALF = 0.97, 0.8, 0.5
"""Shares of right answers that part the choices of the prediction."""


def amount(change: str, strength: float) -> str:
    """What a strength comes to."""
    amounts = {
        "turn": f"±{180 * strength:.0f}°",
        "shift": f"±{50 * strength:.0f} % of the side",
        "flip": f"{100 * strength:.0f} % mirrored",
        "crop": f"{100 - 92 * strength:.0f} % of the area kept",
        "light": f"×{1 - strength:.2g} to ×{1 + strength:.2g}",
        "noise": f"deviation {0.5 * strength:.2g}",
        "erase": f"{60 * strength:.0f} % erased",
        "randaugment": f"N = 2, M = {round(30 * strength)}",
        "mixup": f"{100 * strength:.0f} % of the second",
        "cutmix": f"{100 * strength:.0f} % of the area",
    }
    return amounts[change]


def formulas(knobs: AugmentKnobs, figures: Mapping[str, float]) -> tuple[str, ...]:
    """What the strength comes to, and what the net loses by it."""
    share = knobs.strength
    named = "named after the first" if knobs.mixing else "named right"
    lines = [f"{knobs.change} at {share:g}: {amount(knobs.change, share)}"]
    if knobs.mixing:
        lines.append(_label(knobs))
    if "right" in figures and "right_plain" in figures:
        before, after = (100 * figures[name] for name in ("right_plain", "right"))
        lines.append(f"{named}: {before:.1f} − {before - after:.1f} = {after:.1f} %")
    return tuple(lines)


def _label(knobs: AugmentKnobs) -> str:
    if knobs.change == "mixup":
        return f"label = {1 - knobs.strength:.2g} · first + {knobs.strength:.2g} · second"
    side = round(SIDE * knobs.strength**0.5)
    return f"second's share of a digit's label = {side}·{side} / ({SIDE}·{SIDE}) = {side * side / SIDE**2:.2g}"


def caption(knobs: AugmentKnobs, figures: Mapping[str, float]) -> str:
    """What to look at now, and what to try."""
    if "right_full" not in figures:
        look = "One picture, a little different at every showing. Would you still give each the same name?"
    else:
        look = _look(knobs, figures)
    return f"**Look** {look}\n\n**Try** {_try(knobs)}"


def _try(knobs: AugmentKnobs) -> str:
    advice = _TRY[knobs.change]
    if knobs.strength < 1:
        return advice
    rest = advice.removeprefix("Set `strength` to 1").lstrip(":. ")
    return rest[0].upper() + rest[1:]


def _look(knobs: AugmentKnobs, figures: Mapping[str, float]) -> str:
    plain, now, full = (percent(figures[name]) for name in ("right_plain", "right", "right_full"))
    if knobs.mixing:
        second = percent(figures["second"])
        return f"At {knobs.strength:g}, the net names {now} after the first picture and {second} after the second."
    here = "" if knobs.strength in (0, 1) else f" {now} at {knobs.strength:g},"
    start = f"A net that never saw this change: {plain} right without it,{here} {full} at 1."
    if knobs.change == "turn":
        nines = percent(figures["upside_down_nine"])
        return f"{start} Turned upside down, {nines} of the sixes are nines to it. To you as well?"
    return start


_TRY = {
    "turn": "Set `strength` to 1: which showings of the 6 would you call a 9? Then set `change` to shift.",
    "shift": "Set `strength` to 0.3. You still read the digit: shown such pictures, the net could learn to.",
    "flip": "Set `digit` to 2 and `strength` to 1. A mirrored cat is a cat; is a mirrored 2 still a 2?",
    "crop": "Set `strength` to 1: torchvision's usual range. Look for showings without a face in them.",
    "light": "Set `strength` to 0.8. Then think of fruit: would ripe still look ripe?",
    "noise": "Set `strength` to 1. Where does your own reading give way, and where the net's?",
    "erase": "Set `digit` to 3. Which piece must go before you would say something else?",
    "randaugment": "Raise `strength`: it is RandAugment's M. Then look at each change alone with `change`.",
    "mixup": "Set `strength` to 1. Where do the curves cross, and how abruptly? Then set `change` to cutmix.",
    "cutmix": "Compare the label with the net's answers: the middle counts for more than its area.",
}


# Predict first


def predict(knobs: AugmentKnobs) -> Prediction | None:
    """What becomes of a six upside down, or of the net's answers."""
    if knobs.change == "turn":
        return _predict_sixes()
    if knobs.strength == 0:
        return None
    how = amount(knobs.change, knobs.strength)
    named = "after the first of the two pictures" if knobs.mixing else "right"
    return Prediction(
        f"A net has never seen the change {knobs.change}. It reads 99 of 100 digits right. Now they are changed at"
        f" strength {knobs.strength:g} ({how}). How many does it still name {named}?",
        ("97 or more of 100", "80 to 96", "50 to 79", "fewer than 50"),
        _judge_share,
        why="Nothing but shifts is built into a CNN, and borders spoil even these. Any other change is new to a net"
        " until it has been shown some.",
        cards=("aug-label",),
    )


def _predict_sixes() -> Prediction:
    return Prediction(
        "A net has only seen upright digits. All sixes are turned upside down. What does it call most of them?",
        ("6: the same lines as before", "9", "now this, now that"),
        _judge_sixes,
        why="An upside-down 6 *is* a 9, for you as well. Turned that far, the label is no longer true, and a net"
        " trained on such pictures learns something false.",
        cards=("aug-label",),
    )


def _judge_sixes(frame: Frame) -> int | None:
    figures = frame.figures
    if "upside_down_nine" not in figures:
        return None
    if figures["upside_down_six"] > HALF:
        return 0
    return 1 if figures["upside_down_nine"] > HALF else 2


def _judge_share(frame: Frame) -> int | None:
    right = frame.figures.get("right")
    if right is None:
        return None
    return next((place for place, least in enumerate((KEPT, SOME, HALF)) if round(right, 2) >= least), 3)
