"""The plain mode, driven through a pipe as a screen reader's terminal would."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from cnntutor.memory.models import Rating
from cnntutor.plan import place_key, quiz_key
from cnntutor.services import Services

Type = Callable[..., str]
LONG_AGO = datetime(2025, 3, 10, 12, 0, tzinfo=UTC)


@pytest.fixture
def type_at(home: Path) -> Type:
    """`type_at("review", lines=…)` types lines at `cnntutor --plain review` and gives what it printed."""

    def command(*words: str, lines: tuple[str, ...] = ()) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "cnntutor", "--plain", *words],
            input="".join(f"{line}\n" for line in lines),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
            env=dict(os.environ),
        )
        assert done.returncode == 0, done.stderr
        assert "\x1b" not in done.stdout
        return done.stdout

    return command


def log() -> list[dict[str, object]]:
    done = subprocess.run(
        [sys.executable, "-m", "cnntutor", "log", "--json"], capture_output=True, text=True, check=True, timeout=60
    )
    rows: list[dict[str, object]] = json.loads(done.stdout)
    return rows


def test_a_card_is_reviewed_with_two_lines(type_at: Type) -> None:
    text = type_at("review", lines=("", "4", "q"))
    assert "small block of weights" in text
    assert "The kernel." in text
    assert "4 easy (" in text
    assert "1 answer" in text
    assert [(row["card"], row["rating"]) for row in log()] == [("edges-name", "easy")]


def test_a_hint_an_undo_and_a_line_that_means_nothing(type_at: Type) -> None:
    text = type_at("review", lines=("h", "", "what?", "3", "", "u", "q"))
    assert "It begins with a k." in text
    assert "Rate with a number" in text
    assert "Taken back." in text
    assert log() == []


def test_input_that_ends_keeps_what_was_answered(type_at: Type) -> None:
    type_at("review", lines=("", "3"))
    assert len(log()) == 1


class Conversation:
    """A plain session that is answered line by line, as its prompts come."""

    def __init__(self, *words: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "cnntutor", "--plain", *words],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=dict(os.environ),
        )
        self._out = self.process.stdout
        self._in = self.process.stdin
        # One that waits for something else is ended, so that `hear` ends too.
        self.patience = threading.Timer(60, self.process.kill)
        self.patience.start()

    def hear(self, *ends: str) -> str:
        """What is said up to and with one of these ends."""
        assert self._out is not None
        heard = b""
        while not heard.endswith(tuple(end.encode() for end in ends)):
            letter = self._out.read(1)
            assert letter, heard.decode()
            heard += letter
        return heard.decode()

    def say(self, line: str) -> None:
        assert self._in is not None
        self._in.write(f"{line}\n".encode())
        self._in.flush()

    def end(self) -> str:
        """The rest of what is said; it has to end well."""
        assert self._in is not None
        assert self._out is not None
        self._in.close()
        rest = self._out.read()
        assert self.process.wait() == 0
        return rest.decode()


@pytest.fixture
def talk(home: Path) -> Iterator[Callable[..., Conversation]]:
    """`talk("quiz", "edges")` starts a conversation."""
    begun: list[Conversation] = []

    def begin(*words: str) -> Conversation:
        begun.append(Conversation(*words))
        return begun[-1]

    yield begin
    for conversation in begun:
        conversation.patience.cancel()
        with conversation.process as process:
            process.kill()


EXPLAINED = {"kernel": "That is its name.", "pixel": "A pixel is what it reads.", "stride": "how far it moves."}


@pytest.mark.parametrize("choice", EXPLAINED)
def test_a_quiz_asks_for_confidence_first_and_explains_the_very_choice(
    talk: Callable[..., Conversation], choice: str
) -> None:
    quiz = talk("quiz", "edges")
    for _ in range(2):
        question = quiz.hear("4 sure: ")
        quiz.say("3")
        if quiz.hear("One letter: ", "A number: ") == "A number: ":
            quiz.say("-1")
            quiz.hear("if you were right after all. ")
            quiz.say("")
            continue
        options = {name: letter for letter, name in re.findall(r"^([a-c])\. (\w+)$", question, re.MULTILINE)}
        quiz.say(options[choice])
        graded = quiz.hear(EXPLAINED[choice])
        assert graded.startswith("Right." if choice == "kernel" else "Not quite. Right is: kernel")
        assert not [why for other, why in EXPLAINED.items() if other not in {choice, "kernel"} and why in graded]
    assert f"{1 if choice == 'kernel' else 0} of 2 right." in quiz.end()


CTRL_C = """
import builtins, signal
signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored where the tests run in the background
read = builtins.input

def read_and_obey(prompt):
    line = read(prompt)
    if line == "^C":
        signal.raise_signal(signal.SIGINT)
    return line

builtins.input = read_and_obey
from cnntutor.cli import main
main()
"""
"""The program at a keyboard on which a line `^C` is that key: a signal from outside could come a moment too early."""


@pytest.mark.parametrize(
    ("words", "lines", "says"),
    [
        (("review",), ("", "4", "^C"), "1 answer in"),
        (("quiz", "edges"), ("^C",), "How sure are you?"),
        ((), ("quiz edges", "1", "^C", "topics"), "pooling: Pooling"),
        ((), ("^C",), "9 new"),
    ],
)
def test_ctrl_c_ends_what_is_being_asked_and_keeps_what_was_answered(
    home: Path, words: tuple[str, ...], lines: tuple[str, ...], says: str
) -> None:
    done = subprocess.run(
        [sys.executable, "-c", CTRL_C, "--plain", *words],
        input="".join(f"{line}\n" for line in lines),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert says in done.stdout
    assert len(log()) == (words == ("review",))


@pytest.mark.parametrize("reply", ["²", "9" * 5000, "-1", "0", "1.0", "five"])
def test_a_confidence_that_is_none_is_asked_for_again(type_at: Type, reply: str) -> None:
    assert type_at("quiz", "edges", lines=(reply,)).count("How sure are you?") == 2


@pytest.mark.parametrize("reply", ["²", "9" * 5000, "1e999999", "nan"])
def test_no_number_typed_at_a_quiz_ends_it(type_at: Type, reply: str) -> None:
    assert "Question 1 of 2" in type_at("quiz", "edges", lines=("1", reply, "a", "", "1", reply, "a", ""))


def test_a_quiz_without_a_topic_is_that_of_the_next_step(type_at: Type, services: Services) -> None:
    assert "Quiz. Edges." in type_at("quiz")
    for memory in services.store.memories("edges"):
        services.store.answer(memory.card, Rating.EASY)
    services.store.remember(quiz_key("edges"), {})
    assert "Quiz. Pooling." in type_at("quiz")
    assert "Quiz. Pooling." in type_at(lines=("quiz", "quit"))


def test_input_in_another_encoding_is_a_line_that_means_nothing(home: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "cnntutor", "--plain"],
        input=b"read \xff\nquit\n",
        capture_output=True,
        timeout=60,
        check=False,
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"There is no topic" in done.stdout


def test_an_article_printed_in_full_counts_as_read(type_at: Type, services: Services) -> None:
    assert "Next step: Edges. Read the article" in type_at(lines=("quit",))
    services.store.remember(place_key("edges"), {"fraction": 0.25})
    assert "Learn 4 new cards" in type_at(lines=("read edges", "plan", "quit"))
    assert services.store.recall(place_key("edges")) == {"fraction": 0.25, "furthest": 1.0}


def test_a_title_that_asks_gets_no_second_full_stop(type_at: Type, home: Path) -> None:
    article = home.parent / "content" / "small" / "edges" / "article.md"
    article.write_text(article.read_text().replace("# Edges", "# What is an edge?", 1))
    assert "Next step: What is an edge? Read" in type_at(lines=("quit",))
    assert "left. What is an edge?\n" in type_at("review")


@pytest.fixture
def piled_up(services: Services) -> Services:
    """Twelve cards long overdue, by the real clock."""
    for memory in services.store.memories():
        services.store.answer(memory.card, Rating.EASY, LONG_AGO)
    return services


@pytest.mark.usefixtures("piled_up")
def test_a_pile_is_spread_and_brought_together_again(type_at: Type) -> None:
    text = type_at(lines=("catch up 5", "catch up off", "catch up", "quit"))
    assert "12 reviews over 5 days: 3 a day" in text
    assert "No longer catching up" in text
    assert "Nothing has piled up" in text
    assert "Today: 3 due" in type_at(lines=("catch up 5", "plan", "quit"))


@pytest.mark.parametrize(
    "words", ["catch up 0", "catch up ²", "catch up soon", "catch up 9999999999999", "catch up 5 6"]
)
@pytest.mark.usefixtures("piled_up")
def test_catching_up_over_no_number_of_days_is_one_line(type_at: Type, words: str) -> None:
    text = type_at(lines=(words, "quit"))
    assert "Write `catch up`" in text or "from 1 to 365 days" in text


def test_with_nothing_due_there_is_nothing_to_spread(type_at: Type) -> None:
    assert "Nothing is due" in type_at(lines=("catch up 3", "quit"))


def test_the_article_reads_without_marks(type_at: Type) -> None:
    text = type_at("lesson", "edges", "--tab", "read")
    assert "The first section says what edges is" in text
    assert "**" not in text
    assert ">>> 1 + 1" in text


def test_the_front_door_takes_commands(type_at: Type) -> None:
    text = type_at(lines=("topics", "summary edges", "read nothing", "dance", "quit"))
    assert "9 new" in text
    assert "pooling: Pooling" in text
    assert "Edges in a few words." in text
    assert "There is no topic “nothing”" in text
    assert "review what is due" in text
