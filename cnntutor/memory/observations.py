"""What the log says about forgetting: after how many days a card of which stability was recalled, or not.

It reads with the standard library's sqlite3, as the glance does: the file is opened to read alone, a writer is not kept
waiting, and nothing is changed. Stabilities are not in the log; they come from replaying it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path

from cnntutor.errors import StoreError
from cnntutor.memory import rows, sql
from cnntutor.memory.day import Moment
from cnntutor.memory.glance import PATIENCE
from cnntutor.memory.models import Event, LogRow, MemoryState, Rating
from cnntutor.memory.replay import PLACEMENT, effective
from cnntutor.memory.scheduling import Scheduler
from cnntutor.memory.settings import Settings


@dataclass(frozen=True, slots=True)
class Observation:
    """One answer, as the forgetting curve sees it."""

    days: int
    """Study days since the card's last answer, at least 1."""
    stability: float
    """Days until the chance of recall was thought to fall to 90 %, before the answer."""
    recalled: bool
    """Rated hard or better."""


def observations(path: Path, *, learner: str = "me", course: str = "cnn") -> list[Observation]:
    """Every answer at least a day after the one before, oldest first; none where there is no file.

    Answers that were undone and those given by a passed placement quiz are left out.

    Args:
        path: the learner's SQLite database.
        learner: whose memory.
        course: of which course.

    Raises:
        StoreError: the file is busy, damaged, or of another version; in one line.
    """
    owner = {"learner": learner, "course": course}
    try:
        if not path.is_file():
            return []
        with closing(_open(path)) as connection:
            log, scheduler = _read(connection, owner)
    except (sqlite3.Error, OSError, ValueError) as error:
        raise StoreError(f"The log in {path} cannot be read: {error}.") from None
    seen = [each for _, rows_of_card in groupby(log, lambda row: row.card) for each in _seen(rows_of_card, scheduler)]
    return [observation for _, observation in sorted(seen, key=lambda each: each[0])]


def _open(path: Path) -> sqlite3.Connection:
    address = f"{path.resolve().as_uri()}?mode=ro"
    return sqlite3.connect(address, uri=True, timeout=PATIENCE, isolation_level=None)


def _read(connection: sqlite3.Connection, owner: dict[str, str]) -> tuple[list[LogRow], Scheduler]:
    """The log card by card, and what plans by the learner's settings; as of one moment."""
    connection.execute("BEGIN")
    if connection.execute(sql.META, {"key": "schema"}).fetchall() != [(str(sql.SCHEMA),)]:
        raise ValueError("it is of another version of cnntutor")
    kept = {str(key): str(value) for key, value in connection.execute(sql.SETTINGS, owner)}
    log = [rows.log_row_of(row) for row in connection.execute(sql.LOG_BY_CARD, owner)]
    return log, Scheduler(replace(Settings.from_json(kept), fuzz=False))  # fuzz moves due days alone


def _seen(log: Iterable[LogRow], scheduler: Scheduler) -> Iterator[tuple[tuple[int, str], Observation]]:
    """The observations of one card, each with what sorts it in time."""
    state = MemoryState()
    for row in effective(log):
        if row.event is not Event.ANSWER or row.rating is None:
            continue
        days = row.day - (row.day if state.last_day is None else state.last_day)
        if days > 0 and state.stability is not None and row.source != PLACEMENT:
            yield (row.order, row.id), Observation(days, state.stability, row.rating is not Rating.AGAIN)
        state = scheduler.next_state(row.card, state, Moment(row.at, row.day), row.rating)
