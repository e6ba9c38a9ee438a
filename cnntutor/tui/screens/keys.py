"""`?`: every key that works on the screen below, read from the bindings themselves so it cannot go stale."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.table import Table
from textual.app import ComposeResult
from textual.binding import ActiveBinding, Binding, BindingType
from textual.screen import ModalScreen
from textual.widgets import Static

from cnntutor.tui.screens.room import EVERYWHERE
from cnntutor.tui.widgets.scroller import Scroller

COMMON = {binding.action for binding in EVERYWHERE} | {"screen.copy_text"}


SIDEWAYS = ("scroll_left", "scroll_right", "page_left", "page_right")
"""Actions of Textual's scrolling that nothing here needs."""


class KeysScreen(ModalScreen[None]):
    """The keys of one screen, those of its own first, then those that work everywhere."""

    DEFAULT_CSS = """
    KeysScreen {
        align: center middle;
        background: $background 60%;
        & > Scroller {
            width: 64;
            max-width: 94%;
            height: auto;
            max-height: 92%;
            background: $surface;
            border: round $border;
            border-title-color: $primary;
            padding: 1 2;
        }
        Static { height: auto; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,question_mark,q,enter,space", "dismiss", "Close", key_display="esc"),
    ]

    def __init__(self, bindings: Sequence[ActiveBinding]) -> None:
        super().__init__()
        self._bindings_below = bindings

    def compose(self) -> ComposeResult:
        with Scroller() as box:
            box.border_title = "Keys"
            box.border_subtitle = "esc closes"
            yield Static(self._table())

    def _table(self) -> Table:
        table = Table.grid(padding=(0, 3))
        table.add_column(justify="right", style="bold", no_wrap=True)
        table.add_column()
        own, everywhere = self._grouped()
        for title, group in (("On this screen", own), ("Everywhere", everywhere)):
            if group:
                table.add_row("", f"[dim]{title}[/dim]")
                for description, keys in group.items():
                    table.add_row(" ".join(keys), description)
                table.add_row("", "")
        return table

    def _grouped(self) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
        """Keys by description: those of the screen and its widgets, and those of every screen.

        Keys that do nothing just now are listed as well: this is where one learns that they exist.
        """
        own: dict[str, list[str]] = {}
        everywhere: dict[str, list[str]] = {}
        for active in self._bindings_below:
            binding = active.binding
            if not binding.description or binding.action.startswith(SIDEWAYS):
                continue
            common = binding.action in COMMON or binding.action.startswith("app.") or active.node is self.app
            keys = (everywhere if common else own).setdefault(binding.description, [])
            key = self.app.get_key_display(binding)
            if key not in keys:
                keys.append(key)
        return own, everywhere
