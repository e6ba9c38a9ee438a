"""A card's memory is what its log says, read from the first row to the last. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from cnntutor.memory.day import Moment
from cnntutor.memory.models import CardMemory, Event, LogRow, MemoryState, Phase, Rating
from cnntutor.memory.scheduling import Scheduler

PLACEMENT = "placement"
"""Source of answers that stand for a topic passed without being asked its cards."""


def replay(card: CardMemory, rows: Iterable[LogRow], scheduler: Scheduler) -> CardMemory:
    """The memory that all rows of one card's log give.

    Args:
        card: the card itself; whatever it remembers is forgotten first.
        rows: all its rows, in any order.
        scheduler: turns ratings into states.
    """
    ordered = sorted(rows, key=lambda row: (row.order, row.id))
    memory = CardMemory(card.card, card.note, card.topic, state=MemoryState())
    for row in effective(ordered):
        memory = apply(memory, row, scheduler)
    last = ordered[-1].order if ordered else 0
    return replace(memory, version=len(ordered), order=last)


def effective(rows: Iterable[LogRow]) -> list[LogRow]:
    """The rows that still count: neither undo rows nor what they take back."""
    kept = list(rows)
    undone = {row.target for row in kept if row.event is Event.UNDO}
    return [row for row in kept if row.event is not Event.UNDO and row.id not in undone]


def apply(memory: CardMemory, row: LogRow, scheduler: Scheduler) -> CardMemory:
    """The memory after one more row, later than all before it and no undo."""
    if row.event is Event.ANSWER:
        return _answered(memory, row, scheduler)
    memory = replace(memory, version=memory.version + 1, order=row.order)
    match row.event:
        case Event.BURY:
            return replace(memory, buried_on=row.day)
        case Event.SUSPEND:
            return replace(memory, suspended=True)
        case Event.RESUME:
            return replace(memory, suspended=False, buried_on=None)
        case Event.FLAG:
            return replace(memory, flag=row.target)
        case Event.DUE:
            return replace(memory, made_due_on=row.day)
        case Event.UNDO:
            raise ValueError("an undo changes what came before it: replay the card's whole log")


def _answered(memory: CardMemory, row: LogRow, scheduler: Scheduler) -> CardMemory:
    if row.rating is None:
        raise ValueError(f"answer {row.id} of {row.card} has no rating")
    before = memory.state
    after = scheduler.next_state(memory.card, before, Moment(row.at, row.day), row.rating)
    spent = memory.made_due_on is None and row.source != PLACEMENT
    reviewed = before.phase is Phase.REVIEW
    return replace(
        memory,
        version=memory.version + 1,
        order=row.order,
        state=after,
        recalled=memory.recalled or row.rating is not Rating.AGAIN,
        made_due_on=None,
        introduced_on=row.day if before.phase is Phase.NEW and spent else memory.introduced_on,
        reviewed_on=row.day if reviewed else memory.reviewed_on,
        reviewed_due=before.due_day if reviewed else memory.reviewed_due,
    )
