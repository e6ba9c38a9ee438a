"""A lesson in plain text: summary, transcript, article, cards and links, top to bottom."""

from __future__ import annotations

from collections.abc import Callable

from cnntutor.course.models import Course, Topic
from cnntutor.course.tabs import check_tab
from cnntutor.listen.library import Library
from cnntutor.plain.terminal import say
from cnntutor.plan import place_key
from cnntutor.services import Services
from cnntutor.wording import clock, sentence


def read_plainly(services: Services, slug: str, tab: str = "summary") -> None:
    """Print one part of a lesson.

    Args:
        services: course and memory.
        slug: the topic.
        tab: which part.

    Raises:
        UsageError: there is no such topic or part.
    """
    topic = services.course.topic(slug)
    name = check_tab(tab)
    if name == "quiz":
        from cnntutor.plain.quiz import quiz_plainly

        quiz_plainly(services, slug)
        return
    if name == "read":
        # The whole article is printed: it counts as read, and the app opens it where it was left.
        place = services.store.recall(place_key(slug))
        services.store.remember(place_key(slug), {**(place if isinstance(place, dict) else {}), "furthest": 1.0})
    PARTS[name](services.course, topic)


def _summary(_course: Course, topic: Topic) -> None:
    say(f"# {topic.title}\n\n{topic.summary}")


def _listen(course: Course, topic: Topic) -> None:
    chapter = -1
    for line in Library(course).timetable(topic).lines:
        if line.chapter != chapter:
            chapter = line.chapter
            say(f"\n{topic.script.chapters[chapter].title}\n")
        say(f"{clock(line.start)} {line.host}: {line.text}")


def _read(_course: Course, topic: Topic) -> None:
    say(f"# {topic.article.title}\n")
    for section in topic.article.sections:
        if section.level > 1:
            say(f"\n{section.title}\n")
        say(section.markdown)


def _cards(_course: Course, topic: Topic) -> None:
    for card in topic.cards:
        face = card.draw(0)
        say(f"{card.id}\n{face.front}\n{face.back}\n")


def _demo(_course: Course, topic: Topic) -> None:
    for name in topic.demos:
        say(f"cnntutor demo run {name}")


def _links(_course: Course, topic: Topic) -> None:
    for link in topic.resources:
        source = f"{sentence(link.title)} {link.authors}, {link.year}."
        say(f"{source} {link.kind}, {link.minutes} min. {link.why}\n{link.url}\n")


PARTS: dict[str, Callable[[Course, Topic], None]] = {
    "summary": _summary,
    "listen": _listen,
    "read": _read,
    "cards": _cards,
    "demo": _demo,
    "links": _links,
}
