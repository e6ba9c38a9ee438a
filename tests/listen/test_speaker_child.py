"""The process that owns the sound device, with a device of the test's own that is pulled by hand."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cnntutor.listen import speaker_child
from cnntutor.listen.encoding import write_vorbis
from cnntutor.listen.speaker_child import SpeakerChild

RATE = 16_000


class HandDevice:
    """Pulls when it is told to."""

    latency = 0.1

    def __init__(self, rate: int) -> None:
        self.rate = rate
        self.pulled: Generator[Any, int, None] | None = None

    def start(self, pulled: Generator[Any, int, None]) -> None:
        self.pulled = pulled

    def stop(self) -> None:
        self.pulled = None

    def pull(self, seconds: float) -> np.ndarray:
        assert self.pulled is not None
        return np.asarray(self.pulled.send(round(seconds * self.rate)))


class Bench:
    """A child, its device, its news and a clock."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 100.0
        self.news: list[dict[str, Any]] = []
        self.devices: list[HandDevice] = []
        self.absent = False
        monkeypatch.setattr(speaker_child.time, "monotonic", lambda: self.now)
        self.child = SpeakerChild(lambda **news: self.news.append(news), self.make_device)

    def make_device(self, rate: int) -> HandDevice:
        if self.absent:
            raise RuntimeError("failed to init device\n(-401)")
        self.devices.append(HandDevice(rate))
        return self.devices[-1]

    def obey(self, do: str, **rest: Any) -> None:
        self.child.obey({"do": do, **rest})

    def names(self) -> list[str]:
        return [news["news"] for news in self.news]


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch) -> Bench:
    return Bench(monkeypatch)


@pytest.fixture
def lesson(tmp_path: Path) -> Path:
    """Ten seconds: quiet, with a tone from 5 to 6 s."""
    samples = np.zeros(10 * RATE, np.float32)
    samples[5 * RATE : 6 * RATE] = 0.3 * np.sin(2 * np.pi * 170 * np.arange(RATE) / RATE)
    write_vorbis(tmp_path / "lesson.ogg", samples, RATE)
    return tmp_path / "lesson.ogg"


def test_it_plays_what_was_ordered_and_tells_what_is_heard(bench: Bench, lesson: Path) -> None:
    bench.obey("load", file=str(lesson), pauses=[4.5, 6.5])
    assert bench.names() == ["loaded"]
    bench.obey("play", at=4.9, speed=2.0, jump=7)
    quiet, tone = bench.devices[0].pull(0.05), bench.devices[0].pull(0.2)
    assert np.abs(quiet[:600]).max() < 1000
    assert np.abs(tone).max() > 5000
    bench.child.watch()
    # 0.25 s were pulled at double speed; the last 0.1 s of them are on their way to the ear
    assert bench.news[-1] == {"news": "at", "position": pytest.approx(5.2), "when": 100.0, "speed": 2.0, "jump": 7}


def test_a_paused_device_is_not_pulled(bench: Bench, lesson: Path) -> None:
    bench.obey("load", file=str(lesson), pauses=[])
    bench.obey("play", at=0.0, speed=1.0)
    bench.obey("pause")
    assert bench.devices[0].pulled is None
    before = len(bench.news)
    bench.now += 60
    bench.child.watch()
    assert len(bench.news) == before


def test_behind_the_end_the_position_stays_while_the_device_pulls_on(bench: Bench, lesson: Path) -> None:
    bench.obey("load", file=str(lesson), pauses=[])
    bench.obey("play", at=9.9, speed=1.0)
    bench.devices[0].pull(0.2)
    bench.now += 0.2
    bench.devices[0].pull(0.2)
    bench.child.watch()
    assert bench.news[-1]["position"] == pytest.approx(9.9, abs=0.001)
    assert bench.news[-1]["when"] == 100.0  # so that the app's clock runs on from there to the end


def test_a_device_that_stops_pulling_is_lost_and_the_next_play_looks_for_another(bench: Bench, lesson: Path) -> None:
    bench.obey("load", file=str(lesson), pauses=[])
    bench.obey("play", at=0.0, speed=1.0)
    bench.devices[0].pull(0.1)
    bench.now += 2
    bench.child.watch()
    assert bench.names()[-1] == "lost"
    bench.obey("play", at=1.0, speed=1.0)
    assert len(bench.devices) == 2
    bench.devices[1].pull(0.1)
    bench.child.watch()
    assert bench.news[-1]["position"] == pytest.approx(1.0)


def test_a_machine_without_a_device_says_so_in_one_line(bench: Bench, lesson: Path) -> None:
    bench.absent = True
    bench.obey("load", file=str(lesson), pauses=[])
    assert bench.news == [{"news": "no device", "why": "failed to init device (-401)"}]


def test_a_damaged_file_says_so_in_one_line(bench: Bench, tmp_path: Path) -> None:
    (tmp_path / "lesson.ogg").write_bytes(b"OggS and no more")
    bench.obey("load", file=str(tmp_path / "lesson.ogg"), pauses=[])
    assert bench.names() == ["broken"]
    assert "\n" not in bench.news[0]["why"]
