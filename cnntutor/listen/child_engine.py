"""A speech engine in a process of its own, and the pipe between: both ends.

A request is a line of JSON, `{"voice": "gmw/en-US+f3", "text": "Nine numbers travel."}`. The answer is a line of JSON,
`{"rate": 22050, "samples": 41234}`, and then as many 16-bit integers, little-endian; or `{"error": "…"}` alone.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from tempfile import TemporaryFile
from typing import IO, TYPE_CHECKING, Any

from cnntutor.errors import SpeechError
from cnntutor.listen.engines.pcm import from_pcm

if TYPE_CHECKING:
    from cnntutor.listen.engines.engine import Samples

_CLOSE_WITHIN = 2.0
"""Seconds a child has to leave once its input is closed."""


class Child:
    """The app's end: a child that starts when it is first asked. Any thread may ask; one at a time is answered."""

    def __init__(self, engine: str, module: str) -> None:
        """Nothing starts yet.

        Args:
            engine: its name in what the learner reads.
            module: what the child runs; it calls `serve`.
        """
        self._engine = engine
        self._module = module
        self._process: subprocess.Popen[bytes] | None = None
        self._complaints: IO[bytes] | None = None
        self._lock = threading.Lock()

    def ask(self, **request: object) -> tuple[Samples, int]:
        """Have a request spoken.

        Returns:
            Samples in [-1, 1] and their rate in Hz.

        Raises:
            SpeechError: the child says that it cannot, or has died; the next request starts a fresh one.
        """
        with self._lock:
            try:
                header, sound = _exchange(self._running(), request)
            except (OSError, EOFError, ValueError) as error:
                raise SpeechError(self._obituary(error)) from None
        if "error" in header:
            raise SpeechError(f"{self._engine} cannot speak: {header['error']}")
        return from_pcm(sound), header["rate"]

    def close(self) -> None:
        """End the child, if there is one."""
        with self._lock:
            if self._process is not None:
                self._end(self._process)

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None:
            self._complaints = TemporaryFile()  # noqa: SIM115 -- it lives as long as the child
            # It imports what we import: a `random.py` in the learner's folder (-P) is no module of ours.
            self._process = subprocess.Popen(
                (sys.executable, "-P", "-m", self._module),
                env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._complaints,
            )
        return self._process

    def _obituary(self, error: Exception) -> str:
        """Bury a child that does not answer; the line that says so."""
        if self._process is None:
            return f"{self._engine} cannot be started ({error}): close other programs and try again."
        status, last_words = self._end(self._process)
        reason = f"status {status}: {last_words}" if last_words else f"status {status}"
        return f"{self._engine} stopped while it was speaking ({reason}): try again, or reinstall it."

    def _end(self, process: subprocess.Popen[bytes]) -> tuple[int, str]:
        """Its exit status, and the last line of its standard error."""
        self._process = None
        for pipe in (process.stdin, process.stdout):
            with contextlib.suppress(OSError):  # it may have died with a request half written
                if pipe:
                    pipe.close()
        try:
            status = process.wait(_CLOSE_WITHIN)
        except subprocess.TimeoutExpired:
            process.kill()
            status = process.wait()
        return status, self._last_complaint()

    def _last_complaint(self) -> str:
        if self._complaints is None:
            return ""
        with self._complaints as file:
            file.seek(0)
            lines = file.read().decode(errors="replace").split("\n")
        return next((line.strip() for line in reversed(lines) if line.strip()), "")


def serve(speak: Callable[[dict[str, Any]], tuple[bytes, int]]) -> None:
    """The child's end: answer requests until the input closes.

    Args:
        speak: gives a request's sound as 16-bit integers, little-endian, and its rate in Hz. What it raises
            becomes the answer.
    """
    answers = _own_output()
    for line in sys.stdin.buffer:
        header, sound = _answer(speak, json.loads(line))
        answers.write(json.dumps(header).encode() + b"\n" + sound)
        answers.flush()


def _answer(speak: Callable[[dict[str, Any]], tuple[bytes, int]], request: dict[str, Any]) -> tuple[object, bytes]:
    try:
        sound, rate = speak(request)
    except Exception as error:  # whatever an engine raises is told, and the child lives on
        return {"error": (str(error).splitlines() or [type(error).__name__])[0]}, b""
    return {"rate": rate, "samples": len(sound) // 2}, sound


def _own_output() -> IO[bytes]:
    """Standard output for answers alone: what a library prints goes to standard error from here on."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return answers


def _exchange(process: subprocess.Popen[bytes], request: dict[str, object]) -> tuple[dict[str, Any], bytes]:
    assert process.stdin
    assert process.stdout
    process.stdin.write(json.dumps(request).encode() + b"\n")
    process.stdin.flush()
    header = json.loads(process.stdout.readline())
    wanted = 2 * header.get("samples", 0)
    sound = process.stdout.read(wanted)
    if len(sound) < wanted:
        raise EOFError
    return header, sound
