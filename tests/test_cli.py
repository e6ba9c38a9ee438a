"""The command line as a script uses it: a subprocess, its output, its exit status."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cnntutor import commands
from cnntutor.demos.history import History
from cnntutor.memory.models import Rating
from cnntutor.plan import quiz_key
from cnntutor.services import Services
from cnntutor.tui.routes import ToQuiz

posix = pytest.mark.skipif(sys.platform == "win32", reason="a POSIX shell")

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def run(home: Path) -> Run:
    """Run `cnntutor …` in the small world, without a terminal."""

    def command(*words: str, stdin: str = "", **env: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "cnntutor", *words],
            input=stdin,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
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
        (("demo", "run", "convolve", "--save", ""), 2, "--save is empty"),
        (("demo", "run", "convolve", "--image", ""), 2, "--image is empty"),
        (("demo", "run", "convolve", "--seed", "-1"), 2, "seed must be from 0"),
        (("demo", "run", "convolve", "--seed", str(2**63)), 2, "seed must be from 0"),
        (("answer", "edges-name", "good", "--ms", "86400001"), 2, "--ms"),
        (("course", "check", " "), 2, "FOLDER is empty"),
        (("course", "show", "\x1b[2Jedges"), 2, r"“\x1b[2Jedges”"),
        (("--\x1b[2J",), 2, r"--\x1b[2J. `cnntutor --help`"),
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


def test_a_run_without_a_screen_can_be_compared_in_the_app(run: Run, home: Path) -> None:
    run("demo", "run", "convolve", "--set", "side=32", "--set", "stride=2", "--seed", "4")
    (past,) = History(home / "runs", "convolve").runs()
    assert (past.knobs["stride"], past.seed, past.figures["output_size"]) == (2, 4, 16)


NET = """\
from pathlib import Path

from torch import nn

Path("ran.txt").write_text("this file was run")


class Net(nn.Sequential):
    def __init__(self):
        conv = nn.Conv2d(3, 8, 3, padding=1, bias=False)
        super().__init__(conv, nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(8, 2))
"""


@pytest.fixture
def net(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    file = tmp_path / "net.py"
    file.write_text(NET)
    return file


def test_a_file_of_the_learners_is_run_only_after_a_yes(run: Run, net: Path) -> None:
    for words in (("inspect", "net.py:Net"), ("demo", "run", "inspect", "--set", f"model={net}:Net")):
        assert "add --yes if you trust it" in one_line_on_stderr(run(*words), 2)
    assert not (net.parent / "ran.txt").exists()


def test_a_net_is_taken_apart_without_a_screen(run: Run, net: Path) -> None:
    words = ("inspect", "net.py:Net", "--layer", "0", "--set", "side=32", "--yes")
    document = json.loads(run(*words, "--json").stdout)
    assert document["figures"]["params"] == 3 * 8 * 9 + 8 * 2 + 2
    assert document["figures"]["value"] == pytest.approx(document["figures"]["sum_of_products"], abs=1e-5)
    report = run(*words).stdout
    assert "receptive field = 3×3" in report
    assert "AdaptiveAvgPool2d" in report


def test_a_mistake_in_the_learners_net_is_one_line(run: Run, net: Path) -> None:
    net.write_text("import nothing_of_this_name\n")
    line = one_line_on_stderr(run("inspect", "net.py:Net", "--yes"), 2)
    assert "net.py" in line
    assert "line 1" in line


def test_doctor_finds_a_sound_installation(run: Run) -> None:
    findings = {finding["name"]: finding for finding in json.loads(run("doctor", "--json").stdout)}
    assert findings["database"]["ok"]
    assert findings["data"]["ok"]
    assert findings["torch"]["ok"]
    assert "trained nets (digits, textures)" in findings["demos"]["text"]


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


@pytest.mark.parametrize("encoding", ["ascii", "cp1252"])
def test_a_stream_without_every_letter_gets_question_marks_and_whole_json(run: Run, home: Path, encoding: str) -> None:
    summary = home.parent / "content" / "small" / "edges" / "summary.md"
    summary.write_text("The floor ⌊5/2⌋ of an edge → 2.\n", encoding="utf-8")
    text = run("course", "show", "edges", PYTHONIOENCODING=encoding)
    assert (text.returncode, text.stderr) == (0, "")
    assert "The floor ?5/2? of an edge ? 2." in text.stdout
    document = run("course", "show", "edges", "--json", PYTHONIOENCODING=encoding).stdout
    assert json.loads(document)["summary"] == "The floor ⌊5/2⌋ of an edge → 2."


def shell(line: str) -> subprocess.CompletedProcess[str]:
    """Run a line of bash in which `$cnntutor` is the command; the status is that of the command."""
    python = f"{sys.executable} -m cnntutor"
    return subprocess.run(
        ["bash", "-c", f"{line}; exit ${{PIPESTATUS[0]}}"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={**os.environ, "cnntutor": python},
    )


@posix
@pytest.mark.usefixtures("home")
@pytest.mark.parametrize(
    ("line", "status", "out", "err"),
    [
        ("$cnntutor <&-", 0, "9 new", ""),
        ("$cnntutor --plain <&-", 0, "9 new", ""),
        ("$cnntutor >&-", 0, "", ""),
        ("$cnntutor due 2>&-", 0, "9 new", ""),
        ("$cnntutor frobnicate 2>&-", 2, "", ""),
    ],
)
def test_a_closed_stream_is_as_good_as_an_empty_one(line: str, status: int, out: str, err: str) -> None:
    done = shell(line)
    assert done.returncode == status
    assert out in done.stdout
    assert done.stderr == err


@posix
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="/dev/full is Linux's")
@pytest.mark.usefixtures("home")
@pytest.mark.parametrize("command", ["", "due", "log --help", "course show edges --json"])
def test_a_disk_too_full_for_the_output_is_one_line(command: str) -> None:
    done = shell(f"$cnntutor {command} > /dev/full")
    assert "No space left on device" in one_line_on_stderr(done, 1)
    assert shell(f"$cnntutor {command} > /dev/full 2>&1").returncode == 1


@posix
@pytest.mark.usefixtures("home")
def test_a_reader_that_takes_one_byte_of_a_long_output_is_no_error(home: Path) -> None:
    summary = home.parent / "content" / "small" / "edges" / "summary.md"
    summary.write_text("An edge is where it changes.\n\n" * 20_000)
    done = shell("$cnntutor course show edges | head -c1")
    assert (done.returncode, done.stdout, done.stderr) == (0, "E", "")


@pytest.mark.parametrize("words", [[], ["due"], ["course", "list"]])
@pytest.mark.usefixtures("home")
def test_ctrl_c_ends_a_command_with_one_line(words: list[str]) -> None:
    code = f"""
import sys, cnntutor.course.load
def interrupted(*_): raise KeyboardInterrupt
cnntutor.course.load.load_course = interrupted
sys.argv = ["cnntutor", *{words}]
from cnntutor.cli import main
main()
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=60)
    assert one_line_on_stderr(done, 1) == "cnntutor: Stopped.\n"


@pytest.mark.parametrize("words", [("quiz",), ("--plain", "quiz"), ("demo", "convolve")])
def test_a_course_without_topics_says_so(run: Run, home: Path, words: tuple[str, ...]) -> None:
    manifest = home.parent / "content" / "small" / "course.yaml"
    manifest.write_text("title: Nothing yet\nhosts: {Ada: asks, Ben: builds}\nparts: []\n")
    assert "The course “Nothing yet” has no topics yet" in run(*words).stderr
    assert one_line_on_stderr(run(*words), 1)


def test_the_quiz_of_the_next_step_opens_unless_a_topic_is_named(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[ToQuiz] = []
    monkeypatch.setattr(commands, "run_app", opened.append)
    commands.run(["quiz"])
    for memory in services.store.memories("edges"):
        services.store.answer(memory.card, Rating.EASY)
    services.store.remember(quiz_key("edges"), {})
    commands.run(["quiz"])
    commands.run(["quiz", "attention"])
    assert [route.slug for route in opened] == ["edges", "pooling", "attention"]


@pytest.mark.parametrize("variable", ["CNNTUTOR_HOME", "CNNTUTOR_CONTENT"])
def test_a_home_of_nobody_is_named(run: Run, variable: str) -> None:
    assert f"{variable} is ~nobody-here/x" in one_line_on_stderr(run("due", **{variable: "~nobody-here/x"}), 1)


def test_mistakes_in_the_course_are_told_once_a_command(run: Run, home: Path) -> None:
    assert run("due").stderr == ""
    for topic in ("edges", "pooling"):
        (home.parent / "content" / "small" / topic / "resources.yaml").write_text("- nonsense: 1\n")
    line = "2 files of the course have mistakes: `cnntutor course check` lists them."
    assert line in run().stdout
    assert run("due").stderr == f"{line}\n"
    assert json.loads(run("due", "--json").stdout)["new"] == 9


@pytest.mark.parametrize("group", ["course", "demo"])
def test_a_group_alone_is_answered_with_its_commands(run: Run, group: str) -> None:
    done = run(group)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"Usage: cnntutor {group}")
    assert "Commands:" in done.stderr
    assert "cnntutor --help" not in done.stderr


def test_course_check_takes_a_folder_of_courses(run: Run, home: Path) -> None:
    folder = home.parent / "content"
    assert run("course", "check", str(folder)).stdout == run("course", "check", str(folder / "small")).stdout


def test_the_log_gives_answers_that_count_and_on_request_every_row(run: Run, services: Services, clock: Any) -> None:
    for act in (
        lambda store: store.answer("edges-name", Rating.GOOD),
        lambda store: store.undo(),
        lambda store: store.bury("edges-name"),
        lambda store: store.answer("edges-size", Rating.EASY),
    ):
        act(services.store)
        clock.forward(minutes=1)
    assert [row["card"] for row in json.loads(run("log", "--json").stdout)] == ["edges-size"]
    rows = json.loads(run("log", "--all", "--json").stdout)
    assert [(row["event"], row["rating"], row["undone"]) for row in rows] == [
        ("answer", "good", True),
        ("undo", "", False),
        ("bury", "", False),
        ("answer", "easy", False),
    ]
    assert [line.split()[-1] for line in run("log", "--all").stdout.splitlines()] == [
        "undone",
        "undo",
        "bury",
        "answer",
    ]


@pytest.mark.parametrize("command", [(), ("due",), ("answer",), ("course", "check"), ("quiz",), ("log",), ("doctor",)])
def test_every_command_explains_itself(run: Run, command: tuple[str, ...]) -> None:
    done = run(*command, "--help")
    assert done.returncode == 0
    assert "Usage" in done.stdout


def test_importing_the_command_line_imports_nothing_heavy() -> None:
    code = "import sys, cnntutor.cli; print([m for m in ('torch', 'sqlmodel', 'textual', 'yaml') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.strip() == "[]"
