"""The way through the course: which topics are open, and what the next step is. Pure.

A topic opens once every card of the topics that it needs was recalled at least once. The lock is soft: it advises,
and anyone may go ahead. Among open topics the path first finishes what was begun, then goes where the ground is
firmest: to the topic whose prerequisites are remembered best. In a draw the order of the course decides.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from cnntutor.course.models import Course, Slug, Topic

FIRM = 21.0
"""Days of durability beyond which the ground under a topic does not get firmer."""

READ_ENOUGH = 0.9
"""Share of an article from which it counts as read."""


@dataclass(frozen=True, slots=True)
class Progress:
    """What the learner has done in one topic."""

    read: float = 0.0
    """How far the article was read, 0 to 1."""
    recalled: int = 0
    """Cards recalled at least once."""
    quizzed: bool = False
    """The quiz was finished at least once."""
    durability: float = 0.0
    """Median stability of its cards in days."""

    @property
    def begun(self) -> bool:
        """Whether anything was done in it."""
        return self.read > 0 or self.recalled > 0


class Activity(StrEnum):
    """What to do next in a topic."""

    READ = "read"
    LEARN = "learn"
    QUIZ = "quiz"


@dataclass(frozen=True, slots=True)
class Step:
    """The next step on the path."""

    topic: Topic
    activity: Activity
    text: str
    """The step in a few words."""
    also: tuple[Topic, ...] = ()
    """Other topics that are open and not yet begun."""


def is_recalled(topic: Topic, progress: Mapping[Slug, Progress]) -> bool:
    """Whether every card of the topic was recalled at least once."""
    return progress.get(topic.slug, Progress()).recalled >= len(topic.cards)


def is_open(topic: Topic, course: Course, progress: Mapping[Slug, Progress]) -> bool:
    """Whether the path suggests this topic already: the topics it needs (else the one before it) are recalled."""
    order = list(course.topics())
    place = order.index(topic)
    before = [course.topic(slug) for slug in topic.needs] or order[max(place - 1, 0) : place]
    return all(is_recalled(earlier, progress) for earlier in before)


def next_step(course: Course, progress: Mapping[Slug, Progress]) -> Step | None:
    """The first thing not yet done in the best topic that is open and not finished; None at the end of the course."""
    open_topics = [topic for topic in course.topics() if is_open(topic, course, progress)]
    steps = [step for topic in open_topics if (step := _step_in(topic, progress.get(topic.slug, Progress())))]
    if not steps:
        return None
    best = min(steps, key=lambda step: _rank(step.topic, course, progress))
    fresh = (step.topic for step in steps if not progress.get(step.topic.slug, Progress()).begun)
    return replace(best, also=tuple(topic for topic in fresh if topic is not best.topic))


def _rank(topic: Topic, course: Course, progress: Mapping[Slug, Progress]) -> tuple[bool, float]:
    """Smaller is better: what was begun, then what stands on firm ground. Draws keep the order of the course."""
    begun = progress.get(topic.slug, Progress()).begun
    ground = min((progress.get(need, Progress()).durability for need in topic.needs), default=FIRM)
    return not begun, -min(round(ground), FIRM)


def _reading(topic: Topic, read: float) -> str:
    minutes = max(1, round(topic.article.minutes * (1 - read)))
    return f"Read on, about {minutes} min left" if read else f"Read the article, {minutes} min"


def _step_in(topic: Topic, progress: Progress) -> Step | None:
    left = len(topic.cards) - progress.recalled
    if progress.read < READ_ENOUGH and left > 0 and topic.article.sections:
        return Step(topic, Activity.READ, _reading(topic, progress.read))
    if left > 0:
        return Step(topic, Activity.LEARN, f"Learn {left} new card{'s' if left > 1 else ''}")
    if topic.questions and not progress.quizzed:
        return Step(topic, Activity.QUIZ, f"Take the quiz, {len(topic.questions)} questions")
    return None
