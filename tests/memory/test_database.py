import errno
import shutil
import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import text

from cnntutor.errors import StoreError
from cnntutor.memory import database, sql
from cnntutor.memory.database import Database
from cnntutor.memory.models import CardSlot, Rating
from cnntutor.memory.store import Store


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "some" / "folder" / "memory.sqlite3"


def refused(where: Path | str) -> str:
    with pytest.raises(StoreError) as caught:
        Database.open(where)
    line = str(caught.value)
    assert "\n" not in line
    return line


def pragma(opened: Database, name: str) -> object:
    with opened.reading():
        return opened.ask(f"PRAGMA {name}", {})[0][0]


def test_folders_and_tables_are_made(path: Path) -> None:
    Database.open(path).close()
    with sqlite3.connect(path) as connection:
        tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    assert {"card", "review_log", "quiz_result", "setting", "place", "meta"} <= tables


def test_an_answer_that_returned_survives_a_power_cut(path: Path) -> None:
    opened = Database.open(path)
    full = 2
    assert pragma(opened, "synchronous") == full
    assert pragma(opened, "journal_mode") == "wal"
    assert pragma(opened, "busy_timeout") == 5000
    opened.close()


def test_opening_again_writes_nothing(path: Path) -> None:
    Database.open(path).close()
    before = path.read_bytes()
    Database.open(path).close()
    assert path.read_bytes() == before


def test_an_address_opens_like_a_path(path: Path) -> None:
    path.parent.mkdir(parents=True)
    Database.open(f"sqlite:///{path}").close()
    assert path.is_file()


def test_an_error_inside_takes_everything_back(path: Path) -> None:
    opened = Database.open(path)

    def half() -> None:
        with opened.writing():
            opened.tell_all("INSERT INTO meta VALUES (:key, 'done')", [{"key": "half"}, {"key": "whole"}])
            opened.tell("DELETE FROM nowhere", {})

    with pytest.raises(StoreError, match="no such table"):
        half()
    with opened.reading():
        assert opened.ask(sql.META, {"key": "half"}) == []
    opened.close()


def test_a_file_that_is_no_database_is_refused_and_left_alone(path: Path) -> None:
    path.parent.mkdir(parents=True)
    path.write_text("my shopping list, in several lines\n" * 50)
    before = path.read_bytes()
    line = refused(path)
    assert str(path) in line
    assert "not a database. Move the file away and cnntutor begins a new one" in line
    assert path.read_bytes() == before


def test_a_damaged_database_is_refused_and_left_alone(path: Path) -> None:
    store = Store.open(path)
    store.enrol([CardSlot(f"card-{n}", "note", "topic") for n in range(500)])
    store.close()
    size = path.stat().st_size
    broken = path.read_bytes()[:4096] + b"\xff" * (size - 4096)
    path.write_bytes(broken)
    with pytest.raises(StoreError, match=r"is damaged\. Move the file away"):
        Store.open(path)
    assert path.read_bytes() == broken


def test_a_database_of_another_program_is_refused(path: Path) -> None:
    path.parent.mkdir(parents=True)
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE recipes (name TEXT)")
    assert "another program" in refused(path)


def test_a_newer_schema_is_refused_with_both_numbers(path: Path) -> None:
    Database.open(path).close()
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE meta SET value = '7' WHERE key = 'schema'")
    line = refused(path)
    assert f"newer cnntutor (schema 7; this one knows {sql.SCHEMA}): upgrade cnntutor" in line


def test_an_older_schema_is_migrated_and_its_answers_kept(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Store.open(path) as store:
        store.enrol([CardSlot("card", "note", "topic")])
        store.answer("card", Rating.GOOD)

    def add_mood(connection: object) -> None:
        connection.execute(text("ALTER TABLE place ADD COLUMN mood TEXT"))

    monkeypatch.setattr(sql, "SCHEMA", 2)
    monkeypatch.setattr(database, "MIGRATIONS", (add_mood,))
    with Store.open(path) as store:
        assert [row.card for row in store.log()] == ["card"]
    with sqlite3.connect(path) as connection:
        assert connection.execute("SELECT value FROM meta WHERE key = 'schema'").fetchone() == ("2",)
        assert "mood" in [column[1] for column in connection.execute("PRAGMA table_info(place)")]


def test_a_migration_that_fails_leaves_the_older_database(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Database.open(path).close()

    def stumble(connection: object) -> None:
        connection.execute(text("ALTER TABLE place ADD COLUMN mood TEXT"))
        connection.execute(text("SELECT 1 FROM nowhere"))

    with monkeypatch.context() as patch:
        patch.setattr(sql, "SCHEMA", 2)
        patch.setattr(database, "MIGRATIONS", (stumble,))
        assert "no such table" in refused(path)
    with sqlite3.connect(path) as connection:
        assert "mood" not in [column[1] for column in connection.execute("PRAGMA table_info(place)")]
    Database.open(path).close()


def test_a_place_where_no_folder_can_be_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    line = refused(tmp_path / "file" / "below" / "memory.sqlite3")
    assert "cannot be made a folder" in line
    assert str(tmp_path / "file") in line


def test_a_folder_is_no_database(tmp_path: Path) -> None:
    assert "is a folder" in refused(tmp_path)


@pytest.mark.parametrize("asked", ["is_dir", "stat"])
def test_a_folder_that_may_not_be_read_is_told_in_one_line(
    path: Path, monkeypatch: pytest.MonkeyPatch, asked: str
) -> None:
    path.parent.mkdir(parents=True)
    real = getattr(Path, asked)

    def denied(asked_of: Path, **options: object) -> object:
        if asked_of == path:
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return real(asked_of, **options)

    monkeypatch.setattr(Path, asked, denied)
    line = refused(path)
    assert f"{path.parent} cannot be read: permission denied. Give yourself the right" in line


def test_a_name_too_long_for_the_disk_is_told_in_one_line(tmp_path: Path) -> None:
    assert "cannot be a database: File name too long. Choose another place" in refused(tmp_path / ("x" * 300))


@pytest.mark.parametrize(("free", "told"), [(4096, "the disk is full"), (10**9, "cannot be opened")])
def test_an_error_on_a_disk_without_room_is_told_as_a_full_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, free: int, told: str
) -> None:
    (tmp_path / "folder").mkdir()
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: shutil._ntuple_diskusage(10**9, 10**9 - free, free))
    assert told in refused(f"sqlite:///{tmp_path}/folder")


def test_a_disk_that_cannot_be_asked_for_its_room_is_not_called_full(path: Path) -> None:
    assert "cannot be opened" in refused(f"sqlite:///{path.parent}/missing/memory.sqlite3")


def test_a_file_that_cannot_be_opened_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    address = f"sqlite:///{tmp_path}/file/memory.sqlite3"
    line = refused(address)
    assert "cannot be opened" in line
    assert f"{tmp_path}/file/memory.sqlite3" in line


@pytest.mark.parametrize("address", ["nonsense://", "://"])
def test_an_address_that_means_nothing_is_refused(address: str) -> None:
    with pytest.raises(StoreError):
        Database.open(address)


def test_a_file_that_cannot_be_written_is_told_when_it_is_written(path: Path) -> None:
    with Store.open(path) as store:
        store.enrol([CardSlot("card", "note", "topic")])
    with Store.open(f"sqlite:///file:{path}?mode=ro&uri=true") as store:
        assert store.queue().cards == ("card",)
        with pytest.raises(StoreError, match="cannot be written"):
            store.answer("card", Rating.GOOD)


def test_a_full_disk_loses_the_last_step_alone(path: Path) -> None:
    opened = Database.open(path)
    store = Store(opened)
    store.enrol([CardSlot(f"card-{n}", f"note-{n}", "topic") for n in range(200)])
    store.answer("card-0", Rating.GOOD)
    pages = pragma(opened, "page_count")
    pragma(opened, f"max_page_count = {pages}")
    returned: list[str] = []

    def answer_all() -> None:
        returned.extend(store.answer(f"card-{number}", Rating.GOOD).card for number in range(1, 200))

    with pytest.raises(StoreError, match="disk is full"):
        answer_all()
    assert [row.card for row in store.log()] == ["card-0", *returned]
    pragma(opened, "max_page_count = 1000000")
    answered_again = store.answer("card-199", Rating.GOOD)
    assert store.log()[-1] == answered_again
    before = store.memories()
    store.rebuild()
    assert store.memories() == before
    store.close()


def test_a_database_that_stays_busy_is_told_once_patience_ends(path: Path) -> None:
    Database.open(path).close()
    opened = Database.open(path, patience=0.001)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreError, match="is busy"), opened.writing():
        pass
    other.execute("ROLLBACK")
    with opened.writing():
        pass
    other.close()
    opened.close()


def test_closing_twice_does_no_harm(path: Path) -> None:
    opened = Database.open(path)
    opened.close()
    opened.close()
