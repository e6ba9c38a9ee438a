"""The learner's memory on disk: one door to answer, undo, ask what is due, and read the log."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, tzinfo
from pathlib import Path
from types import TracebackType
from typing import Self

from cnntutor.errors import UsageError
from cnntutor.memory import catch_up, rows, sql
from cnntutor.memory.catch_up import CatchUp, Offer
from cnntutor.memory.clock import Clock, utc_now
from cnntutor.memory.counting import count
from cnntutor.memory.database import PATIENCE, Database
from cnntutor.memory.day import Calendar, Moment
from cnntutor.memory.journal import Entry, Journal
from cnntutor.memory.kept_settings import KeptSettings
from cnntutor.memory.models import (
    FLAGS,
    CardMemory,
    CardSlot,
    Event,
    LogRow,
    Preview,
    Queue,
    QuizResult,
    Rating,
)
from cnntutor.memory.queue import Today, build_queue, due_backlog, is_catching_up, may_ask
from cnntutor.memory.records import JsonValue, Records
from cnntutor.memory.settings import Settings
from cnntutor.memory.stats import Statistics, statistics_of
from cnntutor.memory.waiting import gather, met_on, waiting_card

EARLIEST, LATEST = 1971, 2999
"""Years in which a card may be answered; its next review may lie a century later."""
LONGEST_MS = 86_400_000
"""No answer takes longer than a day."""


class Store:
    """Everything that one learner remembers of one course.

    Each method is one transaction, committed when it returns. A store may be used from several threads.
    """

    def __init__(
        self,
        database: Database,
        *,
        clock: Clock = utc_now,
        tz: tzinfo | None = None,
        learner: str = "me",
        course: str = "cnn",
    ) -> None:
        """Make a store over an open database; `Store.open` does both."""
        self._database = database
        self._clock = clock
        self._tz = tz
        self._owner = {"learner": learner, "course": course}
        self._records = Records(database, self._owner)
        self._kept = KeptSettings(database, self._owner)
        device = self._records.about("device") or ""
        self._journal = Journal(database, self._owner, device, self._kept)
        self.device = device
        """Names the machine whose database this is, in every row that is written here."""

    @classmethod
    def open(
        cls,
        where: Path | str,
        *,
        clock: Clock = utc_now,
        tz: tzinfo | None = None,
        learner: str = "me",
        course: str = "cnn",
        patience: float = PATIENCE,
    ) -> Self:
        """Open a learner's database; it is made where there is none, and migrated where it is older.

        Args:
            where: a path, or an SQLAlchemy URL.
            clock: tells the time.
            tz: the learner's time zone; None is the machine's own.
            learner: whose memory.
            course: of which course.
            patience: seconds to wait while another copy writes.

        Raises:
            StoreError: it cannot be opened, is no database of ours, or a newer cnntutor wrote it.
        """
        database = Database.open(where, patience=patience)
        try:
            return cls(database, clock=clock, tz=tz, learner=learner, course=course)
        except BaseException:
            database.close()
            raise

    def close(self) -> None:
        """Give the file back."""
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def calendar(self) -> Calendar:
        """How instants fall into study days."""
        return Calendar(self._tz, self.settings.day_turns_at)

    def now(self) -> datetime:
        """What the store's clock says."""
        return self._clock()

    def moment(self, at: datetime | None = None) -> Moment:
        """An instant (now by default) with its study day.

        Raises:
            UsageError: the instant has no time zone, or lies where no calendar reaches.
        """
        at = self._clock() if at is None else at
        if not EARLIEST <= at.year <= LATEST:
            raise UsageError(f"{at.isoformat()} is out of range: give a time from {EARLIEST} to {LATEST}.")
        try:
            return self.calendar.moment(at)
        except ValueError as error:
            raise UsageError(f"{error}.") from None

    def enrol(self, slots: Sequence[CardSlot]) -> None:
        """Let the memory know the course's cards, in course order.

        Cards that are gone from the course are retired: not shown again, but their log is kept, and they come
        back as they were. Costs next to nothing when the course is as it was.
        """
        key = f"course/{self._owner['learner']}/{self._owner['course']}"
        text = "\n".join(f"{slot.card}\t{slot.note}\t{slot.topic}" for slot in slots)
        print_ = hashlib.blake2b(text.encode(), digest_size=16).hexdigest()
        if self._records.about(key) == print_:
            return
        with self._database.writing():
            self._journal.enrol(slots)
            self._records.note(key, print_)

    def memory(self, card_id: str) -> CardMemory:
        """What is remembered of one card.

        Raises:
            UsageError: the course has no such card.
        """
        with self._database.reading():
            return self._journal.memory(card_id)

    def memories(self, topic: str | None = None) -> list[CardMemory]:
        """What is remembered of every card of the course (or of one topic), in course order."""
        with self._database.reading():
            found = self._database.ask(sql.CARDS, self._owner | {"topic": topic or ""})
        return [rows.memory_of(row) for row in found]

    def queue(self, at: datetime | None = None, *, topic: str | None = None, limit: int | None = None) -> Queue:
        """What is to be reviewed at an instant (now by default).

        Args:
            at: aware.
            topic: only cards of this topic; the day's limits hold all the same.
            limit: at most this many cards in `Queue.cards`; the counts stay whole.
        """
        with self._reading():
            today = self._today(at)
            return build_queue(gather(self._database.ask, self._owner, today.now.day, topic), today, limit)

    def asks(self, card_id: str, at: datetime | None = None) -> bool:
        """Whether an article may ask a card at an instant (now by default).

        It may if the card is new or due, is in the course and not hidden, and no sibling was asked today. The day's
        limits do not matter.
        """
        with self._reading():
            today = self._today(at)
            card = waiting_card(self._database.ask, self._owner, card_id)
            return card is not None and may_ask(card, met_on(self._database.ask, self._owner, today.now.day), today)

    def preview(self, card_id: str, at: datetime | None = None) -> Preview:
        """What each rating would do to a card at an instant (now by default).

        Raises:
            UsageError: the course has no such card.
        """
        with self._reading():
            memory, moment, scheduler = self._journal.memory(card_id), self.moment(at), self._kept.scheduler
        return Preview(
            card=card_id,
            version=memory.version,
            choices=scheduler.choices(card_id, memory.state, moment),
            retrievability=scheduler.retrievability(memory.state, moment.day),
            planned_by=scheduler.fingerprint,
        )

    def answer(
        self,
        card_id: str,
        rating: Rating,
        at: datetime | None = None,
        *,
        ms: int = 0,
        source: str = "review",
        shown: Preview | None = None,
    ) -> LogRow:
        """Record an answer; it is on disk when this returns.

        Args:
            card_id: the card.
            rating: how well it was recalled.
            at: when, aware; now by default.
            ms: how long it took, from question to rating, in milliseconds; a day at most.
            source: where it was answered: review, read, quiz or command.
            shown: the preview that the learner saw, to refuse the answer if the card changed since.

        Raises:
            UsageError: the course has no such card, or no answer takes so long.
            StaleCardError: the card, or the settings that plan it, changed since `shown`; nothing is recorded.
            StoreError: it could not be written; nothing is recorded.
        """
        if not 0 <= ms <= LONGEST_MS:
            raise UsageError(f"An answer cannot take {ms} ms; give a time from 0 to {LONGEST_MS:,}.")
        return self._append(card_id, Entry(Event.ANSWER, Rating(rating), ms=ms, source=source), at, shown)

    def undo(self, row_id: str | None = None) -> LogRow | None:
        """Take back an answer, bury, suspend, resume or flag. What the quiz made due stays due.

        Args:
            row_id: the row of the log to take back; by default the last one made in this database, so that
                repeated undo goes further back.

        Returns:
            The row taken back, or None when it was taken back already or there is none.
        """
        with self._writing():
            return self._journal.undo(self.moment(), row_id)

    def bury(self, card_id: str, at: datetime | None = None) -> LogRow:
        """Hide a card until the next study day."""
        return self._append(card_id, Entry(Event.BURY), at)

    def suspend(self, card_id: str) -> LogRow:
        """Hide a card until it is resumed."""
        return self._append(card_id, Entry(Event.SUSPEND))

    def resume(self, card_id: str) -> LogRow:
        """Show a suspended or buried card again."""
        return self._append(card_id, Entry(Event.RESUME))

    def flag(self, card_id: str, colour: str) -> LogRow:
        """Mark a card with a colour, or with the empty text to clear it.

        Raises:
            UsageError: there is no such card or colour.
        """
        if colour not in FLAGS:
            raise UsageError(f"“{colour}” is no flag: choose {', '.join(filter(None, FLAGS))}, or none.")
        return self._append(card_id, Entry(Event.FLAG, target=colour))

    def make_due(self, card_ids: Iterable[str], at: datetime | None = None, *, source: str = "quiz") -> None:
        """Make cards due today, first among the reviews: what rests on them was missed, or the learner asks for them.

        Args:
            card_ids: the cards.
            at: when, aware; now by default.
            source: where that was: quiz or listen.
        """
        with self._writing():
            self._journal.append_all(card_ids, Entry(Event.DUE, source=source), self.moment(at))

    def pass_topic(self, topic: str, card_ids: Iterable[str], at: datetime | None = None) -> int:
        """Placement passed: answer with easy those cards of a topic that were never answered.

        Returns:
            How many cards that were.

        Raises:
            UsageError: a card does not belong to the topic; nothing is recorded.
        """
        cards = list(card_ids)
        with self._writing():
            known = {memory.card for memory in self.memories(topic)}
            stranger = next((card for card in cards if card not in known), None)
            if stranger is not None:
                raise UsageError(f"“{stranger}” is no card of the topic “{topic}”.")
            return self._journal.pass_cards(cards, self.moment(at))

    @property
    def catching_up(self) -> CatchUp | None:
        """How the learner is catching up, or None."""
        return self._kept.catch_up

    def catch_up_offer(self, at: datetime | None = None) -> Offer | None:
        """An offer to spread a backlog over several days, if there is one not yet being worked off."""
        with self._reading():
            today = self._today(at)
            material = gather(self._database.ask, self._owner, today.now.day)
            if is_catching_up(material, today):
                return None
            span = self._owner | {"day": today.now.day}
            last_day = self._database.ask(sql.DAY_BEFORE, span)[0][0]
            since = (last_day or today.now.day) - catch_up.HABIT_DAYS
            daily = dict(map(tuple, self._database.ask(sql.DAILY, span | {"since": since})))
        return catch_up.offer(due_backlog(material, today), today.now.day, last_day, daily, today.settings)

    def start_catch_up(self, days: int, at: datetime | None = None) -> CatchUp:
        """Spread what is due now over this many study days, without new cards.

        Raises:
            UsageError: fewer than one day or more than a year.
        """
        if not 1 <= days <= catch_up.MOST_DAYS:
            raise UsageError(f"Catching up takes from 1 to {catch_up.MOST_DAYS} days, not {days}.")
        with self._reading():
            today = self._today(at)
            backlog = due_backlog(gather(self._database.ask, self._owner, today.now.day), today)
        plan = CatchUp(today.now.day, days, backlog)
        self._kept.save_catch_up(plan)
        return plan

    def stop_catch_up(self) -> None:
        """Show everything that is due again, within the day's limits."""
        self._kept.save_catch_up(None)

    def log(self) -> list[LogRow]:
        """The answers that count, oldest first: undone answers and undo rows are left out."""
        with self._database.reading():
            return self._journal.read(sql.ANSWERS)

    def events(self) -> list[LogRow]:
        """Every row of the log, oldest first."""
        with self._database.reading():
            return self._journal.read(sql.EVENTS)

    def merge(self, other: Iterable[LogRow]) -> int:
        """Add the rows of another log that are not here yet, and replay the cards they speak of.

        Returns:
            How many rows were new.

        Raises:
            UsageError: an answer has no rating; nothing is added.
        """
        with self._writing():
            return self._journal.merge(other)

    def rebuild(self) -> None:
        """Replay the whole log into the cards. Changes nothing unless settings did."""
        with self._writing():
            self._journal.rebuild()

    @property
    def settings(self) -> Settings:
        """The learner's settings, as last read; every step that plans a card reads them anew if they changed."""
        return self._kept.settings

    def save_settings(self, settings: Settings) -> None:
        """Keep what differs from `self.settings`. Cards are rescheduled by replaying the log if they plan differently.

        What another copy of the app changed since stays as that copy has it.
        """
        self._kept.save(settings, self._journal.rebuild)

    def remember(self, key: str, value: JsonValue) -> None:
        """Keep a place, such as how far an article was read."""
        self._records.remember(key, value)

    def recall(self, key: str) -> JsonValue:
        """What was kept under a key, or None."""
        return self._records.recall(key)

    def record_quiz(self, results: QuizResult | Iterable[QuizResult]) -> None:
        """Keep answered quiz questions."""
        self._records.add_quiz([results] if isinstance(results, QuizResult) else list(results))

    def quiz_results(self, topic: str | None = None) -> list[QuizResult]:
        """The answered quiz questions (of one topic), oldest first."""
        return self._records.quiz(topic)

    def statistics(self, at: datetime | None = None) -> Statistics:
        """The learner's figures at an instant (now by default)."""
        with self._reading():
            moment, calendar = self.moment(at), self.calendar
            counted = count(self._database.ask, self._owner, moment.day, calendar)
        return statistics_of(counted, moment.day, calendar)

    @contextmanager
    def _reading(self) -> Iterator[None]:
        """One view of the data, with the settings of now."""
        with self._database.reading():
            self._kept.refresh()
            yield

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """One transaction, with the settings of now: another copy of the app may have changed them."""
        with self._database.writing():
            self._kept.refresh()
            yield

    def _append(self, card: str, entry: Entry, at: datetime | None = None, shown: Preview | None = None) -> LogRow:
        with self._writing():
            return self._journal.append(card, entry, self.moment(at), shown=shown)

    def _today(self, at: datetime | None) -> Today:
        return Today(self.moment(at), self.calendar.start, self.settings, self._kept.catch_up)
