"""One line at the foot of every other screen while a lesson is on."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Static

from cnntutor.wording import clock

if TYPE_CHECKING:
    from cnntutor.listening import Listening

LOOKS_EVERY = 0.25
"""Seconds between two looks at the player."""


class PlayerBar(Horizontal):
    """What is being said, where, and the keys that work everywhere."""

    DEFAULT_CSS = """
    PlayerBar {
        dock: bottom;
        height: 1;
        margin: 0 0 1 0;
        padding: 0 1;
        background: $surface;
        display: none;
        Static {
            text-wrap: nowrap;
            text-overflow: ellipsis;
            link-color: $foreground;
            link-style: none;
            link-style-hover: bold;
            link-background-hover: $boost;
        }
        .said { width: 1fr; }
        .keys { width: auto; padding: 0 0 0 2; }
    }
    """

    def __init__(self, listening: Listening, is_needless: Callable[[], bool]) -> None:
        """Show a player.

        Args:
            listening: the app's one player.
            is_needless: whether the screen shows the player itself.
        """
        super().__init__()
        self._listening = listening
        self._is_needless = is_needless
        self._shown = ("", "")

    def compose(self) -> ComposeResult:
        yield Static(classes="said")
        yield Static(classes="keys")

    def on_mount(self) -> None:
        self.look()
        self.set_interval(LOOKS_EVERY, self.look)

    def look(self) -> None:
        """Show where the player is. Nothing is drawn that has not changed."""
        player = self._listening.player
        self.display = self._listening.topic is not None and player.begun and not self._is_needless()
        if not self.display:
            return
        said, keys = self._said(), self._keys()
        if (said.plain, keys.plain) != self._shown:
            self._shown = said.plain, keys.plain
            self.query_one(".said", Static).update(said)
            self.query_one(".keys", Static).update(keys)

    def _said(self) -> Content:
        topic, line = self._listening.topic, self._listening.player.line
        return Content.from_markup(
            "[@click=screen.listening('open')][$accent]$sign[/] $title[/]  [$text-muted]$said[/]",
            sign="❚❚" if self._listening.player.playing else "▶ ",
            title=topic.title if topic is not None else "",
            said=line.text if line is not None else "",
        )

    def _keys(self) -> Content:
        player = self._listening.player
        times = f"{clock(player.position)} / {clock(player.timetable.duration)}"
        keys = (
            ("f6", "lesson", "open"),
            ("f7", "−15", "skip_back"),
            ("f8", "pause" if player.playing else "play ", "toggle"),
            ("f9", "+30", "skip_on"),
        )
        words = "  ".join(
            f"[@click=screen.listening('{do}')][$primary bold]{key}[/] {word}[/]" for key, word, do in keys
        )
        return Content.from_markup(f"[$text-muted]{times}[/]  {words}")
