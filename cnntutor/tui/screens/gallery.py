"""Demos: all of them on one screen, each with its promise; a few letters find one."""

from __future__ import annotations

from typing import ClassVar

from rich.text import Text
from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import Input, Static
from textual.widgets.option_list import Option

from cnntutor.course.cards import DemoLink
from cnntutor.course.reading.walk import read_walk
from cnntutor.demo_shelf import ShelvedDemo, matching, shelf
from cnntutor.services import Services
from cnntutor.tui.routes import Go, ToGallery, ToLesson, ToWalk
from cnntutor.tui.screens.room import EVERYWHERE, Room
from cnntutor.tui.widgets.scroller import Options
from cnntutor.wording import plural


class GalleryScreen(Room):
    """A line to type in, and below it the demos in the order of the course."""

    HERE = "demos"
    DEFAULT_CSS = """
    GalleryScreen {
        .page { height: 1fr; padding: 1 2 0 2; align-horizontal: center; }
        .page > * { max-width: 120; }
        Input { border: tall $border; background: $surface; }
        .walk { height: auto; color: $accent; padding: 0 1; }
        .found { height: 1; color: $text-muted; padding: 0 1; }
        Options { height: 1fr; padding: 0; text-wrap: nowrap; text-overflow: ellipsis; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "into_list", "To the demos", show=False),
        Binding("slash", "to_input", "Type", key_display="/"),
        Binding("w", "walk", "Guided walk"),
        *EVERYWHERE,
    ]

    class Listed(Message):
        """All demos are known."""

        def __init__(self, demos: list[ShelvedDemo]) -> None:
            super().__init__()
            self.demos = demos

    def __init__(self, route: ToGallery, services: Services) -> None:
        super().__init__()
        self._course = services.course
        self._walk = read_walk(services.course.folder, lambda _: None)
        self._query = route.query
        self._demos: list[ShelvedDemo] = []
        self._shown: list[ShelvedDemo] = []

    def body(self) -> ComposeResult:
        with Vertical(classes="page"):
            yield Static(self._invitation(), classes="walk", markup=False)
            yield Input(self._query, placeholder="A word of its name, its promise or its lesson")
            yield Static("", classes="found")
            yield Options()

    def on_mount(self) -> None:
        self.query_one(Options).focus()
        self._read()

    @work(thread=True, exclusive=True, group="gallery")
    def _read(self) -> None:
        """Import every demo, off the event loop."""
        self.post_message(self.Listed(shelf(self._course)))

    @on(Listed)
    def _listed(self, event: Listed) -> None:
        self._demos = event.demos
        self._list(self.query_one(Input).value)

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        if self._demos:
            self._list(event.value)

    def _list(self, query: str) -> None:
        self._shown = matching(self._demos, query)
        found = self.query_one(".found", Static)
        nothing = f"No demo is about “{query.strip()}”. Try fewer letters."
        found.update(plural(len(self._shown), "demo") if self._shown else nothing)
        options = self.query_one(Options)
        options.clear_options()
        options.add_options([Option(_prompt(shelved)) for shelved in self._shown])
        options.highlighted = 0 if self._shown else None

    @on(Input.Submitted)
    def _open_first(self) -> None:
        row = self.query_one(Options).highlighted
        if row is not None:
            self._open(self._shown[row])

    @on(Options.OptionSelected)
    def _selected(self, event: Options.OptionSelected) -> None:
        event.stop()
        self._open(self._shown[event.option_index])

    def _open(self, shelved: ShelvedDemo) -> None:
        self.post_message(Go(ToLesson(shelved.topic.slug, tab="demo", demo=DemoLink(shelved.demo.name, {}))))

    def _invitation(self) -> str:
        """One line on the guided walk, for those who do not know where to begin; empty where there is none."""
        walk = self._walk
        if not walk.stops:
            return ""
        return f"w  A guided walk: {plural(len(walk.stops), 'demo')} in about {plural(round(walk.minutes), 'minute')}."

    def action_walk(self) -> None:
        self.post_message(Go(ToWalk()))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """The walk is offered where the course has one."""
        return action != "walk" or bool(self._walk.stops)

    def action_into_list(self) -> None:
        self.query_one(Options).focus()

    def action_to_input(self) -> None:
        self.query_one(Input).focus()


def _prompt(shelved: ShelvedDemo) -> Text:
    """Name and title, and below them the promise and the lesson."""
    text = Text(no_wrap=True, overflow="ellipsis")
    text.append(f"{shelved.demo.name:16}", style="bold")
    text.append(f" {shelved.demo.title}")
    text.append(f"\n  {shelved.demo.promise}  ", style="dim")
    text.append(f"· {shelved.topic.title}", style="dim italic")
    return text
