"""The line at the top: the rooms of the app, and what waits today."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.reactive import reactive
from textual.widgets import Static

from cnntutor.memory.models import Counts

PLACES = {
    "today": "Today",
    "path": "Path",
    "review": "Review",
    "demos": "Demos",
    "search": "Search",
    "settings": "Settings",
}
"""The rooms in the bar: the argument of `Room.action_go` → label."""


class TopBar(Horizontal):
    """The name of the app, its rooms, where we are in them, and what waits today.

    Two widgets only: this bar is part of every first paint.
    """

    DEFAULT_CSS = """
    TopBar {
        dock: top;
        height: 1;
        background: $panel;
        .places {
            width: 1fr;
            text-overflow: ellipsis;
            text-wrap: nowrap;
            link-color: $text-muted;
            link-style: none;
            link-background-hover: $boost;
            link-color-hover: $foreground;
            link-style-hover: bold;
        }
        .waiting { width: auto; padding: 0 1; color: $text-muted; }
    }
    """

    counts: reactive[Counts | None] = reactive(None)
    """What waits today; None until it is known."""

    def __init__(self, here: str, trail: str = "", counts: Counts | None = None) -> None:
        super().__init__()
        self._here = here
        self._trail = trail
        self.set_reactive(TopBar.counts, counts)

    def compose(self) -> ComposeResult:
        yield Static(self._places(), classes="places")
        yield Static(waiting_line(self.counts), classes="waiting")

    def _places(self) -> Content:
        parts = [Content.from_markup(" [$accent bold]▚ cnntutor[/] ")]
        for name, label in PLACES.items():
            here = name == self._here and not self._trail
            lit = f"[$primary bold]{label}[/]" if name == self._here else label
            link = lit if here else f"[@click=screen.go('{name}')]{lit}[/]"
            parts.append(Content.from_markup(f"  {link}"))
        if self._trail:
            parts.append(Content.from_markup("  [dim]›[/]  [dim]$trail[/]", trail=self._trail))
        return Content("").join(parts)

    def watch_counts(self, counts: Counts | None) -> None:
        if self.is_mounted:
            self.query_one(".waiting", Static).update(waiting_line(counts))


def waiting_line(counts: Counts | None) -> str:
    """What waits today, in a few words."""
    if counts is None:
        return ""
    if not counts.total:
        return "all done"
    waiting = counts.due + counts.learning
    parts = [f"{waiting} due"] if waiting else []
    parts += [f"{counts.new} new"] if counts.new else []
    return " · ".join(parts)
