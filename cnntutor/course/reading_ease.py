"""How easily a text is taken in. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

_VOWELS = re.compile(r"(?:[aeiouáéíóöü]|y(?![aeiou]))+")
_WORD = re.compile(r"[^\W\d_][\w'’-]*")


def reading_ease(sentences: Sequence[str]) -> float:
    """Flesch's reading ease (1948, J. Applied Psychology 32:221): 60 is plain English, 90 very easy.

    Args:
        sentences: words alone; figures count as nothing, and a text without words is as easy as can be, 100.
    """
    words = [word for sentence in sentences for word in _WORD.findall(sentence)]
    if not words:
        return 100.0
    said = sum(bool(_WORD.search(sentence)) for sentence in sentences)
    return 206.835 - 1.015 * len(words) / said - 84.6 * sum(map(syllables, words)) / len(words)


def syllables(word: str) -> int:
    """About how many syllables an English word has: its groups of vowels, without a silent e."""
    word = word.lower().strip("'’-")
    count = len(_VOWELS.findall(word))
    if word.endswith("e") and not word.endswith(("le", "ee", "ye", "oe")) and count > 1:
        count -= 1
    if re.search(r"[^aeiouytd]ed$", word) and count > 1:
        count -= 1
    return max(1, count)
