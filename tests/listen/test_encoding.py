"""Sound goes into files and comes back."""

from __future__ import annotations

import sys

import numpy as np
import pytest
import soundfile
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cnntutor.errors import SpeechError
from cnntutor.listen import encoding

RATE = 16_000
WRITERS = [encoding.write_vorbis, encoding.write_mp3]

both = pytest.mark.parametrize("write", WRITERS)


def hum(seconds):
    time = np.arange(round(seconds * RATE), dtype=np.float32) / RATE
    return sum(np.sin(2 * np.pi * 130 * k * time) / k for k in range(1, 9)).astype(np.float32) / 6


@both
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=15, deadline=None)
@given(st.integers(1, 40_000), st.sampled_from([16_000, 22_050, 24_000, 44_100]))
def test_no_sample_is_gained_or_lost(write, tmp_path, length, rate):
    write(tmp_path / "a", np.resize(hum(0.5), length), rate)
    samples, found = encoding.read(tmp_path / "a")
    assert (samples.shape, samples.dtype, found) == ((length,), np.float32, rate)


@both
def test_what_comes_back_sounds_the_same(write, tmp_path):
    write(tmp_path / "a", hum(2), RATE)
    samples, _ = encoding.read(tmp_path / "a")
    assert np.square(samples - hum(2)).mean() < np.square(hum(2)).mean() / 50  # 17 dB


def test_the_formats_are_what_their_names_say(tmp_path):
    encoding.write_vorbis(tmp_path / "a.ogg", hum(1), RATE)
    encoding.write_mp3(tmp_path / "a.mp3", hum(1), RATE)
    assert soundfile.info(tmp_path / "a.ogg").subtype == "VORBIS"
    assert soundfile.info(tmp_path / "a.mp3").subtype == "MPEG_LAYER_III"


def test_minutes_of_speech_stay_small(espeak, tmp_path):
    sentence, _ = espeak.say("builds", "Nine numbers find an upright edge anywhere, and they travel.")
    speech = np.resize(sentence, 200 * RATE)
    encoding.write_vorbis(tmp_path / "a.ogg", speech, RATE)
    assert len(encoding.read(tmp_path / "a.ogg")[0]) == RATE * 200
    assert (tmp_path / "a.ogg").stat().st_size < 900_000


def test_a_stereo_file_is_made_mono(tmp_path):
    soundfile.write(tmp_path / "a.wav", np.array([[0.5, 0.0], [0.25, 0.25]]), RATE)
    assert encoding.read(tmp_path / "a.wav")[0].tolist() == pytest.approx([0.25, 0.25], abs=1e-4)


@pytest.mark.parametrize("content", [None, b"", b"no sound at all", b"OggS" + bytes(100)])
def test_a_file_that_is_missing_or_damaged_is_one_line(tmp_path, content):
    file = tmp_path / "lesson.ogg"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(SpeechError, match=r"lesson\.ogg cannot be read as sound: .+\. Make it anew\.$"):
        encoding.read(file)


def test_a_file_of_no_length_is_one_line(tmp_path):
    encoding.write_vorbis(tmp_path / "a.ogg", hum(0), RATE)
    with pytest.raises(SpeechError, match="holds no sound"):
        encoding.read(tmp_path / "a.ogg")


@both
def test_a_folder_that_is_not_there_is_one_line(write, tmp_path):
    with pytest.raises(SpeechError, match=r"a\.ogg cannot be written: No such file or directory\."):
        write(tmp_path / "gone" / "a.ogg", hum(0.1), RATE)


def test_a_file_is_replaced_whole_or_not_at_all(tmp_path):
    file = tmp_path / "a.mp3"
    encoding.write_mp3(file, hum(1), RATE)
    before = file.read_bytes()
    with pytest.raises(SpeechError, match="only supports sample rates of"):
        encoding.write_mp3(file, hum(1), 12_345)
    assert file.read_bytes() == before
    encoding.write_mp3(file, hum(2), RATE)
    assert len(encoding.read(file)[0]) == 2 * RATE
    assert list(tmp_path.iterdir()) == [file]


@pytest.mark.skipif(sys.platform == "win32", reason="the limit on the size of files is Unix's")
@both
def test_a_full_disk_leaves_nothing_behind(write, tmp_path):
    import resource

    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, limits[1]))
    try:
        with pytest.raises(SpeechError, match="cannot be written"):
            write(tmp_path / "a", hum(20), RATE)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert not list(tmp_path.iterdir())


def test_without_soundfile_one_line_says_how_to_get_it(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "soundfile", None)
    with pytest.raises(SpeechError, match="pip install soundfile"):
        encoding.read(tmp_path / "a.ogg")
