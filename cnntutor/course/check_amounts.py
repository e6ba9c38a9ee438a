"""Too few and too many, as problems of a file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from cnntutor.course.models import Problem


def check_words(file: Path, what: str, words: int, limits: tuple[int, int]) -> Iterator[Problem]:
    """Whether a text has at least and at most so many words."""
    least, most = limits
    if words < least:
        yield Problem(file, 1, f"the {what} has {words} words", f"write at least {least}")
    elif words > most:
        yield Problem(file, 1, f"the {what} has {words} words", f"cut it to {most} at most")


def check_least(file: Path, what: str, count: int, least: int) -> Iterator[Problem]:
    """Whether there are enough of something."""
    if count < least:
        yield Problem(file, 1, f"there are {count} {what}", f"write at least {least}")
