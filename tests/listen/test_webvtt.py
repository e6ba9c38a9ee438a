"""A transcript as captions, read back by the grammar of the format."""

from __future__ import annotations

import html
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnntutor.course.models import Sentence
from cnntutor.listen.timing import TimedLine, Timetable
from cnntutor.listen.webvtt import webvtt

STAMP = r"\d{2,}:[0-5]\d:[0-5]\d\.\d{3}"
TIMES = re.compile(rf"({STAMP}) --> ({STAMP})")
REFERENCE = r"&(?:amp|lt|gt|lrm|rlm|nbsp|#\d+);"
CUE_TEXT = re.compile(rf"<v ((?:[^&<>]|{REFERENCE})+)>((?:[^&<>]|{REFERENCE})*)")

Cue = tuple[float, float, str, str]
"""Start, end, voice, words."""

WORDS = st.text(min_size=1).filter(lambda text: text.replace("\0", " ").strip())
SECONDS = st.floats(0, 500_000, allow_nan=False)


def read(text: str) -> list[Cue]:
    """The cues of a WebVTT file. Every line must be as section 4.1 of the specification has it."""
    assert "\r" not in text
    assert "\0" not in text
    assert text.endswith("\n")
    magic, *blocks = text.removesuffix("\n").split("\n\n")
    assert magic == "WEBVTT"
    return [cue for block in blocks if (cue := _cue(block)) is not None]


def _cue(block: str) -> Cue | None:
    if block.startswith("NOTE "):
        assert "-->" not in block
        assert "\n" not in block
        return None
    times, words = block.split("\n")
    when, what = TIMES.fullmatch(times), CUE_TEXT.fullmatch(words)
    assert when is not None, times
    assert what is not None, words
    return _seconds(when[1]), _seconds(when[2]), html.unescape(what[1]), html.unescape(what[2])


def _seconds(stamp: str) -> float:
    hours, minutes, seconds = stamp.split(":")
    return int(hours) * 3600 + int(minutes) * 60 + float(seconds)


def one_line(text: str) -> str:
    return " ".join(text.replace("\0", " ").split())


@st.composite
def timetables(draw: st.DrawFn) -> Timetable:
    times = sorted(draw(st.lists(SECONDS, min_size=2, max_size=12)))
    lines = [
        TimedLine(start, end, draw(WORDS), Sentence(draw(WORDS)), 0)
        for start, end in zip(times[::2], times[1::2], strict=False)
    ]
    return Timetable(tuple(lines), ("A chapter",), times[-1])


@given(timetables(), st.text())
def test_what_is_written_is_valid_and_reads_back(timetable: Timetable, title: str) -> None:
    cues = read(webvtt(timetable, title))
    assert [(voice, words) for _, _, voice, words in cues] == [
        (one_line(line.host), one_line(line.text)) for line in timetable.lines
    ]
    for (start, end, _, _), line in zip(cues, timetable.lines, strict=True):
        assert start == pytest.approx(line.start, abs=0.00051)
        assert end == pytest.approx(line.end, abs=0.00151)
        assert start < end
    assert sorted(start for start, *_ in cues) == [start for start, *_ in cues]


def test_a_transcript_looks_like_this() -> None:
    lines = (
        TimedLine(0.0, 1.25, "Ada", Sentence("Is 3 < 5 & 5 > 3?"), 0),
        TimedLine(3661.0004, 3662.9996, "Ben", Sentence("It is."), 1),
    )
    assert webvtt(Timetable(lines, ("One", "Two"), 3663.0), "What --> is\nless?") == (
        "WEBVTT\n\n"
        "NOTE What → is less?\n\n"
        "00:00:00.000 --> 00:00:01.250\n<v Ada>Is 3 &lt; 5 &amp; 5 &gt; 3?\n\n"
        "01:01:01.000 --> 01:01:03.000\n<v Ben>It is.\n"
    )


def test_silence_is_a_file_without_cues() -> None:
    assert webvtt(Timetable((), (), 0.0)) == "WEBVTT\n"
