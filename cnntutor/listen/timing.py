"""When each sentence of a script is said, estimated from its words. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

from cnntutor.course.models import Script

WORDS_PER_MINUTE = 162.0
"""The pace inside a turn: unhurried conversation. About 515 words, with their pauses, fill 3 min 20 s."""

TURN_PAUSE = 0.3
"""Seconds between two speakers: a little more than in everyday talk, where it is about 0.2 s (Stivers et al. 2009,
PNAS 106:10587)."""

CHAPTER_PAUSE = 1.2
"""Seconds between two chapters: long enough to hear that something ends."""

_SENTENCE_END = re.compile(r"[.!?…]+[\"'”’)\]]*\s+(?=[\"'“‘(\[]?[A-Z0-9ÀÉÖÜÄ])")
_NEVER_LAST = re.compile(r"(?:^|[\s(])(?:e\.g|i\.e|cf|vs|approx|Dr|Prof|Mr|Mrs|Ms|St)\.\s+$")
_BEFORE_NUMBERS = re.compile(r"(?:^|[\s(])(?:Figs?|Eqs?|No|Sec|Ch|pp?|vol)\.\s+$")
_INITIAL = re.compile(r"(?:^|\.\s|(?:^|\s)(?:[A-Z]\w*|and|by|of)\s)[A-Z]\.\s+$")


@dataclass(frozen=True, slots=True)
class TimedLine:
    """One sentence and when it is said."""

    start: float
    """Seconds from the beginning."""
    end: float
    host: str
    text: str
    chapter: int
    """Index into the script's chapters."""


def sentences(text: str) -> list[str]:
    """The sentences of one turn; abbreviations, initials and decimals end none."""
    found: list[str] = []
    start = 0
    for match in _SENTENCE_END.finditer(text):
        if not _abbreviated(text[start : match.end()], text[match.end()]):
            found.append(text[start : match.end()].strip())
            start = match.end()
    rest = text[start:].strip()
    return [*found, rest] if rest else found


def _abbreviated(so_far: str, following: str) -> bool:
    """Whether a full stop shortens a word (e.g., Fig. 3, Y. LeCun) rather than ends a sentence."""
    if _NEVER_LAST.search(so_far) or _INITIAL.search(so_far):
        return True
    return following.isdigit() and bool(_BEFORE_NUMBERS.search(so_far))


def timetable(script: Script) -> list[TimedLine]:
    """Every sentence of a script with its estimated start and end, in the order in which they are said."""
    table: list[TimedLine] = []
    now = 0.0
    for index, chapter in enumerate(script.chapters):
        now += CHAPTER_PAUSE if table else 0.0
        for turn, line in enumerate(chapter.lines):
            now += TURN_PAUSE if turn else 0.0
            for sentence in sentences(line.text):
                end = now + seconds_to_say(sentence)
                table.append(TimedLine(now, end, line.host, sentence, index))
                now = end
    return table


def duration(script: Script) -> float:
    """How long a script lasts, in seconds; 0 if nothing is said."""
    table = timetable(script)
    return table[-1].end if table else 0.0


def seconds_to_say(text: str) -> float:
    """How long one stretch of speech takes."""
    return len(text.split()) * 60 / WORDS_PER_MINUTE
