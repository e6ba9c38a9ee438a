"""Today's work in order. Pure: from the rows of `waiting`, a moment and the settings.

Learning steps that are due come first; then reviews with new cards spread evenly among them. One note shows
one card a day, be it answered, buried or suspended; save cards in their steps. When nothing else is left, steps
due shortly are shown early.
"""

from __future__ import annotations

import zlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from cnntutor.memory.catch_up import CatchUp
from cnntutor.memory.clock import instant, micros
from cnntutor.memory.day import Moment
from cnntutor.memory.forgetting import DECAY, retrievability
from cnntutor.memory.models import Counts, Queue
from cnntutor.memory.settings import Settings
from cnntutor.memory.waiting import Material, Met, Waiting

MINUTE = 60_000_000
DAY = 24 * 60 * MINUTE
"""Microseconds."""
DECAY_AT = 20
"""Index of the decay among the FSRS parameters."""


@dataclass(frozen=True, slots=True)
class Today:
    """Everything but the cards that decides about a queue."""

    now: Moment
    starts: Callable[[int], datetime]
    """When a study day begins."""
    settings: Settings
    catch_up: CatchUp | None = None

    def is_lost(self, card: Waiting) -> bool:
        """Answered more than a day in the future: the clock was wrong, so the plan is too."""
        return card.last_at is not None and card.last_at > micros(self.now.at) + DAY

    def is_buried(self, card: Waiting) -> bool:
        """Hidden for this study day."""
        return card.buried_on == self.now.day

    def is_hidden(self, card: Waiting) -> bool:
        """Not to be shown today, however due it is."""
        return self.is_buried(card) or bool(card.suspended) or bool(card.retired)


@dataclass(frozen=True, slots=True)
class _Admitted:
    cards: list[Waiting]
    held: int
    """Reviews kept back by a limit."""
    siblings: bool
    """Whether some wait for a sibling's day to end."""


def build_queue(material: Material, today: Today, limit: int | None = None) -> Queue:
    """The queue of a moment.

    Args:
        material: the cards.
        today: the moment, the settings, and whether the learner is catching up.
        limit: at most this many cards in `Queue.cards`; the counts stay whole.
    """
    now = micros(today.now.at)
    steps = _steps(material, today)
    siblings = _Siblings(material, steps, today)
    reviews = _reviews(material, today, siblings)
    new = _new(material, today, siblings, catching_up=is_catching_up(material, today))
    ready = [card for due, card in steps if due <= now]
    shown = [*ready, *interleave(reviews.cards, new)] or _ahead(steps, today)
    counts = Counts(len(reviews.cards), len(new), sum(due < _last_step(today) for due, _ in steps))
    return Queue(
        cards=tuple(card.card for card in shown[:limit]),
        counts=counts,
        next_due=_next_due(material, today, steps, {card.card for card in shown}, reviews),
        backlog=reviews.held,
    )


def may_ask(card: Waiting, met: Met, today: Today) -> bool:
    """Whether a card is new or due, and neither hidden nor kept back by a sibling. The day's limits do not matter."""
    if today.is_hidden(card):
        return False
    if card.due_at is not None:
        return today.is_lost(card) or card.due_at <= micros(today.now.at)
    planned = card.due_day is not None and card.due_day <= today.now.day
    made_due = card.made_due_on is not None and card.made_due_on <= today.now.day
    if not (card.phase == "new" or planned or made_due or today.is_lost(card)):
        return False
    return _Siblings(met, _steps(met, today), today).admit(card)


def due_backlog(material: Material, today: Today) -> int:
    """How many reviews are due, before any limit."""
    return len(_due(material, today))


def _steps(met: Met, today: Today) -> list[tuple[int, Waiting]]:
    """Cards in their steps with the instant at which each is due, oldest first."""
    cards = [card for card in met.steps if not today.is_buried(card) and card.due_at is not None]
    timed = [(0 if today.is_lost(card) else card.due_at or 0, card) for card in cards]
    return sorted(timed, key=lambda pair: (pair[0], pair[1].card))


def _last_step(today: Today) -> int:
    """Steps due before this instant belong to today."""
    ahead = micros(today.now.at) + today.settings.learn_ahead_minutes * MINUTE
    return max(micros(today.starts(today.now.day + 1)), ahead + 1)


def _ahead(steps: list[tuple[int, Waiting]], today: Today) -> list[Waiting]:
    soon = micros(today.now.at) + today.settings.learn_ahead_minutes * MINUTE
    return [card for due, card in steps if due <= soon]


class _Siblings:
    """Lets one card of a note through a day."""

    def __init__(self, met: Met, steps: list[tuple[int, Waiting]], today: Today) -> None:
        self._hidden = met.hidden
        self._answered: dict[str, set[str]] = defaultdict(set)
        for card in met.touched:
            if card.last_day == today.now.day:
                self._answered[card.note].add(card.card)
        self._taken = {card.note: card.card for _, card in steps}

    def admit(self, card: Waiting) -> bool:
        """Whether the card may show today; if so, its siblings may not."""
        if card.note in self._hidden or self._answered.get(card.note, set()) - {card.card}:
            return False
        return self._taken.setdefault(card.note, card.card) == card.card

    def release(self, cards: Iterable[Waiting]) -> None:
        """These cards are not shown after all."""
        for card in cards:
            self._taken.pop(card.note, None)


def _due(material: Material, today: Today) -> list[Waiting]:
    """Reviews that are due: by their day, because they were made due, or because the clock was wrong."""
    lost = (c for c in material.touched if today.is_lost(c) and material.topic in (None, c.topic))
    found = {c.card: c for c in (*material.due, *material.made_due, *lost) if c.due_day is not None}
    return [c for c in found.values() if not today.is_hidden(c)]


def _reviews(material: Material, today: Today, siblings: _Siblings) -> _Admitted:
    due = sorted(_due(material, today), key=lambda card: _review_order(card, today))
    single = [card for card in due if siblings.admit(card)]
    plan = today.catch_up if is_catching_up(material, today) else None
    held = _held_by_catching_up(plan, single, material, today) if plan else set()
    counted = [c.card for c in single if not (plan and _is_behind(plan, c))]
    held.update(counted[max(today.settings.reviews_per_day - _done(material, today, plan), 0) :])
    siblings.release(card for card in single if card.card in held)
    return _Admitted([card for card in single if card.card not in held], len(held), len(single) < len(due))


def _is_behind(plan: CatchUp, card: Waiting) -> bool:
    """Whether a card belongs to the backlog that is caught up with; cards made due never wait."""
    return card.made_due_on is None and plan.covers(card.due_day)


def _held_by_catching_up(plan: CatchUp, cards: list[Waiting], material: Material, today: Today) -> set[str]:
    behind = sorted((c for c in cards if _is_behind(plan, c)), key=lambda card: -_chance(card, today))
    done = sum(card.reviewed_on == today.now.day and plan.covers(card.reviewed_due) for card in material.touched)
    return {card.card for card in behind[max(plan.per_day - done, 0) :]}


def _review_order(card: Waiting, today: Today) -> tuple[bool, int, int]:
    """Cards made due first, then by day; within a day in an order that is the day's own."""
    seed = f"{today.settings.fuzz_seed}/{today.now.day}/{card.card}"
    return card.made_due_on is None, card.due_day or 0, zlib.crc32(seed.encode())


def is_catching_up(material: Material, today: Today) -> bool:
    """Whether a plan to catch up still has a backlog to work off."""
    plan = today.catch_up
    if plan is None or not plan.may_run(today.now.day):
        return False
    return any(plan.covers(card.due_day) and not today.is_buried(card) for card in material.due)


def _chance(card: Waiting, today: Today) -> float:
    """Chance of recall.

    The forgetting curve is steep where recall is likely and flat where it is not: a day's wait costs most for
    the cards that are still known and little for those that are lost already. So the known are saved first.
    """
    if card.stability is None or card.last_day is None:
        return 0.0
    parameters = today.settings.parameters
    decay = parameters[DECAY_AT] if parameters else DECAY
    return retrievability(today.now.day - card.last_day, card.stability, decay)


def _done(material: Material, today: Today, plan: CatchUp | None) -> int:
    """Reviews already done today that count against the day's limit."""
    return sum(
        card.reviewed_on == today.now.day and not (plan is not None and plan.covers(card.reviewed_due))
        for card in material.touched
    )


def _new(material: Material, today: Today, siblings: _Siblings, *, catching_up: bool) -> list[Waiting]:
    """New cards for today: those made due on top of the day's limit, then the course's next ones."""
    wanted = [c for c in material.made_due if c.phase == "new" and not today.is_buried(c)]
    new = [card for card in wanted if siblings.admit(card)]
    met = sum(card.introduced_on == today.now.day for card in material.touched)
    room = 0 if catching_up else today.settings.new_per_day - met
    return [*new, *_take(room, (c for c in material.new if c.made_due_on is None), siblings)]


def _take(room: int, cards: Iterable[Waiting], siblings: _Siblings) -> Iterator[Waiting]:
    if room <= 0:
        return
    for card in cards:
        if siblings.admit(card):
            yield card
            room -= 1
        if room == 0:
            return


def interleave(reviews: list[Waiting], new: list[Waiting]) -> list[Waiting]:
    """Both in their own order, the shorter spread evenly over the longer."""
    spread = [((i + 0.5) / len(reviews), card) for i, card in enumerate(reviews)]
    spread += [((i + 0.5) / len(new), card) for i, card in enumerate(new)]
    return [card for _, card in sorted(spread, key=lambda pair: pair[0])]


def _next_due(
    material: Material, today: Today, steps: list[tuple[int, Waiting]], shown: set[str], reviews: _Admitted
) -> datetime | None:
    """When the next card beyond those shown falls due."""
    buried = any(today.is_buried(card) for card in (*material.steps, *material.due))
    times = [instant(due) for due, card in steps if card.card not in shown][:1]
    if reviews.held or reviews.siblings or buried:
        times.append(today.starts(today.now.day + 1))
    if material.next_day is not None:
        times.append(today.starts(material.next_day))
    return min(times, default=None)
