"""The line at the top: the rooms of the app, and what waits today."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.reactive import reactive
from textual.widgets import Static

from cnntutor.memory.models import Counts
from cnntutor.tui.routes import Go, Route, ToPath, ToReview, ToSearch, ToSettings, ToToday

PLACES: tuple[tuple[str, str, Route], ...] = (
    ("today", "Today", ToToday()),
    ("path", "Path", ToPath()),
    ("review", "Review", ToReview()),
    ("search", "Search", ToSearch()),
    ("settings", "Settings", ToSettings()),
)


class Place(Static):
    """One clickable room in the bar."""

    DEFAULT_CSS = """
    Place {
        width: auto;
        padding: 0 1;
        color: $text-muted;
        &:hover { color: $foreground; background: $boost; pointer: pointer; }
        &.-here { color: $primary; text-style: bold; }
    }
    """

    def __init__(self, label: str, route: Route, *, here: bool) -> None:
        super().__init__(label, classes="-here" if here else "")
        self._route = route
        self._here = here

    def on_click(self) -> None:
        if not self._here:
            self.post_message(Go(self._route))


class TopBar(Horizontal):
    """The name of the app, its rooms, and what waits today."""

    DEFAULT_CSS = """
    TopBar {
        dock: top;
        height: 1;
        background: $panel;
        .brand { width: auto; padding: 0 2 0 1; text-style: bold; color: $accent; }
        .trail { width: 1fr; color: $text-muted; text-overflow: ellipsis; text-wrap: nowrap; }
        .waiting { width: auto; padding: 0 1; color: $text-muted; }
    }
    """

    counts: reactive[Counts | None] = reactive(None)
    """What waits today; None until it is known."""

    def __init__(self, here: str, trail: str = "") -> None:
        super().__init__()
        self._here = here
        self._trail = trail

    def compose(self) -> ComposeResult:
        yield Static("▚ cnntutor", classes="brand")
        for name, label, route in PLACES:
            yield Place(label, route, here=name == self._here)
        yield Static(f" ›  {self._trail}" if self._trail else "", classes="trail", markup=False)
        yield Static("", classes="waiting")

    def watch_counts(self, counts: Counts | None) -> None:
        if self.is_mounted and counts is not None:
            self.query_one(".waiting", Static).update(waiting_line(counts))

    def on_mount(self) -> None:
        self.watch_counts(self.counts)


def waiting_line(counts: Counts) -> str:
    """What waits today, in a few words."""
    if not counts.total:
        return "all done"
    waiting = counts.due + counts.learning
    parts = [f"{waiting} due"] if waiting else []
    parts += [f"{counts.new} new"] if counts.new else []
    return " · ".join(parts)
