"""Containers and lists that also listen to vim's keys."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.widgets import OptionList, Tree


class Scroller(VerticalScroll):
    """A scrolling column: arrows, page keys, and vim's j k d u g G."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "scroll_down", "Scroll down", show=False),
        Binding("up,k", "scroll_up", "Scroll up", show=False),
        Binding("pagedown,ctrl+d", "page_down", "Page down", show=False),
        Binding("pageup,ctrl+u", "page_up", "Page up", show=False),
        Binding("home,g", "scroll_home", "To the top", show=False),
        Binding("end,G", "scroll_end", "To the end", show=False),
    ]


class Options(OptionList):
    """A list to choose from, with j and k beside the arrows."""

    DEFAULT_CSS = """
    Options {
        border: none;
        background: transparent;
        padding: 0;
        &:focus { border: none; background-tint: transparent; }
        & > .option-list--option-highlighted { background: $primary 15%; color: $foreground; text-style: none; }
        &:focus > .option-list--option-highlighted { background: $primary 30%; color: $foreground; text-style: none; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "select", "Open"),
        Binding("j", "cursor_down", "Down", show=False),
        Binding("k", "cursor_up", "Up", show=False),
        Binding("g", "first", "First", show=False),
        Binding("G", "last", "Last", show=False),
    ]


class Branches(Tree[str]):
    """A tree with j, k, h and l beside the arrows."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "select_cursor", "Open"),
        Binding("j", "cursor_down", "Down", show=False),
        Binding("k", "cursor_up", "Up", show=False),
        Binding("home,g", "first", "First", show=False),
        Binding("end,G", "last", "Last", show=False),
    ]

    def action_first(self) -> None:
        self._go_to(0)

    def action_last(self) -> None:
        self._go_to(self.last_line)

    def _go_to(self, line: int) -> None:
        self.cursor_line = line
        self.scroll_to_line(line, animate=False)
