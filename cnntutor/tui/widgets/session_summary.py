"""What a review session came to, said honestly."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from rich.table import Table
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Static

from cnntutor.memory.models import Rating
from cnntutor.tui.widgets.rating_bar import NAMES
from cnntutor.tui.widgets.scroller import Scroller
from cnntutor.wording import clock, distance, percent, plural

if TYPE_CHECKING:
    from cnntutor.course.models import Course
    from cnntutor.memory.session import Summary

BAR = 30
COLOURS = {
    Rating.AGAIN: "$error",
    Rating.HARD: "$warning",
    Rating.GOOD: "$success",
    Rating.EASY: "$secondary",
}


class SessionSummary(Scroller):
    """Figures, a bar for each rating, the cards that need work, and when to come back."""

    DEFAULT_CSS = """
    SessionSummary {
        height: 1fr;
        align-horizontal: center;
        padding: 1 2;
        .column { width: 100%; max-width: 84; height: auto; }
        .column > Static { height: auto; margin-bottom: 1; }
        .headline { color: $primary; text-style: bold; }
        .next { color: $text-muted; }
    }
    """

    def compose(self) -> ComposeResult:
        with Vertical(classes="column"):
            yield Static("", classes="headline")
            yield Static("", classes="figures")
            yield Static("", classes="ratings")
            yield Static("", classes="weak")
            yield Static("", classes="next")

    def show(self, summary: Summary, course: Course, now: datetime) -> None:
        """Show a session's summary."""
        if not summary.answered:
            self._show_nothing(summary, now)
            return
        self.query_one(".headline", Static).update(
            f"{plural(summary.answered, 'answer')}, {clock(summary.minutes * 60)} on the cards"
        )
        self.query_one(".figures", Static).update(_figures(summary))
        self.query_one(".ratings", Static).update(_ratings(summary))
        self.query_one(".weak", Static).update(_weak(summary, course))
        self.query_one(".next", Static).update(_next(summary, now))
        self.focus()

    def _show_nothing(self, summary: Summary, now: datetime) -> None:
        self.query_one(".headline", Static).update("Nothing is due")
        self.query_one(".figures", Static).update("Read on, take a quiz, or play with a demo: [b]p[/] opens the path.")
        self.query_one(".next", Static).update(_next(summary, now))
        self.focus()


def _figures(summary: Summary) -> str:
    lines = []
    if summary.recall is not None:
        lines.append(f"[b]{percent(summary.recall)}[/] of the reviews were recalled")
    if summary.learnt:
        lines.append(f"[b]{summary.learnt}[/] learnt for the first time")
    lines.append(f"[b]{summary.again}[/] forgotten" if summary.again else "nothing forgotten")
    return "\n".join(lines)


def _ratings(summary: Summary) -> str:
    highest = max(summary.ratings.values(), default=0) or 1
    lines = []
    for rating, name in NAMES.items():
        count = summary.ratings.get(rating, 0)
        bar = "█" * round(count / highest * BAR) or ("▏" if count else "")
        lines.append(f"{name:6} [{COLOURS[rating]}]{bar}[/] {count}")
    return "\n".join(lines)


def _weak(summary: Summary, course: Course) -> Table | str:
    weakest = [card for card in summary.weakest if course.has_card(card)]
    if not weakest:
        return ""
    table = Table.grid(padding=(0, 2))
    table.add_column()
    table.add_row("[bold]Worth another look[/bold]")
    for card in weakest:
        table.add_row(course.card(card).draw(0).front.strip().splitlines()[0])
    return table


def _next(summary: Summary, now: datetime) -> str:
    if summary.next_due is None:
        return ""
    away = (summary.next_due - now).total_seconds()
    return "The next card is due now." if away <= 0 else f"The next card is due in {distance(away)}."
