"""Real pictures where the terminal has them: the app in a pty that answers as such a terminal does."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import signal
import struct
import sys
import termios
import time
from pathlib import Path

import pytest

from cnntutor.errors import UsageError
from cnntutor.tui.graphics import image_widget, promising, wanted

ATTRIBUTES = b"\x1b[c"
"""What a program asks to learn what a terminal can do."""

SIXEL_ANSWER = b"\x1b[?62;4c"
SIXEL = b"\x1bP"


@pytest.mark.parametrize(
    ("environment", "likely"),
    [
        ({"TERM": "xterm-kitty"}, True),
        ({"TERM": "xterm-256color", "TERM_PROGRAM": "WezTerm"}, True),
        ({"TERM": "foot"}, True),
        ({"TERM": "xterm-256color"}, False),
        ({}, False),
        ({"TERM": "xterm-kitty", "TEXTUAL_DRIVER": "textual.drivers.web_driver:WebDriver"}, False),
        ({"TERM": "xterm-kitty", "NO_COLOR": "1"}, False),
    ],
)
def test_only_terminals_known_for_graphics_are_asked(environment: dict[str, str], likely: bool) -> None:
    assert promising(environment) is likely


def test_the_learner_decides_where_the_guess_is_wrong() -> None:
    assert wanted({}) == "auto"
    assert wanted({"CNNTUTOR_PICTURES": " Sixel "}) == "sixel"
    with pytest.raises(UsageError, match="CNNTUTOR_PICTURES must be auto, blocks, sixel or kitty, not “svg”"):
        wanted({"CNNTUTOR_PICTURES": "svg"})


def test_without_a_terminal_pictures_are_half_blocks() -> None:
    image_widget.cache_clear()
    assert image_widget() is None


def screen_bytes(home: Path, until: bytes, **environment: str) -> bytes:
    """What the app at the convolve demo writes to a terminal with Sixel graphics until this is among it."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.environ.update(TERM="xterm-256color", COLORTERM="truecolor", CNNTUTOR_HOME=str(home), **environment)
        command = [sys.executable, "-m", "cnntutor", "demo", "convolve", "--set", "side=16"]
        os.execv(sys.executable, command)
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 36, 120, 1200, 720))
    seen = b""
    try:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and until not in seen:
            if select.select([terminal], [], [], 0.1)[0]:
                piece = os.read(terminal, 1 << 16)
                if ATTRIBUTES in piece:
                    os.write(terminal, SIXEL_ANSWER)
                seen += piece
    finally:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        os.close(terminal)
    return seen


@pytest.mark.parametrize("environment", [{"CNNTUTOR_PICTURES": "sixel"}, {"TERM_PROGRAM": "WezTerm"}], ids=str)
def test_a_terminal_with_sixel_graphics_gets_them(tmp_path: Path, environment: dict[str, str]) -> None:
    assert SIXEL in screen_bytes(tmp_path / "home", SIXEL, **environment)


def test_any_other_terminal_gets_half_blocks(tmp_path: Path) -> None:
    seen = screen_bytes(tmp_path / "home", "▀".encode(), CNNTUTOR_PICTURES="auto")
    assert "▀".encode() in seen
    assert SIXEL not in seen
    assert ATTRIBUTES not in seen
