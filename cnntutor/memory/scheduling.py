"""When a card comes back: FSRS-6 over study days. Pure: clock, day and seed are arguments.

`fsrs` counts elapsed time in whole periods of 24 hours, so *Good* at 23:00 and *Good* at 08:00 the next
morning would be no day at all for it. It is fed the midnights of study days instead: elapsed days are then
the difference of study days, which is what Anki does and what people mean by "yesterday".
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import fsrs
from fsrs.scheduler import DEFAULT_PARAMETERS, FUZZ_RANGES

from cnntutor.memory.day import Moment
from cnntutor.memory.forgetting import retrievability
from cnntutor.memory.models import Choice, MemoryState, Phase, Rating
from cnntutor.memory.settings import Settings

DAY = 86_400
"""Seconds."""
LEAST_FUZZED = 2.5
"""Intervals shorter than this many days are kept as they are."""
UNIT = 2.0**-64

TO_FSRS = {
    Phase.NEW: fsrs.State.Learning,
    Phase.LEARNING: fsrs.State.Learning,
    Phase.REVIEW: fsrs.State.Review,
    Phase.RELEARNING: fsrs.State.Relearning,
}
FROM_FSRS = {
    fsrs.State.Learning: Phase.LEARNING,
    fsrs.State.Review: Phase.REVIEW,
    fsrs.State.Relearning: Phase.RELEARNING,
}


class Scheduler:
    """FSRS-6 under one learner's settings."""

    def __init__(self, settings: Settings) -> None:
        """Make the scheduler."""
        self._settings = settings
        self.fingerprint = settings.fingerprint()
        """Schedulers that plan alike share it."""
        self._fsrs = fsrs.Scheduler(
            parameters=settings.parameters or DEFAULT_PARAMETERS,
            desired_retention=settings.desired_retention,
            learning_steps=settings.learning_steps,
            relearning_steps=settings.relearning_steps,
            maximum_interval=settings.maximum_interval,
            enable_fuzzing=False,
        )

    def next_states(self, card: str, state: MemoryState, moment: Moment) -> dict[Rating, MemoryState]:
        """What each rating would make of a card: the labels of the buttons, and what an answer then does.

        Args:
            card: its id, for the fuzz.
            state: its memory.
            moment: when it is answered.
        """
        return self._outcomes(card, state, moment, Rating)

    def next_state(self, card: str, state: MemoryState, moment: Moment, rating: Rating) -> MemoryState:
        """`next_states(…)[rating]`, without the work for the others."""
        needed = (r for r in Rating if r is rating or Rating.AGAIN < r < rating)
        return self._outcomes(card, state, moment, needed)[rating]

    def choices(self, card: str, state: MemoryState, moment: Moment) -> dict[Rating, Choice]:
        """The four ratings with their intervals."""
        states = self.next_states(card, state, moment)
        return {rating: Choice(rating, after, interval(after, moment)) for rating, after in states.items()}

    def retrievability(self, state: MemoryState, day: int) -> float | None:
        """Chance of recall on a study day, or None for a card never answered."""
        if state.stability is None or state.last_day is None:
            return None
        return retrievability(day - state.last_day, state.stability, self._fsrs.parameters[20])

    def _outcomes(
        self, card: str, state: MemoryState, moment: Moment, ratings: Iterable[Rating]
    ) -> dict[Rating, MemoryState]:
        """One fuzz draw serves all ratings, and no passing rating falls behind a lower one."""
        draw = fuzz_draw(self._settings.fuzz_seed, card, state.reps) if self._settings.fuzz else None
        outcomes: dict[Rating, MemoryState] = {}
        least = 1
        for rating in ratings:
            after, span = self._reviewed(state, moment, rating)
            if after.state is not fsrs.State.Review:
                outcomes[rating] = _memory(state, after, moment, rating, due_at=moment.at + span)
                continue
            days = span.days if draw is None else fuzzed(span.days, draw, self._settings.maximum_interval)
            if rating is not Rating.AGAIN:
                least = days = max(days, least)
            outcomes[rating] = _memory(state, after, moment, rating, due_day=moment.day + days)
        return outcomes

    def _reviewed(self, state: MemoryState, moment: Moment, rating: Rating) -> tuple[fsrs.Card, timedelta]:
        """What FSRS makes of an answer, and the interval that it gives."""
        today = moment.day if state.last_day is None else max(moment.day, state.last_day)
        midnight = _midnight(today)
        before = fsrs.Card(
            card_id=0,
            state=TO_FSRS[state.phase],
            step=0 if state.phase is Phase.NEW else state.step,
            stability=state.stability,
            difficulty=state.difficulty,
            due=midnight,
            last_review=None if state.last_day is None else _midnight(state.last_day),
        )
        after, _ = self._fsrs.review_card(before, fsrs.Rating(rating), midnight)
        return after, after.due - midnight


def _memory(
    before: MemoryState,
    after: fsrs.Card,
    moment: Moment,
    rating: Rating,
    *,
    due_at: datetime | None = None,
    due_day: int | None = None,
) -> MemoryState:
    lapsed = before.phase is Phase.REVIEW and rating is Rating.AGAIN
    return MemoryState(
        phase=FROM_FSRS[after.state],
        step=after.step,
        stability=after.stability,
        difficulty=after.difficulty,
        due_at=due_at,
        due_day=due_day,
        last_at=moment.at,
        last_day=moment.day,
        reps=before.reps + 1,
        lapses=before.lapses + lapsed,
    )


def interval(state: MemoryState, moment: Moment) -> float:
    """Seconds from an answer until the card is due again; whole days for reviews."""
    if state.due_day is not None:
        return float((state.due_day - moment.day) * DAY)
    if state.due_at is not None:
        return (state.due_at - moment.at).total_seconds()
    return 0.0


def fuzz_draw(seed: int, card: str, reps: int) -> float:
    """A number in [0, 1) that the same answer of the same card always gets, so that replay repeats it."""
    digest = hashlib.blake2b(f"{seed}/{card}/{reps}".encode(), digest_size=8).digest()
    return min(int.from_bytes(digest) * UNIT, math.nextafter(1, 0))


def fuzzed(days: int, draw: float, longest: int) -> int:
    """An interval moved within the range that Anki and `fsrs` allow for its length.

    Non-decreasing in `days` for one draw, so fuzz never turns Hard and Easy round.

    Args:
        days: the interval as FSRS gives it.
        draw: in [0, 1), where in the range to land.
        longest: no interval is longer than this many days.
    """
    if days < LEAST_FUZZED:
        return days
    delta = 1.0 + sum(r["factor"] * max(min(days, r["end"]) - r["start"], 0.0) for r in FUZZ_RANGES)
    high = min(round(days + delta), longest)
    low = min(max(2, round(days - delta)), high)
    return low + min(math.floor(draw * (high - low + 1)), high - low)


def _midnight(day: int) -> datetime:
    return datetime.fromordinal(day).replace(tzinfo=UTC)
