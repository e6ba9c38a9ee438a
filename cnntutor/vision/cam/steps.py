"""Work in steps: generators that tell how far they are and return what they made."""

from __future__ import annotations

from collections.abc import Generator
from typing import TypeVar

T = TypeVar("T")

Steps = Generator[float, None, T]
"""Yields how much is done, 0–1; `result = yield from steps` passes that on, `finished(steps)` does not."""


def finished(steps: Steps[T]) -> T:
    """Run to the end without looking."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            result: T = end.value
            return result
