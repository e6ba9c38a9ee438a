"""The rows that a queue is made of, asked of whoever has the database open: the store or the glance."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from cnntutor.memory import sql

Params = Mapping[str, Any]
Ask = Callable[[str, Params], Sequence[Sequence[Any]]]
"""Runs a statement with named parameters and gives all rows."""


class Waiting(NamedTuple):
    """A card as the queue sees it; the columns `sql.WAITING`."""

    card: str
    note: str
    topic: str
    position: int
    phase: str
    due_at: int | None
    due_day: int | None
    last_at: int | None
    last_day: int | None
    stability: float | None
    suspended: bool
    buried_on: int | None
    retired: bool
    made_due_on: int | None
    introduced_on: int | None
    reviewed_on: int | None
    reviewed_due: int | None


@dataclass(frozen=True, slots=True)
class Met:
    """What a day has seen already, and so what keeps siblings back."""

    steps: Sequence[Waiting]
    """Cards in learning and relearning steps."""
    touched: Sequence[Waiting]
    """Cards answered today, or later by a clock that was wrong; of every topic, for siblings and limits."""
    hidden: frozenset[str]
    """Notes of which a card was buried or suspended today: its answer may have been read."""


@dataclass(frozen=True, slots=True)
class Material(Met):
    """What a day's queue is made of."""

    due: Sequence[Waiting]
    """Cards whose review day has come."""
    made_due: Sequence[Waiting]
    """Cards made due by a missed question, new ones included, in course order."""
    new: Iterable[Waiting]
    """New cards in course order, read only as far as they are wanted."""
    next_day: int | None
    """The first study day after today for which a review is planned."""
    topic: str | None = None
    """The only topic asked for, or None."""


def gather(ask: Ask, owner: Params, day: int, topic: str | None = None) -> Material:
    """Ask for everything that the queue of a study day needs.

    Args:
        ask: runs the statements.
        owner: the parameters `learner` and `course`.
        day: study day.
        topic: only cards of this topic, where given.
    """
    params = {**owner, "day": day, "topic": topic or ""}
    (next_day,) = ask(sql.NEXT_DAY, params)[0]
    met = met_on(ask, owner, day, topic)
    return Material(
        steps=met.steps,
        touched=met.touched,
        hidden=met.hidden,
        due=_read(ask, sql.DUE_BY_DAY, params),
        made_due=_read(ask, sql.MADE_DUE, params),
        new=_new_cards(ask, params),
        next_day=next_day,
        topic=topic,
    )


def met_on(ask: Ask, owner: Params, day: int, topic: str | None = None) -> Met:
    """What a study day has seen already; steps of one topic alone, where given."""
    params = {**owner, "day": day, "topic": topic or ""}
    return Met(
        steps=_read(ask, sql.IN_STEPS, params),
        touched=_read(ask, sql.TOUCHED, params),
        hidden=frozenset(note for (note,) in ask(sql.HIDDEN, params)),
    )


def waiting_card(ask: Ask, owner: Params, card: str) -> Waiting | None:
    """One card as the queue sees it, or None where there is none of this id."""
    found = _read(ask, sql.WAITS, {**owner, "card": card})
    return found[0] if found else None


def _read(ask: Ask, statement: str, params: Params) -> list[Waiting]:
    return [Waiting._make(row) for row in ask(statement, params)]


def _new_cards(ask: Ask, params: Params) -> Iterator[Waiting]:
    position = -1
    while rows := ask(sql.NEW, {**params, "position": position}):
        cards = [Waiting._make(row) for row in rows]
        yield from cards
        position = cards[-1].position
