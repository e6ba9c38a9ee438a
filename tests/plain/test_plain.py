"""The plain mode, driven through a pipe as a screen reader's terminal would."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

Type = Callable[..., str]


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


def test_a_quiz_asks_for_confidence_first_and_explains_the_choice(type_at: Type) -> None:
    # The order of the two questions is drawn anew: a line that one cannot read is asked for again.
    text = type_at("quiz", "edges", lines=("9", "3", "a", "16", "", "2", "a", "999", "y", "", ""))
    assert text.index("How sure are you?") < text.index("One letter:")
    assert "of 2 right." in text


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
