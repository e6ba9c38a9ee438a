"""Links from the course to the demos: do they exist, and do they take the numbers that items bring along?"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from cnntutor.course.cards import DemoLink
from cnntutor.course.models import Course, Problem, Topic
from cnntutor.course.reading.walk import read_walk
from cnntutor.course.walk import FILE
from cnntutor.demos.catalogue import load, names, parse_knobs
from cnntutor.errors import CnntutorError

SHOWINGS = 5
"""How often each computed item is drawn."""


def broken_links(course: Course) -> list[Problem]:
    """Demos of topics, cards, questions, cues and the walk that cannot be opened as the course says."""
    in_topics = [problem for topic in course.topics() for problem in _in_topic(topic, frozenset(names()))]
    return [*in_topics, *_in_walk(course)]


def _in_topic(topic: Topic, known: frozenset[str]) -> Iterator[Problem]:
    for name in topic.demos:
        if name not in known:
            file = topic.folder.parent / "course.yaml"
            yield Problem(file, topic.line, f"there is no demo “{name}”", f"name one of {', '.join(sorted(known))}")
    for file, line, what, links in _links(topic):
        fault = next((fault for link in links if (fault := _fault(link))), "")
        if fault:
            yield Problem(file, line, f"{what}: its demo cannot be opened: {fault}", "mend the link")


def _in_walk(course: Course) -> Iterator[Problem]:
    for stop in read_walk(course.folder, lambda _: None).stops:  # `course.check` has told its other mistakes
        if fault := _fault(stop.link):
            message = f"the stop at {stop.link.demo}: its demo cannot be opened: {fault}"
            yield Problem(course.folder / FILE, stop.line, message, "mend the link")


def _links(topic: Topic) -> Iterator[tuple[Path, int, str, list[DemoLink]]]:
    """Every place that links to demos: file, line, what it is, and its links as several showings give them."""
    for card in topic.cards:
        links = [card.draw(seed).demo for seed in range(SHOWINGS)]
        yield topic.folder / "cards.md", card.line, str(card.id), [link for link in links if link]
    for question in topic.questions:
        links = [question.pose(seed).demo for seed in range(SHOWINGS)]
        yield topic.folder / "quiz.yaml", question.line, question.id, [link for link in links if link]
    for chapter in topic.script.chapters:
        for turn in chapter.lines:
            for sentence in turn.sentences:
                if sentence.demo is not None:
                    yield topic.folder / "podcast.md", sentence.line, "a cue", [sentence.demo]


def _fault(link: DemoLink) -> str:
    try:
        parse_knobs(load(link.demo), link.knobs)
    except CnntutorError as error:
        return str(error).rstrip(".")
    return ""
