"""The worker process: imports torch once and runs one demo at a time, as orders on standard input tell it.

    python -m cnntutor.demos.worker [--demos PACKAGE]

The main thread makes frames; a reader thread takes orders meanwhile, so that a stop reaches a demo in the
middle of a frame. When standard input closes, the app is gone and the process ends.
"""

from __future__ import annotations

import _thread
import argparse
import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from types import FrameType
from typing import BinaryIO

from cnntutor.demos import catalogue, wire
from cnntutor.demos.failure import explain, is_out_of_memory
from cnntutor.demos.frame import Frame
from cnntutor.errors import UsageError

RETRY_AFTER = 0.01
"""Seconds until a stop that met an import is tried again."""


class _StoppedError(BaseException):
    """Ends a demo from outside; no demo's `except Exception` can hold it up."""


@dataclass
class _Run:
    """One run as both threads see it; every field is guarded by the desk's condition."""

    start: wire.Start
    credit: int
    """Frames that may still be sent before the app takes one."""
    paused: bool = False
    steps: int = 0
    """Frames to make although paused."""
    stopped: bool = False
    turned: str | None = None
    """Knobs that were turned and not yet taken over, as JSON."""

    @property
    def may_go_on(self) -> bool:
        return self.stopped or (self.credit > 0 and (not self.paused or self.steps > 0))


@dataclass
class Desk:
    """Where the reader thread puts orders and the main thread finds them."""

    changed: threading.Condition = field(default_factory=threading.Condition)
    run: _Run | None = None
    """The newest run that was ordered."""

    def put(self, order: wire.Message) -> None:
        """Take an order in; orders for a run that is over are dropped."""
        with self.changed:
            if isinstance(order, wire.Start):
                self._stop()
                self.run = _Run(order, credit=order.window)
            elif self.run and not isinstance(order, wire.News) and order.run == self.run.start.run:
                self._apply(order, self.run)
            self.changed.notify()

    def next_run(self, last: _Run | None) -> _Run:
        """Wait for a run other than the last."""
        with self.changed:
            self.changed.wait_for(lambda: self.run is not None and self.run is not last)
            assert self.run
            return self.run

    def wait_for_turn(self, run: _Run) -> str | None:
        """Wait until the run may make its next frame.

        Returns:
            Knobs that were turned since the last frame, as JSON.

        Raises:
            _StoppedError: the run was stopped.
        """
        with self.changed:
            self.changed.wait_for(lambda: run.may_go_on)
            if run.stopped:
                raise _StoppedError
            run.credit -= 1
            run.steps = max(0, run.steps - 1)
            turned, run.turned = run.turned, None
            return turned

    def _apply(self, order: wire.Message, run: _Run) -> None:
        match order:
            case wire.More():
                run.credit += 1
            case wire.Turn(knobs=knobs):
                run.turned = knobs
            case wire.Pause():
                run.paused, run.steps = True, 0
            case wire.Resume():
                run.paused = False
            case wire.Step():
                run.paused, run.steps = True, run.steps + 1
            case wire.Stop():
                self._stop()

    def _stop(self) -> None:
        if self.run and not self.run.stopped:
            self.run.stopped = True
            _thread.interrupt_main()


class Stage:
    """Where demos play: runs them one after the other and sends what they make."""

    def __init__(self, desk: Desk, out: BinaryIO, gallery: str) -> None:
        self._desk = desk
        self._out = out
        self._gallery = gallery
        self._in_demo: _Run | None = None

    def interrupt(self, _signal: int, frame: FrameType | None) -> None:
        """Signal handler: leave the demo if its run was stopped; a Ctrl-C in the terminal is for the app."""
        if self._in_demo is None or not self._in_demo.stopped:
            return
        if _importing(frame):
            # A module left half imported would break every later run: come back when it is whole.
            threading.Timer(RETRY_AFTER, _thread.interrupt_main).start()
            return
        raise _StoppedError

    def play_forever(self) -> None:
        """Run what is ordered; ends only with the process."""
        from cnntutor.vision.device import available

        self.send(wire.Ready(available()))
        run = None
        while True:
            run = self._desk.next_run(run)
            self._play(run)

    def send(self, news: wire.News) -> None:
        """Write a message to the app; the process ends if nobody is there to read."""
        try:
            self._out.write(wire.encode(news))
            self._out.flush()
        except BrokenPipeError:
            os._exit(0)

    def _play(self, run: _Run) -> None:
        number = run.start.run
        self._in_demo = None
        try:
            self._send_frames(run)
        except _StoppedError:
            self.send(wire.Done(number))
        except UsageError as error:
            self.send(wire.Failed(number, str(error), usage=True))
        except (Exception, SystemExit) as error:
            fatal = is_out_of_memory(error)
            self.send(wire.Failed(number, explain(run.start.demo, error), usage=False, fatal=fatal))
            if fatal:
                os._exit(1)
        else:
            self.send(wire.Done(number))

    def _send_frames(self, run: _Run) -> None:
        start = run.start
        demo = catalogue.load(start.demo, self._gallery)
        knobs = demo.knobs.model_validate_json(start.knobs)
        frames = demo.frames(knobs, start.device, start.seed)
        with closing(frames):  # type: ignore[type-var]  # an Iterator by contract, a generator in fact
            while True:
                turned = self._desk.wait_for_turn(run)
                if turned is not None:
                    knobs.take(demo.knobs.model_validate_json(turned))
                frame = self._next(frames, run)
                if frame is None:
                    return
                self.send(wire.Made(start.run, frame))

    def _next(self, frames: Iterator[Frame], run: _Run) -> Frame | None:
        self._in_demo = run
        try:
            return next(frames, None)
        finally:
            self._in_demo = None


def _importing(frame: FrameType | None) -> bool:
    while frame is not None:
        if frame.f_code.co_filename == "<frozen importlib._bootstrap>":
            return True
        frame = frame.f_back
    return False


def _take_orders(desk: Desk, stream: BinaryIO) -> None:
    while (order := wire.read(stream)) is not None:
        desk.put(order)
    os._exit(0)


def _private_stdout() -> BinaryIO:
    """The pipe to the app; what libraries print from now on goes to standard error instead."""
    pipe = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return pipe


def main() -> None:
    """Serve until standard input closes."""
    parser = argparse.ArgumentParser(prog="cnntutor.demos.worker")
    parser.add_argument("--demos", default=catalogue.GALLERY, help="the package that holds the demos")
    gallery = parser.parse_args().demos
    out = _private_stdout()
    desk = Desk()
    stage = Stage(desk, out, gallery)
    signal.signal(signal.SIGINT, stage.interrupt)
    threading.Thread(target=_take_orders, args=(desk, sys.stdin.buffer), daemon=True).start()
    if hasattr(os, "nice"):
        os.nice(5)  # the screen comes first, even where a training demo takes every core
    import torch  # noqa: F401  # here is where the wait for it belongs

    stage.play_forever()


if __name__ == "__main__":
    main()
