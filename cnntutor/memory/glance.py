"""A first look at the database, for the first paint: counts, theme and streak, without opening the store.

It needs the standard library's sqlite3 alone, reads and never writes, and works while another copy writes.
The counts are those of `Store.queue`: the same statements, the same functions.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, tzinfo
from pathlib import Path

from cnntutor.memory import sql
from cnntutor.memory.catch_up import KEY, CatchUp
from cnntutor.memory.clock import utc_now
from cnntutor.memory.day import Calendar
from cnntutor.memory.models import Counts
from cnntutor.memory.queue import Today, build_queue
from cnntutor.memory.settings import Settings
from cnntutor.memory.streak import current_streak
from cnntutor.memory.waiting import Ask, Params, gather

PATIENCE = 0.2
"""Seconds to wait for a busy file: the store, a moment later, waits longer."""


@dataclass(frozen=True, slots=True)
class Glance:
    """What the first paint shows."""

    counts: Counts
    theme: str
    next_due: datetime | None
    streak: int
    """Study days in a row with an answer."""


def glance(
    path: Path,
    at: datetime | None = None,
    *,
    tz: tzinfo | None = None,
    learner: str = "me",
    course: str = "cnn",
) -> Glance | None:
    """Look at a learner's database.

    Args:
        path: the SQLite file.
        at: aware; now by default.
        tz: the learner's time zone; None is the machine's own.
        learner: whose memory.
        course: of which course.

    Returns:
        What waits, or None when the file is missing, unreadable, broken or of another schema; the store tells why.
    """
    owner = {"learner": learner, "course": course}
    try:
        if not path.is_file():
            return None
        with closing(_open(path)) as connection:
            return _look(connection, owner, at or utc_now(), tz)
    except (sqlite3.Error, OSError, ValueError):
        return None


def _open(path: Path) -> sqlite3.Connection:
    address = f"{path.resolve().as_uri()}?mode=ro"
    return sqlite3.connect(address, uri=True, timeout=PATIENCE, isolation_level=None)


def _look(connection: sqlite3.Connection, owner: Params, at: datetime, tz: tzinfo | None) -> Glance | None:
    def ask(statement: str, params: Params) -> list[tuple[object, ...]]:
        return connection.execute(statement, params).fetchall()

    connection.execute("BEGIN")
    if ask(sql.META, {"key": "schema"}) != [(str(sql.SCHEMA),)]:
        return None
    kept = {str(key): str(value) for key, value in ask(sql.SETTINGS, owner)}
    settings = Settings.from_json(kept)
    calendar = Calendar(tz, settings.day_turns_at)
    today = Today(calendar.moment(at), calendar.start, settings, CatchUp.from_json(kept.get(KEY)))
    queue = build_queue(gather(ask, owner, today.now.day), today)
    streak = current_streak(_answered_days(ask, owner, today.now.day), today.now.day)
    return Glance(queue.counts, settings.theme, queue.next_due, streak)


def _answered_days(ask: Ask, owner: Params, day: int) -> Iterator[int]:
    """Study days with answers up to this one, newest first."""
    while (found := ask(sql.DAY_BEFORE, {**owner, "day": day})[0][0]) is not None:
        yield found
        day = found - 1
