"""Every demo with the lesson it belongs to, in the order of the course, and finding one by a few letters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cnntutor.demos.catalogue import all_demos

if TYPE_CHECKING:
    from cnntutor.course.models import Course, Topic
    from cnntutor.demos.protocol import Demo


@dataclass(frozen=True, slots=True)
class ShelvedDemo:
    """A demo and the lesson in which it opens."""

    demo: Demo
    topic: Topic

    @property
    def words(self) -> str:
        """What a search looks at."""
        return f"{self.demo.name} {self.demo.title} {self.demo.promise} {self.topic.title}".lower()


def home_of(course: Course, demo: str) -> Topic:
    """The topic in whose lesson a demo opens: the first that names it, or where none does, the first of all.

    Raises:
        CourseError: the course has no topics.
    """
    return next((topic for topic in course.topics() if demo in topic.demos), None) or course.first_topic()


def shelf(course: Course) -> list[ShelvedDemo]:
    """Every demo once, where the course first names it; those that no lesson names stand with the first lesson.

    Raises:
        CourseError: the course has no topics.
    """
    by_name = {demo.name: demo for demo in all_demos()}
    found = {name: topic for topic in reversed(list(course.topics())) for name in topic.demos}
    order = [name for topic in course.topics() for name in topic.demos if found[name] is topic]
    rest = [name for name in by_name if name not in found]
    named = [ShelvedDemo(by_name[name], found[name]) for name in order if name in by_name]
    return [*named, *(ShelvedDemo(by_name[name], course.first_topic()) for name in rest)]


def matching(demos: Sequence[ShelvedDemo], query: str) -> list[ShelvedDemo]:
    """The demos in whose words every word of a query begins or stands; those named so come first."""
    wanted = query.lower().split()
    hits = [shelved for shelved in demos if all(word in shelved.words for word in wanted)]
    return sorted(hits, key=lambda shelved: not all(word in shelved.demo.name for word in wanted))
