"""The parts of one written token, and how each is said: words, entries of the table, numbers, signs. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum, auto

from cnntutor.course import numbers_aloud

LATIN = "A-Za-zÀ-ÖØ-öø-ſ"
"""Letters that engines read, for a character class."""

SIGNS = {"−": "minus", "%": "percent", "_": ""}
"""Signs said in the same way everywhere; those of `_between` depend on their neighbours, the others need an entry."""

_CHUNK = re.compile(r"[\d.]+e[-−]?\d+(?![^\W_])|[^-–]+|[-–]", re.ASCII)
_RUN = re.compile(
    rf"(?P<number>{numbers_aloud.WRITTEN})|(?P<letters>[{LATIN}]+(?:'[{LATIN}]+)*)|(?P<sign>.)", re.ASCII | re.VERBOSE
)
_NO_LETTER = re.compile(rf"[^{LATIN}]")


class Kind(Enum):
    """Who knows how a part is said."""

    WORD = auto()
    """Any engine."""
    ENTRY = auto()
    """The table."""
    PLURAL = auto()
    """The table, for its singular."""
    NUMBER = auto()
    """`numbers_aloud`."""
    SIGN = auto()
    """A rule of this file."""
    UNKNOWN = auto()
    """Nobody."""


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of a token that is said as one."""

    kind: Kind
    text: str
    """As written; the key for what the table says; for a sign, the words."""

    def said(self, table: Mapping[str, str]) -> str:
        """The words; an unknown part without whatever is no letter."""
        match self.kind:
            case Kind.ENTRY:
                return table[self.text]
            case Kind.PLURAL:
                return table[self.text] + "'s"
            case Kind.NUMBER:
                return numbers_aloud.number_aloud(self.text)
            case Kind.UNKNOWN:
                return _NO_LETTER.sub("", self.text)
        return self.text


@dataclass(frozen=True, slots=True)
class _Run:
    """A stretch of one sort of character."""

    sort: str
    """entry, number, letters, sign; empty beyond either end."""
    text: str


_NOTHING = _Run("", "")


def parts(core: str, table: Mapping[str, str]) -> list[Part]:
    """What a token is made of.

    Args:
        core: a token without outer punctuation; its apostrophes straight.
        table: token → words.
    """
    runs = list(_runs(core, table))
    found = []
    for before, run, after in zip([_NOTHING, *runs], runs, [*runs[1:], _NOTHING], strict=False):
        found.append(_part(before, run, after, table))
    return _compound(core, found)


def _compound(core: str, found: list[Part]) -> list[Part]:
    """A compound of plain words (`edge-preserving`) stays one word."""
    plain = all(part.kind is Kind.WORD or part == Part(Kind.SIGN, "") for part in found)
    return [Part(Kind.WORD, core.replace("–", "-").rstrip("-"))] if plain and "_" not in core else found


def _runs(core: str, table: Mapping[str, str]) -> Iterator[_Run]:
    chunks = [core] if core in table else _CHUNK.findall(core)
    for chunk in chunks:
        if chunk in table:
            yield _Run("entry", chunk)
            continue
        for match in _RUN.finditer(chunk):
            yield _Run(match.lastgroup or "sign", match[0])


def _part(before: _Run, run: _Run, after: _Run, table: Mapping[str, str]) -> Part:
    if run.text in table:
        return Part(Kind.ENTRY, run.text)
    if run.sort == "number":
        return Part(Kind.NUMBER, run.text)
    between = _between(before, run.text, after)
    if between is not None:
        return Part(Kind.SIGN, between)
    if run.sort == "letters":
        return _letters(run.text, table)
    return Part(Kind.SIGN, SIGNS[run.text]) if run.text in SIGNS else Part(Kind.UNKNOWN, run.text)


def _between(before: _Run, sign: str, after: _Run) -> str | None:
    """What a sign means between its neighbours; None where it means nothing."""
    inside = bool(before.text and after.text)
    numbers = before.sort == after.sort == "number"
    match sign:
        case "×":
            return "by" if inside else "times"
        case "x" if numbers:
            return "by"
        case "-" | "–" if numbers:
            return "to"
        case "-" if not before.text and after.sort == "number":
            return "minus"
        case "-" | "–" if before.text and not {before.text, after.text} & {"-", "–"}:
            return ""
        case "/" if not (_is_long(before) and _is_long(after)):
            return "over"
    return None


def _is_long(run: _Run) -> bool:
    """Whether it is a word rather than the name of a quantity: nobody says `train/test` as a fraction."""
    return run.sort in {"letters", "entry"} and len(run.text) > 1


def _letters(word: str, table: Mapping[str, str]) -> Part:
    small = word[0].lower() + word[1:] if _is_plain(word) and len(word) > 1 else word
    singular = small.removesuffix("s")
    if small in table:
        return Part(Kind.ENTRY, small)
    if singular != small and len(singular) > 1 and singular in table:
        return Part(Kind.PLURAL, singular)
    return Part(Kind.WORD if _is_plain(word) else Kind.UNKNOWN, word)


def _is_plain(word: str) -> bool:
    """Whether a word has no capitals but at its start, or at that of what follows an apostrophe (O'Neill)."""
    return all(piece[1:] == piece[1:].lower() for piece in word.split("'"))
