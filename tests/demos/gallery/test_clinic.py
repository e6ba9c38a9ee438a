"""The clinic as a learner meets it: what is shown when, what is refused, and what a mend is worth."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch

from cnntutor.course.load import load_course
from cnntutor.demos.catalogue import load, parse_knobs
from cnntutor.demos.frame import Frame
from cnntutor.demos.gallery._clinic_knobs import REMEDIES, Diagnosis, Mend
from cnntutor.demos.gallery._clinic_words import ABOUT, caption, note_of
from cnntutor.demos.run import run_headless
from cnntutor.demos.show_code import show_code
from cnntutor.errors import UsageError
from cnntutor.paths import content_dir
from cnntutor.vision.clinic.checks import Check
from cnntutor.vision.clinic.faults import Fault
from cnntutor.vision.clinic.program import admit, cases_of

CLINIC = load("clinic")
STALE = cases_of(Fault.ZERO_GRAD, 1)[0]


@pytest.fixture(scope="module", autouse=True)
def one_thread() -> Iterator[None]:
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


def frames(**values: Any) -> list[Frame]:
    return list(CLINIC.frames(parse_knobs(CLINIC, values), device="cpu"))


@pytest.fixture(scope="module")
def untreated() -> list[Frame]:
    return frames(case=STALE)


def test_an_undecided_learner_sees_signs_but_neither_fault_nor_program(untreated: list[Frame]) -> None:
    last = untreated[-1]
    assert list(last.views) == ["curves", "signs", "examination", "pictures"]
    assert not {"cured", "checks", "diagnosis_right"} & set(last.figures)
    said = last.caption + str(last.tables)
    assert Fault.ZERO_GRAD.value not in said
    assert "zero_grad" not in said
    assert CLINIC.grade is not None
    assert CLINIC.grade(parse_knobs(CLINIC, {"case": STALE}), last) is None


def test_the_first_frame_comes_before_the_first_step(untreated: list[Frame]) -> None:
    assert untreated[0].tables["examination"].rows[0][1] == "–"
    assert len(untreated) > 20
    assert [frame.progress for frame in untreated] == sorted(frame.progress or 0 for frame in untreated)


def test_a_diagnosis_hands_the_program_over() -> None:
    last = frames(case=STALE, diagnosis="dead ReLUs")[-1]
    assert next(iter(last.views)) == "program"
    assert tuple(code for _, code in last.tables["program"].rows) == admit(STALE).lines
    assert "You say: dead ReLUs" in last.caption


def missing_line() -> str:
    patient = admit(STALE)
    number = next(at for at, line in enumerate(patient.lines, start=1) if "model.train()" in line)
    return f"{number}+ optimiser.zero_grad()"


@pytest.mark.parametrize(
    ("diagnosis", "mend", "cured", "right"),
    [
        ("stale gradients", {"mend": "clear gradients"}, 1, True),
        ("stale gradients", {"line": missing_line()}, 1, True),
        ("dead ReLUs", {"mend": "clear gradients"}, 1, False),
        ("stale gradients", {"mend": "shuffle"}, 0, False),
    ],
)
def test_hidden_checks_grade_the_mend(diagnosis: str, mend: dict[str, str], cured: int, right: bool) -> None:
    knobs = parse_knobs(CLINIC, {"case": STALE, "diagnosis": diagnosis, **mend})
    last = list(CLINIC.frames(knobs, device="cpu"))[-1]
    assert last.figures["cured"] == cured
    assert next(iter(last.views)) == "checks"
    assert last.figures["checks"] == len(last.tables["checks"].rows) == 11
    assert CLINIC.grade is not None
    grade = CLINIC.grade(knobs, last)
    assert grade is not None
    assert (grade.note, grade.right, grade.about) == ("clinic-zero-grad", right, f"patient {STALE}")
    assert ("Not cured" in last.caption) == (not cured)


def test_a_healthy_patient_is_best_left_alone() -> None:
    case = cases_of(Fault.NONE, 1)[0]
    assert frames(case=case, diagnosis="healthy", mend="leave it alone")[-1].figures["cured"] == 1


def test_a_sick_patient_who_is_left_alone_is_not_called_right_already() -> None:
    knobs = parse_knobs(CLINIC, {"case": STALE, "diagnosis": "healthy", "mend": "leave it alone"})
    said = caption(knobs, None, [Check("the gradients are cleared", False)])  # type: ignore[arg-type]
    assert "1 of 1 hidden checks fails. So it is not healthy." in said


@pytest.mark.parametrize("fault", list(Fault))
def test_whoever_asks_is_told_and_the_card_is_missed(fault: Fault) -> None:
    knobs = parse_knobs(CLINIC, {"case": cases_of(fault, 1)[0], "diagnosis": "tell me"})
    assert ABOUT[fault] in caption(knobs, None, [])  # type: ignore[arg-type]
    assert CLINIC.grade is not None
    grade = CLINIC.grade(knobs, Frame())
    assert grade is not None
    assert not grade.right


def test_every_fault_has_a_diagnosis_a_mend_and_a_card_of_its_own() -> None:
    from typing import get_args

    assert set(get_args(Diagnosis)) == {fault.value for fault in Fault} | {"undecided", "tell me"}
    assert set(get_args(Mend)) - {"none yet"} == set(REMEDIES)
    assert sorted(REMEDIES.values()) == sorted(Fault)
    topic = load_course(content_dir() / "cnn").topic("train-a-cnn")
    for fault in Fault:
        [card] = [card for card in topic.cards if card.note == note_of(fault)]
        for seed in range(8):
            demo = card.draw(seed).demo
            assert demo is not None
            assert admit(int(demo.knobs["case"])).fault is fault


@pytest.mark.parametrize(
    ("values", "line"),
    [
        ({"mend": "shuffle"}, "diagnosis comes before a mend"),
        ({"diagnosis": "healthy", "mend": "shuffle", "line": "1-"}, "mend and line are two ways"),
        ({"diagnosis": "healthy", "line": "7: import os"}, "line 7: the clinic knows no “import”"),
        ({"diagnosis": "healthy", "line": "99: x"}, "line must name a line from 1 to"),
        ({"diagnosis": "a cold"}, "diagnosis must be undecided, stale gradients"),
        ({"case": 0}, "case must be at least 1, not 0"),
    ],
)
def test_what_cannot_be_is_refused_in_one_line(values: dict[str, object], line: str) -> None:
    with pytest.raises(UsageError, match=line):
        parse_knobs(CLINIC, values)


@pytest.mark.parametrize(
    "values", [{"case": 3}, {"case": STALE, "diagnosis": "stale gradients", "line": missing_line()}]
)
def test_the_code_that_is_shown_is_the_patients_and_gives_its_figures(
    values: dict[str, object], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    import runpy

    knobs = parse_knobs(CLINIC, values)
    script = tmp_path / "script.py"
    script.write_text(show_code(CLINIC, knobs), encoding="utf-8")
    assert "\n".join(knobs.lines) in script.read_text(encoding="utf-8")  # type: ignore[attr-defined]
    runpy.run_path(str(script))
    printed = dict(line.split() for line in capsys.readouterr().out.splitlines())
    figures = frames(**values)[-1].figures
    assert float(printed["loss"]) == pytest.approx(figures["loss"], rel=1e-6)
    assert float(printed["held_out"]) == pytest.approx(figures["held_out"])


def test_it_runs_headless_and_again_the_same() -> None:
    first, second = (run_headless("clinic", {"case": "9"}, device="cpu").figures for _ in range(2))
    assert first == second
