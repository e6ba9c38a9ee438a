from __future__ import annotations

import importlib
import sys
import types
from pathlib import Path

import pytest

from cnntutor.demos import wire
from cnntutor.demos.worker import Desk, _importing, _Run, _StoppedError


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Desk:
    # Here the main thread is the test's own: it must not be interrupted.
    monkeypatch.setattr("_thread.interrupt_main", lambda: None)
    return Desk()


def start(number: int, window: int = 2) -> wire.Start:
    return wire.Start(number, "counts", "{}", "cpu", 0, window)


def ordered(desk: Desk, *orders: wire.Order) -> _Run:
    for order in orders:
        desk.put(order)
    assert desk.run
    return desk.run


def test_a_run_gets_only_as_far_ahead_as_its_window(desk: Desk) -> None:
    run = ordered(desk, start(1, window=2))
    desk.wait_for_turn(run)
    desk.wait_for_turn(run)
    assert not run.may_go_on
    desk.put(wire.More(1))
    assert run.may_go_on


def test_a_paused_run_waits_and_takes_single_steps(desk: Desk) -> None:
    run = ordered(desk, start(1, window=9), wire.Pause(1))
    assert not run.may_go_on
    desk.put(wire.Step(1))
    desk.wait_for_turn(run)
    assert not run.may_go_on
    desk.put(wire.Resume(1))
    assert run.may_go_on


def test_a_step_in_a_moving_run_makes_one_frame_and_pauses(desk: Desk) -> None:
    run = ordered(desk, start(1, window=9), wire.Step(1))
    desk.wait_for_turn(run)
    assert not run.may_go_on


def test_turned_knobs_are_handed_over_once(desk: Desk) -> None:
    run = ordered(desk, start(1), wire.Turn(1, '{"a": 1}'), wire.Turn(1, '{"a": 2}'))
    assert desk.wait_for_turn(run) == '{"a": 2}'
    assert desk.wait_for_turn(run) is None


def test_a_stopped_run_ends_even_while_paused(desk: Desk) -> None:
    run = ordered(desk, start(1), wire.Pause(1), wire.Stop(1))
    with pytest.raises(_StoppedError):
        desk.wait_for_turn(run)


def test_a_new_run_stops_the_old_and_takes_no_orders_meant_for_it(desk: Desk) -> None:
    old = ordered(desk, start(1))
    new = ordered(desk, start(2), wire.Stop(1), wire.Pause(1))
    assert old.stopped
    assert new.may_go_on
    assert desk.next_run(old) is new


def test_a_stop_waits_until_a_module_is_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "half_way.py").write_text("import sys\nseen = sys.modules['__probe__'].probe(sys._getframe())\n")
    probe = types.ModuleType("__probe__")
    probe.probe = _importing  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "__probe__", probe)
    monkeypatch.syspath_prepend(tmp_path)
    assert importlib.import_module("half_way").seen
    assert not _importing(sys._getframe())
