"""Recordings are listened to: what was written is decoded and measured against its times."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.signal import resample_poly

from cnntutor.course.models import Chapter, Line, Script, Sentence
from cnntutor.errors import SpeechError
from cnntutor.listen import encoding
from cnntutor.listen.clip import faded, trimmed
from cnntutor.listen.engines.flite import Flite
from cnntutor.listen.engines.piper import Piper
from cnntutor.listen.loudness import PEAK, even_gains, speech_level
from cnntutor.listen.resample import upsampled
from cnntutor.listen.synthesis import QUIET_AT_THE_END, synthesise
from cnntutor.listen.timing import CHAPTER_PAUSE, SENTENCE_PAUSE, TURN_PAUSE, places

ROLES = {"Ada": "asks", "Ben": "builds"}
RATE = 16_000


def line(host, *sentences):
    return Line(host, tuple(map(Sentence, sentences)))


SCRIPT = Script(
    (
        Chapter("One", (line("Ada", "What moves?"), line("Ben", "A kernel of 3×3 moves.", "It finds the same edges."))),
        Chapter("Two", (line("Ada", "So one edge is found everywhere."),)),
    )
)
PAUSES = [TURN_PAUSE, SENTENCE_PAUSE, CHAPTER_PAUSE]


class Mouth:
    """An engine that hums, or has another speak, and remembers what it was given."""

    name = "mouth"

    def __init__(self, engine=None, refuses=None):
        self.heard = []
        self._engine, self._refuses = engine, refuses

    def say(self, role, text):
        self.heard.append((role, text))
        if text == self._refuses:
            raise SpeechError("no")
        if self._engine is not None:
            return self._engine.say(role, text)
        return np.sin(np.arange(RATE // 4, dtype=np.float32) / 10) / 2, RATE


def decibels(samples):
    return 10 * np.log10(np.square(samples, dtype=np.float64).mean() + 1e-12)


def cut(samples, rate, start, end):
    return samples[round(start * rate) : round(end * rate)]


@pytest.fixture(scope="module", params=["espeak", "flite"])
def recording(request):
    if request.param == "espeak":
        return synthesise(SCRIPT, ROLES, {}, request.getfixturevalue("espeak"))
    if not Flite.available():
        pytest.skip("flite is not installed")
    return synthesise(SCRIPT, ROLES, {}, Flite())


@pytest.fixture(scope="module")
def heard(recording, tmp_path_factory):
    """What a listener gets: the recording, written and read."""
    file = tmp_path_factory.mktemp("sounds") / "lesson.ogg"
    encoding.write_vorbis(file, recording.samples, recording.rate)
    return encoding.read(file)


def test_the_file_lasts_as_long_as_its_times_say(recording, heard):
    samples, rate = heard
    assert rate == recording.rate
    assert len(samples) / rate == pytest.approx(recording.spans[-1][1] + QUIET_AT_THE_END, abs=0.02)
    assert recording.duration == pytest.approx(len(samples) / rate, abs=0.02)


def test_every_sentence_is_heard_from_its_start_to_its_end(recording, heard):
    assert len(recording.spans) == 4
    for start, end in recording.spans:
        assert end - start > 0.3
        assert decibels(cut(*heard, start, end)) > -26
        assert decibels(cut(*heard, start, start + 0.1)) > -50
        assert decibels(cut(*heard, end - 0.15, end)) > -55


def test_every_pause_is_quiet_and_as_long_as_the_script_wants(recording, heard):
    gaps = [(before[1], after[0]) for before, after in pairwise(recording.spans)]
    assert recording.spans[0][0] == 0
    assert [after - before for before, after in gaps] == pytest.approx(PAUSES, abs=0.001)
    for start, end in [*gaps, (recording.spans[-1][1], recording.duration)]:
        assert decibels(cut(*heard, start + 0.01, end - 0.01)) < -60


def test_the_hosts_are_told_apart_by_their_pitch(recording, heard, pitch):
    voices = voices_of(recording, heard)
    assert pitch(voices["Ada"], recording.rate) > 1.4 * pitch(voices["Ben"], recording.rate)


def test_the_hosts_are_equally_loud(recording, heard):
    ada, ben = (decibels(voice) for voice in voices_of(recording, heard).values())
    assert ada == pytest.approx(ben, abs=1.5)


def test_nothing_clips(recording, heard):
    assert np.abs(recording.samples).max() <= PEAK + 1e-6
    assert np.abs(heard[0]).max() < 1


def voices_of(recording, heard):
    said = {host: [] for host in ROLES}
    for place, span in zip(places(SCRIPT), recording.spans, strict=True):
        said[place.host].append(cut(*heard, *span))
    return {host: np.concatenate(clips) for host, clips in said.items()}


def test_progress_grows_until_it_reaches_one():
    told = []
    synthesise(SCRIPT, ROLES, {}, Mouth(), told.append)
    assert told == [0.25, 0.5, 0.75, 1.0]


def test_the_engine_gets_words_in_the_voice_of_the_hosts_role():
    mouth = Mouth()
    script = Script((Chapter("One", (line("Ada", "Is ReLU at 3×3?"), line("Ben", "Yes."))),))
    synthesise(script, ROLES, {"ReLU": "ray loo"}, mouth)
    assert sorted(mouth.heard) == [("asks", "Is ray loo at three by three?"), ("builds", "Yes.")]


def test_a_sentence_without_words_is_a_moment_of_quiet(espeak):
    script = Script((Chapter("One", (line("Ada", "…", "Well."),)),))
    made = synthesise(script, ROLES, {}, espeak)
    (start, end), (after, _) = made.spans
    assert 0 < end - start < 0.5
    assert after - end == pytest.approx(SENTENCE_PAUSE, abs=0.001)
    assert not cut(made.samples, made.rate, start, end).any()
    assert cut(made.samples, made.rate, after, made.duration).any()


def test_a_script_without_a_word_is_quiet():
    made = synthesise(Script((Chapter("One", (line("Ben", "…"),)),)), ROLES, {}, Mouth())
    assert made.duration > QUIET_AT_THE_END
    assert not made.samples.any()


LONG = Script((Chapter("One", (line("Ada", "No.", *["Nine numbers find an upright edge anywhere."] * 300),)),))


def test_an_engine_that_fails_ends_the_work(espeak):
    mouth = Mouth(espeak, refuses="No.")
    with pytest.raises(SpeechError, match=r"^no$"):
        synthesise(LONG, ROLES, {}, mouth)
    assert len(mouth.heard) < 301


def test_whoever_watches_can_stop_the_work(espeak):
    def enough(share):
        told.append(share)
        raise InterruptedError

    told, mouth = [], Mouth(espeak)
    with pytest.raises(InterruptedError):
        synthesise(LONG, ROLES, {}, mouth, enough)
    assert told == [1 / 301]
    assert len(mouth.heard) < 301


@pytest.mark.usefixtures("fake_piper")
def test_voices_of_different_rates_meet_at_the_higher_one_and_keep_their_pitch(piper_voice, pitch):
    low, high = piper_voice("low", pitch=110, rate=16_000), piper_voice("high", pitch=220)
    with Piper(f"{low};{high}") as engine:
        made = synthesise(SCRIPT, ROLES, {}, engine)
    assert made.rate == 22_050
    assert made.voices == "piper low, high"
    voices = voices_of(made, (made.samples, made.rate))
    assert pitch(voices["Ada"], 22_050) == pytest.approx(110, rel=0.02)
    assert pitch(voices["Ben"], 22_050) == pytest.approx(220, rel=0.02)


def noise(seconds, level):
    """Noise of so many dB below full scale."""
    return np.random.default_rng(7).normal(0, 10 ** (level / 20), round(seconds * RATE)).astype(np.float32)


def test_trimming_keeps_soft_consonants_and_drops_the_engines_hiss():
    vowel, consonant, hiss = noise(0.3, -15), noise(0.12, -15 - 36), noise(0.4, -15 - 52)
    kept = trimmed(np.concatenate([hiss, consonant, vowel, consonant, hiss]), RATE)
    assert len(kept) / RATE == pytest.approx(0.54 + 2 * 0.015, abs=0.011)


def test_a_pause_inside_a_sentence_stays():
    vowel = noise(0.3, -15)
    sentence = np.concatenate([vowel, np.zeros(RATE, np.float32), vowel])
    assert len(trimmed(sentence, RATE)) == len(sentence)


@pytest.mark.parametrize("samples", [np.zeros(0, np.float32), np.zeros(RATE, np.float32), noise(0.5, -95)])
def test_silence_is_trimmed_to_nothing(samples):
    assert len(trimmed(samples, RATE)) == 0


@given(st.integers(0, 400))
def test_a_faded_sentence_starts_and_ends_in_silence(length):
    sound = np.ones(length, np.float32)
    softened = faded(sound, RATE)
    assert len(softened) == length
    assert (softened <= sound).all()
    assert not softened[:1].any() or length < 2
    assert not softened[-1:].any() or length < 2
    assert (sound == 1).all()


@given(st.floats(-50, -3), st.floats(-50, -3))
def test_voices_become_equally_loud_and_stay_below_the_peak(one, two):
    voices = [[noise(0.2, one), noise(0.1, one)], [noise(0.3, two)]]
    gains = even_gains(voices, RATE)
    louder = [[clip * gain for clip in clips] for clips, gain in zip(voices, gains, strict=True)]
    first, second = (speech_level(clips, RATE) for clips in louder)
    assert first == pytest.approx(second, rel=0.001)
    assert max(np.abs(clip).max() for clips in louder for clip in clips) <= PEAK + 1e-6


def test_pauses_make_no_voice_quieter():
    vowel = noise(0.5, -20)
    with_pauses = np.concatenate([vowel, noise(1, -50), vowel])
    assert speech_level([with_pauses], RATE) == pytest.approx(speech_level([vowel], RATE), rel=0.01)


def test_a_silent_voice_is_left_alone():
    assert even_gains([[np.zeros(100, np.float32)], [np.zeros(0, np.float32)]], RATE) == [1.0, 1.0]


@pytest.mark.parametrize(("rate", "wanted"), [(16_000, 22_050), (22_050, 24_000), (8_000, 16_000)])
def test_upsampling_agrees_with_scipy_on_speech(espeak, rate, wanted):
    speech = espeak.say("asks", "Nine numbers.")[0]
    up, down = wanted // np.gcd(rate, wanted), rate // np.gcd(rate, wanted)
    ours, theirs = upsampled(speech, rate, wanted), resample_poly(speech, up, down)
    assert ours.dtype == np.float32
    assert len(ours) == len(speech) * wanted // rate
    assert decibels(ours - theirs[: len(ours)]) < decibels(theirs) - 25


@given(st.floats(50, 6_000), st.sampled_from([22_050, 24_000, 44_100]))
def test_an_upsampled_tone_is_the_same_tone(hertz, wanted):
    tone = np.sin(2 * np.pi * hertz * np.arange(2_000) / RATE).astype(np.float32)
    made = upsampled(tone, RATE, wanted)
    meant = np.sin(2 * np.pi * hertz * np.arange(len(made)) / wanted)
    assert np.abs(made - meant)[100:-100].max() < 0.005


def test_downsampling_is_refused():
    with pytest.raises(ValueError, match="cannot be upsampled"):
        upsampled(noise(0.1, -20), 22_050, 16_000)
