import sqlite3
from collections import defaultdict
from pathlib import Path

import pytest
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateIndex, CreateTable

from cnntutor.memory import sql
from cnntutor.memory.database import Database
from cnntutor.memory.tables import OURS

HOT = [
    "CARD",
    "CARD_LOG",
    "DAY_BEFORE",
    "DUE_BY_DAY",
    "HIDDEN",
    "IN_STEPS",
    "MADE_DUE",
    "NEW",
    "NEXT_DAY",
    "SAVE_CARD",
    "TOUCHED",
    "UNDOABLE",
    "WAITS",
]
"""What is asked at every queue, answer or glance."""


@pytest.fixture(scope="module")
def connection(tmp_path_factory: pytest.TempPathFactory) -> sqlite3.Connection:
    path: Path = tmp_path_factory.mktemp("sql") / "memory.sqlite3"
    Database.open(path).close()
    return sqlite3.connect(path)


def plan(connection: sqlite3.Connection, statement: str) -> list[str]:
    return [step[3] for step in connection.execute(f"EXPLAIN QUERY PLAN {statement}", defaultdict(int))]


@pytest.mark.parametrize("name", HOT)
def test_what_is_asked_often_is_found_by_an_index(connection: sqlite3.Connection, name: str) -> None:
    steps = plan(connection, getattr(sql, name))
    assert any(step.startswith("SEARCH") for step in steps)
    assert not [step for step in steps if step.startswith("SCAN")]
    # The handful of cards made due is put in course order afterwards; nothing that grows is sorted.
    assert name == "MADE_DUE" or not [step for step in steps if "TEMP B-TREE" in step]


def test_undo_walks_back_from_the_end_of_the_log_and_sorts_nothing(connection: sqlite3.Connection) -> None:
    steps = plan(connection, sql.LAST_MINE)
    assert steps[0] == "SCAN review_log"
    assert not [step for step in steps if "TEMP B-TREE" in step]


@pytest.mark.parametrize("table", OURS, ids=lambda table: table.name)
def test_the_tables_can_be_made_in_postgresql(table) -> None:
    dialect = postgresql.dialect()
    made = str(CreateTable(table).compile(dialect=dialect))
    assert f"CREATE TABLE {table.name}" in made
    for index in table.indexes:
        only = index.dialect_options["sqlite"]["where"]
        made = str(CreateIndex(index).compile(dialect=dialect))
        assert ("WHERE" in made) == (only is not None)


def test_every_row_says_whose_it_is_and_of_which_course() -> None:
    for table in OURS:
        if table.name != "meta":
            assert {"learner", "course"} <= set(table.columns.keys())
