"""The app's side of the worker process: run a demo, turn its knobs, pause, step, stop. No torch, no screen.

    client = WorkerClient()
    await client.start()                      # torch warms up over there, nobody waits
    async for frame in client.run("convolve", knobs):
        show(frame)
    await client.close()

One run at a time: a new one ends the old, whose iterator then simply ends. The worker is at most `WINDOW`
frames ahead of whoever takes them, so a slow screen slows the demo down instead of piling up frames, and a
consumer that waits between two frames sets the pace of an animation.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

from cnntutor.demos import wire
from cnntutor.demos.catalogue import GALLERY
from cnntutor.demos.frame import Frame
from cnntutor.demos.knobs import Knobs
from cnntutor.errors import DemoError, UsageError
from cnntutor.vision.device import fastest

WINDOW = 2
"""Frames that the worker may be ahead."""

STOP_WITHIN = 0.12
"""Seconds a stopped demo has to leave its frame; then its process is killed and replaced."""

SUPERSEDE_WITHIN = 1.5
"""Seconds it has when another run waits: a fresh process would need as long to import torch."""

_CLOSE_WITHIN = 0.5
_BUFFER = 1 << 20


class _Run:
    """A run as its consumer sees it."""

    def __init__(self, number: int, knobs: Knobs) -> None:
        self.number = number
        self.knobs = knobs
        self.inbox: asyncio.Queue[wire.Made | wire.Done | wire.Failed] = asyncio.Queue()


class _Process:
    """One worker process and the task that reads its pipe."""

    def __init__(self, process: asyncio.subprocess.Process, client: WorkerClient) -> None:
        assert process.stdin
        assert process.stdout
        self._process = process
        self._stdin, self._stdout = process.stdin, process.stdout
        self.warm = False
        self.devices: tuple[str, ...] = ()
        self._ending = False
        self._newest = 0
        self._idle = asyncio.Event()
        self._idle.set()
        self._reader = asyncio.create_task(self._read(client))

    @property
    def alive(self) -> bool:
        return not self._ending and not self._reader.done()

    @property
    def pid(self) -> int:
        return self._process.pid

    def begin(self, start: wire.Start) -> None:
        """Order a run."""
        self._newest = start.run
        self._idle.clear()
        self.send(start)

    async def idle(self) -> None:
        """Wait until the newest run is over, or the process is."""
        await self._idle.wait()

    def send(self, order: wire.Order) -> None:
        """Queue an order; one for a process that has just ended is lost, and the reader says so."""
        if not self._stdin.is_closing():
            self._stdin.write(wire.encode(order))

    async def kill(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()
        await self._reader

    async def close(self) -> None:
        """End it politely: it leaves when its standard input closes."""
        self._stdin.close()
        try:
            await asyncio.wait_for(asyncio.shield(self._reader), _CLOSE_WITHIN)
        except TimeoutError:
            await self.kill()

    async def _read(self, client: WorkerClient) -> None:
        while (news := await wire.receive(self._stdout)) is not None:
            match news:
                case wire.Ready():
                    self.warm, self.devices = True, news.devices
                case wire.Made():
                    client._deliver(news)
                case wire.Done() | wire.Failed():
                    if news.run == self._newest:
                        self._idle.set()
                    self._ending = isinstance(news, wire.Failed) and news.fatal
                    client._deliver(news)
        self._ending = True
        status = await self._process.wait()
        self._idle.set()
        client._lost(self, status)


class WorkerClient:
    """Runs demos in one child process. Make it and use it on one event loop."""

    def __init__(self, gallery: str = GALLERY) -> None:
        """Nothing starts yet.

        Args:
            gallery: the package that holds the demos.
        """
        self._gallery = gallery
        self._process: _Process | None = None
        self._run: _Run | None = None
        self._runs = 0
        self._switching = asyncio.Lock()

    @property
    def warm(self) -> bool:
        """Whether torch is imported over there, so that a run starts at once."""
        return self._process is not None and self._process.alive and self._process.warm

    def device_of(self, name: str) -> str:
        """What a device's name stands for over there: `auto` for the fastest; the name itself until torch is warm."""
        if name != "auto" or not self.warm or self._process is None:
            return name
        return fastest(self._process.devices)

    @property
    def pid(self) -> int | None:
        """The worker's process id, None while there is none."""
        return self._process.pid if self._process and self._process.alive else None

    async def start(self) -> None:
        """Start the worker if there is none; returns at once, while torch is still being imported over there.

        Raises:
            DemoError: the process cannot be started.
        """
        async with self._switching:
            await self._ensure_process()

    async def run(
        self, demo: str, knobs: Knobs, device: str = "auto", seed: int = 0, image: Path | None = None
    ) -> AsyncIterator[Frame]:
        """Run a demo, ending the run in progress, and give its frames as they are made.

        Leaving the iteration early, or cancelling its task, stops the demo.

        Args:
            demo: its name.
            knobs: the demo's own, already checked (`catalogue.parse_knobs`).
            device: auto, cpu, cuda or mps.
            seed: makes the run repeatable.
            image: the learner's own picture, for demos that take one.

        Raises:
            UsageError: the device is not there, or the picture cannot be read.
            DemoError: the demo raised an exception, or its process ended; the next run gets a fresh one.
        """
        run = await self._begin(demo, knobs if image is None else knobs.with_picture(image), device, seed)
        try:
            while isinstance(news := await run.inbox.get(), wire.Made):
                yield news.frame
                self._order(wire.More(run.number))
            if isinstance(news, wire.Failed):
                raise UsageError(news.line) if news.usage else DemoError(news.line)
        finally:
            if run is self._run:
                self._withdraw_run()

    def set_knobs(self, knobs: Knobs) -> bool:
        """Turn the knobs of the run in progress.

        Returns:
            Whether they take effect in this run, from its next frame on. False if nothing runs or a knob that
            is not live was turned: then `run` it anew.
        """
        run = self._run
        if run is None or not run.knobs.can_become(knobs):
            return False
        run.knobs = knobs
        self._order(wire.Turn(run.number, knobs.model_dump_json()))
        return True

    def pause(self) -> None:
        """Make no more frames; the at most `WINDOW` frames already made still arrive."""
        if self._run:
            self._order(wire.Pause(self._run.number))

    def resume(self) -> None:
        """Go on after `pause` or `step`."""
        if self._run:
            self._order(wire.Resume(self._run.number))

    def step(self) -> None:
        """Make one more frame, then pause."""
        if self._run:
            self._order(wire.Step(self._run.number))

    async def stop(self) -> None:
        """End the run in progress within 200 ms; its iterator ends.

        A demo that does not leave its frame in time is killed, and a fresh worker warms up in its place.
        """
        async with self._switching:
            await self._end_run(STOP_WITHIN)

    async def close(self) -> None:
        """End the run and the worker. The client can be started again."""
        async with self._switching:
            self._withdraw_run()
            process, self._process = self._process, None
            if process:
                await process.close()

    async def _begin(self, demo: str, knobs: Knobs, device: str, seed: int) -> _Run:
        async with self._switching:
            await self._end_run(SUPERSEDE_WITHIN)
            process = await self._ensure_process()
            self._runs += 1
            self._run = _Run(self._runs, knobs)
            process.begin(wire.Start(self._runs, demo, knobs.model_dump_json(), device, seed, WINDOW))
            return self._run

    async def _end_run(self, patience: float) -> None:
        self._withdraw_run()
        process = self._process
        if process is None or not process.warm:
            return  # nothing runs yet: an order is withdrawn before torch is there
        try:
            await asyncio.wait_for(process.idle(), patience)
        except TimeoutError:
            self._process = None
            await process.kill()
            await self._ensure_process()

    def _withdraw_run(self) -> None:
        run, self._run = self._run, None
        if run:
            run.inbox.put_nowait(wire.Done(run.number))
            self._order(wire.Stop(run.number))

    async def _ensure_process(self) -> _Process:
        if self._process is None or not self._process.alive:
            self._process = _Process(await self._spawn(), self)
        return self._process

    async def _spawn(self) -> asyncio.subprocess.Process:
        # It imports what we import: a `random.py` in the learner's folder (-P) is no module of ours.
        try:
            return await asyncio.create_subprocess_exec(
                *(sys.executable, "-P", "-m", "cnntutor.demos.worker", "--demos", self._gallery),
                env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.DEVNULL,
                limit=_BUFFER,
            )
        except OSError as error:
            raise DemoError(f"The demo process cannot be started: {error}. Close other programs and retry.") from None

    def _order(self, order: wire.Order) -> None:
        if self._process:
            self._process.send(order)

    def _deliver(self, news: wire.Made | wire.Done | wire.Failed) -> None:
        if self._run is None or news.run != self._run.number:
            return  # of a run that was superseded or stopped
        self._run.inbox.put_nowait(news)
        if not isinstance(news, wire.Made):
            self._run = None

    def _lost(self, process: _Process, status: int) -> None:
        if process is self._process and self._run:
            self._deliver(wire.Failed(self._run.number, _last_words(status), usage=False))


def _last_words(status: int) -> str:
    again = "Run it again: a fresh process takes over."
    if status >= 0 or os.name == "nt":
        return f"The demo's process ended by itself (status {status}). {again}"
    reason = signal.Signals(-status).name
    hint = ", as systems do when memory runs out" if -status == signal.SIGKILL else ""
    return f"The demo's process was ended from outside ({reason}{hint}). {again}"
