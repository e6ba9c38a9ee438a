"""A review session: which card now, what an answer did, how far along. Shared by app and plain mode."""

from __future__ import annotations

import secrets
import time
from collections import Counter, deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from cnntutor.errors import StaleCardError, UsageError
from cnntutor.memory.models import CardMemory, Counts, LogRow, Phase, Preview, Rating
from cnntutor.memory.store import Store

LONGEST_MS = 60_000
"""A longer look at a card was a pause; no more than this is counted for one answer."""
WEAKEST = 5
"""How many weak cards a summary names."""
STEPS = (Phase.LEARNING, Phase.RELEARNING)


@dataclass(frozen=True, slots=True)
class Shown:
    """The card in front of the learner."""

    card: str
    seed: int
    """For what the card draws at random; a new one at every showing."""
    preview: Preview
    memory: CardMemory


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a session has come."""

    done: int
    """Answers given."""
    left: int
    """Cards still to come today, as far as is known."""


@dataclass(frozen=True, slots=True)
class Rated:
    """What rating did."""

    row: LogRow | None
    """The answer that was recorded, or None if it was refused."""
    notice: str = ""
    """One line for the learner, if she should know something."""


@dataclass(frozen=True, slots=True)
class Summary:
    """A session in figures."""

    answered: int
    again: int
    minutes: float
    """Time spent on cards, pauses left out."""
    ratings: Mapping[Rating, int]
    recall: float | None
    """Share recalled among answers on cards in review, 0 to 1, or None without any."""
    learnt: int
    """Cards that left their learning steps for their first review."""
    weakest: tuple[str, ...]
    """Cards forgotten in this session, the most often forgotten first."""
    next_due: datetime | None
    """When the next card falls due."""


@dataclass(frozen=True, slots=True)
class _Answer:
    row: LogRow
    before: Phase
    after: Phase
    stability: float = field(default=0.0)


class ReviewSession:
    """Goes through today's cards, card by card.

    Failed cards come back as soon as their step is due. Whatever happens to a card is in the store when the
    method returns.
    """

    def __init__(
        self,
        store: Store,
        *,
        topic: str | None = None,
        limit: int | None = None,
        clock: Callable[[], float] = time.monotonic,
        draw: Callable[[], int] = lambda: secrets.randbits(31),
    ) -> None:
        """Begin; `current` is the first card.

        Args:
            store: the learner's memory.
            topic: only cards of this topic.
            limit: at most this many different cards.
            clock: tells how time passes, in seconds.
            draw: gives the seed of each showing.
        """
        self._store = store
        self._topic = topic
        self._limit = limit
        self._clock = clock
        self._draw = draw
        self._begun = clock()
        self._answers: list[_Answer] = []
        self._undoable: list[str] = []
        self._met: set[str] = set()
        self._ready: deque[str] = deque()
        self._counts = Counts()
        self._next_due: datetime | None = None
        self._shown_at = clock()
        self._current: Shown | None = None
        self._refresh()
        self._advance()

    @property
    def current(self) -> Shown | None:
        """The card to show, or None when nothing is left."""
        return self._current

    @property
    def counts(self) -> Counts:
        """What is left today, the current card included."""
        return self._counts

    @property
    def progress(self) -> Progress:
        """How many answers were given, and how many cards are left."""
        left = self._counts.total
        if self._limit is not None:
            fresh = max(self._limit - len(self._met), 0)
            left = min(left, self._counts.learning + fresh)
        return Progress(len(self._answers), left)

    @property
    def next_due(self) -> datetime | None:
        """When there is something to do again, once nothing is left."""
        return self._next_due

    @property
    def elapsed(self) -> float:
        """Seconds since the session began."""
        return self._clock() - self._begun

    @property
    def on_card(self) -> float:
        """Seconds that the current card has been shown."""
        return self._clock() - self._shown_at

    def rate(self, rating: Rating, ms: int | None = None) -> Rated:
        """Answer the current card and go on to the next.

        Args:
            rating: how well it was recalled.
            ms: how long it took; by default the time since the card was shown. At most a minute counts.

        Returns:
            The recorded answer, or why there is none: the card or the settings changed in another copy of the app.
        """
        shown = self._current
        if shown is None:
            return Rated(None, "There is no card to answer; all are done.")
        taken = round(self.on_card * 1000) if ms is None else ms
        try:
            row = self._store.answer(shown.card, rating, ms=min(taken, LONGEST_MS), shown=shown.preview)
        except StaleCardError:
            return Rated(None, self._refused(shown))
        self._record(shown, row)
        self._advance()
        return Rated(row)

    def undo(self) -> LogRow | None:
        """Take back the last answer or mark of this session and show its card again; None if nothing is left."""
        row = self._take_back()
        if row is None:
            return None
        self._answers = [answer for answer in self._answers if answer.row.id != row.id]
        self._met = {answer.row.card for answer in self._answers}
        self._refresh()
        self._show_again(row.card)
        return row

    def bury(self) -> LogRow | None:
        """Hide the current card until tomorrow and go on."""
        return self._leave(self._store.bury)

    def suspend(self) -> LogRow | None:
        """Hide the current card until it is resumed, and go on."""
        return self._leave(self._store.suspend)

    def flag(self, colour: str) -> LogRow | None:
        """Mark the current card, or clear its mark with the empty text. The card stays as it is drawn."""
        if self._current is None:
            return None
        row = self._store.flag(self._current.card, colour)
        self._undoable.append(row.id)
        card = self._current.card
        self._current = replace(self._current, preview=self._store.preview(card), memory=self._store.memory(card))
        return row

    def summary(self) -> Summary:
        """The session so far in figures."""
        ratings = Counter(answer.row.rating for answer in self._answers)
        reviews = [answer for answer in self._answers if answer.before is Phase.REVIEW]
        recalled = sum(answer.row.rating is not Rating.AGAIN for answer in reviews)
        learning = (Phase.NEW, Phase.LEARNING)
        return Summary(
            answered=len(self._answers),
            again=ratings[Rating.AGAIN],
            minutes=sum(answer.row.ms for answer in self._answers) / LONGEST_MS,
            ratings={rating: ratings[rating] for rating in Rating},
            recall=recalled / len(reviews) if reviews else None,
            learnt=sum(a.before in learning and a.after is Phase.REVIEW for a in self._answers),
            weakest=self._weakest(),
            next_due=self._store.queue(topic=self._topic).next_due,
        )

    def _weakest(self) -> tuple[str, ...]:
        forgotten = Counter(a.row.card for a in self._answers if a.row.rating is Rating.AGAIN)
        stability = {answer.row.card: answer.stability for answer in self._answers}
        worst = sorted(forgotten, key=lambda card: (-forgotten[card], stability[card]))
        return tuple(worst[:WEAKEST])

    def _leave(self, act: Callable[[str], LogRow]) -> LogRow | None:
        if self._current is None:
            return None
        row = act(self._current.card)
        self._undoable.append(row.id)
        self._refresh()
        self._advance()
        return row

    def _record(self, shown: Shown, row: LogRow) -> None:
        assert row.rating is not None
        self._undoable.append(row.id)
        before, after = shown.memory.state, shown.preview.choices[row.rating].state
        self._answers.append(_Answer(row, before.phase, after.phase, after.stability or 0.0))
        self._met.add(row.card)
        self._counts = _after(self._counts, before.phase, after.phase)
        if after.due_at is not None:
            self._next_due = min(filter(None, (self._next_due, after.due_at)))

    def _take_back(self) -> LogRow | None:
        """Undo the last row of this session that still stands: another copy may have taken some back."""
        row = None
        while self._undoable and row is None:
            row = self._store.undo(self._undoable[-1])
            self._undoable.pop()
        return row

    def _refused(self, shown: Shown) -> str:
        """Go on after a refused answer; the line for the learner."""
        self._refresh()
        if shown.card in self._ready and self._store.memory(shown.card).version == shown.preview.version:
            self._show(shown.card)
            return "The settings changed, and so did this card's intervals; rate it once more."
        self._advance()
        return "This card was changed in another window; here is the next one."

    def _refresh(self) -> None:
        """Ask the store again; what was ready stays in the same order."""
        queue = self._store.queue(topic=self._topic)
        self._ready = deque(self._within_limit(queue.cards))
        self._counts, self._next_due = queue.counts, queue.next_due

    def _within_limit(self, cards: tuple[str, ...]) -> list[str]:
        if self._limit is None:
            return list(cards)
        fresh = [card for card in cards if card not in self._met][: max(self._limit - len(self._met), 0)]
        return [card for card in cards if card in self._met or card in fresh] or self._ahead()

    def _ahead(self) -> list[str]:
        """Cards of this session whose step is due soon: the queue holds them back for others beyond the limit."""
        soon = self._store.now() + timedelta(minutes=self._store.settings.learn_ahead_minutes)
        due = {card: self._store.memory(card).state.due_at for card in self._met}
        return sorted((card for card, at in due.items() if at is not None and at <= soon), key=lambda c: (due[c], c))

    def _advance(self) -> None:
        """Show the next card; ask the store again when a step has fallen due or the cards are used up."""
        due_again = self._next_due is not None and self._store.now() >= self._next_due
        if not self._ready or due_again:
            self._refresh()
        self._show(self._ready.popleft() if self._ready else None)

    def _show_again(self, card: str) -> None:
        """Show a card out of turn, unless it is hidden or gone from the course."""
        try:
            memory = self._store.memory(card)
        except UsageError:
            self._advance()
            return
        if memory.suspended or memory.buried_on == self._store.moment().day:
            self._advance()
            return
        self._show(card)

    def _show(self, card: str | None) -> None:
        self._shown_at = self._clock()
        if card is None:
            self._current = None
            return
        if card in self._ready:
            self._ready.remove(card)
        self._current = Shown(card, self._draw(), self._store.preview(card), self._store.memory(card))


def _after(counts: Counts, before: Phase, after: Phase) -> Counts:
    """The counts once a card has gone from one phase to another."""
    due = counts.due - (before is Phase.REVIEW)
    new = counts.new - (before is Phase.NEW)
    learning = counts.learning - (before in STEPS) + (after in STEPS)
    return Counts(max(due, 0), max(new, 0), max(learning, 0))
