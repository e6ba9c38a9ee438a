"""The app's side of the process that owns the sound device: an `Output` that is heard."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import sys
import time
from collections.abc import Callable
from itertools import pairwise
from typing import Any

from cnntutor.listen.hearing import no_sound
from cnntutor.listen.recording import Sound
from cnntutor.listen.timing import Timetable
from cnntutor.listen.transport import Transport

ENDS_WITHIN = 0.5
"""Seconds the process has to leave; then it is killed."""

UNPLUGGED = "The sound stopped ({why}). Plug the device in again, then press play."


class Speaker:
    """Plays through the default device. Make it and use it on one event loop; nothing starts before `start`."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Nothing starts yet.

        Args:
            clock: the clock that the process over there uses as well.
        """
        self._transport = Transport(clock)
        self._process: asyncio.subprocess.Process | None = None
        self._reader: asyncio.Task[None] | None = None
        self._loaded: dict[str, Any] | None = None
        self._volume = 1.0
        self._playing = False
        self._jump = 0
        self._ready: asyncio.Future[str] | None = None
        self.trouble = ""
        """One line on why it stopped by itself; empty while all is well."""

    @property
    def alive(self) -> bool:
        """Whether its process runs with a lesson on."""
        return self._process is not None and self._process.returncode is None and self._loaded is not None

    @property
    def position(self) -> float:
        """Seconds into the lesson of what is heard now."""
        return self._transport.position

    async def start(self, sound: Sound) -> str:
        """Bring the process up with a lesson on.

        Returns:
            Why there is no sound, in one line; empty when there is.
        """
        if self._process is None or self._process.returncode is not None:
            try:
                self._process = await self._spawn()
            except OSError as error:
                return f"The sound process cannot be started: {error}. The transcript runs at reading speed."
            self._reader = asyncio.create_task(self._read(self._process))
        self._ready = asyncio.get_running_loop().create_future()
        self.load(sound)
        return await self._ready

    async def close(self) -> None:
        """End the process."""
        process, self._process, self._loaded = self._process, None, None
        self._settle("The player was closed.")
        if process is None:
            return
        if process.stdin is not None:
            process.stdin.close()
        try:
            await asyncio.wait_for(process.wait(), ENDS_WITHIN)
        except TimeoutError:
            process.kill()
            await process.wait()
        if self._reader is not None:
            await self._reader

    def load(self, sound: Sound | None) -> None:
        """Put a lesson on; it rests at its beginning."""
        self._transport.rest(0.0)
        self._playing = False
        self.trouble = ""
        if sound is None:
            return
        order = {"do": "load", "file": str(sound.file), "pauses": _pauses(sound.timetable)}
        if order != self._loaded or self._ready is not None:
            self._loaded = order
            self._order(order)
        self._order({"do": "volume", "volume": self._volume})

    def play(self, at: float, speed: float) -> None:
        """Play from a position. The position moves once the device has taken the first sound."""
        self.trouble = ""
        self._transport.rest(at)
        self._playing = True
        self._jump += 1
        self._order({"do": "play", "at": at, "speed": speed, "jump": self._jump})

    def pause(self, at: float) -> None:
        """Rest at a position."""
        self._transport.rest(at)
        self._playing = False
        self._order({"do": "pause"})

    def set_volume(self, volume: float) -> None:
        """How loud, from 0 to 1."""
        self._volume = volume
        self._order({"do": "volume", "volume": volume})

    async def _spawn(self) -> asyncio.subprocess.Process:
        return await asyncio.create_subprocess_exec(
            *(sys.executable, "-P", "-m", "cnntutor.listen.speaker_child"),
            env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
        )

    async def _read(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdout is not None
        while line := await process.stdout.readline():
            with contextlib.suppress(ValueError, KeyError):
                self._hear(json.loads(line))
        await process.wait()
        if process is self._process:
            self._process, self._loaded = None, None
            self._stopped("its process ended")

    def _hear(self, news: dict[str, Any]) -> None:
        match news["news"]:
            case "at" if self._playing and news["jump"] == self._jump:
                self._transport.run(news["position"], news["speed"], news["when"])
            case "loaded":
                self._settle("")
            case "no device" | "broken" | "lost":
                self._stopped(news["why"])

    def _stopped(self, why: str) -> None:
        if self._playing:
            self._transport.rest(self.position)
            self.trouble = UNPLUGGED.format(why=why)
        self._playing = False
        self._settle(no_sound(why))

    def _settle(self, why: str) -> None:
        """Tell whoever waits for the lesson to be on."""
        if self._ready is not None and not self._ready.done():
            self._ready.set_result(why)
        self._ready = None

    def _order(self, order: dict[str, Any]) -> None:
        """Queue an order; without a process it is lost, and `start` repeats what matters."""
        process = self._process
        if process is not None and process.stdin is not None and not process.stdin.is_closing():
            process.stdin.write(json.dumps(order).encode() + b"\n")


def _pauses(table: Timetable) -> list[float]:
    """The middle of every silence between two sentences."""
    return [(one.end + two.start) / 2 for one, two in pairwise(table.lines)]
