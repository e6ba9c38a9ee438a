"""Where a learner can go. A screen posts `Go(route)`; the app alone knows which screen that opens."""

from __future__ import annotations

from dataclasses import dataclass

from textual.message import Message

from cnntutor.course.cards import DemoLink


@dataclass(frozen=True, slots=True)
class ToToday:
    """The plan for today."""


@dataclass(frozen=True, slots=True)
class ToPath:
    """The course as a tree."""


@dataclass(frozen=True, slots=True)
class ToReview:
    """A review session."""

    topic: str | None = None
    limit: int | None = None


@dataclass(frozen=True, slots=True)
class ToLesson:
    """A lesson, at one of its tabs."""

    slug: str
    tab: str = "summary"
    section: str = ""
    """Anchor to scroll to in the Read tab."""
    card: str = ""
    """Card to show in the Cards tab."""
    demo: DemoLink | None = None
    """What to open in the Demo tab."""
    play: bool = False
    """Whether the Listen tab plays at once."""
    instead: bool = False
    """Whether it takes the place of the lesson that is open."""


@dataclass(frozen=True, slots=True)
class ToQuiz:
    """A quiz on one topic, or a placement quiz that lets the learner pass it."""

    slug: str
    placement: bool = False


@dataclass(frozen=True, slots=True)
class ToSearch:
    """Search in everything the course says."""

    query: str = ""


@dataclass(frozen=True, slots=True)
class ToGallery:
    """All demos."""

    query: str = ""


@dataclass(frozen=True, slots=True)
class ToWalk:
    """The guided walk through the demos."""

    again: bool = False
    """From its first stop on, wherever the learner left off."""


@dataclass(frozen=True, slots=True)
class ToSettings:
    """The learner's settings."""


Route = ToToday | ToPath | ToReview | ToLesson | ToQuiz | ToSearch | ToGallery | ToWalk | ToSettings


class Go(Message):
    """Take the learner somewhere."""

    def __init__(self, route: Route) -> None:
        super().__init__()
        self.route = route
