"""When the next frame of an animation may show: play, pause, one step, faster, slower."""

from __future__ import annotations

import asyncio
import contextlib

SPEEDS = (0.25, 0.5, 1.0, 2.0, 4.0, 8.0)


class Playback:
    """The pace of one run. Whoever takes frames awaits `turn` between two of them."""

    def __init__(self) -> None:
        self._paused = False
        self._steps = 0
        self._speed = SPEEDS.index(1.0)
        self._changed = asyncio.Event()

    @property
    def paused(self) -> bool:
        """Whether it waits for a step or for going on."""
        return self._paused

    @property
    def speed(self) -> float:
        """How many times faster than normal."""
        return SPEEDS[self._speed]

    def restart(self) -> None:
        """A new run plays; the speed stays."""
        self._paused, self._steps = False, 0
        self._changed.set()

    def toggle(self) -> None:
        """Pause or go on."""
        self._paused, self._steps = not self._paused, 0
        self._changed.set()

    def step(self) -> None:
        """One frame more, then pause."""
        self._paused, self._steps = True, self._steps + 1
        self._changed.set()

    def faster(self, steps: int = 1) -> None:
        """Change the speed, by negative steps downwards."""
        self._speed = max(0, min(len(SPEEDS) - 1, self._speed + steps))
        self._changed.set()

    async def turn(self, hold: float) -> None:
        """Wait until the next frame may show.

        Args:
            hold: seconds that the frame now on the screen stays at normal speed.
        """
        left = hold
        loop = asyncio.get_running_loop()
        while not self._steps and (self._paused or left > 0):
            if self._paused:
                await self._change(None)
                continue
            began, speed = loop.time(), self.speed
            await self._change(left / speed)
            left -= (loop.time() - began) * speed
        self._steps = max(0, self._steps - 1)

    async def _change(self, within: float | None) -> None:
        # Not asyncio.wait_for: up to Python 3.11 it swallows a cancellation that comes together with the change.
        self._changed.clear()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(within):
                await self._changed.wait()
