import errno
import sqlite3
import subprocess
import sys
from datetime import UTC
from pathlib import Path

import pytest

from cnntutor.memory import sql
from cnntutor.memory.glance import Glance, glance
from cnntutor.memory.models import Counts, Rating

HEAVY = ("sqlalchemy", "sqlmodel", "pydantic", "fsrs", "textual", "torch", "numpy")


def look(world) -> Glance | None:
    return glance(world.path, world.now, tz=UTC)


def test_a_first_look_shows_what_the_queue_will_say(world) -> None:
    world.enrol("one", "two", "three", "four")
    world.set(theme="nord", new_per_day="2")
    world.graduate("one")
    world.wait(days=40)
    world.store.answer("two", Rating.AGAIN)
    queue = world.store.queue()
    assert look(world) == Glance(Counts(due=1, new=1, learning=1), "nord", queue.next_due, streak=1)
    assert queue.counts == Counts(due=1, new=1, learning=1)


def test_the_streak_counts_days_with_an_answer_that_stands(world) -> None:
    world.enrol("one", "two")
    for _ in range(3):
        world.store.answer("one", Rating.GOOD)
        world.wait(days=1)
    assert look(world).streak == 3
    world.store.answer("two", Rating.GOOD)
    assert look(world).streak == 4
    world.store.undo()
    assert look(world).streak == 3


def test_it_works_while_another_copy_writes(world) -> None:
    world.enrol("one")
    writer = sqlite3.connect(world.path, isolation_level=None)
    writer.execute("BEGIN IMMEDIATE")
    writer.execute("UPDATE card SET retired = 1")
    assert look(world).counts == Counts(new=1)
    writer.execute("COMMIT")
    assert look(world).counts == Counts()
    writer.close()


def test_it_works_when_no_copy_is_open_and_leaves_the_file_as_it_was(world) -> None:
    world.enrol("one")
    world.store.close()
    before = world.path.read_bytes()
    assert look(world).counts == Counts(new=1)
    assert world.path.read_bytes() == before


def test_a_path_with_odd_characters_is_found(tmp_path: Path, world) -> None:
    world.enrol("one")
    world.store.close()
    odd = tmp_path / "a b?c#d%20.sqlite3"
    world.path.rename(odd)
    assert glance(odd, world.now, tz=UTC).counts == Counts(new=1)


def test_a_missing_broken_or_newer_file_gives_nothing(tmp_path: Path, world) -> None:
    assert glance(tmp_path / "missing.sqlite3") is None
    assert glance(tmp_path) is None
    broken = tmp_path / "broken.sqlite3"
    broken.write_text("no database at all\n" * 100)
    assert glance(broken) is None
    strange = tmp_path / "strange.sqlite3"
    with sqlite3.connect(strange) as connection:
        connection.execute("CREATE TABLE recipes (name TEXT)")
    assert glance(strange) is None
    with sqlite3.connect(world.path) as connection:
        connection.execute("UPDATE meta SET value = ? WHERE key = 'schema'", [str(sql.SCHEMA + 1)])
    assert look(world) is None


@pytest.mark.parametrize("asked", ["is_file", "stat", "resolve"])
def test_a_folder_that_may_not_be_read_gives_nothing(world, monkeypatch: pytest.MonkeyPatch, asked: str) -> None:
    def denied(path: Path, **_options: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied", str(path))

    with monkeypatch.context() as patch:
        patch.setattr(Path, asked, denied)
        assert look(world) is None
    assert look(world) is not None


@pytest.mark.parametrize("plan", ["{}", "nonsense", '{"from_day": 1, "days": 0, "backlog": 9}'])
def test_a_plan_to_catch_up_that_does_not_fit_is_passed_over(world, plan: str) -> None:
    world.enrol("one")
    with sqlite3.connect(world.path) as connection:
        connection.execute("INSERT INTO setting VALUES ('me', 'cnn', 'catch_up', ?)", [plan])
    assert look(world).counts == Counts(new=1)
    assert world.open().catching_up is None


def test_it_needs_no_heavy_library() -> None:
    program = "import sys, cnntutor.memory.glance; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    loaded = {name.partition(".")[0] for name in done.stdout.split()}
    assert "sqlite3" in loaded
    assert not loaded & set(HEAVY)
