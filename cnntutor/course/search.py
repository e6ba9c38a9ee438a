"""Finding things in everything a course says. Pure; quick enough to run at every key pressed."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from cnntutor.course.models import Course, Topic


class Kind(StrEnum):
    """Where a hit stands."""

    TOPIC = "topic"
    SECTION = "article"
    CARD = "card"
    QUESTION = "question"
    PODCAST = "podcast"
    LINK = "link"


@dataclass(frozen=True, slots=True)
class Hit:
    """One place that says what was looked for."""

    kind: Kind
    topic: str
    """Slug of the topic it belongs to."""
    title: str
    excerpt: str
    """Some words around the first match."""
    section: str = ""
    """Anchor in the article, where there is one."""
    card: str = ""
    """Id of the card, where it is one."""


@dataclass(frozen=True, slots=True)
class _Entry:
    kind: Kind
    topic: str
    title: str
    text: str
    section: str
    card: str
    folded_title: str
    folded_text: str


WEIGHTS = {
    Kind.TOPIC: 6,
    Kind.SECTION: 4,
    Kind.CARD: 3,
    Kind.QUESTION: 2,
    Kind.PODCAST: 1,
    Kind.LINK: 2,
}


def _score(entry: _Entry, patterns: list[re.Pattern[str]]) -> float:
    """0 unless every word matches; titles count far more than text, many matches a little more than one."""
    score = 0.0
    for pattern in patterns:
        in_title = bool(pattern.search(entry.folded_title))
        in_text = len(pattern.findall(entry.folded_text))
        if not in_title and not in_text:
            return 0.0
        score += 5 * in_title + min(in_text, 5) / 5
    return score * WEIGHTS[entry.kind]


def _hit(entry: _Entry, pattern: re.Pattern[str]) -> Hit:
    return Hit(entry.kind, entry.topic, entry.title, _excerpt(entry, pattern), entry.section, entry.card)


def _excerpt(entry: _Entry, pattern: re.Pattern[str], around: int = 60) -> str:
    match = pattern.search(entry.folded_text)
    middle = match.start() if match and len(entry.folded_text) == len(entry.text) else 0
    start = max(0, middle - around)
    piece = entry.text[start : middle + 2 * around].replace("\n", " ").strip()
    return ("…" if start else "") + piece + ("…" if middle + 2 * around < len(entry.text) else "")


def _fold(text: str) -> str:
    """Lower case without accents, letter for letter where that is possible."""
    decomposed = unicodedata.normalize("NFD", text.casefold())
    return "".join(c for c in decomposed if not unicodedata.combining(c))


class SearchIndex:
    """Everything a course says, prepared for searching; make one and keep it."""

    def __init__(self, course: Course) -> None:
        self._entries = tuple(entry for topic in course.topics() for entry in _entries(topic))

    def search(self, query: str, *, limit: int = 50) -> list[Hit]:
        """The places where every word of the query begins some word, best first.

        Args:
            query: what was typed; case and accents do not matter.
            limit: at most this many hits.
        """
        words = _fold(query).split()
        if not words:
            return []
        patterns = [re.compile(rf"(?<!\w){re.escape(word)}") for word in words]
        scored = [(_score(entry, patterns), entry) for entry in self._entries]
        best = sorted((pair for pair in scored if pair[0] > 0), key=lambda pair: -pair[0])
        return [_hit(entry, patterns[0]) for _, entry in best[:limit]]


def _entries(topic: Topic) -> Iterator[_Entry]:
    yield _entry(Kind.TOPIC, topic, topic.title, topic.summary)
    for section in topic.article.sections:
        yield _entry(Kind.SECTION, topic, section.title, section.markdown, section.id)
    for card in topic.cards:
        face = card.draw(0)
        yield _entry(Kind.CARD, topic, face.front, f"{face.back}\n{face.why}", card.section, card.id)
    for question in topic.questions:
        posed = question.pose(0)
        yield _entry(Kind.QUESTION, topic, posed.prompt, "\n".join(posed.options), question.section)
    for chapter in topic.script.chapters:
        said = " ".join(line.text for line in chapter.lines)
        yield _entry(Kind.PODCAST, topic, chapter.title, said)
    for link in topic.resources:
        yield _entry(Kind.LINK, topic, link.title, f"{link.authors} {link.year} {link.why}")


def _entry(kind: Kind, topic: Topic, title: str, text: str, section: str = "", card: str = "") -> _Entry:
    title, text = plain(title), plain(text)
    return _Entry(kind, topic.slug, title, text, section, card, _fold(title), _fold(text))


def plain(markdown: str) -> str:
    """Markdown without its marks, near enough for a line of plain text."""
    return re.sub(r"```\w*|\*\*|`|(?<!\w)[*_](?=\w)|(?<=\w)[*_](?!\w)", "", markdown).strip()
