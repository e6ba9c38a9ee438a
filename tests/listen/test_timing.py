"""When each sentence is said."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnntutor.course.models import Chapter, Line, Script, Sentence
from cnntutor.listen.timing import (
    CHAPTER_PAUSE,
    READING_WORDS_PER_MINUTE,
    SENTENCE_PAUSE,
    TURN_PAUSE,
    WORDS_PER_MINUTE,
    estimate,
    timed,
)

SENTENCES = st.lists(st.sampled_from(["one", "two", "3×3"]), min_size=1, max_size=9).map(" ".join).map(Sentence)
LINES = st.builds(Line, st.sampled_from(["Ada", "Ben"]), st.lists(SENTENCES, min_size=1, max_size=3).map(tuple))
CHAPTERS = st.builds(Chapter, st.sampled_from("abc"), st.lists(LINES, max_size=3).map(tuple))
SCRIPTS = st.lists(CHAPTERS, max_size=4).map(lambda chapters: Script(tuple(chapters)))


def line(host: str, *sentences: str) -> Line:
    return Line(host, tuple(map(Sentence, sentences)))


SCRIPT = Script(
    (
        Chapter("First", (line("Ada", "One.", "Two."), line("Ben", "Three."))),
        Chapter("Nothing is said here", ()),
        Chapter("Last", (line("Ada", "Four."),)),
    )
)


@given(SCRIPTS)
def test_sentences_follow_one_another_in_time(script):
    table = estimate(script)
    assert all(line.start < line.end for line in table.lines)
    assert all(one.end < two.start for one, two in pairwise(table.lines))
    assert [line.chapter for line in table.lines] == sorted(line.chapter for line in table.lines)
    assert sum(len(line.text.split()) for line in table.lines) == script.words
    assert table.duration == (table.lines[-1].end if table.lines else 0)


def test_pauses_part_sentences_longer_ones_turns_and_the_longest_chapters():
    lines = estimate(SCRIPT).lines
    word = 60 / WORDS_PER_MINUTE
    assert [line.end - line.start for line in lines] == pytest.approx([word] * 4)
    gaps = [two.start - one.end for one, two in pairwise(lines)]
    assert gaps == pytest.approx([SENTENCE_PAUSE, TURN_PAUSE, CHAPTER_PAUSE])
    assert [(line.host, line.chapter) for line in lines] == [("Ada", 0), ("Ada", 0), ("Ben", 0), ("Ada", 2)]


@given(SCRIPTS)
def test_who_reads_silently_is_faster_by_the_same_factor_everywhere(script):
    spoken, read = estimate(script), estimate(script, READING_WORDS_PER_MINUTE)
    factor = WORDS_PER_MINUTE / READING_WORDS_PER_MINUTE
    assert read.starts == pytest.approx([start * factor for start in spoken.starts])
    assert read.duration == pytest.approx(spoken.duration * factor)


@given(SCRIPTS, st.floats(-1, 200))
def test_a_sentence_holds_the_time_up_to_the_next(script, seconds):
    table = estimate(script)
    begun = [index for index, line in enumerate(table.lines) if line.start <= seconds]
    assert table.index_at(seconds) == (begun[-1] if begun else 0)
    running = [index for index, (start, _) in enumerate(table.chapters) if start <= seconds]
    assert table.chapter_at(seconds) == (running[-1] if running else 0)


def test_a_chapter_in_which_nothing_is_said_is_left_out():
    table = estimate(SCRIPT)
    assert table.chapters == ((0.0, "First"), (table.lines[3].start, "Last"))


def test_known_times_are_taken_as_they_are():
    spans = [(0.0, 1.0), (1.5, 2.0), (2.0, 3.0), (4.0, 5.0)]
    table = timed(SCRIPT, spans, 5.4)
    assert [(line.start, line.end) for line in table.lines] == spans
    assert [line.text for line in table.lines] == ["One.", "Two.", "Three.", "Four."]
    assert table.duration == 5.4


@pytest.mark.parametrize("count", [3, 5])
def test_times_of_another_number_of_sentences_are_refused(count):
    with pytest.raises(ValueError, match="zip"):
        timed(SCRIPT, [(0.0, 1.0)] * count, 9.0)


def test_a_script_of_500_words_lasts_about_three_minutes_twenty():
    turns = tuple(line(host, "word " * 9 + "end.", "word " * 10 + "end.") for host in ("Ada", "Ben") * 3)
    script = Script(tuple(Chapter(title, turns) for title in "abcd"))
    assert script.words == 504
    assert estimate(script).duration == pytest.approx(200, abs=10)


def test_silence_lasts_no_time():
    table = estimate(Script(()))
    assert (table.lines, table.chapters, table.duration, table.index_at(3), table.chapter_at(3)) == ((), (), 0, 0, 0)
