"""Between the nouns of memory and what the database keeps of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from cnntutor.memory.clock import instant, micros
from cnntutor.memory.models import CardMemory, CardSlot, Event, LogRow, MemoryState, Phase, Rating

RETIRED = 3
"""Place of `retired` in a card's row."""


def memory_of(row: Sequence[Any]) -> CardMemory:
    """A card from a row of `sql.CARD`."""
    card, note, topic, _, phase, step, stability, difficulty, due_at, due_day, last_at, last_day, *rest = row
    (
        reps,
        lapses,
        suspended,
        buried_on,
        flag,
        version,
        order,
        recalled,
        made_due,
        introduced,
        reviewed,
        planned,
    ) = rest
    plan = (instant(due_at), due_day, instant(last_at), last_day)
    state = MemoryState(Phase(phase), step, stability, difficulty, *plan, reps, lapses)
    marks = (bool(suspended), buried_on, flag, version, order, bool(recalled))
    return CardMemory(card, note, topic, state, *marks, made_due, introduced, reviewed, planned)


def state_params(memory: CardMemory) -> dict[str, Any]:
    """A card's cached columns `sql.STATE`."""
    state = memory.state
    return {
        "phase": state.phase.value,
        "step": state.step,
        "stability": state.stability,
        "difficulty": state.difficulty,
        "due_at": micros(state.due_at),
        "due_day": state.due_day,
        "last_at": micros(state.last_at),
        "last_day": state.last_day,
        "reps": state.reps,
        "lapses": state.lapses,
        "suspended": memory.suspended,
        "buried_on": memory.buried_on,
        "flag": memory.flag,
        "version": memory.version,
        "ordering": memory.order,
        "recalled": memory.recalled,
        "made_due_on": memory.made_due_on,
        "introduced_on": memory.introduced_on,
        "reviewed_on": memory.reviewed_on,
        "reviewed_due": memory.reviewed_due,
    }


def slot_params(slot: CardSlot, position: int, *, retired: bool = False) -> dict[str, Any]:
    """A card never seen before, at its place in the course."""
    memory = CardMemory(slot.card, slot.note, slot.topic, MemoryState())
    place = {
        "card": slot.card,
        "note": slot.note,
        "topic": slot.topic,
        "position": position,
        "retired": retired,
    }
    return place | state_params(memory)


def log_row_of(row: Sequence[Any]) -> LogRow:
    """A row of the log from a row of `sql.LOG`."""
    id_, card, event, rating, at, order, day, ms, device, source, target, phase = row
    return LogRow(
        id=id_,
        card=card,
        event=Event(event),
        rating=None if rating is None else Rating(rating),
        at=instant(at),
        order=order,
        day=day,
        ms=ms,
        device=device,
        source=source,
        target=target,
        phase=None if phase is None else Phase(phase),
    )


def log_params(row: LogRow) -> dict[str, Any]:
    """The columns `sql.LOG` of a row."""
    return {
        "id": row.id,
        "card": row.card,
        "event": row.event.value,
        "rating": None if row.rating is None else int(row.rating),
        "at": micros(row.at),
        "ordering": row.order,
        "day": row.day,
        "ms": row.ms,
        "device": row.device,
        "source": row.source,
        "target": row.target,
        "phase": None if row.phase is None else row.phase.value,
    }
