"""What normalisation says: the counts with their numbers, what to look at and to try, and the question."""

from __future__ import annotations

from collections.abc import Mapping

from cnntutor.demos.gallery._normalisation_knobs import NormalisationKnobs
from cnntutor.demos.protocol import Frame, Prediction
from cnntutor.vision.norms import NAMES, NormName
from cnntutor.wording import percent, plural

LIMITS = (0.9, 1.5, 3.0)
"""Between the answers of the prediction, in times the error."""


def formulas(knobs: NormalisationKnobs) -> tuple[str, ...]:
    """How many numbers share a mean: in the net's last maps, or in the table's batch."""
    if knobs.show == "sets":
        return tuple(f"{norm}: {_count(knobs, norm)}" for norm in NAMES)
    last, channels, size = int(knobs.last_map), 2 * knobs.width, knobs.smallest
    rival = {"layer": channels, "instance": 1}.get(knobs.rival, channels // knobs.groups)
    return (
        f"batch: {size} pictures · {last}·{last} cells = {size * last**2} numbers to a mean of the last maps",
        f"{knobs.rival}: {plural(rival, 'channel')} · {last}·{last} cells = {rival * last**2}",
    )


def _count(knobs: NormalisationKnobs, norm: NormName) -> str:
    batch = knobs.table
    maps = {"batch": batch.pictures, "layer": batch.channels, "instance": 1, "group": batch.channels // batch.groups}
    each = plural(maps[norm], "map")
    return (
        f"{each} of {batch.side}·{batch.side} = {batch.numbers(norm):,} numbers to each of {batch.means(norm):,} means"
    )


def waiting(knobs: NormalisationKnobs, size: int) -> str:
    """What is said while the race goes on."""
    if not size:
        return f"Two nets alike but for the norm: batch and {knobs.rival}. They learn with ever smaller batches."
    return f"Now {size} pictures a batch. Same first weights, same digits, same order."


def caption(knobs: NormalisationKnobs, figures: Mapping[str, float]) -> str:
    """What to look at in the view that is opened first, and what to try next."""
    looks = {"errors": _look_errors, "sets": _look_sets, "company": _look_company}
    return f"**Look** {looks[knobs.show](knobs, figures)}\n\n**Try** {_try(knobs)}"


def _look_errors(knobs: NormalisationKnobs, figures: Mapping[str, float]) -> str:
    small, large = knobs.smallest, knobs.sizes[0]
    batch, rival = (
        f"from {percent(figures[f'error_{norm}_{large}'])} to {percent(figures[f'error_{norm}_{small}'])}"
        for norm in knobs.norms
    )
    return (
        f"From {large} pictures a batch down to {small}, batch norm's error goes {batch}, that of {knobs.rival} norm"
        f" {rival}. {_look_company(knobs, figures)}"
    )


def _look_sets(knobs: NormalisationKnobs, figures: Mapping[str, float]) -> str:
    del figures
    return (
        "Each row is a picture, each column a channel; maps with the same number share a mean, and the first of them"
        f" is marked. Only batch norm reaches across pictures: {_count(knobs, 'batch')}."
    )


def _look_company(knobs: NormalisationKnobs, figures: Mapping[str, float]) -> str:
    train, rival = (round(100 * figures[f"swing_{answer}"]) for answer in ("train", "rival"))
    return (
        f"One digit among {knobs.company - 1} others, in train mode: the chance that batch norm gives its class swings"
        f" by {plural(train, 'point')} with the company, that of {knobs.rival} norm by {rival}."
    )


def _try(knobs: NormalisationKnobs) -> str:
    if knobs.show == "sets":
        return "Set `groups` to 1: which other norm is it now? And with as many `groups` as `channels`?"
    if knobs.show == "company":
        return "Raise `company` to 64: the crowd evens out. Turn `picture`: are some digits hurt more than others?"
    if knobs.last_map == "1":
        other = "group" if knobs.rival == "layer" else "layer"
        return f"Set `last_map` to 2, then 4: each picture brings more numbers to the mean. Set `rival` to {other}."
    return "Set `last_map` back to 1 and read what is left of two numbers: −1 and 1, whatever they were."


def predict(knobs: NormalisationKnobs) -> Prediction | None:
    """How much batch norm suffers from the smallest batch."""
    small, large = knobs.sizes[-1], knobs.sizes[0]
    if small == large:
        return None

    def judge(frame: Frame) -> int | None:
        error, usual = (frame.figures.get(f"error_batch_{size}") for size in (small, large))
        if error is None or not usual:
            return None
        return sum(error / usual > limit for limit in LIMITS)

    return Prediction(
        f"The same net with batch norm learns the same {knobs.pictures:,} digits, once with {large} pictures a batch"
        f" and once with {small}. How many digits will the second name wrong, beside the first?",
        ("fewer: it takes more steps", "about as many", "one and a half to three times as many", "over three times"),
        judge,
        why=f"With {small} pictures and maps of {knobs.last_map}×{knobs.last_map}, a mean is taken over"
        f" {small * int(knobs.last_map) ** 2} numbers. It is mostly luck, and the picture next to it decides.",
        cards=("norm-two", "norm-tiny-batch"),
    )
