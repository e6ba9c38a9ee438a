"""Links from a lesson to other lessons and sections of the course."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from cnntutor.course.lookup import nearest
from cnntutor.course.models import Course, Problem, Topic

_LINK = re.compile(r"\]\((?P<target>topic:[^)\s]*|#[^)\s]*)\)")
FILES = ("summary.md", "article.md", "cards.md", "quiz.yaml")
"""What may hold links."""


def check_links(topic: Topic, course: Course) -> Iterator[Problem]:
    """Links that lead nowhere: `topic:SLUG`, `topic:SLUG#section` and, within an article, `#section`."""
    for name in FILES:
        file = topic.folder / name
        try:
            text = file.read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError):
            continue  # loading has reported it
        for match in _LINK.finditer(text):
            yield from _faults(file, text.count("\n", 0, match.start()) + 1, match["target"], topic, course)


def _faults(file: Path, line: int, target: str, topic: Topic, course: Course) -> Iterator[Problem]:
    slug, _, section = target.removeprefix("topic:").partition("#")
    slugs = {str(other.slug): other for other in course.topics()}
    goal = slugs.get(slug) if slug else topic
    if goal is None:
        near = nearest(slug, slugs)
        yield Problem(
            file, line, f"the link leads to “{slug}”, which is no topic", f"write {near}" if near else "mend it"
        )
    elif section and goal.article.section(section) is None:
        near = nearest(section, [known.id for known in goal.article.sections])
        message = f"the link leads to “{section}”, but the article of {goal.slug} has no such section"
        yield Problem(file, line, message, f"write {near}" if near else "leave the section out")
