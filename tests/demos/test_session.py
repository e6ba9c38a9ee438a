from __future__ import annotations

import json
from pathlib import Path

import pytest

from cnntutor.demos import catalogue
from cnntutor.demos.frame import Frame
from cnntutor.demos.history import History
from cnntutor.demos.session import DemoSession
from cnntutor.errors import UsageError


@pytest.fixture
def session(tmp_path: Path) -> DemoSession:
    return DemoSession(catalogue.load("convolve"), History(tmp_path / "runs", "convolve"))


def test_every_demo_has_a_device_and_a_seed_besides_its_own_knobs(session: DemoSession) -> None:
    assert [knob.name for knob in session.controls][-2:] == ["device", "seed"]
    session.turn({"stride": "2", "device": "cpu", "seed": "7"})
    values = session.values
    assert (values["stride"], values["device"], values["seed"]) == (2, "cpu", 7)


def test_no_demo_has_a_knob_that_every_demo_has() -> None:
    for demo in catalogue.all_demos():
        assert {"device", "seed"}.isdisjoint(knob.name for knob in demo.controls)


@pytest.mark.parametrize(
    ("settings", "line"),
    [
        ({"stride": 0, "side": 32}, "stride must be at least 1"),
        ({"side": 32, "device": "abacus"}, "device must be auto, cpu, cuda.* not “abacus”"),
        ({"side": 32, "seed": "x"}, "seed must be a whole number"),
        ({"side": 32, "seed": -1}, "seed must be from 0"),
    ],
)
def test_what_cannot_be_leaves_all_knobs_where_they_were(
    session: DemoSession, settings: dict[str, object], line: str
) -> None:
    before = session.values
    with pytest.raises(UsageError, match=line):
        session.turn(settings)
    assert not session.can_turn(settings)
    assert session.values == before


def test_asking_whether_a_knob_can_be_turned_turns_none(session: DemoSession) -> None:
    before = session.values
    assert session.can_turn({"side": 32})
    assert session.values == before


def test_another_seed_or_device_needs_another_run(session: DemoSession) -> None:
    session.begin()
    assert not session.needs_new_run()
    session.turn({"seed": 1})
    assert session.needs_new_run()
    session.begin()
    session.turn({"device": "cpu"})
    assert session.needs_new_run()


def test_a_past_run_brings_its_knobs_back(session: DemoSession) -> None:
    session.turn({"stride": 3, "seed": 5})
    session.begin()
    session.take(Frame(figures={"output_size": 22}))
    session.finish("cpu")
    session.reset()
    (past,) = session.past_runs()
    assert (past.device, past.figures) == ("cpu", {"output_size": 22})
    session.go_back_to(past)
    assert (session.values["stride"], session.seed) == (3, 5)


def test_a_run_is_noted_with_the_knobs_it_began_with(session: DemoSession) -> None:
    session.turn({"stride": 2})
    session.begin()
    session.take(Frame(figures={"output_size": 32}))
    session.turn({"stride": 4})
    session.finish("cpu")
    assert session.past_runs()[0].knobs["stride"] == 2


def test_the_old_recording_stays_until_the_new_run_has_a_frame(session: DemoSession) -> None:
    session.begin()
    session.take(Frame(caption="old", figures={"a": 1}))
    session.begin()
    assert session.recording.last == session.recording.frame
    assert session.recording.made == 1
    session.finish("cpu")
    assert session.past_runs() == []
    session.take(Frame(caption="new", figures={"a": 2}))
    assert session.recording.made == 1
    session.finish("cpu", stopped=True)
    (past,) = session.past_runs()
    assert (past.figures, past.stopped) == ({"a": 2}, True)


def test_only_the_newest_run_counts(session: DemoSession) -> None:
    old = session.begin()
    new = session.begin()
    assert not session.is_current(old)
    assert session.is_current(new)


def test_a_run_without_figures_is_not_worth_keeping(session: DemoSession) -> None:
    session.begin()
    session.take(Frame(caption="not there yet"))
    session.finish("cpu")
    assert session.past_runs() == []


def test_the_time_left_is_told_once_there_is_progress(session: DemoSession) -> None:
    session.begin()
    assert session.seconds_left() is None
    session.take(Frame(progress=0.25))
    left = session.seconds_left()
    assert left is not None
    assert left >= 0
    session.take(Frame(progress=1.0))
    assert session.seconds_left() is None


def test_what_a_run_offers_stays_until_another_frame_offers_more(session: DemoSession) -> None:
    session.begin()
    session.take(Frame(choices={"layer": ("a", "b")}))
    session.take(Frame())
    assert session.offered == {"layer": ("a", "b")}


def test_the_frame_that_is_looked_at_is_written_with_the_script(session: DemoSession, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="nothing to write yet"):
        session.export(tmp_path / "out")
    session.begin()
    session.take(Frame(caption="first", figures={"a": 1}))
    session.take(Frame(caption="second", figures={"a": 2}))
    session.recording.seek(0)
    written = {path.name for path in session.export(tmp_path / "out")}
    assert written == {"caption.md", "code.py"}
    assert (tmp_path / "out" / "caption.md").read_text().startswith("first")


def test_the_history_is_lines_of_json(session: DemoSession, tmp_path: Path) -> None:
    session.begin()
    session.take(Frame(figures={"a": 1}))
    session.finish("cpu")
    (line,) = (tmp_path / "runs" / "convolve.jsonl").read_text().splitlines()
    assert json.loads(line)["figures"] == {"a": 1}
