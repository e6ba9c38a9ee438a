"""The lesson as the sound device pulls it, block by block: position, speed, volume, pause. Knows no device."""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from cnntutor.listen.engines.engine import Samples
    from cnntutor.listen.stretching import Stretching

FADE = 0.004
"""Seconds over which sound comes in after a jump: no click."""


class Deck:
    """One lesson that can be pulled. Orders come from one thread, blocks are pulled by another."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._stretching: Stretching | None = None
        self._rate = 1
        self._number = 0
        self._offset = 0
        self._faded = 0
        self._volume = self._level = 1.0
        self.speed = 1.0
        """Times the pace at which it was spoken."""
        self.ended = False
        """Whether the last block has been pulled."""

    def load(self, samples: Samples, rate: int, pauses: Sequence[float]) -> None:
        """Put a lesson on, at its beginning; see `Stretching`."""
        from cnntutor.listen.stretching import Stretching

        with self._lock:
            self._stretching, self._rate = Stretching(samples, rate, pauses), rate
            self._number = self._offset = 0
            self.ended = False

    def go_to(self, seconds: float, speed: float) -> None:
        """Go on from a position at a speed."""
        stretching = self._stretching
        if stretching is None:
            return
        sample = round(seconds * self._rate)
        number = stretching.number_at(sample)
        stretching.stretch(number, speed)  # made here, so that the device need not wait for it
        start, end = stretching.bounds(number)
        with self._lock:
            self.speed = speed
            self._number, self._offset = number, round((min(sample, end) - start) / speed)
            self._faded = 0
            self.ended = False

    def set_volume(self, volume: float) -> None:
        """How loud, from 0 to 1."""
        self._volume = volume

    def prepare(self) -> None:
        """Make the next stretch before it is pulled; call it now and then."""
        stretching = self._stretching
        if stretching is not None and self._number + 1 < len(stretching):
            stretching.stretch(self._number + 1, self.speed)

    @property
    def position(self) -> float:
        """Seconds into the lesson of the next block."""
        stretching = self._stretching
        if stretching is None:
            return 0.0
        with self._lock:
            start, end = stretching.bounds(self._number)
            return min(start + self._offset * self.speed, end) / self._rate

    def pull(self, frames: int) -> NDArray[np.int16]:
        """The next block, shape [frames], 16 bits; quiet behind the end."""
        import numpy as np

        block = np.zeros(frames, np.float32)
        with self._lock:
            filled = self._fill(block)
            self._fade_in(block[:filled])
        block *= np.linspace(self._level, self._volume, frames, dtype=np.float32)
        self._level = self._volume
        pulled: NDArray[np.int16] = np.clip(block * 32767, -32768, 32767).astype(np.int16)
        return pulled

    def _fill(self, block: Samples) -> int:
        """Copy what comes next into a block; how many samples that were."""
        filled = 0
        while filled < len(block) and self._stretching is not None and not self.ended:
            stretch = self._stretching.stretch(self._number, self.speed)
            piece = stretch[self._offset : self._offset + len(block) - filled]
            block[filled : filled + len(piece)] = piece
            filled += len(piece)
            self._offset += len(piece)
            if self._offset >= len(stretch):
                self._turn_over()
        return filled

    def _turn_over(self) -> None:
        """To the next stretch, or to the end."""
        assert self._stretching is not None
        if self._number + 1 < len(self._stretching):
            self._number, self._offset = self._number + 1, 0
        else:
            self.ended = True

    def _fade_in(self, block: Samples) -> None:
        import numpy as np

        fade = max(1, round(FADE * self._rate))
        if self._faded < fade and len(block):
            gain = (np.arange(len(block), dtype=np.float32) + self._faded) / fade
            block *= np.minimum(gain, 1.0)
            self._faded += len(block)
