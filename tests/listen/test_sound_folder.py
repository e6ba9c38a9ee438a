"""A folder of recordings: what is whole is found, everything else counts as not there."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cnntutor.course.models import Chapter, Line, Script, Sentence
from cnntutor.errors import SpeechError
from cnntutor.listen.encoding import read
from cnntutor.listen.recording import Recording
from cnntutor.listen.sound_folder import SoundFolder

RATE = 16_000
SPANS = [(0.0, 0.2), (0.25, 0.4), (0.41, 0.5)]
MARK = "fingerprint of the script"


def script(*sentences: str) -> Script:
    return Script((Chapter("One", (Line("Ada", tuple(map(Sentence, sentences))),)),))


SCRIPT = script("Nine.", "Numbers.", "Travel.")


def recording(pitch: float = 220.0) -> Recording:
    tone = np.sin(2 * np.pi * pitch * np.arange(RATE * 6 // 10) / RATE).astype(np.float32) / 3
    return Recording(tone, RATE, SPANS, "two tones")


@pytest.fixture
def folder(tmp_path: Path) -> SoundFolder:
    """A folder with one recording."""
    folder = SoundFolder(tmp_path / "new" / "sounds")
    folder.keep("edges", MARK, recording())
    return folder


def notes_of(folder: SoundFolder) -> dict[str, Any]:
    return dict(json.loads((folder.path / "edges.json").read_text("utf-8")))


def note(folder: SoundFolder, **changed: Any) -> None:
    kept = {key: value for key, value in (notes_of(folder) | changed).items() if value != "gone"}
    (folder.path / "edges.json").write_text(json.dumps(kept), "utf-8")


def test_a_recording_is_found_with_its_times_and_its_sound(folder):
    sound = folder.find("edges", SCRIPT, MARK)
    assert sound is not None
    assert [(line.start, line.end) for line in sound.timetable.lines] == SPANS
    assert [line.text for line in sound.timetable.lines] == ["Nine.", "Numbers.", "Travel."]
    assert (sound.timetable.duration, sound.voices) == (0.6, "two tones")
    samples, rate = read(sound.file)
    assert len(samples) / rate == pytest.approx(0.6, abs=0.001)
    assert sorted(file.name for file in folder.path.iterdir()) == ["edges.json", "edges.ogg"]


def test_a_new_recording_takes_the_place_of_the_old(folder):
    folder.keep("edges", "another script", recording(330.0))
    assert folder.find("edges", SCRIPT, MARK) is None
    assert folder.find("edges", SCRIPT, "another script") is not None


@pytest.mark.parametrize(("voices", "there"), [("two tones", True), ("three tones", False), (None, True)])
def test_the_voices_count_where_they_are_asked_for(folder, voices, there):
    assert (folder.find("edges", SCRIPT, MARK, voices) is not None) == there


def test_another_lesson_is_not_there(folder):
    assert folder.find("pooling", SCRIPT, MARK) is None
    assert SoundFolder(folder.path / "nowhere").find("edges", SCRIPT, MARK) is None


@pytest.mark.parametrize("said", [("Nine.", "Numbers."), ("Nine.", "Numbers.", "Travel.", "Far.")])
def test_a_script_of_more_or_fewer_sentences_is_another_one(folder, said):
    assert folder.find("edges", script(*said), MARK) is None


@pytest.mark.parametrize(
    "changed",
    [
        {"fingerprint": "gone"},
        {"fingerprint": "of another script"},
        {"voices": "gone"},
        {"sound": "gone"},
        {"sound": "0123"},
        {"duration": "gone"},
        {"duration": None},
        {"duration": "long"},
        {"duration": 0.45},
        {"duration": float("inf")},
        {"duration": 10**400},
        {"spans": "gone"},
        {"spans": 3},
        {"spans": [[0.0, 0.2], [0.25, 0.4], [0.41]]},
        {"spans": [[0.0, 0.2], [0.25, 0.4], [0.41, "end"]]},
        {"spans": [[0.0, 0.2], [0.25, 0.4], [0.3, 0.5]]},
        {"spans": [[0.0, 0.2], [0.4, 0.25], [0.41, 0.5]]},
        {"spans": [[-1.0, 0.2], [0.25, 0.4], [0.41, 0.5]]},
        {"spans": [[0.0, 0.2], [0.25, float("nan")], [0.41, 0.5]]},
        {"spans": [[0.0, 0.2], [0.25, 0.4], [0.41, 10**400]]},
    ],
    ids=str,
)
def test_notes_that_do_not_fit_count_as_not_there(folder, changed):
    note(folder, **changed)
    assert folder.find("edges", SCRIPT, MARK) is None


@given(data=st.data())
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_truncated_notes_count_as_not_there(folder, data):
    file = folder.path / "edges.json"
    whole = file.read_bytes()
    file.write_bytes(whole[: data.draw(st.integers(0, len(whole) - 3))])  # the last two are a brace and a line break
    assert folder.find("edges", SCRIPT, MARK) is None
    file.write_bytes(whole)
    assert folder.find("edges", SCRIPT, MARK) is not None


@pytest.mark.parametrize("text", ["", "[]", "null", "3", "[[[", "\udcff"])
def test_a_file_that_holds_no_notes_counts_as_not_there(folder, text):
    (folder.path / "edges.json").write_bytes(text.encode("utf-8", "surrogateescape"))
    assert folder.find("edges", SCRIPT, MARK) is None


@given(data=st.data())
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_sound_with_one_wrong_byte_counts_as_not_there(folder, data):
    file = folder.path / "edges.ogg"
    whole = file.read_bytes()
    at, change = data.draw(st.integers(0, len(whole) - 1)), data.draw(st.integers(1, 255))
    file.write_bytes(whole[:at] + bytes([whole[at] ^ change]) + whole[at + 1 :])
    assert folder.find("edges", SCRIPT, MARK) is None
    file.write_bytes(whole)
    assert folder.find("edges", SCRIPT, MARK) is not None


@pytest.mark.parametrize("ending", ["ogg", "json"])
def test_half_of_a_recording_counts_as_not_there(folder, ending):
    (folder.path / f"edges.{ending}").unlink()
    assert folder.find("edges", SCRIPT, MARK) is None


def test_a_crash_between_sound_and_notes_leaves_nothing_that_looks_whole(folder, tmp_path):
    other = SoundFolder(tmp_path / "other")
    other.keep("edges", MARK, recording(330.0))
    (other.path / "edges.ogg").replace(folder.path / "edges.ogg")
    assert folder.find("edges", SCRIPT, MARK) is None


def test_a_folder_that_cannot_be_written_is_one_line(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(SpeechError, match="CNNTUTOR_HOME") as caught:
        SoundFolder(tmp_path / "file" / "sounds").keep("edges", MARK, recording())
    assert "\n" not in str(caught.value)
