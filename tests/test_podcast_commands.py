"""`cnntutor podcast` as a script uses it. The voices are eSpeak's, which pip installs."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import pytest
import soundfile

from cnntutor import commands, podcast_commands
from cnntutor.errors import CnntutorError, SpeechError
from cnntutor.services import Services
from cnntutor.tui.routes import ToLesson

speaks = pytest.mark.skipif(find_spec("espeakng_loader") is None, reason="eSpeak NG has no wheel here")

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def here(tmp_path: Path) -> Path:
    """The current folder."""
    folder = tmp_path / "here"
    folder.mkdir()
    return folder


@pytest.fixture
def run(home: Path, here: Path) -> Run:
    """Run `cnntutor podcast …` in the small world, without a terminal and without programs on the PATH."""

    def command(*words: str, **env: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "cnntutor", "podcast", *words],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            timeout=60,
            check=False,
            cwd=here,
            env={**os.environ, "PYTHONWARNINGS": "error", "PATH": str(home), **env},
        )

    return command


@pytest.fixture
def silent(run: Run, tmp_path: Path) -> Run:
    """The same where no engine is installed."""
    folder = tmp_path / "no-engine"
    folder.mkdir()
    (folder / "sitecustomize.py").write_text("import sys; sys.modules['espeakng_loader'] = None")
    return lambda *words: run(*words, PYTHONPATH=str(folder))


def one_line_on_stderr(done: subprocess.CompletedProcess[str], status: int) -> str:
    assert done.returncode == status, done.stderr
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1
    assert "Traceback" not in done.stderr
    return done.stderr


def names_in(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir())


@speaks
def test_what_is_built_is_kept_until_it_is_wanted_anew(run: Run, home: Path) -> None:
    document = json.loads(run("build", "edges", "--json").stdout)
    (file,) = map(Path, document["files"])
    assert file.is_relative_to(home)
    assert soundfile.info(file).duration == pytest.approx(document["seconds"], abs=0.05)
    made = file.stat().st_mtime_ns
    done = run("build", "edges")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.endswith(f"  {file}\n")
    assert file.stat().st_mtime_ns == made
    assert run("build", "edges", "--again").returncode == 0
    assert file.stat().st_mtime_ns > made


@speaks
def test_one_lesson_is_exported_as_sound_and_transcript_into_the_current_folder(run: Run, here: Path) -> None:
    done = run("export", "pooling")
    assert (done.returncode, done.stdout, done.stderr) == (0, "saved pooling.mp3\nsaved pooling.vtt\n", "")
    assert names_in(here) == ["pooling.mp3", "pooling.vtt"]
    assert soundfile.info(here / "pooling.mp3").duration > 5


@speaks
def test_the_whole_course_is_built_and_exported_with_a_feed_and_how_to_serve_it(run: Run, tmp_path: Path) -> None:
    built = json.loads(run("build", "--json").stdout)
    assert [Path(file).stem for file in built["files"]] == ["edges", "pooling", "attention"]
    assert built["seconds"] == pytest.approx(sum(soundfile.info(file).duration for file in built["files"]), abs=0.1)
    out = tmp_path / "my feed"
    done = run("export", "--to", str(out), "--json")
    exported = json.loads(done.stdout)
    assert len(exported["files"]) == 10
    assert Path(exported["files"][-1]).name == "feed.xml"
    assert names_in(out) == sorted(Path(file).name for file in exported["files"])
    assert exported["seconds"] == built["seconds"]
    assert f"python -m http.server --directory '{out}' 8000" in done.stderr
    assert "http://localhost:8000/feed.xml" in done.stderr
    assert 'url="http://localhost:8000/edges.mp3"' in (out / "feed.xml").read_text("utf-8")


def test_transcripts_need_no_engine(silent: Run, tmp_path: Path) -> None:
    out = tmp_path / "out"
    document = json.loads(silent("export", "--no-sound", "--to", str(out), "--json").stdout)
    assert names_in(out) == ["attention.vtt", "edges.vtt", "pooling.vtt"]
    assert document["seconds"] > 15
    assert (out / "edges.vtt").read_text("utf-8").startswith("WEBVTT\n\nNOTE Edges\n\n00:00:00.000 --> ")


@pytest.mark.parametrize("words", [("build",), ("export", "edges")])
def test_without_an_engine_one_line_says_what_brings_one(silent: Run, here: Path, words: tuple[str, ...]) -> None:
    assert "espeakng-loader" in one_line_on_stderr(silent(*words), 1)
    assert names_in(here) == []


def test_lessons_are_spoken_in_the_voices_that_the_learner_chose(services: Services) -> None:
    services.store.save_settings(replace(services.store.settings, piper="/nowhere/voices"))
    with pytest.raises(SpeechError, match="/nowhere/voices"):
        commands.run(["podcast", "build", "edges"])


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize(
    ("words", "status", "says"),
    [
        ("play edge --plain", 2, "edges"),
        ("build edge", 2, "edges"),
        ("export edge", 2, "edges"),
        ("export --to=", 2, "--to is empty"),
        ("export --url example.org", 2, "https://example.org/podcast/"),
        ("export edges --no-sound --to {file}", 1, "course.yaml/edges.vtt cannot be written"),
    ],
)
def test_wrong_use_says_what_to_do(words: str, status: int, says: str, home: Path) -> None:
    file = home.parent / "content" / "small" / "course.yaml"
    with pytest.raises(CnntutorError, match=re.escape(says)) as refused:
        commands.run(["podcast", *words.format(file=file).split()])
    assert refused.value.exit_status == status
    assert "\n" not in str(refused.value)


def test_the_group_alone_is_answered_with_its_commands(run: Run) -> None:
    done = run()
    assert (done.returncode, done.stdout) == (2, "")
    assert all(command in done.stderr for command in ("play", "build", "export"))


@pytest.mark.usefixtures("home")
def test_in_a_terminal_play_opens_the_lesson_and_plays(monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[object] = []
    monkeypatch.setattr(podcast_commands, "has_terminal", lambda: True)
    monkeypatch.setattr(podcast_commands, "run_app", opened.append)
    commands.run(["podcast", "play", "pooling"])
    assert opened == [ToLesson("pooling", tab="listen", play=True)]


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize("words", [["podcast", "play", "edges", "--plain"], ["--plain", "podcast", "play", "edges"]])
def test_plainly_the_transcript_is_printed_even_in_a_terminal(
    monkeypatch: pytest.MonkeyPatch, words: list[str]
) -> None:
    played: list[str] = []
    monkeypatch.setattr(podcast_commands, "has_terminal", lambda: True)
    monkeypatch.setattr("cnntutor.plain.listen.play_plainly", lambda _, topic: played.append(topic))
    commands.run(words)
    assert played == ["edges"]
