"""A lesson as an episode of the course's podcast. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from cnntutor.course.models import Course, Topic


@dataclass(frozen=True, slots=True)
class Episode:
    """A lesson with its place in the course."""

    course: Course
    topic: Topic
    number: int
    """From 1 through the whole course: parts do not count anew, so players that know no seasons keep the order."""
    of: int
    """How many lessons the course has."""
    part: int
    """From 1; the season."""

    @property
    def sound_file(self) -> str:
        """What its sound is called."""
        return f"{self.topic.slug}.mp3"

    @property
    def transcript_file(self) -> str:
        """What its transcript is called."""
        return f"{self.topic.slug}.vtt"

    @property
    def chapters_file(self) -> str:
        """What its list of chapters is called."""
        return f"{self.topic.slug}.chapters.json"


def episodes(course: Course) -> list[Episode]:
    """Every lesson in which something is said, in course order."""
    placed = [(topic, part) for part, branch in enumerate(course.parts, start=1) for topic in branch.topics]
    return [
        Episode(course, topic, number, len(placed), part)
        for number, (topic, part) in enumerate(placed, start=1)
        if topic.script.words
    ]


def hosts_of(course: Course) -> str:
    """The hosts as a person would list them: `Ada and Ben`."""
    *others, last = course.hosts
    return f"{', '.join(others)} and {last}" if others else last
