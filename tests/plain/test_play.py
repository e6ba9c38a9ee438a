"""A lesson played as text: each sentence is printed when its time comes."""

from __future__ import annotations

import re
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from cnntutor.course.load import load_course
from cnntutor.errors import UsageError
from cnntutor.plain import listen
from cnntutor.plain.listen import play_plainly
from cnntutor.plain.terminal import say
from cnntutor.services import Services

PODCAST = """\
# Edges

## The puzzle

Ada: Who? You?

## The answer

Ben: Me.
"""


@pytest.fixture
def services(services: Services, home: Path, monkeypatch: pytest.MonkeyPatch) -> Services:
    """A course with a lesson of three words, and a listener in a hurry who needs no sound."""
    folder = home.parent / "content" / "small"
    (folder / "edges" / "podcast.md").write_text(PODCAST, encoding="utf-8")
    (folder / "pooling" / "podcast.md").write_text("# Pooling\n", encoding="utf-8")
    monkeypatch.setenv("CNNTUTOR_SOUND", "off")
    services.store.remember("listening", {"speed": 3.0, "volume": 1.0})
    return Services(load_course(folder), services.store)


def test_a_lesson_is_printed_sentence_by_sentence_under_its_chapters(services, capsys):
    play_plainly(services, "edges")
    why, *said = filter(None, capsys.readouterr().out.splitlines())
    assert "reading speed" in why
    assert said == ["The puzzle", "0:00 Ada: Who?", "0:00 Ada: You?", "The answer", "0:01 Ben: Me."]


@pytest.fixture
def ctrl_c(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The learner presses Ctrl+C as soon as the last sentence is printed."""

    def say_and_press(line: str) -> None:
        say(line)
        if "Me." in line:
            signal.raise_signal(signal.SIGINT)

    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    monkeypatch.setattr(listen, "say", say_and_press)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("ctrl_c")
def test_ctrl_c_ends_it_and_keeps_the_place(services, capsys):
    play_plainly(services, "edges")
    assert re.search(r"Ben: Me\.\s*$", capsys.readouterr().out)
    place = services.store.recall("listen/edges")
    assert (place["sentence"], place["heard"]) == (2, False)


def test_a_lesson_without_a_script_says_so(services, capsys):
    play_plainly(services, "pooling")
    assert capsys.readouterr().out == "Nothing is said in this lesson yet.\n"


def test_a_lesson_that_does_not_exist_is_refused(services):
    with pytest.raises(UsageError, match="edgse"):
        play_plainly(services, "edgse")
