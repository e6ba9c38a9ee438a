"""Search: everything the course says, at every key pressed."""

from __future__ import annotations

from typing import ClassVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Input, Static
from textual.widgets.option_list import Option

from cnntutor.course.search import Hit, Kind, SearchIndex
from cnntutor.services import Services
from cnntutor.tui.routes import Go, ToLesson, ToSearch
from cnntutor.tui.screens.room import EVERYWHERE, Room
from cnntutor.tui.widgets.scroller import Options
from cnntutor.wording import plural

TAB_OF = {
    Kind.TOPIC: "summary",
    Kind.SECTION: "read",
    Kind.CARD: "cards",
    Kind.QUESTION: "quiz",
    Kind.PODCAST: "listen",
    Kind.LINK: "links",
}


class SearchScreen(Room):
    """A line to type in, and below it what was found, best first."""

    HERE = "search"
    DEFAULT_CSS = """
    SearchScreen {
        .page { height: 1fr; padding: 1 2 0 2; align-horizontal: center; }
        .page > * { max-width: 120; }
        Input { border: tall $border; background: $surface; }
        .found { height: 1; color: $text-muted; padding: 0 1; }
        Options { height: 1fr; padding: 0; text-wrap: nowrap; text-overflow: ellipsis; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "into_list", "To the results", show=False),
        Binding("slash", "to_input", "Type", key_display="/"),
        *EVERYWHERE,
    ]

    def __init__(self, route: ToSearch, services: Services) -> None:
        super().__init__()
        self._index = SearchIndex(services.course)
        self._titles = {str(topic.slug): topic.title for topic in services.course.topics()}
        self._query = route.query
        self._hits: list[Hit] = []

    def body(self) -> ComposeResult:
        with Vertical(classes="page"):
            yield Input(self._query, placeholder="Articles, cards, questions, transcripts, links")
            yield Static("", classes="found")
            yield Options()

    def on_mount(self) -> None:
        self.query_one(Input).focus()
        self._search(self._query)

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        self._search(event.value)

    def _search(self, query: str) -> None:
        self._hits = self._index.search(query)
        found = self.query_one(".found", Static)
        if not query.strip():
            found.update("Type a word or two; every word must begin some word of the text.")
        elif not self._hits:
            found.update(f"Nothing says “{query.strip()}”. Try fewer or shorter words.")
        else:
            found.update(plural(len(self._hits), "place"))
        results = self.query_one(Options)
        results.clear_options()
        results.add_options([Option(self._prompt(hit)) for hit in self._hits])
        if self._hits:
            results.highlighted = 0

    def _prompt(self, hit: Hit) -> Text:
        text = Text(f"{hit.kind.value:9}", style="dim")
        text.append(hit.title.splitlines()[0] if hit.title else self._titles[hit.topic], style="bold")
        text.append(f"\n{'':9}{' '.join(hit.excerpt.split())}", style="dim")
        text.no_wrap = True
        text.overflow = "ellipsis"
        return text

    @on(Input.Submitted)
    def action_open(self) -> None:
        row = self.query_one(Options).highlighted
        if row is not None and self._hits:
            self._open(self._hits[row])

    @on(Options.OptionSelected)
    def _selected(self, event: Options.OptionSelected) -> None:
        event.stop()
        self._open(self._hits[event.option_index])

    def _open(self, hit: Hit) -> None:
        self.post_message(Go(ToLesson(hit.topic, tab=TAB_OF[hit.kind], section=hit.section, card=hit.card)))

    def action_into_list(self) -> None:
        self.query_one(Options).focus()

    def action_to_input(self) -> None:
        self.query_one(Input).focus()
