"""What the demo `transfer` says: the working, what to look at and to try, the question before. No torch."""

from __future__ import annotations

from collections.abc import Mapping

from cnntutor.demos.gallery._transfer_knobs import TransferKnobs
from cnntutor.demos.protocol import Frame, Prediction
from cnntutor.wording import percent, plural

CLOSE = 2.0
"""Points of accuracy that are hardly a lead."""

_WAYS = ("scratch", "frozen", "tuned")


def formulas(knobs: TransferKnobs, figures: Mapping[str, float]) -> tuple[str, ...]:
    """What learns in each way, and by how much borrowing leads."""
    features = 4 * knobs.width
    lines = [
        f"head = {features}·3 + 3 = {figures['head_params']:,} numbers; body = {figures['body_params']:,}",
        f"fine-tuning rate = 0.01/{knobs.slower} = {0.01 / knobs.slower:g}",
    ]
    for ending, count in (("", knobs.examples), ("_most", knobs.most)):
        if f"lead{ending}" in figures:
            tuned, scratch = (100 * figures[f"{way}{ending}"] for way in ("tuned", "scratch"))
            lines.append(f"lead at {count} = {tuned:.1f} − {scratch:.1f} = {_signed(tuned - scratch)} points")
    return tuple(dict.fromkeys(lines))


def caption(knobs: TransferKnobs, figures: Mapping[str, float]) -> str:
    """What to look at now, and what to try."""
    return f"**Look** {_look(knobs, figures)}\n\n**Try** {_try(knobs)}"


def _look(knobs: TransferKnobs, figures: Mapping[str, float]) -> str:
    if "lead" not in figures:
        return (
            "First a net learns the digits 0 to 6, moved about and in noise. Then its body, with a new head, must tell"
            f" 7, 8 and 9 apart. The old digits: {percent(figures['old_accuracy'])} right so far."
        )
    shares = [percent(figures[way]) for way in _WAYS]
    few = f"From {plural(knobs.examples, 'picture')} of each: {shares[0]} from scratch, {shares[1]} on the frozen body,"
    look = f"{few} {shares[2]} fine-tuned."
    return f"{look} {_end(knobs, figures)}" if "lead_most" in figures and knobs.most != knobs.examples else look


def _end(knobs: TransferKnobs, figures: Mapping[str, float]) -> str:
    lead = figures["lead_most"]
    if abs(lead) <= CLOSE:
        return f"With {knobs.most} the lead is gone: borrowing saves pictures, it does not raise the ceiling."
    if lead < 0:
        return f"With {knobs.most} the fresh net is ahead: borrowing makes up for pictures that you do not have."
    return f"With {knobs.most} of each, fine-tuning leads by {_signed(lead)} points."


def _try(knobs: TransferKnobs) -> str:
    if knobs.pretraining == 0:
        return "A random body was borrowed. Set `pretraining` back to 8: what had it learnt?"
    if knobs.slower == 1:
        return "Large steps wash out what was borrowed. Set `slower` to 10, then to 1000: is there a best?"
    return "Set `pretraining` to 0: a random body, frozen. Then back to 8, and `slower` to 1. Does fine-tuning survive?"


def _signed(points: float) -> str:
    return f"{round(points, 1) + 0.0:+.1f}".replace("-", "−")


# Predict first


def predict(knobs: TransferKnobs) -> Prediction | None:
    """Which way is best with few pictures?"""
    if knobs.pretraining == 0:
        return None
    return Prediction(
        f"A net knows the digits 0 to 6. Now it gets {plural(knobs.examples, 'picture')} each of 7, 8 and 9, moved"
        " about and noisy. Which way reads new ones best?",
        ("a fresh net: no old habits", "its body frozen, a new head", "a new head, then all of it in small steps"),
        _judge,
        why="A few pictures settle a head of some hundred numbers, but not a body of thousands, which already finds"
        " strokes in noise. Small steps then fit it to the new digits without losing that.",
        cards=("aug-general-layers", "aug-small-rate"),
    )


def _judge(frame: Frame) -> int | None:
    if "lead" not in frame.figures:
        return None
    shares = [frame.figures[way] for way in _WAYS]
    return shares.index(max(shares))
