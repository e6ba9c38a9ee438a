"""segment: two small U-Nets learn to paint masks, one with skips and one without."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import isnan
from typing import TYPE_CHECKING

from cnntutor import paths
from cnntutor.demos.gallery import _segment_words as words
from cnntutor.demos.gallery._segment_knobs import SegmentKnobs
from cnntutor.demos.gallery._segment_net import WITH, Course, Runner
from cnntutor.demos.protocol import Cell, Curve, Frame, Table, demo
from cnntutor.vision import colour, masks
from cnntutor.vision.scenes import KINDS

if TYPE_CHECKING:
    import torch
    from torch import Tensor

CHART = "held-out Dice"

PAINTS = (colour.POSITIVE, colour.NEGATIVE, (104, 200, 120), (206, 120, 220), (240, 228, 90), (214, 76, 76), (220,) * 3)
"""Of the classes, in the order of `KINDS`."""


def _constants(knobs: SegmentKnobs, seed: int) -> Mapping[str, object]:
    assets = paths.assets_dir()
    return {
        "DIGITS": str(assets / "data" / "digits.npz"),
        "TEXTURES": [str(assets / "textures" / f"{kind}.png") for kind in KINDS[: knobs.classes]],
    }


@demo(
    "segment",
    topic="segmentation",
    title="Train a U-Net",
    promise="Two nets learn to paint a label on every pixel; only one of them is told where the edges were.",
    constants=_constants,
    predict=words.predict,
)
def segment(knobs: SegmentKnobs, device: torch.device) -> Iterator[Frame]:
    """Both nets untrained first, then every few steps."""
    course = Course(knobs, device)
    yield _frame(knobs, course, 0)
    for step in course.steps():
        yield _frame(knobs, course, step)


def _frame(knobs: SegmentKnobs, course: Course, step: int) -> Frame:
    pictures = _pictures(knobs, course)
    figures = _figures(course)
    return Frame(
        pictures,
        _curves(course),
        tables={"classes": _classes(course)},
        views=_views(knobs, course),
        figures=figures,
        formulas=words.formulas(knobs, figures, _first_class(course)),
        caption=words.caption(knobs, step, figures),
        progress=step / knobs.steps,
    )


def _views(knobs: SegmentKnobs, course: Course) -> dict[str, tuple[str, ...]]:
    names = tuple(course.runners)
    views: dict[str, tuple[str, ...]] = {
        "masks": ("picture", "truth", *names),
        "score": (CHART,),
        "mistakes": ("truth", *(f"wrong {name}" for name in names)),
        "classes": ("classes",),
    }
    return {knobs.show: views[knobs.show], **views}


# Pictures


def _pictures(knobs: SegmentKnobs, course: Course) -> dict[str, colour.Pixels]:
    at = knobs.example
    truth = course.held_out.y[at]
    guesses = {name: runner.grades[-1].guess[at] for name, runner in course.runners.items()}
    return {
        "picture": colour.rgb(course.held_out.x[at]),
        "truth": _painted(truth),
        **{name: _painted(guess) for name, guess in guesses.items()},
        **{f"wrong {name}": _wrong(guess, truth) for name, guess in guesses.items()},
    }


def _painted(mask: Tensor) -> colour.Pixels:
    """Class numbers [H, W] in the colours of the classes."""
    import numpy as np

    paints: colour.Pixels = np.array(PAINTS, np.uint8)[mask.numpy()]
    return paints


def _wrong(guess: Tensor, truth: Tensor) -> colour.Pixels:
    """The mistakes bright on a dark ground, in the colour of what they were taken for."""
    pixels = _painted(guess)
    pixels[(guess == truth).numpy()] = colour.ZERO
    return pixels


# Numbers


def _curves(course: Course) -> dict[str, Curve]:
    return {
        name: Curve(
            tuple(float(grade.step) for grade in runner.grades),
            tuple(grade.dice for grade in runner.grades),
            CHART,
            "step",
            "Dice",
        )
        for name, runner in course.runners.items()
    }


def _figures(course: Course) -> dict[str, float]:
    figures: dict[str, float] = {}
    for name, runner in course.runners.items():
        figures |= _figures_of(runner, "" if name == WITH else "plain_")
    return figures


def _figures_of(runner: Runner, prefix: str) -> dict[str, float]:
    grade = runner.grades[-1]
    found = {"dice": grade.dice, "iou": grade.iou, "accuracy": grade.accuracy, "border": grade.border}
    return {f"{prefix}{name}": value for name, value in (found | {"params": runner.params}).items()}


def _first_class(course: Course) -> tuple[str, int, int, int]:
    counts = next(iter(course.runners.values())).grades[-1].counts
    return KINDS[0], int(counts[0, 0]), int(counts[0].sum()), int(counts[:, 0].sum())


def _classes(course: Course) -> Table:
    scores = [masks.dice(runner.grades[-1].counts).tolist() for runner in course.runners.values()]
    columns = ("texture", *(f"Dice, {name}" for name in course.runners))
    rows = [_class_row(kind, each) for kind, each in zip(KINDS, zip(*scores, strict=True), strict=False)]
    return Table(columns, tuple(rows))


def _class_row(kind: str, scores: tuple[float, ...]) -> tuple[Cell, ...]:
    return kind, *(None if isnan(score) else round(score, 3) for score in scores)
