"""When a card is due, as an instant. Pure."""

from __future__ import annotations

from datetime import datetime

from cnntutor.memory.day import Calendar
from cnntutor.memory.models import MemoryState


def due_at(state: MemoryState, calendar: Calendar) -> datetime | None:
    """The instant (UTC) from which a card is due, or None for a new one.

    Args:
        state: its memory.
        calendar: says when the study day of a review begins.
    """
    if state.due_at is not None:
        return state.due_at
    return calendar.start(state.due_day) if state.due_day is not None else None
