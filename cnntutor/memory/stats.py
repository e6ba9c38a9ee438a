"""What the log says about the learning so far. Pure: from counted rows and cards' memories."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from statistics import median
from typing import Any, NamedTuple

from cnntutor.memory.clock import instant
from cnntutor.memory.day import Calendar
from cnntutor.memory.models import Rating
from cnntutor.memory.streak import best_streak, current_streak

YEAR = 366
MONTH = 30
WINDOWS = (7, 30, 365)
"""Days over which true retention is told."""
QUARTER = 900_000_000
"""A quarter of an hour in microseconds: time zones differ by whole quarters."""


class Tally(NamedTuple):
    """Answers of one day, counted by rating and by whether the card was in review."""

    day: int
    rating: int
    review: int
    """1 for cards in the review phase, else 0."""
    answers: int
    ms: int
    timed: int
    """How many of the answers took a known time."""


class TopicCard(NamedTuple):
    """What a topic's figures need of a card."""

    topic: str
    stability: float | None
    recalled: bool
    reps: int


@dataclass(frozen=True, slots=True)
class Counted:
    """Everything that statistics are made from."""

    tallies: list[Tally]
    quarters: Mapping[int, int]
    """Answers by quarter of an hour since 1970."""
    cards: list[TopicCard]
    """In course order."""
    due_days: Mapping[int, int]
    """Reviews by the study day for which they are planned."""
    step_days: Mapping[int, int]
    """Cards in steps by the study day on which they are due."""


@dataclass(frozen=True, slots=True)
class Retention:
    """How often a card in review was recalled."""

    answers: int = 0
    recalled: int = 0

    @property
    def rate(self) -> float | None:
        """Share recalled, 0 to 1, or None without answers."""
        return self.recalled / self.answers if self.answers else None


@dataclass(frozen=True, slots=True)
class TopicStatistics:
    """How far a topic has come, and how well it will last."""

    topic: str
    cards: int = 0
    seen: int = 0
    """Cards answered at least once."""
    recalled: int = 0
    """Cards rated hard or better at least once; the next topic opens when all were."""
    durability: float | None = None
    """Median stability of its cards in days, unanswered ones counting as 0; None before the first answer."""


@dataclass(frozen=True, slots=True)
class Statistics:
    """The learner's figures on one study day. Answers given by a passed placement quiz are left out."""

    day: int
    """Today."""
    streak: int
    """Study days in a row with an answer, up to today."""
    best_streak: int
    answers: int
    seconds: float
    """Time spent answering, in all."""
    seconds_per_answer: float | None
    """Mean over the last 30 days' answers that took a known time; None without any."""
    ratings: Mapping[Rating, int]
    """All answers by rating."""
    heat: Mapping[int, int]
    """Answers of each study day with answers, a year back."""
    forecast: tuple[int, ...]
    """Cards due on each of 30 days, today first; what is overdue counts today."""
    retention: Mapping[int, Retention]
    """True retention of cards in review over the last 7, 30 and 365 days."""
    by_hour: tuple[int, ...]
    """Answers by the hour of local time, 24 of them."""
    topics: tuple[TopicStatistics, ...] = field(default=())
    """In course order."""

    @property
    def hours(self) -> float:
        """Time spent answering, in hours."""
        return self.seconds / 3600

    @property
    def today(self) -> int:
        """Answers given today."""
        return self.heat.get(self.day, 0)

    def topic(self, slug: str) -> TopicStatistics:
        """The figures of one topic; those of an empty one where the memory does not know it."""
        return next((topic for topic in self.topics if topic.topic == slug), TopicStatistics(slug))

    def as_json(self) -> dict[str, Any]:
        """Everything for machines; days as ISO dates, times in seconds, shares from 0 to 1."""
        return {
            "day": _iso(self.day),
            "streak": self.streak,
            "best_streak": self.best_streak,
            "answers": self.answers,
            "seconds": self.seconds,
            "seconds_per_answer": self.seconds_per_answer,
            "ratings": {rating.name.lower(): count for rating, count in self.ratings.items()},
            "heat": {_iso(day): count for day, count in self.heat.items()},
            "forecast": list(self.forecast),
            "retention": {
                str(days): {"answers": kept.answers, "recalled": kept.recalled, "rate": kept.rate}
                for days, kept in self.retention.items()
            },
            "by_hour": list(self.by_hour),
            "topics": [
                {
                    "topic": topic.topic,
                    "cards": topic.cards,
                    "seen": topic.seen,
                    "recalled": topic.recalled,
                    "durability": topic.durability,
                }
                for topic in self.topics
            ],
        }


def statistics_of(counted: Counted, today: int, calendar: Calendar) -> Statistics:
    """The figures of a study day.

    Args:
        counted: the log and the cards, counted.
        today: study day; answers of later days (a clock that was wrong) are not told.
        calendar: for the hours of local time.
    """
    tallies = [tally for tally in counted.tallies if tally.day <= today]
    days = {tally.day for tally in tallies}
    return Statistics(
        day=today,
        streak=current_streak(sorted(days, reverse=True), today),
        best_streak=best_streak(days),
        answers=sum(tally.answers for tally in tallies),
        seconds=sum(tally.ms for tally in tallies) / 1000,
        seconds_per_answer=_pace(tallies, today),
        ratings={rating: sum(t.answers for t in tallies if t.rating == rating) for rating in Rating},
        heat=_heat(tallies, today),
        forecast=_forecast(counted, today),
        retention={window: _retention(tallies, today, window) for window in WINDOWS},
        by_hour=_by_hour(counted.quarters, calendar),
        topics=_topics(counted.cards),
    )


def _pace(tallies: Iterable[Tally], today: int) -> float | None:
    recent = [tally for tally in tallies if tally.day > today - MONTH]
    timed = sum(tally.timed for tally in recent)
    return sum(tally.ms for tally in recent) / timed / 1000 if timed else None


def _heat(tallies: Iterable[Tally], today: int) -> dict[int, int]:
    heat: Counter[int] = Counter()
    for tally in tallies:
        if tally.day > today - YEAR:
            heat[tally.day] += tally.answers
    return dict(sorted(heat.items()))


def _forecast(counted: Counted, today: int) -> tuple[int, ...]:
    forecast = [0] * MONTH
    for due in (counted.due_days, counted.step_days):
        for day, count in due.items():
            if day < today + MONTH:
                forecast[max(day - today, 0)] += count
    return tuple(forecast)


def _retention(tallies: Iterable[Tally], today: int, window: int) -> Retention:
    reviews = [tally for tally in tallies if tally.review and tally.day > today - window]
    recalled = sum(tally.answers for tally in reviews if tally.rating != Rating.AGAIN)
    return Retention(sum(tally.answers for tally in reviews), recalled)


def _by_hour(quarters: Mapping[int, int], calendar: Calendar) -> tuple[int, ...]:
    hours = [0] * 24
    for quarter, count in quarters.items():
        hours[instant(quarter * QUARTER).astimezone(calendar.tz).hour] += count
    return tuple(hours)


def _topics(cards: Iterable[TopicCard]) -> tuple[TopicStatistics, ...]:
    by_topic: dict[str, list[TopicCard]] = defaultdict(list)
    for card in cards:
        by_topic[card.topic].append(card)
    return tuple(_topic(topic, each) for topic, each in by_topic.items())


def _topic(topic: str, cards: list[TopicCard]) -> TopicStatistics:
    seen = sum(card.reps > 0 for card in cards)
    durability = median(card.stability or 0.0 for card in cards) if seen else None
    return TopicStatistics(topic, len(cards), seen, sum(map(bool, (c.recalled for c in cards))), durability)


def _iso(day: int) -> str:
    return date.fromordinal(day).isoformat()
