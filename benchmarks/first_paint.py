"""From process start to the first paint with the due counts, against an empty Textual app. Both in a real pty."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import signal
import statistics
import struct
import sys
import tempfile
import termios
import time
from pathlib import Path

EMPTY = "from textual.app import App; App().run()"
OURS = "from cnntutor.cli import main; main()"
FIRST_CELL = b"\x1b[1;1H"
"""What Textual writes when it paints a whole screen for the first time."""
ROUNDS = 9


def paint_seconds(code: str, marker: bytes, home: str) -> tuple[float, float]:
    """Seconds until the marker is on the screen, and the process's memory then in MB."""
    start = time.perf_counter()
    pid, terminal = pty.fork()
    if pid == 0:
        os.environ.update(TERM="xterm-256color", COLORTERM="truecolor", CNNTUTOR_HOME=home)
        os.execv(sys.executable, [sys.executable, "-c", code])
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 36, 120, 0, 0))
    try:
        return _until(marker, terminal, start), _memory(pid)
    finally:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        os.close(terminal)


def _until(marker: bytes, terminal: int, start: float) -> float:
    seen = b""
    while time.perf_counter() - start < 20:
        if select.select([terminal], [], [], 0.01)[0]:
            seen += os.read(terminal, 1 << 16)
            if marker in seen:
                return time.perf_counter() - start
    raise RuntimeError(f"{marker!r} was not painted within 20 s; the screen said {seen[-300:]!r}")


def _memory(pid: int) -> float:
    import psutil

    time.sleep(1.5)  # the store and the course are opened after the paint; their memory counts
    return float(psutil.Process(pid).memory_info().rss) / 1e6


def prepare(home: str) -> None:
    """A database with the real course and a first day of practice, so that there are counts to paint."""
    from datetime import UTC, datetime

    sys.path.insert(0, str(Path(__file__).parent.parent / "scripts"))
    from practice import practise

    os.environ["CNNTUTOR_HOME"] = home
    from cnntutor.services import open_services

    services = open_services()
    with services.store as store:
        practise(store, datetime.now(UTC), days=1)


def run() -> list[tuple[str, str, str]]:
    """Rows of the table: what, figure, against what."""
    with tempfile.TemporaryDirectory() as home:
        prepare(home)
        pairs = [(paint_seconds(EMPTY, FIRST_CELL, home), paint_seconds(OURS, b"10 new", home)) for _ in range(ROUNDS)]
    empty = statistics.median(e for (e, _), _ in pairs)
    ours = statistics.median(o for _, (o, _) in pairs)
    memory = max(m for _, (_, m) in pairs)
    return [
        ("empty Textual app: first paint", f"{empty * 1000:.0f} ms", "reference"),
        ("cnntutor: first paint with due counts", f"{ours * 1000:.0f} ms", f"{ours / empty:.2f} × empty (aim ≤ 2.0)"),
        ("cnntutor: memory, course and store open", f"{memory:.0f} MB", "aim < 120 MB"),
    ]
