"""clinic: a training run with a fault. Say what ails it, mend a line, and hidden checks grade the mend."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from cnntutor.demos.gallery import _clinic_words as words
from cnntutor.demos.gallery._clinic_knobs import TOLD, UNDECIDED, ClinicKnobs
from cnntutor.demos.protocol import Curve, Frame, Grade, Table, demo
from cnntutor.vision import colour

if TYPE_CHECKING:
    import torch

    from cnntutor.vision.clinic.checks import Check
    from cnntutor.vision.clinic.ward import Signs, Ward

PACE = 0.06
"""Seconds at each examination."""


def _constants(knobs: ClinicKnobs, seed: int) -> Mapping[str, object]:
    del seed
    return {"PROGRAM": "\n".join(knobs.lines) + "\n"}


def _grade(knobs: ClinicKnobs, last: Frame) -> Grade | None:
    """A treated patient says whether the learner knows its fault; so does one whose fault she asked for."""
    note, patient = words.note_of(knobs.patient.fault), f"patient {knobs.case}"
    if knobs.diagnosis == TOLD:
        return Grade(note, right=False, about=patient)
    if "cured" not in last.figures:
        return None
    return Grade(note, right=bool(last.figures["cured"]) and knobs.is_right, about=patient)


@demo(
    "clinic",
    topic="train-a-cnn",
    title="Cure a training run",
    promise="Something is wrong with this program, and it runs without an error. Find it from its curves, and mend it.",
    constants=_constants,
    grade=_grade,
)
def clinic(knobs: ClinicKnobs, device: torch.device) -> Iterator[Frame]:
    """An examination every few steps; once something was done about it, the hidden checks at the end."""
    import torch

    from cnntutor.vision import data
    from cnntutor.vision.clinic import checks
    from cnntutor.vision.clinic.running import Running
    from cnntutor.vision.clinic.ward import STEPS, course, ward

    del device  # eight by eight pixels: the way to a GPU would take longer than the work
    room, seed = ward(data.load("digits")), torch.initial_seed()
    found = checks.before_training(Running(knobs.lines, room.mean, room.std, seed), room) if knobs.treated else []
    program = Running(knobs.lines, room.mean, room.std, seed)
    taken: list[Signs] = []
    for signs in course(program, room):
        taken.append(signs)
        yield _frame(knobs, room, taken, words.running(signs, STEPS), min(0.99, signs.step / STEPS))
    if knobs.treated:
        found += checks.after_training(program, room, taken[-1])
    yield _frame(knobs, room, taken, words.caption(knobs, taken[-1], found), 1.0, found)


def _frame(
    knobs: ClinicKnobs, room: Ward, taken: list[Signs], caption: str, progress: float, found: list[Check] | None = None
) -> Frame:
    tables = {"examination": Table(("sign", "here", "usual"), words.examination(taken[-1]))}
    if knobs.diagnosis != UNDECIDED:
        tables["program"] = Table(("line", "code"), tuple(enumerate(knobs.lines, start=1)))
    if found:
        tables["checks"] = Table(("holds", "what must hold"), tuple((check.holds, check.what) for check in found))
    images = _pictures(room, taken[-1])
    return Frame(
        images,
        curves=_curves(taken),
        tables=tables,
        views=_views(images, tables),
        figures=_figures(knobs, taken[-1], found or []),
        formulas=words.formulas(taken),
        caption=caption,
        progress=progress,
        hold=PACE,
    )


def _views(images: Mapping[str, object], tables: Mapping[str, object]) -> dict[str, tuple[str, ...]]:
    """What is new comes first: the checks of a treated patient, else the program of a diagnosed one."""
    views: dict[str, tuple[str, ...]] = {name: (name,) for name in ("checks", "program") if name in tables}
    return {
        **views,
        "curves": ("loss", "accuracy"),
        "signs": ("lengths", "shares"),
        "examination": ("examination",),
        "pictures": tuple(images),
    }


def _curves(taken: list[Signs]) -> dict[str, Curve]:
    losses, steps = taken[-1].losses, tuple(float(signs.step) for signs in taken)
    return {
        "loss": Curve(tuple(range(1, len(losses) + 1)), losses, "loss", x_label="step"),
        "held out": Curve(steps, tuple(signs.held_out for signs in taken), "accuracy", x_label="step"),
        "training": Curve(steps[1:], tuple(signs.trained for signs in taken[1:]), "accuracy", x_label="step"),
        "gradient": Curve(steps[1:], tuple(signs.gradient for signs in taken[1:]), "lengths", x_label="step"),
        "first layer's": Curve(steps[1:], tuple(signs.first_gradient for signs in taken[1:]), "lengths"),
        "silent channels": Curve(steps[1:], tuple(signs.dead for signs in taken[1:]), "shares", x_label="step"),
        "answers changed": Curve(steps[1:], tuple(signs.apart for signs in taken[1:]), "shares"),
    }


def _pictures(room: Ward, signs: Signs) -> dict[str, colour.Pixels]:
    """What the net is fed, five a row, as it would look had it been prepared well; and where the net looks."""
    mean, std = room.mean, room.std
    sheets = {"fed in training": signs.pictures, "fed in judging": signs.judged_pictures}
    pictures = {
        title: colour.mosaic([colour.rgb((picture * std + mean).clamp(0, 1)) for picture in batch], 5)
        for title, batch in sheets.items()
        if len(batch)
    }
    return pictures | {"looked at": colour.shade(signs.looked_at)}


def _figures(knobs: ClinicKnobs, signs: Signs, found: list[Check]) -> dict[str, float]:
    figures = {
        "loss": signs.losses[-1] if signs.losses else float("nan"),
        "held_out": signs.held_out,
        "trained": signs.trained,
        "gradient": signs.gradient,
        "first_gradient": signs.first_gradient,
        "moved": signs.moved,
        "silent": signs.dead,
        "answers_changed": signs.apart,
    }
    if not found:
        return figures
    passed = sum(check.holds for check in found)
    return figures | {
        "checks": len(found),
        "passed": passed,
        "cured": int(passed == len(found)),
        "diagnosis_right": int(knobs.is_right),
    }
