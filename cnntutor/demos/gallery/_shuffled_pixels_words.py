"""What the demo `shuffled-pixels` says: the working, what to look at and to try, the question before. No torch."""

from __future__ import annotations

from collections.abc import Mapping

from cnntutor.demos.gallery._shuffled_pixels_knobs import SIDE, ShuffledPixelsKnobs
from cnntutor.demos.protocol import Frame, Prediction
from cnntutor.wording import percent

WORSE = 1.5
"""Points of accuracy from which a net counts as worse than before."""


def formulas(figures: Mapping[str, float]) -> tuple[str, ...]:
    """The leads, worked out, and what neighbours know of each other."""
    share = {name: 100 * figures[name] for name in _ACCURACIES}
    lead, shuffled = (signed(figures[name]) for name in ("lead", "lead_shuffled"))
    return (
        f"lead = {share['cnn_accuracy']:.1f} − {share['dense_accuracy']:.1f} = {lead} points",
        f"shuffled = {share['cnn_accuracy_shuffled']:.1f} − {share['dense_accuracy_shuffled']:.1f} = {shuffled} points",
        f"neighbours' correlation: {figures['neighbours']:.2f}, then {signed(figures['neighbours_shuffled'], 2)}",
    )


_ACCURACIES = ("cnn_accuracy", "dense_accuracy", "cnn_accuracy_shuffled", "dense_accuracy_shuffled")


def caption(knobs: ShuffledPixelsKnobs, done: int, figures: Mapping[str, float]) -> str:
    """What to look at now, and what to try.

    Args:
        knobs: of the run.
        done: how many of the runs are over.
        figures: of the frame.
    """
    if not done:
        return (
            "**Look** Four nets learn at once: a CNN and a dense net from the pictures as they are, and two more from"
            " the same pictures shuffled.\n\n**Try** Find the digit in the view pictures. Could you learn to read it?"
        )
    return f"**Look** {_look(knobs, done, figures)}\n\n**Try** {_try(knobs)}"


def _look(knobs: ShuffledPixelsKnobs, done: int, figures: Mapping[str, float]) -> str:
    runs = "In one run" if done == 1 else f"Mean of {done} runs"
    cnn, dense = (signed(figures[name]) for name in ("cnn_change", "dense_change"))
    changes = f"{runs}: the shuffle changes the CNN by {cnn} points, the dense net by {dense}."
    return f"{changes} {_meaning(knobs, figures)}"


def _meaning(knobs: ShuffledPixelsKnobs, figures: Mapping[str, float]) -> str:
    if knobs.block == SIDE:
        return "Nothing has moved, so nothing has changed."
    if knobs.shuffle == "a new one each" and knobs.block == 1:
        cnn, dense = (percent(figures[name]) for name in _ACCURACIES[2:])
        return f"At {cnn} and {dense} both guess: no number has a name any more."
    lead = f"The CNN's lead was {signed(figures['lead'])} and is {signed(figures['lead_shuffled'])} now."
    if knobs.block > 1:
        return f"{lead} Within {knobs.block}×{knobs.block} pixels, neighbours are still together."
    return f"{lead} To the dense net any order is as good; the CNN's windows now hold strangers."


def _try(knobs: ShuffledPixelsKnobs) -> str:
    if knobs.shuffle == "a new one each":
        return "Set `block` to 4: how much comes back when quarters stay whole?"
    if knobs.block > 1:
        return "Set `shuffle` to a new one each. Which of the two nets minds more?"
    return "Set `block` to 2, then to 4: neighbours stay together. Then set `shuffle` to a new one each."


def signed(points: float, digits: int = 1) -> str:
    """A number with its sign, a minus as printers have it: `+1.6`, `−0.3`."""
    return f"{round(points, digits) + 0.0:+.{digits}f}".replace("-", "−")


# Predict first


def predict(knobs: ShuffledPixelsKnobs) -> Prediction | None:
    """Who minds the shuffle?"""
    if knobs.block == SIDE:
        return None
    what = "pixels" if knobs.block == 1 else f"squares of {knobs.block}×{knobs.block} pixels"
    how = "in one and the same way" if knobs.shuffle == "one for all" else "in a new way for each picture"
    return Prediction(
        f"The {what} of all digits are shuffled {how}, and a CNN and a dense net learn anew. Which of them reads worse"
        " than before?",
        ("both: the pictures are a mess", "only the dense net", "only the CNN", "neither: both learn the new order"),
        _judge,
        why="A dense layer gives each pixel a weight of its own, so the order of the pixels never meant anything to"
        " it. A kernel counts on neighbours that belong together. Only a new order for each picture loses information.",
        cards=("loc-dense-shuffle", "loc-cnn-shuffle"),
    )


def _judge(frame: Frame) -> int | None:
    if "cnn_change" not in frame.figures:
        return None
    cnn, dense = (frame.figures[name] < -WORSE for name in ("cnn_change", "dense_change"))
    return {(True, True): 0, (False, True): 1, (True, False): 2, (False, False): 3}[cnn, dense]
