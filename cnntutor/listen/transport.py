"""Where in a lesson we are while time goes by. Pure: the clock is handed in."""

from __future__ import annotations

from collections.abc import Callable


class Transport:
    """A position that runs at a speed. A player of sound corrects it by what is really heard."""

    def __init__(self, clock: Callable[[], float]) -> None:
        """Rest at the beginning.

        Args:
            clock: seconds that only ever grow (`time.monotonic`).
        """
        self._clock = clock
        self._place = 0.0
        self._since: float | None = None
        self._speed = 1.0

    @property
    def position(self) -> float:
        """Seconds into the lesson, now."""
        return self._place if self._since is None else self._place + (self._clock() - self._since) * self._speed

    @property
    def running(self) -> bool:
        """Whether the position moves."""
        return self._since is not None

    def run(self, at: float, speed: float, since: float | None = None) -> None:
        """Run on from a position.

        Args:
            at: seconds into the lesson.
            speed: seconds of lesson a second.
            since: when it was there, on the same clock; now by default.
        """
        self._place, self._speed, self._since = at, speed, self._clock() if since is None else since

    def rest(self, at: float) -> None:
        """Stand still at a position."""
        self._place, self._since = at, None
