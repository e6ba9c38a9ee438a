"""How long a learner waits for the memory: opening, the queue, the next card, an answer on disk.

The reference of an answer is the same two changes (one row appended, one card updated, one commit with a
write-ahead log and `synchronous=FULL`) written in bare sqlite3 against a copy of the same database.
"""

from __future__ import annotations

import shutil
import sqlite3
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from benchmarks import Row, milliseconds, timed
from cnntutor.memory import sql
from cnntutor.memory.clock import micros
from cnntutor.memory.database import Database
from cnntutor.memory.day import moment
from cnntutor.memory.glance import glance
from cnntutor.memory.models import CardSlot, Event, LogRow, Phase, Rating
from cnntutor.memory.rows import log_params
from cnntutor.memory.session import ReviewSession
from cnntutor.memory.store import Store

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
DUE = 500
NEW = 100
SIZES = (1_000, 100_000)
OWNER = {"learner": "me", "course": "cnn"}


def run() -> Iterator[Row]:
    """Rows of the table, at each size."""
    for cards in SIZES:
        with TemporaryDirectory() as folder:
            path = Path(folder) / "memory.sqlite3"
            build(path, cards)
            yield from _rows(path, f"memory, {cards:,} cards")


def build(path: Path, cards: int) -> None:
    """A database of cards answered once: 500 of them due, 100 not yet met, the rest due in the next days."""
    slots = [CardSlot(f"card-{n:06}", f"note-{n:06}", f"topic-{n * 30 // cards:02}") for n in range(cards)]
    rows = [_answer(slot.card, 20 if n < DUE else 1 + n % 4) for n, slot in enumerate(slots[:-NEW])]
    database = Database.open(path)
    store = Store(database, clock=lambda: NOW, tz=UTC)
    store.enrol(slots)
    with database.writing():
        database.tell_all(sql.APPEND, (OWNER | log_params(row) for row in rows))
    store.rebuild()
    store.save_settings(store.settings.changed("reviews_per_day", "9999"))
    store.close()


def _answer(card: str, days_ago: int) -> LogRow:
    then = moment(NOW - timedelta(days=days_ago), UTC)
    return LogRow(
        id=str(uuid.uuid4()),
        card=card,
        event=Event.ANSWER,
        rating=Rating.EASY,
        at=then.at,
        order=micros(then.at),
        day=then.day,
        ms=4000,
        device="bench",
        phase=Phase.NEW,
    )


def _open(path: Path) -> Store:
    return Store.open(path, clock=lambda: NOW, tz=UTC)


def _rows(path: Path, size: str) -> Iterator[Row]:
    bare = _bare(path)
    yield f"{size}: bare sqlite3 insert + update + commit", milliseconds(bare), "reference"
    yield f"{size}: glance, for the first paint", milliseconds(timed(lambda: glance(path, NOW, tz=UTC), 20)), ""
    yield f"{size}: open and close the store", milliseconds(timed(lambda: _open(path).close(), 20)), ""
    with _open(path) as store:
        yield f"{size}: queue, {DUE} due", milliseconds(timed(store.queue, 20)), ""
        yield f"{size}: statistics", milliseconds(timed(store.statistics, 5)), ""
        yield f"{size}: first card of a session", milliseconds(timed(lambda: ReviewSession(store), 20)), ""
        due = iter(store.queue().cards)
        yield f"{size}: next card", milliseconds(timed(lambda: store.preview(next(due)), 200)), ""
        due = iter(store.queue().cards)
        answers = timed(lambda: store.answer(next(due), Rating.GOOD, ms=4000), 200)
        yield f"{size}: answer with commit", milliseconds(answers), f"{_times(answers, bare)} (aim < 0.6 ms)"
        session = ReviewSession(store)
        rated = timed(lambda: session.rate(Rating.GOOD, ms=4000), 200)
        yield f"{size}: answer, then the next card ready", milliseconds(rated), _times(rated, bare)


def _times(taken: list[float], reference: list[float]) -> str:
    return f"{median(taken) / median(reference):.1f} × bare sqlite3"


def _bare(path: Path) -> list[float]:
    copy = path.with_name("bare.sqlite3")
    shutil.copy(path, copy)
    connection = sqlite3.connect(copy, isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    numbers = iter(range(DUE))
    day = NOW.toordinal()

    def answer() -> None:
        card = f"card-{next(numbers):06}"
        connection.execute("BEGIN IMMEDIATE")
        connection.execute(sql.APPEND, OWNER | log_params(_answer(card, 0)))
        connection.execute(
            "UPDATE card SET due_day = ?, last_day = ?, last_at = ?, reps = reps + 1, version = version + 1 "
            "WHERE learner = 'me' AND course = 'cnn' AND card = ?",
            (day + 30, day, micros(NOW), card),
        )
        connection.execute("COMMIT")

    times = timed(answer, 400)
    connection.close()
    return times
