"""When each sentence is said."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnntutor.course.models import Chapter, Line, Script
from cnntutor.listen.timing import CHAPTER_PAUSE, TURN_PAUSE, duration, seconds_to_say, sentences, timetable

WORDS = st.lists(st.sampled_from(["one", "Two", "e.g.", "3.5", "end.", "why?", "ResNet-50."]), min_size=1, max_size=12)
TURNS = st.lists(st.builds(Line, st.sampled_from(["Ada", "Ben"]), WORDS.map(" ".join)), min_size=1, max_size=4)
SCRIPTS = st.lists(st.builds(Chapter, st.just("Chapter"), TURNS.map(tuple)), max_size=4).map(lambda c: Script(tuple(c)))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One. Two! Three? Four… Five", ["One.", "Two!", "Three?", "Four…", "Five"]),
        ("It takes 3.5 million. See ResNet-50. Then go.", ["It takes 3.5 million.", "See ResNet-50.", "Then go."]),
        ("Some nets, e.g. ResNet, i.e. this one.", ["Some nets, e.g. ResNet, i.e. this one."]),
        ("See Fig. 3 of Dr. Y. LeCun. No. Never.", ["See Fig. 3 of Dr. Y. LeCun.", "No.", "Never."]),
        ("Kernels, biases, etc. And a vitamin C. Done.", ["Kernels, biases, etc.", "And a vitamin C.", "Done."]),
        ("He said “yes.” Then (why?) he left.", ["He said “yes.”", "Then (why?) he left."]),
        ("", []),
    ],
)
def test_a_turn_is_split_where_sentences_end(text, expected):
    assert sentences(text) == expected


@given(WORDS.map(" ".join))
def test_splitting_loses_no_word(text):
    assert " ".join(sentences(text)).split() == text.split()


@given(SCRIPTS)
def test_sentences_follow_one_another_in_time(script):
    table = timetable(script)
    assert all(line.start < line.end for line in table)
    assert all(one.end <= two.start for one, two in pairwise(table))
    assert [line.chapter for line in table] == sorted(line.chapter for line in table)
    assert sum(len(line.text.split()) for line in table) == script.words
    assert duration(script) == (table[-1].end if table else 0)


def test_pauses_part_turns_and_longer_ones_chapters():
    turns = (Line("Ada", "One. Two."), Line("Ben", "Three."))
    first, second, third, fourth, _ = timetable(Script((Chapter("a", turns), Chapter("b", turns))))[:5]
    assert second.start == first.end == pytest.approx(seconds_to_say("one"))
    assert third.start - second.end == pytest.approx(TURN_PAUSE)
    assert fourth.start - third.end == pytest.approx(CHAPTER_PAUSE)
    assert (first.host, third.host, third.chapter, fourth.chapter) == ("Ada", "Ben", 0, 1)


def test_a_script_of_515_words_lasts_about_three_minutes_twenty():
    chapters = tuple(
        Chapter(str(n), tuple(Line(host, "word " * 20 + "end.") for host in ("Ada", "Ben") * 3)) for n in range(4)
    )
    script = Script(chapters)
    assert script.words == 504
    assert duration(script) == pytest.approx(200, abs=8)


def test_silence_lasts_no_time():
    assert duration(Script(())) == 0
