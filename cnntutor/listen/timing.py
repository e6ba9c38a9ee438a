"""When each sentence of a script is said: exactly, from the sound, or estimated from its words. Pure."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from cnntutor.course.models import Script, Sentence

WORDS_PER_MINUTE = 162.0
"""The pace inside a turn: unhurried conversation."""

READING_WORDS_PER_MINUTE = 238.0
"""The pace of silent reading of non-fiction in English (Brysbaert 2019, J. Memory and Language 109:104047)."""

SENTENCE_PAUSE = 0.28
"""Seconds of breath between two sentences of one speaker."""

TURN_PAUSE = 0.42
"""Seconds between two speakers. In everyday talk it is about 0.2 s (Stivers et al. 2009, PNAS 106:10587); whoever
listens to something new needs a little longer."""

CHAPTER_PAUSE = 1.1
"""Seconds between two chapters: long enough to hear that something ends."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a sentence stands in its script."""

    chapter: int
    """Index into the script's chapters."""
    turn: int
    """Index into the chapter's turns."""
    host: str
    sentence: Sentence


@dataclass(frozen=True, slots=True)
class TimedLine:
    """One sentence and when it is said."""

    start: float
    """Seconds from the beginning."""
    end: float
    host: str
    sentence: Sentence
    chapter: int
    """Index into the script's chapters."""

    @property
    def text(self) -> str:
        """What is said."""
        return self.sentence.text


@dataclass(frozen=True)
class Timetable:
    """Every sentence of a lesson in the order in which they are said."""

    lines: tuple[TimedLine, ...]
    titles: tuple[str, ...]
    """Of all chapters of the script."""
    duration: float
    """Seconds from the first word to the end."""

    @cached_property
    def starts(self) -> tuple[float, ...]:
        """When each sentence starts."""
        return tuple(line.start for line in self.lines)

    @cached_property
    def chapters(self) -> tuple[tuple[float, str], ...]:
        """When each chapter in which something is said starts, and its title."""
        first: dict[int, float] = {}
        for line in self.lines:
            first.setdefault(line.chapter, line.start)
        return tuple((start, self.titles[chapter]) for chapter, start in first.items())

    def index_at(self, seconds: float) -> int:
        """Index of the sentence that is being said, or was said last; 0 before the first."""
        return max(0, bisect_right(self.starts, seconds) - 1)

    def chapter_at(self, seconds: float) -> int:
        """Index into `chapters` of the chapter that is running."""
        return max(0, bisect_right([start for start, _ in self.chapters], seconds) - 1)


def places(script: Script) -> Iterator[Place]:
    """Every sentence of a script in order."""
    for number, chapter in enumerate(script.chapters):
        for turn, line in enumerate(chapter.lines):
            for sentence in line.sentences:
                yield Place(number, turn, line.host, sentence)


def pause_between(before: Place | None, after: Place) -> float:
    """Seconds of silence between two sentences; 0 before the first."""
    if before is None:
        return 0.0
    if before.chapter != after.chapter:
        return CHAPTER_PAUSE
    return TURN_PAUSE if before.turn != after.turn else SENTENCE_PAUSE


def timed(script: Script, spans: Sequence[tuple[float, float]], duration: float) -> Timetable:
    """The timetable of a script whose sentences are known to start and end at these seconds.

    Raises:
        ValueError: there are not as many spans as sentences.
    """
    lines = (
        TimedLine(start, end, place.host, place.sentence, place.chapter)
        for place, (start, end) in zip(places(script), spans, strict=True)
    )
    return Timetable(tuple(lines), tuple(chapter.title for chapter in script.chapters), duration)


def estimate(script: Script, words_per_minute: float = WORDS_PER_MINUTE) -> Timetable:
    """The timetable of a script at a steady pace, pauses included in proportion."""
    spans: list[tuple[float, float]] = []
    before, now = None, 0.0
    for place in places(script):
        now += pause_between(before, place) * WORDS_PER_MINUTE / words_per_minute
        end = now + len(place.sentence.text.split()) * 60 / words_per_minute
        spans.append((now, end))
        before, now = place, end
    return timed(script, spans, now)
