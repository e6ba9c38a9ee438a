"""overfit: a net learns few digits by heart, and five remedies close the gap to what it has not seen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from cnntutor import paths
from cnntutor.demos.gallery import _overfit_words as words
from cnntutor.demos.gallery._overfit_knobs import Arm, OverfitKnobs
from cnntutor.demos.protocol import Cell, Curve, Frame, Table, demo
from cnntutor.vision import colour
from cnntutor.wording import percent

if TYPE_CHECKING:
    import torch

    from cnntutor.demos.gallery._overfit_race import Lesson, Look, Pupil

MOST_SHOWN = 6
"""Pictures with a wrong label."""

HIGHEST = 4.0
"""Losses above it are drawn at it, so that the rest can be told apart."""

REMEDIES, PICTURES, ANSWERS = "remedies", "named wrong", "what they say"


def _constants(knobs: OverfitKnobs, seed: int) -> Mapping[str, object]:
    return {"DATA": str(paths.assets_dir() / "data" / "digits.npz")}


@demo(
    "overfit",
    topic="regularisation",
    title="Learnt by heart",
    promise="A net learns sixty digits by heart, wrong labels and all. Five remedies close the gap again.",
    constants=_constants,
    predict=words.predict,
)
def overfit(knobs: OverfitKnobs, device: torch.device) -> Iterator[Frame]:
    """A frame whenever the losses are looked at, net after net."""
    from cnntutor.demos.gallery._overfit_race import Lesson

    lesson, pupils = Lesson(knobs, device), dict[Arm, "Pupil"]()
    for number, arm in enumerate(knobs.arms):
        pupil = pupils[arm] = lesson.pupil(arm)
        yield _frame(knobs, lesson, pupils, words.waiting(knobs, arm), number / len(knobs.arms))
        for _ in lesson.teach(pupil):
            done = (number + pupil.looks[-1].step / knobs.steps) / len(knobs.arms)
            yield _frame(knobs, lesson, pupils, words.waiting(knobs, arm), done)
    figures = _figures(knobs, lesson, pupils)
    yield _frame(knobs, lesson, pupils, words.caption(knobs, figures), 1.0)


def _frame(knobs: OverfitKnobs, lesson: Lesson, pupils: Mapping[Arm, Pupil], caption: str, progress: float) -> Frame:
    figures = _figures(knobs, lesson, pupils)
    images = _pictures(knobs, lesson)
    answers = {ANSWERS: _answers(knobs, lesson, pupils)} if images else {}
    return Frame(
        images,
        _curves(knobs, pupils),
        tables={REMEDIES: _table(pupils), **answers},
        views={
            "gap": _drawn(knobs, pupils),
            "remedies": (REMEDIES,),
            **({"wrong labels": (PICTURES, ANSWERS)} if images else {}),
        },
        figures=figures,
        formulas=words.formulas(knobs, figures),
        caption=caption,
        progress=progress,
    )


# Numbers


def _figures(knobs: OverfitKnobs, lesson: Lesson, pupils: Mapping[Arm, Pupil]) -> dict[str, float]:
    figures: dict[str, float] = {}
    for arm, pupil in pupils.items():
        end, name = pupil.end, words.key(arm)
        figures |= {f"train_{name}": end.train, f"held_out_{name}": end.held_out, f"gap_{name}": end.gap}
        figures[f"right_{name}"] = end.right
    figures["lowest_nothing"] = min(look.held_out for look in pupils["nothing"].looks)
    if "early stopping" in pupils:
        figures["stopped_at"] = pupils["early stopping"].end.step
    if knobs.remedy in pupils and _wrong(knobs, lesson):
        figures |= {
            "recited_nothing": _recited(knobs, lesson, pupils["nothing"]),
            "recited_remedy": _recited(knobs, lesson, pupils[knobs.remedy]),
        }
    return figures


def _wrong(knobs: OverfitKnobs, lesson: Lesson) -> list[int]:
    """Places of the pictures with a wrong label among those that every net learns from."""
    return lesson.is_wrong[: knobs.pictures].nonzero().flatten().tolist()


def _recited(knobs: OverfitKnobs, lesson: Lesson, pupil: Pupil) -> float:
    """Share of the wrong labels that a net repeats."""
    wrong = _wrong(knobs, lesson)
    said = lesson.scores(pupil, lesson.x[wrong]).argmax(1)
    return float((said == lesson.told[wrong]).float().mean())


def _curves(knobs: OverfitKnobs, pupils: Mapping[Arm, Pupil]) -> dict[str, Curve]:
    """The two losses of the net without any remedy, and of the one with the chosen remedy in a chart of its own."""
    curves = {}
    for arm in _drawn(knobs, pupils):
        looks = pupils[arm].looks
        steps = tuple(float(look.step) for look in looks)
        train, held_out = (tuple(min(HIGHEST, loss) for loss in losses) for losses in _losses(looks))
        curves[f"training {arm}"] = Curve(steps, train, arm, "step")
        curves[f"held-out {arm}"] = Curve(steps, held_out, arm, "step")
    return curves


def _losses(looks: Sequence[Look]) -> tuple[list[float], list[float]]:
    return [look.train for look in looks], [look.held_out for look in looks]


def _drawn(knobs: OverfitKnobs, pupils: Mapping[Arm, Pupil]) -> tuple[Arm, ...]:
    """Nothing and the chosen remedy, as far as they have begun."""
    both: tuple[Arm, ...] = ("nothing", knobs.remedy)
    return tuple(arm for arm in both if arm in pupils)


def _table(pupils: Mapping[Arm, Pupil]) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for arm, pupil in pupils.items():
        end = pupil.end
        losses = (words.number(loss) for loss in (end.train, end.held_out, end.gap))
        rows.append((arm, *losses, percent(end.right)))
    return Table(("", "train", "held-out", "gap", "right"), tuple(rows))


def _pictures(knobs: OverfitKnobs, lesson: Lesson) -> dict[str, colour.Pixels]:
    wrong = _wrong(knobs, lesson)[:MOST_SHOWN]
    return {PICTURES: colour.mosaic([colour.rgb(lesson.x[place]) for place in wrong], 3)} if wrong else {}


def _answers(knobs: OverfitKnobs, lesson: Lesson, pupils: Mapping[Arm, Pupil]) -> Table:
    """The pictures with wrong labels: what they are, what the nets were told, and what the nets say."""
    wrong = _wrong(knobs, lesson)[:MOST_SHOWN]
    shown = _drawn(knobs, pupils)
    said = [lesson.scores(pupils[arm], lesson.x[wrong]).argmax(1).tolist() for arm in shown]
    columns = ("is", "told", "without", "with")[: 2 + len(shown)]
    return Table(columns, tuple(zip(lesson.true[wrong].tolist(), lesson.told[wrong].tolist(), *said, strict=True)))
