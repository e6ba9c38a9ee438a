"""The command line as a script uses it: a subprocess, its output, its exit status."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def run(home: Path) -> Run:
    """Run `cnntutor …` in the small world, without a terminal."""

    def command(*words: str, stdin: str = "", **env: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "cnntutor", *words],
            input=stdin,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
            env={**os.environ, "PYTHONWARNINGS": "error", **env},
        )

    return command


def one_line_on_stderr(done: subprocess.CompletedProcess[str], status: int) -> str:
    assert done.returncode == status, done.stderr
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1
    assert "Traceback" not in done.stderr
    return done.stderr


def test_without_a_terminal_the_plan_is_printed(run: Run) -> None:
    done = run()
    assert done.returncode == 0
    assert "9 new" in done.stdout
    assert "Next step: Edges" in done.stdout


def test_an_answer_is_in_the_log_and_out_of_the_queue(run: Run) -> None:
    assert run("answer", "edges-name", "easy", "--at", "2026-03-01T10:00:00+00:00", "--ms", "4200").returncode == 0
    (row,) = json.loads(run("log", "--json").stdout)
    assert set(row) == {"id", "card", "rating", "at", "ms", "device"}
    assert (row["card"], row["rating"], row["ms"]) == ("edges-name", "easy", 4200)
    assert row["at"].startswith("2026-03-01T10:00:00")
    due = json.loads(run("due", "--json").stdout)
    assert due["due"] == 1
    assert "edges-name" in due["cards"]


def test_due_json_has_every_field(run: Run) -> None:
    due = json.loads(run("due", "--json").stdout)
    assert set(due) == {"due", "new", "learning", "next_due", "cards"}
    assert due["next_due"] is None


def test_answer_json_tells_when_the_card_comes_back(run: Run) -> None:
    document = json.loads(run("answer", "edges-name", "good", "--json").stdout)
    assert document["phase"] == "learning"
    assert document["due"] > document["at"]


def test_stats_json_is_one_document(run: Run) -> None:
    run("answer", "edges-name", "easy")
    document = json.loads(run("stats", "--json").stdout)
    assert document["answers"] == 1
    assert document["streak"] == 1
    assert len(document["forecast"]) == 30


def test_stats_read_as_sentences(run: Run) -> None:
    assert "0 days in a row" in run("stats").stdout


def test_course_list_gives_the_topics_in_order(run: Run) -> None:
    rows = json.loads(run("course", "list", "--json").stdout)
    assert [row["slug"] for row in rows] == ["edges", "pooling", "attention"]
    assert rows[0]["cards"] == 4
    assert rows[0]["questions"] == 2
    assert rows[0]["demos"] == ["convolve"]
    assert rows[0]["podcast_seconds"] > 0


def test_course_show_prints_a_topic(run: Run) -> None:
    text = run("course", "show", "edges").stdout
    assert "edges-gaps/1" in text
    assert "#cost" in text
    assert json.loads(run("course", "show", "edges", "--json").stdout)["title"] == "Edges"


def test_course_check_names_file_line_and_remedy(run: Run, home: Path) -> None:
    cards = home.parent / "content" / "small" / "edges" / "cards.md"
    lines = cards.read_text().splitlines()
    wrong = next(i for i, line in enumerate(lines) if line.startswith("section:"))
    lines[wrong] = "section: nowhere"
    cards.write_text("\n".join(lines))
    done = run("course", "check")
    assert done.returncode == 1
    assert f"cards.md:{wrong + 1}: " in done.stdout
    assert "nowhere" in done.stdout


@pytest.mark.parametrize(
    ("words", "status", "says"),
    [
        (("answer", "edges-nam", "good"), 2, "edges-name"),
        (("answer", "edges-name", "fine"), 2, "again, hard, good or easy"),
        (("answer", "edges-name", "good", "--at", "noon"), 2, "2026-01-31T08:00:00"),
        (("course", "show", "edge"), 2, "edges"),
        (("course", "check", "/nowhere"), 1, "/nowhere"),
        (("frobnicate",), 2, "frobnicate"),
        (("demo", "convolv"), 2, "convolve"),
        (("demo", "run", "convolve", "--set", "stride=0"), 2, "at least 1"),
        (("demo", "run", "convolve", "--set", "strid=1"), 2, "stride"),
        (("demo", "run", "convolve", "--device", "abacus"), 2, "cpu"),
        (("demo", "convolve"), 1, "terminal"),
        (("due", "--jsonn"), 2, "--json"),
        (("review",), 1, "--plain"),
        (("lesson", "edges"), 1, "--plain"),
        (("review", "--plain", "--topic", "edge"), 2, "edges"),
        (("--plain", "quiz", "edge"), 2, "edges"),
    ],
)
def test_wrong_use_gets_one_line(run: Run, words: tuple[str, ...], status: int, says: str) -> None:
    assert says in one_line_on_stderr(run(*words), status)


def test_a_file_that_is_no_database_is_named_and_kept(run: Run, home: Path) -> None:
    home.mkdir()
    database = home / "memory.sqlite3"
    database.write_text("Dear diary,")
    assert str(database) in one_line_on_stderr(run("due"), 1)
    assert database.read_text() == "Dear diary,"


def test_a_database_of_a_newer_version_is_refused(run: Run, home: Path) -> None:
    run("due")
    with sqlite3.connect(home / "memory.sqlite3") as connection:
        connection.execute("UPDATE meta SET value = '99' WHERE key = 'schema'")
    connection.close()
    assert "upgrade" in one_line_on_stderr(run("due"), 1)


def test_a_data_folder_that_cannot_be_made_is_named(run: Run, home: Path) -> None:
    home.write_text("a file where the folder should be")
    assert str(home) in one_line_on_stderr(run("due"), 1)


def test_a_missing_course_is_named(run: Run, tmp_path: Path) -> None:
    assert str(tmp_path / "none") in one_line_on_stderr(run("due", CNNTUTOR_CONTENT=str(tmp_path / "none")), 1)


def test_demo_list_names_knobs_without_torch(run: Run) -> None:
    (demo,) = [d for d in json.loads(run("demo", "list", "--json").stdout) if d["name"] == "convolve"]
    assert demo["knobs"]["stride"]["type"] == "int"
    assert demo["knobs"]["stride"]["default"] == 1


def test_a_demo_runs_without_a_screen(run: Run, tmp_path: Path) -> None:
    done = run(
        "demo", "run", "convolve", "--set", "side=32", "--set", "stride=2", "--json", "--save", str(tmp_path / "out")
    )
    document = json.loads(done.stdout)
    assert set(document) >= {"demo", "device", "seed", "knobs", "figures", "tables", "seconds", "frames"}
    assert document["figures"]["output_size"] == 16
    assert list((tmp_path / "out").glob("*.png"))


def test_doctor_finds_a_sound_installation(run: Run) -> None:
    findings = {finding["name"]: finding for finding in json.loads(run("doctor", "--json").stdout)}
    assert findings["database"]["ok"]
    assert findings["data"]["ok"]
    assert findings["torch"]["ok"]


def test_a_reader_that_has_seen_enough_is_no_error(home: Path) -> None:
    done = subprocess.run(
        f"{sys.executable} -m cnntutor course show edges | head -1",
        shell=True,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert done.stdout.strip() == "Edges"
    assert done.stderr == ""


@pytest.mark.parametrize("command", [(), ("due",), ("answer",), ("course", "check"), ("quiz",), ("log",), ("doctor",)])
def test_every_command_explains_itself(run: Run, command: tuple[str, ...]) -> None:
    done = run(*command, "--help")
    assert done.returncode == 0
    assert "Usage" in done.stdout


def test_importing_the_command_line_imports_nothing_heavy() -> None:
    code = "import sys, cnntutor.cli; print([m for m in ('torch', 'sqlmodel', 'textual', 'yaml') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.strip() == "[]"
