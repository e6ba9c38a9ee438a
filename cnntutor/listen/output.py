"""What plays a lesson: a sound device, or nothing but the clock where there is none."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from cnntutor.listen.recording import Sound
from cnntutor.listen.transport import Transport


class Output(Protocol):
    """Plays one lesson. Orders return at once."""

    @property
    def position(self) -> float:
        """Seconds into the lesson of what is heard now."""
        ...

    @property
    def trouble(self) -> str:
        """One line on why it stopped by itself (a device unplugged, say); empty while all is well."""
        ...

    def load(self, sound: Sound | None) -> None:
        """Put a lesson on; it rests at its beginning."""
        ...

    def play(self, at: float, speed: float) -> None:
        """Play from a position, also while it plays already. Clears `trouble`."""
        ...

    def pause(self, at: float) -> None:
        """Rest at a position."""
        ...

    def set_volume(self, volume: float) -> None:
        """How loud, from 0 to 1."""
        ...


class SilentOutput:
    """The transcript runs by the clock: no sound card, no sound, or a learner who reads."""

    trouble = ""

    def __init__(self, clock: Callable[[], float]) -> None:
        """Rest at the beginning; see `Transport`."""
        self._transport = Transport(clock)

    @property
    def position(self) -> float:
        """Seconds into the lesson."""
        return self._transport.position

    def load(self, sound: Sound | None) -> None:
        """Begin at the beginning."""
        self._transport.rest(0.0)

    def play(self, at: float, speed: float) -> None:
        """Run from a position."""
        self._transport.run(at, speed)

    def pause(self, at: float) -> None:
        """Rest at a position."""
        self._transport.rest(at)

    def set_volume(self, volume: float) -> None:
        """There is nothing to hear."""
