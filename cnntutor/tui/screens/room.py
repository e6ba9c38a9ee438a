"""What every full screen of the app shares: the bars, the keys that work everywhere, the way back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Footer, Static

from cnntutor.memory.models import Counts
from cnntutor.tui.guard import guarded
from cnntutor.tui.routes import Go, Route, ToGallery, ToLesson, ToPath, ToReview, ToSearch, ToSettings, ToToday
from cnntutor.tui.widgets.top_bar import TopBar

if TYPE_CHECKING:
    from cnntutor.listening import Listening

SMALLEST = (60, 18)
"""Columns and rows below which nothing fits; the app then says so instead of showing fragments."""

ROOMY = 100
"""Columns from which the footer may spread its keys."""

ROUTES: dict[str, Route] = {
    "today": ToToday(),
    "path": ToPath(),
    "review": ToReview(),
    "demos": ToGallery(),
    "search": ToSearch(),
    "settings": ToSettings(),
}


EVERYWHERE: tuple[Binding, ...] = (
    Binding("t", "go('today')", "Today", show=False),
    Binding("p", "go('path')", "Path", show=False),
    Binding("r", "go('review')", "Review", show=False),
    Binding("D", "go('demos')", "Demos", show=False),
    Binding("slash", "go('search')", "Search", key_display="/", show=False),
    Binding("comma", "go('settings')", "Settings", key_display=",", show=False),
    Binding("escape", "back", "Back", key_display="esc"),
    Binding("q", "back", "Back", show=False),
    Binding("question_mark", "help", "Keys", key_display="?"),
    Binding("f6", "listening('open')", "To the lesson that plays", show=False),
    Binding("f7", "listening('skip_back')", "Hosts back 15 s", show=False),
    Binding("f8", "listening('toggle')", "Hosts: play or pause", show=False),
    Binding("f9", "listening('skip_on')", "Hosts on 30 s", show=False),
)
"""The keys that work on every full screen. Screens list their own before these, and so does the footer."""


class Room(Screen[None]):
    """A full screen. Subclasses set `HERE` and compose their `body`; their bindings end with `EVERYWHERE`."""

    HERE: ClassVar[str] = ""
    """Which entry of the top bar is lit."""

    def __init__(self, trail: str = "", counts: Counts | None = None) -> None:
        super().__init__()
        self._trail = trail
        self._counts = counts
        self._listening: Listening | None = None

    def compose(self) -> ComposeResult:
        yield TopBar(self.HERE, self._trail, self._counts)
        yield from self.body()
        yield Static(classes="too-small")
        yield Footer(show_command_palette=False, compact=self.app.size.width < ROOMY)

    def body(self) -> Iterator[Widget] | ComposeResult:
        """What stands between the bars."""
        raise NotImplementedError

    def show_counts(self, counts: Counts) -> None:
        """Show in the bar what waits today."""
        self._counts = counts
        for bar in self.query(TopBar):
            bar.counts = counts

    def show_listening(self, listening: Listening) -> None:
        """Show at the foot what the hosts say while a lesson plays, and let the keys steer it."""
        from cnntutor.tui.widgets.player_bar import PlayerBar

        self._listening = listening
        if self.is_mounted and not self.query(PlayerBar):
            self.mount(PlayerBar(listening, lambda: self.shows_player), before=self.query_one(Footer))

    @property
    def shows_player(self) -> bool:
        """Whether the player itself is to be seen here, so that its bar is not needed."""
        return False

    async def action_listening(self, what: str) -> None:
        """Steer the lesson that is on."""
        listening = self._listening
        if listening is None or listening.topic is None:
            return
        from cnntutor.listen.player import BACK, ON

        match what:
            case "toggle":
                with guarded(self):
                    await listening.toggle()
            case "skip_back":
                listening.player.skip(BACK)
            case "skip_on":
                listening.player.skip(ON)
            case "open":
                self.post_message(Go(ToLesson(listening.topic.slug, tab="listen")))

    def on_resize(self) -> None:
        columns, rows = self.size
        small = columns < SMALLEST[0] or rows < SMALLEST[1]
        self.query_one(Footer).compact = columns < ROOMY
        self.set_class(small, "-too-small")
        if small:
            line = f"{columns}×{rows} is too small\nplease make the terminal at least {SMALLEST[0]}×{SMALLEST[1]}"
            self.query_one(".too-small", Static).update(line)

    def action_go(self, name: str) -> None:
        if name != self.HERE or self._trail:
            self.post_message(Go(ROUTES[name]))

    def action_back(self) -> None:
        """Leave this screen."""
        self.leave()
        self.dismiss()

    def leave(self) -> None:
        """Keep what must not be lost; called before the screen is left, whatever way."""

    def action_help(self) -> None:
        from cnntutor.tui.screens.keys import KeysScreen

        self.app.push_screen(KeysScreen(list(self.active_bindings.values())))
