"""Faster or slower speech at the same pitch."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnntutor.listen.engines.engine import Samples

LONGEST_STRETCH = 12.0
"""Seconds of speech stretched at a time: a listener who seeks waits for one stretch."""

KEPT = 8
"""Stretches kept ready."""


class Stretching:
    """A lesson at any speed, one sentence at a time.

    Signalsmith's algorithm starts afresh at every call, so the sound is cut where nobody speaks: between sentences.
    """

    def __init__(self, samples: Samples, rate: int, pauses: Sequence[float] = ()) -> None:
        """Take the lesson.

        Args:
            samples: mono, shape [samples].
            rate: samples a second.
            pauses: seconds at which nobody speaks, in order.
        """
        self._samples = samples
        self._rate = rate
        self._cuts = _cuts(len(samples), rate, pauses)
        self.stretch = lru_cache(maxsize=KEPT)(self._stretch)
        """`stretch(number, speed)`: the samples of one stretch at a speed; made once."""

    def __len__(self) -> int:
        """How many stretches there are."""
        return len(self._cuts) - 1

    def bounds(self, number: int) -> tuple[int, int]:
        """First sample of a stretch, and the first one behind it."""
        return self._cuts[number], self._cuts[number + 1]

    def number_at(self, sample: int) -> int:
        """Which stretch holds a sample."""
        from bisect import bisect_right

        return max(0, min(bisect_right(self._cuts, sample), len(self)) - 1)

    def _stretch(self, number: int, speed: float) -> Samples:
        import numpy as np
        from python_stretch.Signalsmith import Stretch

        start, end = self.bounds(number)
        piece = self._samples[start:end]
        if speed == 1.0 or not len(piece):
            return piece
        stretch = Stretch(0)
        stretch.preset(1, self._rate)
        stretch.timeFactor = speed
        made: Samples = np.asarray(stretch.process(piece[None, :]), dtype=np.float32)[0]
        return made


def _cuts(length: int, rate: int, pauses: Sequence[float]) -> list[int]:
    """Where to cut: in every pause, and within a stretch that would be too long."""
    cuts = [0]
    for at in [*(round(pause * rate) for pause in pauses), length]:
        if not cuts[-1] < at <= length:
            continue
        longest = int(LONGEST_STRETCH * rate)
        while at - cuts[-1] > longest:
            cuts.append(cuts[-1] + longest)
        cuts.append(at)
    return cuts if len(cuts) > 1 else [0, length]
