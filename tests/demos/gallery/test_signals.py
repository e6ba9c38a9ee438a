"""signals: two voices told apart by half seconds, and waves found anywhere in noise."""

from __future__ import annotations

import runpy
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.signal import stft

from cnntutor.demos.catalogue import load, parse_knobs
from cnntutor.demos.frame import Frame
from cnntutor.demos.gallery import _signals_voices as voices
from cnntutor.demos.gallery._signals_knobs import RATE, SignalsKnobs
from cnntutor.demos.run import run_headless
from cnntutor.demos.show_code import show_code
from cnntutor.errors import UsageError
from cnntutor.vision.spectrogram import clips, spectrogram

DEMO = load("signals")


@pytest.fixture(scope="module", autouse=True)
def one_thread() -> Iterator[None]:
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


def frames(seed: int = 0, **values: Any) -> list[Frame]:
    return list(DEMO.frames(parse_knobs(DEMO, values), device="cpu", seed=seed))


@pytest.fixture(scope="module")
def heard() -> list[Frame]:
    return frames(epochs=6)


def test_half_a_second_of_another_lesson_tells_who_speaks(heard: list[Frame]) -> None:
    last = heard[-1].figures
    assert heard[-1].curves["held out"].y[0] < 70
    assert last["accuracy"] > 0.9
    assert last["stretch_right"] > 0.9
    assert last["new_pieces"] > 150


def test_pitches_as_channels_do_as_well() -> None:
    assert frames(slides="time", epochs=4, window="128")[-1].figures["accuracy"] > 0.9


def test_the_picture_is_there_before_anything_is_learnt(heard: list[Frame]) -> None:
    assert heard[0].progress == 0
    assert heard[0].images["spectrogram"].shape[:2] == (2 * 128, 12 * RATE // 160 // 3)
    assert len(heard) == 7
    assert len(heard[-1].curves["held out"].x) == 7
    assert not heard[0].figures


def test_what_is_learnt_from_is_not_what_is_listened_to() -> None:
    learnt, other = voices.lesson(voices.LEARNT), voices.lesson(voices.HEARD)
    assert len(learnt.sound) != len(other.sound)
    for lesson in (learnt, other):
        spans = sorted(span for host in lesson.spans for span in host)
        assert all(start < end for start, end in spans)
        assert all(before[1] <= after[0] for before, after in pairwise(spans))
        assert spans[-1][1] <= len(lesson.sound) + 1


def test_a_burst_anywhere_is_found_by_kernels_and_not_place_by_place() -> None:
    figures = frames(scene="waves", epochs=6)[-1].figures
    assert figures["linear_accuracy"] < 0.65
    assert figures["random_accuracy"] > 0.9
    assert figures["accuracy"] > 0.95


@given(st.sampled_from([64, 128, 256]), st.sampled_from([16, 50]), st.integers(0, 2**16))
@settings(max_examples=15, deadline=None)
def test_the_spectrogram_is_scipys(window: int, hop: int, seed: int) -> None:
    sound = torch.randn(700, generator=torch.Generator().manual_seed(seed))
    padded = np.pad(sound.numpy(), window // 2, mode="reflect")
    hann = torch.hann_window(window).numpy()
    _, _, found = stft(padded, window=hann, nperseg=window, noverlap=window - hop, boundary=None, padded=False)
    ours = spectrogram(sound, window, hop)
    theirs = np.log1p(100 * np.abs(found) * hann.sum())
    assert np.allclose(ours.numpy(), theirs[:, : ours.shape[1]], atol=1e-3)


@pytest.mark.parametrize("window", [128, 512, 2048])
def test_a_tone_lies_in_the_row_that_the_card_computes(window: int) -> None:
    time = torch.arange(RATE) / RATE
    rows = spectrogram(torch.sin(2 * torch.pi * 1000 * time), window, 160)
    assert int(rows[:, 50].argmax()) == 1000 * window // RATE


def test_clips_stay_within_their_spans() -> None:
    sound = torch.arange(20.0)
    assert clips(sound, [(1, 8), (10, 12)], 3).tolist() == [[1, 2, 3], [4, 5, 6]]
    assert clips(sound, [(0, 2)], 3).shape == (0, 3)


@pytest.mark.parametrize(
    ("scene", "show"),
    [("voices", "who speaks"), ("voices", "voices"), ("voices", "learning"), ("waves", "kernels"), ("waves", "series")],
)
def test_what_to_look_at_first_is_the_first_view_and_try_names_knobs(scene: str, show: str) -> None:
    last = frames(scene=scene, show=show, epochs=1, window="128")[-1]
    assert next(iter(last.views)) == show
    named = last.caption.split("**Try** ")[1].split("`")[1::2]
    assert named
    assert set(named) <= {knob.name for knob in DEMO.controls}


@pytest.mark.parametrize(
    ("values", "line"),
    [
        ({"show": "kernels"}, "show must be spectrogram, who speaks, learning, voices for voices, not kernels"),
        ({"window": "300"}, "window must be 128, 256"),
        ({"second": 151}, "second must be at most 150, not 151"),
    ],
)
def test_what_cannot_be_is_refused_in_one_line(values: dict[str, object], line: str) -> None:
    with pytest.raises(UsageError, match=line):
        parse_knobs(DEMO, values)


def test_a_sound_that_is_not_there_is_one_clear_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(voices.paths, "assets_dir", lambda: tmp_path)
    voices.lesson.cache_clear()
    with pytest.raises(UsageError, match="scene voices needs the sound of the lesson “what-is-a-cnn”"):
        voices.hearing(SignalsKnobs(), torch.device("cpu"))
    voices.lesson.cache_clear()


@pytest.mark.parametrize("scene", ["voices", "waves"])
def test_the_guess_is_judged_by_the_run(scene: str) -> None:
    assert DEMO.predict is not None
    prediction = DEMO.predict(parse_knobs(DEMO, {"scene": scene}))
    assert prediction is not None
    assert [prediction.judge(Frame(figures={"accuracy": share})) for share in (0.97, 0.9, 0.7, 0.5)] == [0, 1, 2, 3]


@pytest.mark.parametrize(
    "values",
    [{"window": "128", "epochs": 2}, {"window": "128", "slides": "time", "epochs": 1}, {"scene": "waves", "epochs": 2}],
)
def test_the_code_that_is_shown_finds_the_same_numbers(
    values: dict[str, object], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "script.py").write_text(show_code(DEMO, parse_knobs(DEMO, values), seed=2), encoding="utf-8")
    runpy.run_path(str(tmp_path / "script.py"))
    printed = {name: float(value) for name, value in (line.split() for line in capsys.readouterr().out.splitlines())}
    figures = frames(seed=2, **values)[-1].figures
    assert printed["accuracy"] == pytest.approx(figures["accuracy"], abs=0.011)


def test_it_runs_without_a_screen() -> None:
    assert run_headless("signals", {"scene": "waves", "epochs": "1"}, device="cpu").figures["linear_accuracy"] < 0.7
