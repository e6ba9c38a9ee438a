"""When Python's collector may look through everything: never while something moves on the screen.

A full round of the cyclic collector visits every object there is. In a running app these are a few hundred thousand,
and the screen stands still for 100 ms and more. So full rounds are left to moments when nobody would notice; the
rounds over young objects, which are short, go on as ever.
"""

from __future__ import annotations

import gc

NEVER = 1_000_000_000
"""Rounds of the middle generation before a full one would come by itself."""


class Tidying:
    """Owns the collector's thresholds while the app runs."""

    def __init__(self) -> None:
        self._before = gc.get_threshold()

    def take_over(self) -> None:
        """From now on full rounds happen on `tidy` alone."""
        gc.set_threshold(self._before[0], self._before[1], NEVER)

    def settle_in(self) -> None:
        """What is there now stays for good (the course, the libraries): later rounds need not look at it."""
        gc.freeze()

    def tidy(self) -> None:
        """A full round, at a moment when the screen may stand still."""
        gc.collect()

    def hand_back(self) -> None:
        """Leave the collector as it was found."""
        gc.unfreeze()
        gc.set_threshold(*self._before)
