"""Where one is on the guided walk, what to look at here, and the keys that lead on."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Static

from cnntutor.course.walk import Walk


class WalkBar(Vertical):
    """`Tour 3/10 · about 8 minutes left`, the sentences of the stop, and its question."""

    DEFAULT_CSS = """
    WalkBar {
        height: auto;
        padding: 0 1;
        background: $surface;
        border-left: outer $accent;
        Static { height: auto; max-width: 140; }
        .heading { color: $accent; text-style: bold; }
        .ask { color: $text-muted; text-style: italic; }
    }
    """

    def __init__(self, walk: Walk, at: int) -> None:
        super().__init__()
        self._walk = walk
        self._at = at

    def compose(self) -> ComposeResult:
        for part in ("heading", "say", "ask"):
            yield Static("", classes=part, markup=False)

    def on_mount(self) -> None:
        self.show(self._at)

    def show(self, at: int) -> None:
        """Show a stop."""
        stop = self._walk.stops[at]
        last = at == len(self._walk.stops) - 1
        keys = f"n {'end' if last else 'next'}" + (" · b back" if at else "")
        self.query_one(".heading", Static).update(f"{self._walk.heading(at)}   {keys}")
        self.query_one(".say", Static).update(stop.say)
        ask = self.query_one(".ask", Static)
        ask.update(stop.ask)
        ask.display = bool(stop.ask)
