"""`cnntutor demo tour` where there is no terminal."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from cnntutor import commands, demo_commands
from cnntutor.tui.routes import ToWalk

WALK = "title: A small walk\nstops:\n  - {demo: convolve side=20, minutes: 10, say: Look here.}\n"


@pytest.fixture
def file(home: Path, tmp_path: Path) -> Path:
    path = tmp_path / "content" / "small" / "walk.yaml"
    path.write_text(WALK)
    return path


def run(*words: str) -> str:
    done = CliRunner().invoke(commands.app, ["demo", *words], catch_exceptions=False)
    assert done.exit_code == 0
    return done.stdout


def test_without_a_terminal_the_stops_are_printed(file: Path) -> None:
    assert run("tour").splitlines() == [
        "A small walk: 1 stop, about 10 minutes.",
        "",
        "1. convolve (10 min): Look here.",
        "   cnntutor demo open convolve --set side=20",
    ]


def test_in_a_terminal_the_walk_opens_and_in_plain_mode_it_is_printed(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[object] = []
    monkeypatch.setattr(demo_commands, "has_terminal", lambda: True)
    monkeypatch.setattr(demo_commands, "run_app", opened.append)
    run("tour")
    run("tour", "--again")
    assert opened == [ToWalk(), ToWalk(again=True)]
    monkeypatch.setenv("CNNTUTOR_PLAIN", "1")
    assert "Look here." in run("tour")
    assert len(opened) == 2


def test_a_course_without_a_walk_says_so_in_a_line(file: Path) -> None:
    from cnntutor.errors import UsageError

    file.unlink()
    with pytest.raises(UsageError, match=r"no guided walk: write .*walk\.yaml"):
        CliRunner().invoke(commands.app, ["demo", "tour"], catch_exceptions=False)
