from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from cnntutor.demos.history import History, PastRun, compare
from cnntutor.errors import DemoError

START = datetime(2026, 3, 10, 12, tzinfo=UTC)


def run(number: int = 0, *, stride: int = 1, loss: float = 0.5, seed: int = 0, device: str = "cpu") -> PastRun:
    knobs = {"stride": stride, "kernel": "box", "bias": True}
    return PastRun(START + timedelta(minutes=number), knobs, seed, device, {"loss": loss}, 1.5)


def test_a_run_is_there_again_tomorrow(tmp_path: Path) -> None:
    History(tmp_path / "runs", "train").add(run())
    assert History(tmp_path / "runs", "train").runs() == [run()]


def test_only_the_newest_runs_are_kept_oldest_first(tmp_path: Path) -> None:
    history = History(tmp_path, "train", kept=3)
    for number in range(5):
        history.add(run(number))
    assert history.runs() == [run(2), run(3), run(4)]


def test_demos_do_not_share_their_runs(tmp_path: Path) -> None:
    History(tmp_path, "train").add(run())
    assert History(tmp_path, "convolve").runs() == []


def test_a_line_that_cannot_be_read_costs_nothing_else(tmp_path: Path) -> None:
    history = History(tmp_path, "train")
    history.add(run(1))
    file = tmp_path / "train.jsonl"
    file.write_bytes(b'{"at": "2026\n\xff\xfe\n[1]\n{"at": "2026-03-10", "knobs": 3}\n' + file.read_bytes())
    assert history.runs() == [run(1)]
    history.add(run(2))
    assert history.runs() == [run(1), run(2)]


def test_a_folder_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "runs").write_text("a file")
    with pytest.raises(DemoError, match=r"train\.jsonl cannot be written"):
        History(tmp_path / "runs", "train").add(run())


def test_runs_are_compared_by_the_knobs_in_which_they_differ() -> None:
    table = compare([run(stride=1, loss=0.5), run(stride=2, loss=0.25)])
    assert table.columns == ("run", "stride", "loss", "seconds")  # not the knobs that are the same in both
    assert table.rows == ((2, 2, 0.25, 1.5), (1, 1, 0.5, 1.5))


def test_seed_and_device_are_shown_where_they_differ() -> None:
    assert compare([run(), run(seed=1)]).columns == ("run", "seed", "seconds")
    assert compare([run(), run(device="cuda")]).columns == ("run", "device", "seconds")


def test_figures_that_are_the_same_in_all_runs_tell_nothing() -> None:
    assert compare([run(loss=0.5), run(loss=0.5)]).columns == ("run", "seconds")
    assert compare([run(loss=0.5)]).columns == ("run", "loss", "seconds")


def test_a_run_that_was_ended_early_says_so() -> None:
    early = replace(run(1), stopped=True)
    assert compare([run(0), early]).rows == ((2, True, 1.5), (1, False, 1.5))


def test_knobs_that_came_later_are_empty_in_older_runs() -> None:
    old = PastRun(START, {"stride": 1}, 0, "cpu", {"loss": 0.5}, 1.0)
    new = PastRun(START, {"stride": 1, "groups": 2}, 0, "cpu", {"accuracy": 1.0}, 1.0)
    assert compare([old, new]).rows == ((2, 2, None, 1.0, 1.0), (1, None, 0.5, None, 1.0))
