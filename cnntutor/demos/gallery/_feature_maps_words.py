"""What the demo `feature-maps` says: the numbers on the way up, what to look at and to try, the question before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnntutor.demos.gallery._feature_maps_knobs import FeatureMapsKnobs
from cnntutor.demos.protocol import Frame, Prediction
from cnntutor.wording import percent

if TYPE_CHECKING:
    from cnntutor.demos.gallery._feature_maps_climb import Level, Subject

LIMITS = (0.9, 0.5, 0.2)
"""Shares of right guesses between which the prediction's choices lie."""


def formulas(subject: Subject, levels: list[Level], right: list[float]) -> tuple[str, ...]:
    """How many numbers are left, what a cell sees, and how readable the class has become."""
    start = subject.picture.shape
    sizes = [(*start,), *(level.left for level in levels)]
    numbers = " → ".join(f"{c}·{h}·{w}" for c, h, w in sizes)
    return (
        f"numbers = {numbers}",
        f"a cell sees {' → '.join(str(level.seen) for level in levels)} pixels",
        f"probe right = {' → '.join(f'{100 * share:.1f}' for share in right)} %",
    )


def opening(right: float) -> str:
    """What is said before the first block."""
    return (
        f"**Look** This is where the net starts. From the mean of each channel of the pixels alone, a probe guesses"
        f" {percent(right)} right.\n\n**Try** Follow the maps up, block by block."
    )


def caption(knobs: FeatureMapsKnobs, subject: Subject, level: Level, right: list[float]) -> str:
    """What to look at in this block, and what to try.

    Args:
        knobs: of the run.
        subject: the net and its pictures.
        level: the block that is shown.
        right: what the probe gets right, from the pixels and behind every block.
    """
    return f"**Look** {_look(knobs, subject, level, right)}\n\n**Try** {_try(knobs, subject, level)}"


def _look(knobs: FeatureMapsKnobs, subject: Subject, level: Level, right: list[float]) -> str:
    names, labels = subject.data.class_names, subject.data.held_out.y
    liked = ", ".join(f"{names[label]} ({count}×)" for label, count in level.liked_classes(level.channel, labels)[:3])
    before, after = percent(right[level.block - 1]), percent(right[level.block])
    untrained = " These weights were never trained." if knobs.weights == "random" else ""
    return (
        f"Block {level.block}: a probe on channel means is right for {after}, and was for {before} one block earlier."
        f" Channel {level.channel} is excited most by {liked}.{untrained}"
    )


def _try(knobs: FeatureMapsKnobs, subject: Subject, level: Level) -> str:
    if knobs.weights == "random":
        return "Set `weights` back to trained: which of the curves was this?"
    if level.block == len(subject.net.blocks):
        other = "textures: edges first, corners of bricks last" if knobs.model == "digits" else "digits"
        return f"Set `block` to 1: its favourites are much smaller. Then set `model` to {other}."
    return f"Set `block` to {level.block + 1}: its favourites are pieces of {_next_size(subject, level)}."


def _next_size(subject: Subject, level: Level) -> str:
    from cnntutor.vision.profile import profile

    rows = profile(subject.net, subject.picture.shape).rows
    seen = next(row.receptive_field for row in rows if row.name == f"blocks.{level.block}.activation")
    return f"{seen} pixels"


# Predict first


def predict(knobs: FeatureMapsKnobs) -> Prediction:
    """How much a probe reads from the last block."""
    start = "There are ten digits" if knobs.model == "digits" else "There are several classes"

    def judge(frame: Frame) -> int | None:
        share = frame.figures.get("probe_last")
        return None if share is None else sum(share < limit for limit in LIMITS)

    return Prediction(
        f"{start}. Behind the last block of the net, every map is replaced by its mean, so that no place is left, and"
        " a simple probe guesses the class from these means. How often is it right?",
        ("more than 90 %", "50–90 %", "20–50 %", "hardly ever: without places nothing can be read"),
        judge,
        why="Going up, a trained net turns *where* into *what*: behind the last block a channel's mean says whether"
        " something is there that speaks for a class. On the pixels the same probe knows only how bright they are.",
        cards=("hier-probe", "hier-what-where"),
    )
