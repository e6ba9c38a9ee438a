"""Where a sentence ends. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

_END = re.compile(r"[.!?…]+[\"'”’)\]]*\s+(?=[\"'“‘(\[]?[A-Z0-9ÀÉÖÜÄ])")
_NEVER_LAST = re.compile(r"(?:^|[\s(])(?:e\.g|i\.e|cf|vs|approx|Dr|Prof|Mr|Mrs|Ms|St)\.\s+$")
_BEFORE_NUMBERS = re.compile(r"(?:^|[\s(])(?:Figs?|Eqs?|No|Sec|Ch|pp?|vol)\.\s+$")
_INITIAL = re.compile(r"(?:^|\.\s|(?:^|\s)(?:[A-Z]\w*|and|by|of)\s)[A-Z]\.\s+$")


def sentences(text: str) -> list[str]:
    """The sentences of a text; abbreviations, initials and decimals end none."""
    return [sentence for _, sentence in located_sentences(text)]


def located_sentences(text: str) -> Iterator[tuple[int, str]]:
    """The sentences of a text, each with the offset at which it starts; white space within them becomes one blank."""
    start = 0
    for match in _END.finditer(text):
        if not _abbreviated(text[start : match.end()], text[match.end()]):
            yield from _stripped(text, start, match.end())
            start = match.end()
    yield from _stripped(text, start, len(text))


def _stripped(text: str, start: int, end: int) -> Iterator[tuple[int, str]]:
    words = text[start:end].split()
    if words:
        yield text.index(words[0], start), " ".join(words)


def _abbreviated(so_far: str, following: str) -> bool:
    """Whether a full stop shortens a word (e.g., Fig. 3, Y. LeCun) rather than ends a sentence."""
    if _NEVER_LAST.search(so_far) or _INITIAL.search(so_far):
        return True
    return following.isdigit() and bool(_BEFORE_NUMBERS.search(so_far))
