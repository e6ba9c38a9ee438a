"""How a script is said: what people write (`3×3`, `ReLU`, `73,728`) in the words that an engine is given. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from cnntutor.course.spoken_parts import LATIN, Kind, Part, parts

_OPENING = "\"'“”‘«(["
_CLOSING = "\"'“”‘»)].,;:?!…"
_NO_MELODY = re.compile(r"[^.,;:?!…]")
_POSSESSIVE = "'s"
_PLAIN_WORDS = re.compile(rf"[{LATIN}]+(?:['-][{LATIN}]+)*(?: [{LATIN}]+(?:['-][{LATIN}]+)*)*")
_DASH = re.compile(r"\s–\s|—")
_ELLIPSIS = re.compile(r"…(?=\w)")


@dataclass(frozen=True, slots=True)
class _Token:
    """What stands between two blanks."""

    core: str
    """Without the quotes, brackets and punctuation around it."""
    parts: Sequence[Part]
    tail: str
    """What is said behind the core as it is written: a possessive, and the punctuation that gives the melody."""

    def said(self, table: Mapping[str, str]) -> str:
        words = " ".join(filter(None, (part.said(table) for part in self.parts)))
        return words + self.tail if words else self.tail.removeprefix(_POSSESSIVE)


def spoken(text: str, table: Mapping[str, str]) -> str:
    """A text as a speech engine gets it.

    Args:
        text: as a script has it.
        table: token → words (`Course.pronunciation`).

    Returns:
        Words of letters, apostrophes and hyphens, one blank between them, and `. , ; : ? ! — …`. A token that
        nobody can say loses its odd signs; `unspeakable` finds it beforehand.
    """
    return " ".join(filter(None, (token.said(table) for token in _tokens(text, table))))


def unspeakable(text: str, table: Mapping[str, str]) -> list[str]:
    """The tokens that neither a rule nor the table can say, in order."""
    return [token.core for token in _tokens(text, table) if any(part.kind is Kind.UNKNOWN for part in token.parts)]


def entries_used(texts: Iterable[str], table: Mapping[str, str]) -> dict[str, str]:
    """The entries of the table that these texts are said with."""
    found = (part for text in texts for token in _tokens(text, table) for part in token.parts)
    return {part.text: table[part.text] for part in found if part.kind in {Kind.ENTRY, Kind.PLURAL}}


def is_plain_words(text: str) -> bool:
    """Whether a text is words alone, as `spoken` would leave them: no digits, signs or abbreviations."""
    return bool(_PLAIN_WORDS.fullmatch(text)) and not unspeakable(text, {})


def _tokens(text: str, table: Mapping[str, str]) -> Iterator[_Token]:
    straight = unicodedata.normalize("NFC", text).replace("’", "'")
    for written in _ELLIPSIS.sub("… ", _DASH.sub(" — ", straight)).split():
        yield _Token("", (), written) if written == "—" else _token(written, table)


def _token(written: str, table: Mapping[str, str]) -> _Token:
    core, behind = _cut(written.lstrip(_OPENING), table)
    tail = _NO_MELODY.sub("", behind)
    if core.endswith(_POSSESSIVE) and core not in table:
        core, tail = core.removesuffix(_POSSESSIVE), _POSSESSIVE + tail
    return _Token(core, parts(core, table), tail)


def _cut(written: str, table: Mapping[str, str]) -> tuple[str, str]:
    """The core and what stands behind it; an entry of the table may end with a full stop (`e.g.`)."""
    bare = written.rstrip(_CLOSING)
    for end in range(len(written), len(bare), -1):
        if written[:end] in table:
            return written[:end], written[end:]
    return bare, written[len(bare) :]
