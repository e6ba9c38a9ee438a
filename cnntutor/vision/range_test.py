"""The learning-rate range test: the rate rises at every step, and the loss says which rates a net can bear.

Smith (2015), "Cyclical Learning Rates for Training Neural Networks", arXiv:1506.01186, section 3.3.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH = 8
"""Neighbouring steps whose losses are averaged, so that the luck of single batches counts less."""

BURST = 2.0
"""A loss so many times the first one has blown up."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What the curve of loss over rate tells."""

    steepest: float
    """The rate around which the loss falls fastest."""
    lowest: float
    """The rate at which the loss is lowest."""
    bursts: float | None
    """The first rate at which it blows up; None where none did."""


def rising(lowest: float, highest: float, steps: int) -> list[float]:
    """Rates from the lowest to the highest, each the same multiple of the one before."""
    return [float(lowest * (highest / lowest) ** (step / (steps - 1))) for step in range(steps)]


def means(losses: Sequence[float]) -> list[float]:
    """The mean of every `WIDTH` losses that follow each other; the first starts with the first loss."""
    return [sum(losses[at : at + WIDTH]) / WIDTH for at in range(len(losses) - WIDTH + 1)]


def read(rates: Sequence[float], losses: Sequence[float]) -> Reading | None:
    """Read a range test.

    Args:
        rates: of all its steps.
        losses: before each step; fewer than the rates where the loss was no longer a number.

    Returns:
        The reading; None where fewer than two windows of steps came before the burst.
    """
    burst = next((at for at, loss in enumerate(losses) if loss > BURST * losses[0]), len(losses))
    even = means(losses[:burst])
    falls = [before - after for before, after in zip(even, even[WIDTH:], strict=False)]
    if not falls:
        return None
    middle = falls.index(max(falls)) + WIDTH  # the first step of the second of the two windows
    lowest = even.index(min(even)) + WIDTH // 2
    return Reading(rates[middle], rates[lowest], rates[burst] if burst < len(rates) else None)
