"""The tables of a learner's database.

Every row says whose it is and of which course. Instants are microseconds since 1970 (UTC), study days are
`date.toordinal()`; both are whole numbers in every SQL dialect. `review_log` is the truth; the columns of
`card` below its slot are a cache of what replaying the log gives.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Index, Integer, text
from sqlmodel import Field, SQLModel

INSTANT = BigInteger
SERIAL = BigInteger().with_variant(Integer, "sqlite")
"""SQLite numbers rows by itself only where the key is declared INTEGER."""


def _only(where: str) -> dict[str, Any]:
    """An index over some rows alone: an answer then writes to no index that its card is not in."""
    return {"sqlite_where": text(where), "postgresql_where": text(where)}


def _index(name: str, *columns: str, where: str | None = None) -> Index:
    return Index(name, "learner", "course", *columns, **(_only(where) if where else {}))


class Owned(SQLModel):
    """What every row carries."""

    learner: str = Field(primary_key=True)
    course: str = Field(primary_key=True)


class CardRow(Owned, table=True):
    """A card: its slot in the course, and the memory of it.

    They share a row because the queue asks for both at once: the new cards in course order come from one
    index, and no answer has to keep two tables in step.
    """

    __tablename__ = "card"
    __table_args__ = (
        _index("card_new", "position", where="phase = 'new'"),
        _index("card_due_at", "due_at", where="due_at IS NOT NULL"),
        _index("card_due_day", "due_day", where="due_day IS NOT NULL"),
        _index("card_made_due", "made_due_on", where="made_due_on IS NOT NULL"),
    )

    card: str = Field(primary_key=True)
    note: str
    topic: str
    position: int
    retired: bool
    """Gone from the course; its log stays."""

    phase: str
    step: int | None
    stability: float | None
    difficulty: float | None
    due_at: int | None = Field(sa_type=INSTANT)
    due_day: int | None
    last_at: int | None = Field(sa_type=INSTANT)
    last_day: int | None
    reps: int
    lapses: int
    suspended: bool
    buried_on: int | None
    flag: str
    version: int
    ordering: int = Field(sa_type=INSTANT)
    """`CardMemory.order`; the word itself is reserved in SQL."""
    recalled: bool
    made_due_on: int | None
    introduced_on: int | None
    reviewed_on: int | None
    reviewed_due: int | None


class LogEntry(SQLModel, table=True):
    """A row of the review log, never changed and never deleted."""

    __tablename__ = "review_log"
    __table_args__ = (
        _index("review_log_card", "card", "ordering"),
        _index("review_log_day", "day"),
        Index("review_log_undo", "target", **_only("event = 'undo'")),
    )

    seq: int | None = Field(default=None, primary_key=True, sa_type=SERIAL)
    """Order of arrival in this database."""
    id: str = Field(unique=True)
    learner: str
    course: str
    card: str
    event: str
    rating: int | None
    at: int = Field(sa_type=INSTANT)
    ordering: int = Field(sa_type=INSTANT)
    day: int
    ms: int
    device: str
    source: str
    target: str
    phase: str | None


class QuizRow(Owned, table=True):
    """An answered quiz question."""

    __tablename__ = "quiz_result"
    __table_args__ = (_index("quiz_result_topic", "topic", "at"),)

    id: str = Field(primary_key=True)
    question: str
    topic: str
    skill: str
    at: int = Field(sa_type=INSTANT)
    correct: bool
    confidence: float
    ms: int
    seed: int = Field(sa_type=BigInteger)
    given: str
    claimed: bool
    placement: bool


class SettingRow(Owned, table=True):
    """A setting: name → JSON."""

    __tablename__ = "setting"

    key: str = Field(primary_key=True)
    value: str


class PlaceRow(Owned, table=True):
    """A remembered place, such as how far an article was read: key → JSON."""

    __tablename__ = "place"

    key: str = Field(primary_key=True)
    value: str


class MetaRow(SQLModel, table=True):
    """About the database itself: its schema and the device that made it."""

    __tablename__ = "meta"

    key: str = Field(primary_key=True)
    value: str


OURS = [
    SQLModel.metadata.tables[str(row.__tablename__)]
    for row in (CardRow, LogEntry, QuizRow, SettingRow, PlaceRow, MetaRow)
]
"""The tables of a learner's database, whatever else may be declared in the same process."""
