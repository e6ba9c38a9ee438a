"""The review log and the cards it keeps up to date: every change of a card is a row that is appended here."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from cnntutor.errors import StaleCardError, UsageError
from cnntutor.memory import rows, sql
from cnntutor.memory.clock import micros
from cnntutor.memory.database import Database
from cnntutor.memory.day import Moment
from cnntutor.memory.kept_settings import KeptSettings
from cnntutor.memory.models import CardMemory, CardSlot, Event, LogRow, Preview, Rating
from cnntutor.memory.replay import PLACEMENT, apply, replay
from cnntutor.memory.scheduling import Scheduler

STALE = "This card was answered elsewhere since it was shown; nothing was recorded."
REPLANNED = "The settings changed since this card was shown, and so did its intervals; nothing was recorded."


@dataclass(frozen=True, slots=True)
class Entry:
    """What is to be written in the log about one card."""

    event: Event
    rating: Rating | None = None
    ms: int = 0
    source: str = "review"
    target: str = ""


class Journal:
    """Appends to the log of one learner and course.

    Every method is called within a transaction of the store, after it made sure of the settings.
    """

    def __init__(self, database: Database, owner: dict[str, str], device: str, kept: KeptSettings) -> None:
        self._database = database
        self._owner = owner
        self._device = device
        self._kept = kept

    def memory(self, card: str) -> CardMemory:
        """The memory of a card of the course.

        Raises:
            UsageError: the course has no such card.
        """
        found = self._find(card)
        if found is None or found[rows.RETIRED]:
            raise UsageError(f"There is no card “{card}” in this course; `cnntutor course show TOPIC` lists them.")
        return rows.memory_of(found)

    def append(self, card: str, entry: Entry, moment: Moment, *, shown: Preview | None = None) -> LogRow:
        """Write one row about one card.

        Raises:
            UsageError: the course has no such card.
            StaleCardError: the card, or the settings that plan it, changed since it was shown.
        """
        memory = self.memory(card)
        if shown is not None and (shown.card != card or shown.version != memory.version):
            raise StaleCardError(STALE)
        if shown is not None and shown.planned_by != self._kept.scheduler.fingerprint:
            raise StaleCardError(REPLANNED)
        return self._write(memory, entry, moment)

    def append_all(self, cards: Iterable[str], entry: Entry, moment: Moment) -> list[LogRow]:
        """Write the same about several cards, or about none of them if one is unknown."""
        return [self._write(self.memory(card), entry, moment) for card in dict.fromkeys(cards)]

    def pass_cards(self, cards: Iterable[str], moment: Moment) -> int:
        """Answer with easy whatever was never answered before; the number of cards that were."""
        entry = Entry(Event.ANSWER, Rating.EASY, source=PLACEMENT)
        unseen = [card for card in dict.fromkeys(cards) if self.memory(card).state.reps == 0]
        self.append_all(unseen, entry, moment)
        return len(unseen)

    def undo(self, moment: Moment, row_id: str | None = None) -> LogRow | None:
        """Take back one row, or the last thing that this device's learner did to a card; None if there is none."""
        if row_id is None:
            found = self._database.ask(sql.LAST_MINE, self._owner | {"device": self._device})
        else:
            found = self._database.ask(sql.UNDOABLE, self._owner | {"id": row_id})
        if not found:
            return None
        taken = rows.log_row_of(found[0])
        memory = rows.memory_of(self._known(taken.card))
        undo = self._row(memory, Entry(Event.UNDO, target=taken.id), moment)
        self._database.tell(sql.APPEND, self._owner | rows.log_params(undo))
        self._save(self._replayed(memory), seen=memory.version)
        return taken

    def merge(self, other: Iterable[LogRow]) -> int:
        """Add the rows of another log that are not here yet; the number of them.

        Raises:
            UsageError: an answer has no rating.
        """
        found = list(other)
        blank = next((row for row in found if row.event is Event.ANSWER and row.rating is None), None)
        if blank is not None:
            raise UsageError(f"Answer {blank.id} of the card “{blank.card}” has no rating; nothing was added.")
        added = [row for row in found if self._database.tell(sql.UNION, self._owner | rows.log_params(row))]
        for card in dict.fromkeys(row.card for row in added):
            memory = rows.memory_of(self._known(card))
            self._save(self._replayed(memory), seen=memory.version)
        return len(added)

    def rebuild(self, scheduler: Scheduler | None = None) -> None:
        """Replay the whole log into the cards, under another scheduler where given."""
        scheduler = scheduler or self._kept.scheduler
        cards = [rows.memory_of(row) for row in self._database.ask(sql.ALL_CARDS, self._owner)]
        logged = map(rows.log_row_of, self._database.ask(sql.LOG_BY_CARD, self._owner))
        log = {card: list(each) for card, each in groupby(logged, lambda row: row.card)}
        replayed = ((card, replay(card, log.get(card.card, ()), scheduler)) for card in cards)
        changed = [self._state(after, before.version) for before, after in replayed if before != after]
        self._database.tell_all(sql.SAVE_CARD, changed)

    def enrol(self, slots: Sequence[CardSlot]) -> None:
        """Make the cards of the course exactly these, in this order."""
        params = [self._owner | rows.slot_params(slot, position) for position, slot in enumerate(slots)]
        self._database.tell(sql.RETIRE_ALL, self._owner | {"retired": True})
        self._database.tell_all(sql.PUT_SLOT, params)

    def read(self, statement: str) -> list[LogRow]:
        """The rows of the log that a statement of `sql` chooses."""
        return [rows.log_row_of(row) for row in self._database.ask(statement, self._owner)]

    def _write(self, memory: CardMemory, entry: Entry, moment: Moment) -> LogRow:
        row = self._row(memory, entry, moment)
        self._database.tell(sql.APPEND, self._owner | rows.log_params(row))
        self._save(apply(memory, row, self._kept.scheduler), seen=memory.version)
        return row

    def _row(self, memory: CardMemory, entry: Entry, moment: Moment) -> LogRow:
        return LogRow(
            id=str(uuid.uuid4()),
            card=memory.card,
            event=entry.event,
            rating=entry.rating,
            at=moment.at,
            order=max(micros(moment.at), memory.order + 1),
            day=moment.day,
            ms=entry.ms,
            device=self._device,
            source=entry.source,
            target=entry.target,
            phase=memory.state.phase if entry.event is Event.ANSWER else None,
        )

    def _replayed(self, memory: CardMemory) -> CardMemory:
        found = self._database.ask(sql.CARD_LOG, self._owner | {"card": memory.card})
        return replay(memory, map(rows.log_row_of, found), self._kept.scheduler)

    def _save(self, memory: CardMemory, *, seen: int) -> None:
        if not self._database.tell(sql.SAVE_CARD, self._state(memory, seen)):
            raise StaleCardError(STALE)

    def _state(self, memory: CardMemory, seen: int) -> dict[str, Any]:
        return self._owner | rows.state_params(memory) | {"card": memory.card, "seen": seen}

    def _find(self, card: str) -> Sequence[Any] | None:
        found = self._database.ask(sql.CARD, self._owner | {"card": card})
        return found[0] if found else None

    def _known(self, card: str) -> Sequence[Any]:
        """The row of a card, made as a retired one where the course here does not have it (yet)."""
        slot = rows.slot_params(CardSlot(card, card, ""), 0, retired=True)
        self._database.tell(sql.PUT_UNKNOWN, self._owner | slot)
        found = self._find(card)
        assert found is not None
        return found
