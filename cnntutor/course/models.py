"""The nouns of a course. Plain frozen data: no file access, no database, no screen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NewType

from cnntutor.course.cards import Card, CardId, DemoLink
from cnntutor.course.questions import Question
from cnntutor.errors import CourseError
from cnntutor.wording import plural

Slug = NewType("Slug", str)
"""The name of a topic in commands and folder names, e.g. `what-is-a-cnn`."""


@dataclass(frozen=True, slots=True)
class Problem:
    """A mistake in a course file: where it is, what is wrong and what to write instead."""

    file: Path
    line: int
    message: str
    fix: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message} → {self.fix}"


@dataclass(frozen=True, slots=True)
class Section:
    """One section of an article."""

    id: str
    """The anchor, e.g. `parameter-sharing`; cards and questions name it as their source."""
    title: str
    level: int
    """2 for `##`, 3 for `###`; 1 for the opening before the first heading."""
    markdown: str
    """The body with formulas already turned into Unicode; without the heading line."""
    line: int = 0
    """Line in article.md of its heading."""


@dataclass(frozen=True, slots=True)
class Example:
    """A fence of Python with `>>>` prompts; the examples of an article share one namespace, in order."""

    code: str
    line: int
    """Line in article.md of the first line of code."""


@dataclass(frozen=True, slots=True)
class Article:
    """The deep article of a topic."""

    title: str
    sections: tuple[Section, ...]
    words: int
    """Words of prose; code and formulas are not counted."""
    examples: tuple[Example, ...] = ()
    """What a reader can run."""

    @property
    def minutes(self) -> int:
        """How long it takes to read, at 200 words a minute."""
        return max(1, round(self.words / 200))

    def section(self, section_id: str) -> Section | None:
        """The section with this anchor, or None."""
        return next((s for s in self.sections if s.id == section_id), None)


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of a podcast, and what a listener can do with it."""

    text: str
    cards: tuple[CardId, ...] = ()
    """Cards that keep what it says (`{card: …}` in the script)."""
    demo: DemoLink | None = None
    """What to show while it is said (`{demo: …}` in the script): the cue of the lesson's demo."""
    line: int = 0
    """Line in podcast.md where it starts."""


@dataclass(frozen=True, slots=True)
class Line:
    """One turn of a podcast script."""

    host: str
    sentences: tuple[Sentence, ...]

    @property
    def text(self) -> str:
        """All that is said in this turn."""
        return " ".join(sentence.text for sentence in self.sentences)


@dataclass(frozen=True, slots=True)
class Chapter:
    """A stretch of a podcast under one title."""

    title: str
    lines: tuple[Line, ...]
    line: int = 0
    """Line in podcast.md of its heading."""


@dataclass(frozen=True, slots=True)
class Script:
    """The podcast of a topic, as written; `cnntutor.listen.timing` says how long it lasts."""

    chapters: tuple[Chapter, ...]

    @property
    def words(self) -> int:
        """Spoken words."""
        return sum(len(line.text.split()) for chapter in self.chapters for line in chapter.lines)


@dataclass(frozen=True, slots=True)
class Resource:
    """A paper, chapter, talk or page that experts trust."""

    title: str
    authors: str
    year: int
    kind: str
    """paper, chapter, book, course, talk, page, demo or code."""
    url: str
    minutes: int
    """What it takes to read or watch."""
    why: str
    """One line on why this one."""
    line: int = 0
    """Line in resources.yaml where it starts."""


@dataclass(frozen=True, slots=True)
class Topic:
    """A complete lesson."""

    slug: Slug
    title: str
    part: str
    needs: tuple[Slug, ...]
    """Topics to know before this one."""
    demos: tuple[str, ...]
    """Names of the demos that show this topic's claim, the main one first."""
    summary: str
    """Markdown, formulas already turned into Unicode."""
    article: Article
    script: Script
    cards: tuple[Card, ...]
    questions: tuple[Question, ...]
    resources: tuple[Resource, ...]
    folder: Path = Path()
    """Where its files lie."""
    line: int = 0
    """Line in course.yaml where it is listed."""


@dataclass(frozen=True, slots=True)
class Part:
    """A branch of the course tree."""

    title: str
    topics: tuple[Topic, ...]


@dataclass(frozen=True, slots=True)
class Course:
    """A whole course, together with the mistakes found while loading it."""

    slug: str
    title: str
    hosts: Mapping[str, str]
    """Podcast hosts: name → role (`asks` or `builds`)."""
    parts: tuple[Part, ...]
    problems: tuple[Problem, ...] = ()
    folder: Path = Path()
    """Where course.yaml lies."""
    pronunciation: Mapping[str, str] = field(default_factory=dict)
    """How the hosts say what is no plain word: token → words (`pronunciation.yaml`)."""
    _by_slug: dict[str, Topic] = field(init=False, repr=False, compare=False)
    _by_card: dict[str, tuple[Topic, Card]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_by_slug", {t.slug: t for t in self.topics()})
        object.__setattr__(self, "_by_card", {c.id: (t, c) for t in self.topics() for c in t.cards})

    def topics(self) -> Iterator[Topic]:
        """Every topic in course order."""
        for part in self.parts:
            yield from part.topics

    def first_topic(self) -> Topic:
        """Where the course begins.

        Raises:
            CourseError: it has no topics.
        """
        first = next(self.topics(), None)
        if first is None:
            raise CourseError(
                f"The course “{self.title}” has no topics yet: list them in {self.folder / 'course.yaml'}."
            )
        return first

    def topic(self, slug: str) -> Topic:
        """The topic with this slug.

        Raises:
            UsageError: there is none; the line names the nearest slugs.
        """
        from cnntutor.course.lookup import unknown

        if slug not in self._by_slug:
            raise unknown("topic", slug, self._by_slug, "cnntutor course list")
        return self._by_slug[slug]

    def card(self, card_id: str) -> Card:
        """The card with this id.

        Raises:
            UsageError: there is none; the line names the nearest ids.
        """
        return self._find_card(card_id)[1]

    def topic_of(self, card_id: str) -> Topic:
        """The topic that teaches this card.

        Raises:
            UsageError: there is no such card.
        """
        return self._find_card(card_id)[0]

    def has_card(self, card_id: str) -> bool:
        """Whether this id is a card of the course (the log may hold cards since removed)."""
        return card_id in self._by_card

    def _find_card(self, card_id: str) -> tuple[Topic, Card]:
        from cnntutor.course.lookup import unknown

        if card_id not in self._by_card:
            raise unknown("card", card_id, self._by_card, "cnntutor course show TOPIC")
        return self._by_card[card_id]


def problem_line(course: Course) -> str:
    """One line for a learner whose course has mistakes in it; empty if it has none."""
    files = len({problem.file for problem in course.problems})
    have = "has" if files == 1 else "have"
    return (
        f"{plural(files, 'file')} of the course {have} mistakes: `cnntutor course check` lists them." if files else ""
    )
