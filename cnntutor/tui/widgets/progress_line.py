"""How far a review session has come: a bar, what is left, the time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widgets import ProgressBar, Static

from cnntutor.wording import clock

if TYPE_CHECKING:
    from cnntutor.memory.session import ReviewSession


class ProgressLine(Horizontal):
    """One line: done of all, what kinds are left, the time."""

    DEFAULT_CSS = """
    ProgressLine {
        height: 1;
        padding: 0 2;
        background: $surface;
        ProgressBar { width: 1fr; }
        ProgressBar Bar { width: 1fr; }
        ProgressBar Bar > .bar--bar, ProgressBar Bar > .bar--complete { color: $primary; background: $panel; }
        .done { width: auto; padding: 0 2 0 0; }
        .left { width: auto; padding: 0 2 0 3; }
        .time { width: auto; color: $text-muted; }
    }
    """

    def compose(self) -> ComposeResult:
        yield Static("", classes="done")
        yield ProgressBar(show_percentage=False, show_eta=False)
        yield Static("", classes="left")
        yield Static("", classes="time")

    def show(self, session: ReviewSession) -> None:
        """Show how far a session has come."""
        progress, counts = session.progress, session.counts
        self.query_one(ProgressBar).update(total=max(progress.done + progress.left, 1), progress=progress.done)
        self.query_one(".done", Static).update(f"[b]{progress.done}[/] done")
        kinds = (
            ("$accent", counts.due, "due"),
            ("$error", counts.learning, "learning"),
            ("$secondary", counts.new, "new"),
        )
        self.query_one(".left", Static).update("  ".join(f"[{c}]{n}[/] [dim]{name}[/]" for c, n, name in kinds))
        self.query_one(".time", Static).update(clock(session.elapsed))
