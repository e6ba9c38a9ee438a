"""What `make bench` runs: every module here that has a `run` is a benchmark."""

from __future__ import annotations

import time
from collections.abc import Callable
from statistics import median, quantiles

Row = tuple[str, str, str]
"""A line of the table: what was measured, the figure, and what it is to be held against."""


def timed(act: Callable[[], object], times: int) -> list[float]:
    """Do something several times; the seconds that each took."""
    taken = []
    for _ in range(times):
        begun = time.perf_counter()
        act()
        taken.append(time.perf_counter() - begun)
    return taken


def milliseconds(taken: list[float]) -> str:
    """The median, and the 99th percentile where there is enough to tell (else the longest)."""
    enough = len(taken) >= 100
    worst = quantiles(taken, n=100)[98] if enough else max(taken)
    return f"{median(taken) * 1000:.2f} ms ({'p99' if enough else 'max'} {worst * 1000:.2f})"
