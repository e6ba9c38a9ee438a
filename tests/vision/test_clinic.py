"""The clinic's programs: every fault shows, every mend cures, and nothing that could do harm runs."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from cnntutor.errors import UsageError
from cnntutor.vision import data
from cnntutor.vision.clinic.checks import after_training, before_training
from cnntutor.vision.clinic.faults import Fault
from cnntutor.vision.clinic.program import Patient, admit, cases_of, mended
from cnntutor.vision.clinic.running import Running
from cnntutor.vision.clinic.safety import parsed
from cnntutor.vision.clinic.ward import STEPS, Signs, Ward, course, ward

ILL = [fault for fault in Fault if fault is not Fault.NONE]
BEFORE_TRAINING = {
    Fault.ZERO_GRAD: "a step's gradient is that of its own batch alone",
    Fault.SOFTMAX: "the loss is worked out from the raw scores",
    Fault.EVAL: "it trains in training mode and is judged in eval mode",
    Fault.PREPARED: "the net is fed alike in training and in judging",
    Fault.LEAK: "pictures come as they are, with nothing written into them",
    Fault.DEAD: "a step moves the weights of every layer",
    Fault.FROZEN: "a step moves the weights of every layer",
    Fault.ORDER: "each epoch takes every picture once, in an order of its own",
    Fault.APART: "every picture keeps its own label",
}
"""What a fault is caught by before a single epoch; the learning rates show only in the run."""


@pytest.fixture(scope="module", autouse=True)
def one_thread() -> Iterator[None]:
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture(scope="module")
def room() -> Ward:
    return ward(data.load("digits"))


def run(lines: tuple[str, ...], room: Ward) -> tuple[Running, Signs]:
    program = Running(lines, room.mean, room.std, seed=0)
    *_, last = course(program, room)
    return program, last


def failing(lines: tuple[str, ...], room: Ward) -> set[str]:
    found = before_training(Running(lines, room.mean, room.std, seed=0), room)
    return {check.what for check in found if not check.holds}


@pytest.mark.parametrize("fault", ILL)
def test_an_ill_patient_fails_a_hidden_check_and_the_right_mend_cures_it(fault: Fault, room: Ward) -> None:
    patient = admit(cases_of(fault, 1)[0])
    failed = failing(patient.lines, room)
    if fault in BEFORE_TRAINING:
        assert BEFORE_TRAINING[fault] in failed
    else:
        assert failed == set()
        program, last = run(patient.lines, room)
        assert not all(check.holds for check in after_training(program, room, last))
    assert failing(patient.treated(fault), room) == set()


@pytest.mark.parametrize("fault", ILL)
def test_every_way_of_writing_a_fault_is_caught_and_no_other_mend_helps(fault: Fault, room: Ward) -> None:
    for case in cases_of(fault, 4):
        patient = admit(case)
        assert fault not in BEFORE_TRAINING or BEFORE_TRAINING[fault] in failing(patient.lines, room)
        assert all(patient.treated(other) == patient.lines for other in Fault if other is not fault)


@pytest.mark.parametrize("case", [*cases_of(Fault.NONE, 1), 9, 16])
def test_a_healthy_program_passes_all_checks(case: int, room: Ward) -> None:
    healthy = admit(case).healthy
    assert failing(healthy, room) == set()
    program, last = run(healthy, room)
    assert [check.what for check in after_training(program, room, last) if not check.holds] == []
    assert last.step == STEPS
    assert last.loss < 0.3
    assert last.held_out >= 0.94
    assert 0.6 < last.moved < 1.4
    assert last.dead < 0.1


def signs(fault: Fault, room: Ward) -> Signs:
    return run(admit(cases_of(fault, 1)[0]).lines, room)[1]


def test_the_signs_tell_the_faults_apart(room: Ward) -> None:
    softmax = signs(Fault.SOFTMAX, room)
    assert softmax.held_out > 0.9
    assert min(softmax.losses) > 1.46
    assert signs(Fault.EVAL, room).apart > 0.02
    assert signs(Fault.ZERO_GRAD, room).gradient > 20
    frozen = signs(Fault.FROZEN, room)
    assert (frozen.moved, frozen.first_gradient > 20) == (0, True)


def test_a_leak_is_seen_where_the_net_looks(room: Ward) -> None:
    patient = admit(cases_of(Fault.LEAK, 1)[0])
    program, last = run(patient.lines, room)
    assert last.held_out == 1
    row = 0 if "0, y // 8" in "\n".join(patient.lines) else 7
    assert last.looked_at.mean(1).argmax() == row
    assert not after_training(program, room, last)[1].holds


def test_looking_at_a_program_does_not_change_its_training(room: Ward) -> None:
    patient = admit(cases_of(Fault.EVAL, 1)[0])  # its judging draws lots
    _, looked_at = run(patient.lines, room)
    alone = Running(patient.lines, room.mean, room.std, seed=0)
    losses = [
        alone.step(*alone.batch(room.train.x, room.train.y, rows))
        for _ in range(2)
        for rows in torch.split(alone.order(len(room.train.y)), 64)
    ]
    assert list(looked_at.losses[: len(losses)]) == losses


@given(st.integers(1, 9999))
@settings(max_examples=60, deadline=None)
def test_whoever_comes_is_python_harmless_and_the_same_again(case: int) -> None:
    patient = admit(case)
    parsed(patient.lines)
    assert patient == admit(case)
    assert (patient.lines == patient.healthy) == (patient.fault is Fault.NONE)
    assert not any("{" in line for line in patient.lines)


# Mending a line

LINES = ("def step(x):", "    y = x", "    return y")


@pytest.mark.parametrize(
    ("mend", "lines"),
    [
        ("", LINES),
        ("2: y = x * 2", ("def step(x):", "    y = x * 2", "    return y")),
        ("2 :y = x", LINES),
        ("2+ y = y + 1", ("def step(x):", "    y = x", "    y = y + 1", "    return y")),
        ("1+ x = x + 1", ("def step(x):", "    x = x + 1", "    y = x", "    return y")),
        ("2-", ("def step(x):", "    return y")),
    ],
)
def test_a_line_is_rewritten_added_or_taken_out_with_its_indent(mend: str, lines: tuple[str, ...]) -> None:
    assert mended(LINES, mend) == lines


@pytest.mark.parametrize(
    ("mend", "line"),
    [
        ("y = 3", "line must be a number and a line of code"),
        ("9: pass", "line must name a line from 1 to 3, not 9"),
        ("0: pass", "line must name a line from 1 to 3, not 0"),
        ("2- pass", "line 2- takes the line away"),
    ],
)
def test_what_is_no_mend_is_refused(mend: str, line: str) -> None:
    with pytest.raises(UsageError, match=line):
        mended(LINES, mend)


@given(st.lists(st.text("abc =:()", max_size=8), min_size=1, max_size=6), st.data())
def test_no_mend_touches_another_line(lines: list[str], drawn: st.DataObject) -> None:
    number = drawn.draw(st.integers(1, len(lines)))
    new = mended(tuple(lines), f"{number}+ new")
    assert [*new[:number], *new[number + 1 :]] == lines
    assert list(mended(tuple(lines), f"{number}-")) == lines[: number - 1] + lines[number:]


# Safety


@pytest.mark.parametrize(
    ("code", "line"),
    [
        ("import os", "the clinic knows no “import”"),
        ("open('x')", "the clinic knows no “open”"),
        ("model.__class__", "the clinic knows no “.__class__”"),
        ("torch.load('x')", "the clinic knows no “.load”"),
        ("torch.hub", "the clinic knows no “.hub”"),
        ("while True: pass", "the clinic knows no “while”"),
        ("[x for x in y]", "the clinic knows no"),
        ("lambda: 0", "the clinic knows no “lambda”"),
        ("x = 9 ** 9", "the clinic knows no “pow”"),
        ("x = 10000000", "the clinic knows no such value"),
        ("x = 'a long text that nobody needs'", "the clinic knows no such value"),
        ("f'{x}'", "the clinic knows no"),
        ("x = (", "line 21 is no Python"),
        ("x = \x00", "is no Python"),
    ],
)
def test_what_a_training_program_does_not_need_is_refused_with_its_line(code: str, line: str) -> None:
    patient = admit(14)
    with pytest.raises(UsageError, match=line):
        parsed((*patient.lines[:20], code, "x = 0"))


@pytest.mark.parametrize(
    ("number", "code", "line"),
    [
        (7, "optimiser = 3", "the program has no optimiser any more: optimiser must be a Optimizer"),
        (7, "optimiser = SGD(model.parameters(), lr=-1)", "line 7 raises ValueError: Invalid learning rate: -1"),
    ],
)
def test_a_program_that_cannot_begin_says_why(number: int, code: str, line: str, room: Ward) -> None:
    with pytest.raises(UsageError, match=line):
        Running(mended(admit(14).lines, f"{number}: {code}"), room.mean, room.std, seed=0)


def test_a_program_that_breaks_while_it_runs_names_its_line(room: Ward) -> None:
    patient: Patient = admit(14)
    number = next(at for at, line in enumerate(patient.lines, start=1) if "loss.backward" in line)
    lines = mended(patient.lines, f"{number}: loss.detach().backward()")
    with pytest.raises(
        UsageError, match=f"line {number} raises RuntimeError: element 0 of tensors does not require grad"
    ):
        run(lines, room)
