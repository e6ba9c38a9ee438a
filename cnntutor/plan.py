"""Today's plan: what waits and what the next step is. Shared by the app, the plain mode and the command line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cnntutor.course.journey import Activity, Progress, Step, next_step

if TYPE_CHECKING:
    from datetime import datetime

    from cnntutor.course.models import Course, Slug, Topic
    from cnntutor.memory.catch_up import CatchUp, Offer
    from cnntutor.memory.models import Queue
    from cnntutor.memory.stats import Statistics
    from cnntutor.memory.store import Store

SECONDS_PER_CARD = 12
"""A calm pace for one flashcard, until the learner's own log says better."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a learner sees first: today's work, the next step, and the figures behind them."""

    queue: Queue
    step: Step | None
    statistics: Statistics
    progress: Mapping[Slug, Progress]
    offer: Offer | None
    """Set when a backlog is better spread over days."""
    catching_up: CatchUp | None

    @property
    def waits_for_tomorrow(self) -> bool:
        """Whether the next step is new cards while today's share of them is used up."""
        return self.step is not None and self.step.activity is Activity.LEARN and not self.queue.counts.new

    @property
    def minutes(self) -> int:
        """How long today's cards will take, at the learner's own pace where it is known."""
        pace = self.statistics.seconds_per_answer or SECONDS_PER_CARD
        return max(1, round(self.queue.counts.total * pace / 60)) if self.queue.counts.total else 0


def quiz_key(slug: str) -> str:
    """The key under which a finished quiz of a topic is remembered."""
    return f"quiz/{slug}"


def place_key(slug: str) -> str:
    """The key under which the reading place of a topic's article is remembered."""
    return f"read/{slug}"


def progress_of(course: Course, store: Store, statistics: Statistics) -> dict[Slug, Progress]:
    """What the learner has done in each topic."""
    return {
        topic.slug: Progress(
            read=read_share(store.recall(place_key(topic.slug))),
            recalled=statistics.topic(topic.slug).recalled,
            quizzed=store.recall(quiz_key(topic.slug)) is not None,
            durability=statistics.topic(topic.slug).durability or 0.0,
        )
        for topic in course.topics()
    }


def read_share(place: object) -> float:
    """How far an article was read, from its remembered place."""
    furthest = place.get("furthest") if isinstance(place, dict) else None
    return float(furthest) if isinstance(furthest, int | float) else 0.0


def next_topic(course: Course, store: Store) -> Topic:
    """The topic of the next step; at the end of the course its first one.

    Raises:
        CourseError: the course has no topics.
    """
    step = next_step(course, progress_of(course, store, store.statistics()))
    return step.topic if step is not None else course.first_topic()


def make_plan(course: Course, store: Store, at: datetime | None = None) -> Plan:
    """The plan at an instant (now by default)."""
    statistics = store.statistics(at)
    progress = progress_of(course, store, statistics)
    queue = store.queue(at)
    step = next_step(course, progress)
    return Plan(
        queue=queue,
        step=step,
        statistics=statistics,
        progress=progress,
        offer=store.catch_up_offer(at),
        catching_up=store.catching_up,
    )
