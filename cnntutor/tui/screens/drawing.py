"""A pad to draw on, over the knobs: what comes of every stroke is seen beside it at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.timer import Timer
from textual.widgets import Static

from cnntutor.tui.widgets.drawing_pad import DrawingPad
from cnntutor.vision.strokes import SAMPLES, read, write

SETTLED = 0.12
"""Seconds of quiet after which a drawing takes effect: a run a stroke, not a run a pixel."""

HOW = (
    "mouse or arrows, space draws\n"
    "x or right button rubs out\n"
    "u undo, c clear, 0–9 a sample\n"
    "enter takes it, esc closes"
)


class DrawingScreen(ModalScreen[str | None]):
    """Draw strokes; every change is passed on while one draws, and the screen behind shows what it does."""

    DEFAULT_CSS = """
    DrawingScreen {
        align: left middle;
        & > Vertical {
            width: 34;
            height: auto;
            background: $surface;
            border: round $border;
            border-title-color: $primary;
            padding: 0;
        }
        Static { padding: 0 1; height: auto; color: $text-muted; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "take", "Take it", priority=True),
        Binding("escape", "leave", "Never mind", key_display="esc"),
        *(Binding(str(digit), f"sample({digit})", f"A written {digit}", show=False) for digit in SAMPLES),
    ]

    def __init__(self, title: str, text: str, turn: Callable[[str], None]) -> None:
        """Begin with a drawing.

        Args:
            title: of the box.
            text: the drawing, as `vision.strokes` writes it.
            turn: what every change is told to.
        """
        super().__init__()
        self._title = title
        self._before = self._told = self._newest = text
        self._turn = turn
        self._wait: Timer | None = None

    def compose(self) -> ComposeResult:
        with Vertical() as box:
            box.border_title = self._title
            yield DrawingPad(read(self._before))
            yield Static(HOW, markup=False)

    @on(DrawingPad.Drawn)
    def _drawn(self, event: DrawingPad.Drawn) -> None:
        event.stop()
        self._newest = write(event.strokes)
        if self._wait is None:
            self._wait = self.set_timer(SETTLED, self._tell)

    def _tell(self) -> None:
        self._wait = None
        if self._newest != self._told:
            self._told = self._newest
            self._turn(self._newest)

    def action_sample(self, digit: int) -> None:
        """Begin with a written digit."""
        self.query_one(DrawingPad).lay(read(SAMPLES[digit]))

    def action_take(self) -> None:
        """Leave with the drawing as it is."""
        self.dismiss(write(self.query_one(DrawingPad).strokes))

    def action_leave(self) -> None:
        """Leave with the drawing as it was."""
        self._newest = self._before
        self._tell()
        self.dismiss(None)
