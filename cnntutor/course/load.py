"""Opening a course: `load_course(find_course(content_dir()))`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

from cnntutor.course.cards import Card, CardId
from cnntutor.course.find import MANIFEST
from cnntutor.course.models import Article, Course, Part, Problem, Script, Slug, Topic
from cnntutor.course.reading.article import read_article, read_summary
from cnntutor.course.reading.cards import read_cards
from cnntutor.course.reading.items import Surroundings
from cnntutor.course.reading.manifest import Manifest, PartEntry, TopicEntry, read_manifest
from cnntutor.course.reading.pronunciation import read_pronunciation
from cnntutor.course.reading.quiz import read_quiz
from cnntutor.course.reading.resources import read_resources
from cnntutor.course.reading.script import read_script
from cnntutor.course.reading.source import Source, open_source

T = TypeVar("T")

PRONUNCIATION = "pronunciation.yaml"


def load_course(path: Path) -> Course:
    """Read a whole course. Mistakes become `course.problems`; whatever can be used opens.

    Args:
        path: the folder with course.yaml.

    Raises:
        CourseError: course.yaml is missing or cannot be used.
    """
    problems: list[Problem] = []
    manifest = read_manifest(path / MANIFEST, problems.append)
    parts = _CourseReader(path, manifest, problems).read()
    pronunciation = read_pronunciation(path / PRONUNCIATION, problems.append)
    problems.sort(key=lambda problem: (str(problem.file), problem.line))
    return Course(path.resolve().name, manifest.title, manifest.hosts, parts, tuple(problems), path, pronunciation)


class _CourseReader:
    """Reads the topics in two passes, since a question may name any card of the course."""

    def __init__(self, path: Path, manifest: Manifest, problems: list[Problem]) -> None:
        self._path = path
        self._manifest = manifest
        self._problems = problems
        self._demos = frozenset(demo for topic in manifest.topics() for demo in topic.demos)
        self._ids: dict[str, tuple[Path, int]] = {}
        self._articles: dict[str, Article] = {}
        self._cards: dict[str, tuple[Card, ...]] = {}
        self._notes: dict[str, list[CardId]] = {}

    def read(self) -> tuple[Part, ...]:
        for entry in self._manifest.topics():
            self._check_folder(entry)
            self._articles[entry.slug] = self._article(entry)
            self._cards[entry.slug] = self._read_with(entry, "cards.md", read_cards)
            self._note(self._cards[entry.slug])
        return tuple(self._part(part) for part in self._manifest.parts)

    def _part(self, part: PartEntry) -> Part:
        return Part(part.title, tuple(self._topic(entry, part.title) for entry in part.topics))

    def _topic(self, entry: TopicEntry, part: str) -> Topic:
        article = self._articles[entry.slug]
        return Topic(
            slug=Slug(entry.slug),
            title=article.title,
            part=part,
            needs=tuple(Slug(need.value) for need in entry.needs),
            demos=entry.demos,
            summary=self._read(entry, "summary.md", read_summary) or "",
            article=article,
            script=self._script(entry),
            cards=self._cards[entry.slug],
            questions=self._read_with(entry, "quiz.yaml", read_quiz),
            resources=self._read(entry, "resources.yaml", read_resources) or (),
            folder=self._path / entry.slug,
            line=entry.line,
        )

    def _article(self, entry: TopicEntry) -> Article:
        title = entry.slug.replace("-", " ").capitalize()
        return self._read(entry, "article.md", lambda source: read_article(source, title)) or Article(title, (), 0)

    def _script(self, entry: TopicEntry) -> Script:
        around = self._surroundings(entry)
        return self._read(entry, "podcast.md", lambda s: read_script(around(s), self._manifest.hosts)) or Script(())

    def _check_folder(self, entry: TopicEntry) -> None:
        if not (self._path / entry.slug).is_dir():
            message = f"the topic {entry.slug} has no folder"
            fix = f"make {entry.slug}/ beside {MANIFEST}, or take the topic out"
            self._problems.append(Problem(self._path / MANIFEST, entry.line, message, fix))

    def _read(self, entry: TopicEntry, name: str, read: Callable[[Source], T]) -> T | None:
        folder = self._path / entry.slug
        if not folder.is_dir():
            return None
        source = open_source(folder / name, self._problems.append)
        return read(source) if source else None

    def _read_with(self, entry: TopicEntry, name: str, read: Callable[[Surroundings], tuple[T, ...]]) -> tuple[T, ...]:
        around = self._surroundings(entry)
        return self._read(entry, name, lambda source: read(around(source))) or ()

    def _surroundings(self, entry: TopicEntry) -> Callable[[Source], Surroundings]:
        """What a topic's file may refer to."""
        article = self._articles[entry.slug]
        return lambda source: Surroundings(source, article, self._demos, self._ids, self._notes)

    def _note(self, cards: Sequence[Card]) -> None:
        """Learn every name that a question or a script may give for cards: a card's id, or that of its note."""
        for card in cards:
            for name in {card.id, card.note, card.id.partition("/")[0]}:
                self._notes.setdefault(name, []).append(card.id)
