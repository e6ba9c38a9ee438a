"""Where a lesson's sound comes from, and when it is made anew."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from cnntutor import paths
from cnntutor.course.cards import CardId, DemoLink
from cnntutor.course.load import load_course
from cnntutor.course.models import Chapter, Course, Line, Script, Sentence, Topic
from cnntutor.errors import SpeechError
from cnntutor.listen.encoding import read
from cnntutor.listen.engines.espeak import Espeak
from cnntutor.listen.library import Library, fingerprint
from cnntutor.listen.sound_folder import SoundFolder
from cnntutor.listen.timing import estimate


class Hum:
    """An engine that hums each word and counts its sentences."""

    def __init__(self) -> None:
        self.name = "hum"
        self.said = 0
        self.there = True
        self.closed = 0

    def __call__(self, piper: str = "") -> Hum:
        """Instead of `choose_engine`."""
        if not self.there:
            raise SpeechError("There is no speech engine here.")
        self.name = piper or self.name
        return self

    def __enter__(self) -> Hum:
        return self

    def __exit__(self, *_: object) -> None:
        self.closed += 1

    def say(self, role: str, text: str) -> tuple[np.ndarray, int]:
        self.said += 1
        return np.sin(np.arange(800 * len(text.split()), dtype=np.float32) / 10) / 2, 16_000


@pytest.fixture
def hum(monkeypatch: pytest.MonkeyPatch) -> Hum:
    hum = Hum()
    monkeypatch.setattr("cnntutor.listen.engines.choose.choose_engine", hum)
    return hum


@pytest.fixture
def course(home: Path) -> Course:
    return load_course(home.parent / "content" / "small")


@pytest.fixture
def topic(course: Course) -> Topic:
    return course.topic("edges")


def with_said(topic: Topic, change: Callable[[Sentence], Sentence]) -> Topic:
    """The topic with every sentence changed."""
    chapters = (
        replace(
            chapter,
            lines=tuple(replace(line, sentences=tuple(map(change, line.sentences))) for line in chapter.lines),
        )
        for chapter in topic.script.chapters
    )
    return replace(topic, script=Script(tuple(chapters)))


def test_a_lesson_is_spoken_once_and_then_found(course, topic, hum, home):
    library = Library(course)
    assert library.sound(topic) is None
    shares: list[float] = []
    made = library.make(topic, shares.append)
    assert (hum.said, hum.closed, shares[-1]) == (6, 1, 1.0)
    assert library.sound(topic) == Library(course).sound(topic) == made
    assert hum.said == 6
    assert made.file.is_relative_to(home / "cache")
    assert library.timetable(topic) == made.timetable
    assert library.seconds(topic) == made.timetable.duration != estimate(topic.script).duration


def test_a_damaged_sound_is_made_again(course, topic, hum):
    library = Library(course)
    made = library.make(topic)
    made.file.write_bytes(made.file.read_bytes()[:-100])
    assert library.sound(topic) is None
    library.make(topic)
    assert hum.said == 12
    assert library.sound(topic) == made


def test_a_changed_script_and_other_voices_are_spoken_anew(course, topic, hum):
    library = Library(course)
    library.make(topic)
    assert library.sound(with_said(topic, lambda said: replace(said, text=f"{said.text} So."))) is None
    hum.name = "another voice"
    assert library.sound(topic) is None
    assert library.make(topic).voices == "another voice"


def test_without_any_engine_what_was_spoken_before_is_still_there(course, topic, hum):
    library = Library(course)
    made = library.make(topic)
    hum.there = False
    assert library.sound(topic) == made
    with pytest.raises(SpeechError, match="no speech engine"):
        library.make(course.topic("pooling"))


def test_the_sound_that_ships_comes_first_but_for_voices_of_ones_own(course, topic, hum, tmp_path, monkeypatch):
    monkeypatch.setattr(paths, "assets_dir", lambda: tmp_path / "assets")
    folder = SoundFolder(tmp_path / "assets" / "sounds" / "small")
    shipped = Library(course).speak_into(folder, topic)
    hum.name = "another voice"
    Library(course).make(topic)
    assert Library(course).sound(topic) == shipped
    own = Library(course, "my voices")
    assert own.sound(topic) is None
    assert own.make(topic).voices == "my voices"
    edited = with_said(topic, lambda said: replace(said, text="Something else."))
    assert Library(course).sound(edited) is None


def test_a_lesson_in_which_nothing_is_said_has_no_sound(course, topic, hum):
    library, silent = Library(course), replace(topic, script=Script((Chapter("Empty", ()),)))
    assert library.sound(silent) is None
    assert library.seconds(silent) == 0
    with pytest.raises(SpeechError, match=r"“Edges”.*podcast\.md"):
        library.make(silent)
    assert hum.said == 0


def test_without_a_sound_the_times_are_estimated(course, topic, hum):
    assert Library(course).timetable(topic) == estimate(topic.script)


@pytest.mark.skipif(not Espeak.available(), reason="eSpeak NG has no wheel here")
def test_a_lesson_is_really_spoken(course, topic):
    sound = Library(course).make(topic)
    samples, rate = read(sound.file)
    assert len(samples) / rate == pytest.approx(sound.timetable.duration, abs=0.01)
    assert 8 < sound.timetable.duration < 25
    for line in sound.timetable.lines:
        said = samples[round(line.start * rate) : round(line.end * rate)]
        assert np.sqrt(np.square(said).mean()) > 0.01


# What a lesson sounds like


def test_the_fingerprint_is_that_of_what_is_said(course, topic):
    mark = fingerprint(course, topic)
    assert fingerprint(course, with_said(topic, lambda said: replace(said, text=said.text.upper()))) != mark
    assert fingerprint(course, course.topic("pooling")) != mark
    assert fingerprint(load_course(course.folder), topic) == mark


def test_the_fingerprint_knows_who_speaks_and_where_the_pauses_are(course, topic):
    mark = fingerprint(course, topic)
    swapped = replace(course, hosts={"Ada": "builds", "Ben": "asks"})
    chapters = topic.script.chapters
    one_chapter = replace(topic, script=Script((Chapter("All", chapters[0].lines + chapters[1].lines),)))
    first = chapters[0].lines[0]
    parted = (Line(first.host, first.sentences[:1]), Line(first.host, first.sentences[1:]))
    more_turns = replace(topic, script=Script((Chapter("One", parted + chapters[0].lines[1:]), *chapters[1:])))
    assert (
        len({mark, fingerprint(swapped, topic), fingerprint(course, one_chapter), fingerprint(course, more_turns)}) == 4
    )


def test_names_titles_and_marks_do_not_sound(course, topic):
    mark = fingerprint(course, topic)
    link = DemoLink("convolve", {})
    marked = with_said(topic, lambda said: replace(said, cards=(CardId("edges-name"),), demo=link, line=99))
    assert fingerprint(course, marked) == mark
    retitled = tuple(Chapter(chapter.title + "!", chapter.lines, 7) for chapter in topic.script.chapters)
    assert fingerprint(course, replace(topic, script=Script(retitled))) == mark
    renamed = tuple(
        Chapter(
            chapter.title, tuple(replace(line, host={"Ada": "Eve", "Ben": "Max"}[line.host]) for line in chapter.lines)
        )
        for chapter in topic.script.chapters
    )
    others = replace(course, hosts={"Eve": "asks", "Max": "builds"})
    assert fingerprint(others, replace(topic, script=Script(renamed))) == mark


def test_the_fingerprint_counts_the_entries_that_are_used(course, topic):
    topic = with_said(topic, lambda said: replace(said, text="A ReLU and two CNNs."))
    tables = [{}, {"ReLU": "ray loo"}, {"ReLU": "rell you"}, {"ReLU": "ray loo", "CNN": "C N N"}]
    marks = [fingerprint(replace(course, pronunciation=table), topic) for table in tables]
    assert len(set(marks)) == 4
    unused = {"GPU": "G P U", "CNN": "C N N", "ReLU": "ray loo"}
    assert fingerprint(replace(course, pronunciation=unused), topic) == marks[3]
