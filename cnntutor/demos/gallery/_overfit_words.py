"""What the demo `overfit` says. No torch."""

from __future__ import annotations

from collections.abc import Mapping

from cnntutor.demos.gallery._overfit_knobs import Arm, OverfitKnobs
from cnntutor.demos.protocol import Frame, Prediction
from cnntutor.wording import percent


def key(arm: Arm) -> str:
    """How the figures of a net end: `weight_decay`."""
    return arm.replace(" ", "_")


def formulas(knobs: OverfitKnobs, figures: Mapping[str, float]) -> tuple[str, ...]:
    """The gaps, worked out, of the nets that have begun."""
    shown: tuple[Arm, ...] = ("nothing", knobs.remedy)
    lines = []
    for arm in shown:
        if f"gap_{key(arm)}" in figures:
            held_out, train, gap = (figures[f"{name}_{key(arm)}"] for name in ("held_out", "train", "gap"))
            lines.append(f"{arm}: gap {held_out:.2f} − {train:.2f} = {number(gap)}")
    return tuple(lines)


def waiting(knobs: OverfitKnobs, arm: Arm) -> str:
    """What is said while a net learns."""
    if arm == "nothing":
        return (
            f"A net with room for everything learns {knobs.pictures} digits, {percent(knobs.wrong_labels)} of them"
            " named wrong. Watch its two losses part."
        )
    return f"The same net, the same first weights, now with {arm}."


def caption(knobs: OverfitKnobs, figures: Mapping[str, float]) -> str:
    """What to look at, and what to try next."""
    gap, cured = figures["gap_nothing"], figures[f"gap_{key(knobs.remedy)}"]
    before, after = (number(figures[f"held_out_{name}"]) for name in ("nothing", key(knobs.remedy)))
    look = (
        f"With nothing the net knows its pictures by heart: the losses lie {number(gap)} apart. With {knobs.remedy}"
        f" they lie {number(cured)} apart; the loss on digits it has not seen is {after} instead of {before}."
    )
    return f"**Look** {look} {_recited(figures)}\n\n**Try** {_try(knobs)}"


def _recited(figures: Mapping[str, float]) -> str:
    if "recited_nothing" not in figures:
        return ""
    before, after = (percent(figures[f"recited_{name}"]) for name in ("nothing", "remedy"))
    return f"Of the wrong labels the first net recites {before}, the other {after}."


def _try(knobs: OverfitKnobs) -> str:
    if not knobs.wrong_labels:
        return "Set `pictures` to 20, then to 300. Then let `wrong_labels` be 0.5."
    return {
        "dropout": "Raise `dropout` to 0.8. Then set `remedy` to early stopping: where does it leave?",
        "weight decay": "Set `weight_decay` to 0.2, then to 8: when does the training loss suffer too?",
        "augmentation": "Set `rotate` to 180: is a 6 still a 6? Then back, and `shift` to 0.",
        "more pictures": "Set `more` to 2. Then set `pictures` to 240 and `more` to 1: what is left to remedy?",
        "early stopping": "Set `patience` to 6, then to 120. Then set `wrong_labels` to 0.",
    }[knobs.remedy]


def number(value: float) -> str:
    """A loss, with a minus as printers have it."""
    return f"{value:.2f}".replace("-", "−")


def _wrong(knobs: OverfitKnobs) -> str:
    return f"{percent(knobs.wrong_labels)} of them" if knobs.wrong_labels else "none of them"


def predict(knobs: OverfitKnobs) -> Prediction:
    """What happens to the losses of a net with nothing against overfitting."""

    def judge(frame: Frame) -> int | None:
        train, held_out, least = (frame.figures.get(f"{name}_nothing") for name in ("train", "held_out", "lowest"))
        if train is None or held_out is None or least is None:
            return None
        if train > 1:
            return 3
        return 2 if held_out > 1.1 * least else 0 if held_out - train < 0.1 else 1

    return Prediction(
        f"A net with thousands of weights learns {knobs.pictures} digits, {_wrong(knobs)} named wrong, for"
        f" {knobs.steps} steps, with nothing against overfitting. What will its two losses do?",
        (
            "both fall, side by side",
            "both fall, the held-out one less far, and stay there",
            "the training loss falls, the held-out one turns and rises",
            "neither falls: wrong labels cannot be learnt" if knobs.wrong_labels else "neither falls",
        ),
        judge,
        why="It has room to store every picture by name, wrong labels and all. What it stores misleads it elsewhere.",
        cards=("reg-gap", "reg-random-labels"),
    )
