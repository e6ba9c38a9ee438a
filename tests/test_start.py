"""Starting in a real pseudo-terminal: too small, killed, and what the first paint imports."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals are POSIX")


class Terminal:
    """The app in a terminal of a given size."""

    def __init__(self, columns: int, rows: int, before: str = "") -> None:
        self.pid, self._fd = pty.fork()
        if self.pid == 0:
            os.environ["TERM"] = "xterm-256color"
            code = f"import time; time.sleep(0.2)\n{before}\nfrom cnntutor.cli import main; main()"
            os.execv(sys.executable, [sys.executable, "-c", code])
        fcntl.ioctl(self._fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self.seen = b""

    def until(self, text: bytes) -> None:
        """Read until the text has been written."""
        end = time.monotonic() + 30
        while text not in self.seen:
            assert time.monotonic() < end, self.seen[-500:]
            self._read()

    def press(self, keys: str) -> None:
        os.write(self._fd, keys.encode())

    def end(self) -> int:
        """Read until the program ends; its exit status."""
        end = time.monotonic() + 30
        while self._read():
            assert time.monotonic() < end, self.seen[-500:]
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])

    def _read(self) -> bool:
        if select.select([self._fd], [], [], 0.1)[0]:
            try:
                data = os.read(self._fd, 1 << 16)
            except OSError:
                return False
            self.seen += data
            return bool(data)
        return True


@contextmanager
def terminal(columns: int, rows: int, before: str = "") -> Iterator[Terminal]:
    running = Terminal(columns, rows, before)
    try:
        yield running
    finally:
        with suppress(ProcessLookupError):
            os.kill(running.pid, signal.SIGKILL)


@pytest.mark.usefixtures("home")
def test_a_terminal_too_small_gets_one_line_and_status_1() -> None:
    with terminal(40, 10) as screen:
        assert screen.end() == 1
    assert b"This terminal is 40" in screen.seen
    assert b"Traceback" not in screen.seen


@pytest.mark.usefixtures("home")
def test_a_broken_database_ends_the_app_with_its_one_line(home: Path) -> None:
    home.mkdir()
    (home / "memory.sqlite3").write_text("Dear diary,")
    with terminal(80, 24) as screen:
        assert screen.end() == 1
    assert b"memory.sqlite3" in screen.seen
    assert b"Traceback" not in screen.seen


@pytest.mark.usefixtures("home")
def test_an_answer_survives_the_app_being_killed() -> None:
    with terminal(80, 24) as screen:
        screen.until(b"9 new")
        screen.until(b"starts the review")
        screen.press("\r")
        screen.until(b"shows the answer")
        screen.press(" ")
        screen.until(b"Easy")
        screen.seen = b""
        screen.press("4")
        screen.until(b"done")
        screen.until(b"shows the answer")
        os.kill(screen.pid, signal.SIGKILL)
        os.waitpid(screen.pid, 0)
    done = subprocess.run([sys.executable, "-m", "cnntutor", "log"], capture_output=True, text=True, check=True)
    assert "edges-name" in done.stdout


FULL_DISK = """
from cnntutor.errors import StoreError
from cnntutor.memory.store import Store
def full(*_, **__): raise StoreError("the disk is full")
Store.statistics = full
"""


@pytest.mark.usefixtures("home")
def test_told_to_end_the_app_gives_the_terminal_back() -> None:
    with terminal(80, 24) as screen:
        screen.until(b"starts the review")
        os.kill(screen.pid, signal.SIGTERM)
        assert screen.end() == 0
    assert screen.seen.rindex(b"\x1b[?1049l") > screen.seen.rindex(b"\x1b[?1049h")


@pytest.mark.usefixtures("home")
def test_an_error_that_no_screen_deals_with_ends_the_app_with_its_line() -> None:
    with terminal(80, 24, before=FULL_DISK) as screen:
        assert screen.end() == 1
    assert b"cnntutor: the disk is full" in screen.seen
    assert b"Traceback" not in screen.seen


def test_the_first_paint_needs_neither_torch_nor_the_store_nor_yaml_nor_sound(home: Path) -> None:
    code = """
import asyncio, sys
from cnntutor import start
from cnntutor.memory.glance import glance
from cnntutor.tui.app import CnntutorApp
from cnntutor.errors import CnntutorError

def opener():
    raise CnntutorError("enough")

async def main():
    app = CnntutorApp(opener)
    async with app.run_test() as pilot:
        await pilot.pause()

asyncio.run(main())
heavy = "torch torchvision numpy sqlmodel sqlalchemy fsrs yaml markdown_it typer PIL plotext".split()
heavy += "miniaudio soundfile python_stretch inflect mutagen cnntutor.listening cnntutor.listen.player".split()
print([name for name in heavy if name in sys.modules])
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.strip() == "[]"
