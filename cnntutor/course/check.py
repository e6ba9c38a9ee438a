"""What is wrong with a course: the mistakes found while loading, and what a good lesson lacks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

from cnntutor.course.check_amounts import check_least, check_words
from cnntutor.course.check_cards import check_cards, near_duplicates
from cnntutor.course.check_ids import check_ids
from cnntutor.course.check_links import check_links
from cnntutor.course.check_quiz import check_guessing, check_quiz
from cnntutor.course.check_script import check_script
from cnntutor.course.check_symbols import check_symbols
from cnntutor.course.markup import count_words
from cnntutor.course.models import Course, Problem, Section, Topic
from cnntutor.course.reading.walk import read_walk

SUMMARY_WORDS = (120, 250)
ARTICLE_WORDS = (700, 1500)
LEAST_EXAMPLES = 2
LEAST_CARDS = 8
LEAST_CARD_SORTS = 2
LEAST_RESOURCES = 3
OLDEST_RESOURCE = 1900


def check(course: Course, today: date | None = None) -> list[Problem]:
    """Every problem of a course, by file and line; an empty list if it is clean.

    Args:
        course: as `load_course` gives it.
        today: the day on which to judge the resources' years; the current one by default.
    """
    year = (today or date.today()).year  # noqa: DTZ011
    found = list(course.problems)
    for topic in course.topics():
        for lint in _LINTS:
            found += lint(topic)
        found += _resources(topic, year)
        found += check_script(topic, course)
        found += check_links(topic, course)
    found += near_duplicates(course)
    found += check_guessing(course)
    found += check_ids(course)
    read_walk(course.folder, found.append)
    return sorted(set(found), key=lambda problem: (str(problem.file), problem.line, problem.message))


def _summary(topic: Topic) -> Iterator[Problem]:
    if topic.summary:
        yield from check_words(topic.folder / "summary.md", "summary", count_words(topic.summary), SUMMARY_WORDS)


def _article(topic: Topic) -> Iterator[Problem]:
    file = topic.folder / "article.md"
    if not topic.article.sections:
        return
    yield from check_words(file, "article", topic.article.words, ARTICLE_WORDS)
    yield from check_least(
        file, "runnable examples (`>>>` in a python fence)", len(topic.article.examples), LEAST_EXAMPLES
    )
    yield from _uncovered(topic, file)


def _uncovered(topic: Topic, file: Path) -> Iterator[Problem]:
    """Sections that nothing asks about; the closing one sums up and may stay so."""
    asked = {card.section for card in topic.cards} | {question.section for question in topic.questions}
    groups: list[list[Section]] = []
    for section in topic.article.sections:
        if section.level == 2:
            groups.append([section])
        elif groups:
            groups[-1].append(section)
    for group in groups[:-1]:
        if not asked & {section.id for section in group}:
            head = group[0]
            yield Problem(
                file, head.line, f"nothing asks about “{head.title}”", f"write a card with `section: {head.id}`"
            )


def _cards(topic: Topic) -> Iterator[Problem]:
    file = topic.folder / "cards.md"
    if not topic.cards:
        return
    yield from check_least(file, "cards", len(topic.cards), LEAST_CARDS)
    if len({type(card) for card in topic.cards}) < LEAST_CARD_SORTS:
        yield Problem(file, 1, "all cards are of one sort", "mix questions, cloze and computed cards")
    yield from check_cards(topic)


def _demos(topic: Topic) -> Iterator[Problem]:
    if not topic.demos:
        file = topic.folder.parent / "course.yaml"
        yield Problem(file, topic.line, f"{topic.slug} has no demo", "add `demos: [name]`")


def _resources(topic: Topic, year: int) -> Iterator[Problem]:
    file = topic.folder / "resources.yaml"
    if topic.resources:
        yield from check_least(file, "resources", len(topic.resources), LEAST_RESOURCES)
    seen: dict[str, int] = {}
    for resource in topic.resources:
        if not resource.url.startswith("https://"):
            yield Problem(file, resource.line, f"“{resource.url}” is no https address", "write https://…")
        if resource.url in seen:
            yield Problem(
                file, resource.line, f"{resource.url} stands on line {seen[resource.url]} too", "keep one of them"
            )
        seen.setdefault(resource.url, resource.line)
        if not OLDEST_RESOURCE <= resource.year <= year:
            fix = f"write a year from {OLDEST_RESOURCE} to {year}"
            yield Problem(file, resource.line, f"“{resource.title}” cannot be of {resource.year}", fix)
        if not resource.minutes:
            yield Problem(file, resource.line, f"“{resource.title}” takes no time", "estimate its minutes")


_LINTS: tuple[Callable[[Topic], Iterator[Problem]], ...] = (
    _summary,
    _article,
    check_symbols,
    _cards,
    check_quiz,
    _demos,
)
