"""What is kept about listening, also when the script was edited or the records hold rubbish."""

from __future__ import annotations

import json
from math import isfinite
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnntutor.course.models import Chapter, Line, Script, Sentence
from cnntutor.listen.shelf import HABITS, Bookmark, Habits, Shelf
from cnntutor.listen.timing import READING_WORDS_PER_MINUTE, Timetable, estimate, timed


class Drawer:
    """Records that keep what JSON keeps."""

    def __init__(self, **kept: Any) -> None:
        self.kept = {key: json.dumps(value) for key, value in kept.items()}

    def remember(self, key: str, value: Any) -> None:
        self.kept[key] = json.dumps(value)

    def recall(self, key: str) -> Any:
        return json.loads(self.kept[key]) if key in self.kept else None


def script(*sentences: str) -> Script:
    return Script((Chapter("One", tuple(Line("Ada", (Sentence(text),)) for text in sentences)),))


SAID = ("A puzzle.", "I see.", "Nine numbers travel over the picture.", "I see.", "Good night.")
TABLE = estimate(script(*SAID))
SENTENCES = st.integers(1, 9).map(lambda words: " ".join(["word"] * words))
SCRIPTS = st.lists(SENTENCES, min_size=1, max_size=6).map(lambda texts: script(*texts))


@st.composite
def tables(draw: st.DrawFn) -> tuple[Timetable, Timetable]:
    """One script as it was spoken, and at reading pace."""
    spoken = draw(SCRIPTS)
    count = len(estimate(spoken).lines)
    steps = draw(st.lists(st.floats(0.05, 20), min_size=2 * count, max_size=2 * count))
    ends = [sum(steps[: number + 1]) for number in range(2 * count)]
    spans = list(zip(ends[::2], ends[1::2], strict=True))
    return timed(spoken, spans, ends[-1] + 0.4), estimate(spoken, READING_WORDS_PER_MINUTE)


@given(tables(), st.floats(0, 1, exclude_max=True), st.booleans())
def test_a_place_is_the_same_sentence_at_another_pace(both, share, read_first):
    one, other = both[::-1] if read_first else both
    shelf = Shelf(Drawer())
    position = share * one.duration
    shelf.keep_place("edges", one, position)
    line, same = one.lines[one.index_at(position)], other.lines[one.index_at(position)]
    place = shelf.place("edges", other)
    assert other.index_at(place) == one.index_at(position)
    said = min(max(0, (position - line.start) / (line.end - line.start)), 1)
    assert place == pytest.approx(same.start + said * (same.end - same.start), abs=0.001 * (same.end - same.start))


@given(st.floats(0, TABLE.duration, exclude_max=True))
def test_a_place_in_a_sentence_is_kept_to_a_few_milliseconds(position):
    shelf = Shelf(Drawer())
    shelf.keep_place("edges", TABLE, position)
    place = shelf.place("edges", TABLE)
    pause_after = TABLE.lines[TABLE.index_at(position)].end < position
    assert place == (TABLE.lines[TABLE.index_at(position)].end if pause_after else pytest.approx(position, abs=0.005))


@pytest.mark.parametrize("position", [TABLE.duration, TABLE.duration + 1])
def test_a_lesson_that_was_heard_begins_anew(position):
    shelf = Shelf(Drawer())
    shelf.keep_place("edges", TABLE, 2.0)
    shelf.keep_place("edges", TABLE, position)
    assert shelf.place("edges", TABLE) == 0.0
    shelf.keep_place("edges", TABLE, 0.5)
    assert shelf.place("edges", TABLE) == pytest.approx(0.5, abs=0.005)


def test_each_lesson_has_a_place_of_its_own():
    shelf = Shelf(Drawer())
    shelf.keep_place("edges", TABLE, 2.0)
    assert shelf.place("pooling", TABLE) == 0.0


def test_a_lesson_without_a_script_has_no_place():
    shelf, nothing = Shelf(Drawer()), estimate(Script(()))
    shelf.keep_place("edges", nothing, 0.0)
    assert shelf.place("edges", nothing) == 0.0


def test_a_place_beyond_the_end_of_a_script_that_was_cut_is_the_beginning():
    shelf = Shelf(Drawer())
    shelf.keep_place("edges", TABLE, TABLE.lines[-1].start)
    assert shelf.place("edges", estimate(script(*SAID[:2]))) == 0.0


NUMBERS = st.integers() | st.floats() | st.sampled_from([10**400, -(10**400), True])
RUBBISH = st.recursive(
    st.none() | st.booleans() | NUMBERS | st.text(max_size=5) | st.sampled_from(SAID),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=5,
)


def nearly(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Anything, or what looks right but for its values."""
    return RUBBISH | st.fixed_dictionaries({}, optional={name: known | RUBBISH for name, known in fields.items()})


@given(nearly(sentence=st.integers(-2, 9), share=NUMBERS, heard=st.just(False)))
def test_whatever_the_records_hold_the_place_lies_in_the_lesson(kept):
    place = Shelf(Drawer(**{"listen/edges": kept})).place("edges", TABLE)
    assert 0 <= place <= TABLE.duration


MARKS = nearly(sentence=st.integers(-2, 9), text=st.sampled_from(SAID), note=st.text(max_size=3))


@given(RUBBISH | st.lists(MARKS, max_size=4))
def test_whatever_the_records_hold_every_bookmark_stands_at_its_sentence(kept):
    marks = Shelf(Drawer(**{"bookmarks/edges": kept})).bookmarks("edges", TABLE)
    assert [SAID[mark.sentence] for mark in marks] == [mark.text for mark in marks]
    assert [mark.sentence for mark in marks] == sorted(mark.sentence for mark in marks)


@given(nearly(speed=NUMBERS, volume=NUMBERS | st.sampled_from(["1.5", "nan", "loud"])))
def test_whatever_the_records_hold_the_habits_are_numbers(kept):
    habits = Shelf(Drawer(**{HABITS: kept})).habits
    assert isfinite(habits.speed)
    assert isfinite(habits.volume)


@given(st.floats(0.5, 3), st.floats(0, 1))
def test_habits_are_kept(speed, volume):
    drawer = Drawer()
    Shelf(drawer).keep_habits(Habits(speed, volume))
    assert Shelf(drawer).habits == Habits(speed, volume)


def test_who_has_no_habits_yet_listens_as_it_was_spoken():
    assert Shelf(Drawer()).habits == Habits(1.0, 1.0)


def marked(*numbers: int) -> Shelf:
    """A shelf with bookmarks at these sentences of `SAID`, each noted with its number."""
    shelf = Shelf(Drawer())
    shelf.keep_bookmarks("edges", [Bookmark(number, SAID[number], f"note {number}") for number in numbers])
    return shelf


def test_bookmarks_come_back_in_the_order_of_the_lesson():
    shelf = marked(4, 0, 2)
    assert shelf.bookmarks("edges", TABLE) == [Bookmark(n, SAID[n], f"note {n}") for n in (0, 2, 4)]
    assert shelf.bookmarks("pooling", TABLE) == []


@pytest.mark.parametrize(
    ("edited", "found"),
    [
        (("A new beginning.", *SAID), {1: "note 0", 3: "note 2", 5: "note 4"}),
        (SAID[1:], {1: "note 2", 3: "note 4"}),
        ((*SAID[:2], "Nine numbers travel across the image.", *SAID[3:]), {0: "note 0", 2: "note 2", 4: "note 4"}),
        (SAID[:2], {0: "note 0"}),
        ((), {}),
    ],
)
def test_a_bookmark_follows_its_sentence_through_edits(edited, found):
    marks = marked(0, 2, 4).bookmarks("edges", estimate(script(*edited)))
    assert {mark.sentence: mark.note for mark in marks} == found
    assert [mark.text for mark in marks] == [edited[mark.sentence] for mark in marks]


@pytest.mark.parametrize(("number", "edited", "at"), [(3, ("New.", *SAID), 4), (1, ("New.", *SAID), 2), (3, SAID, 3)])
def test_of_sentences_that_are_alike_a_bookmark_keeps_to_the_nearest(number, edited, at):
    assert [mark.sentence for mark in marked(number).bookmarks("edges", estimate(script(*edited)))] == [at]
