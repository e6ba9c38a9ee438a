"""The bookmarks of a lesson, with their notes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Static
from textual.widgets.option_list import Option

from cnntutor.listen.shelf import Bookmark
from cnntutor.tui.guard import guarded
from cnntutor.tui.widgets.scroller import Options
from cnntutor.wording import clock

if TYPE_CHECKING:
    from cnntutor.course.models import Topic
    from cnntutor.listening import Listening


class BookmarksScreen(ModalScreen[int | None]):
    """Enter goes to the sentence, x takes the mark away. Gives the sentence's index, or None."""

    DEFAULT_CSS = """
    BookmarksScreen {
        align: center middle;
        background: $background 60%;
        & > Vertical {
            width: 84;
            max-width: 94%;
            height: auto;
            max-height: 80%;
            background: $surface;
            border: round $border;
            border-title-color: $primary;
            padding: 1 2;
        }
        Options { height: auto; }
        .none { color: $text-muted; height: auto; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,M", "dismiss", "Close", key_display="esc"),
        Binding("x,delete", "forget", "Remove"),
    ]

    def __init__(self, listening: Listening, topic: Topic, starts: Sequence[float]) -> None:
        """Show the bookmarks of a lesson.

        Args:
            listening: keeps them.
            topic: whose they are.
            starts: seconds at which its sentences start.
        """
        super().__init__()
        self._listening = listening
        self._topic = topic
        self._starts = starts

    def compose(self) -> ComposeResult:
        with Vertical() as box:
            box.border_title = "Bookmarks"
            box.border_subtitle = "enter goes there, x removes, esc closes"
            yield Static("No bookmarks in this lesson yet: m makes one at the cursor.", classes="none")
            yield Options()

    def on_mount(self) -> None:
        self._list()
        self.query_one(Options).focus()

    def _list(self) -> None:
        marks = self._listening.bookmarks(self._topic)
        options = self.query_one(Options)
        at = options.highlighted or 0
        options.clear_options()
        entries = [Option(_entry(mark, self._starts[mark.sentence]), id=str(mark.sentence)) for mark in marks]
        options.add_options(entries)
        options.display = bool(marks)
        self.query_one(".none").display = not marks
        options.highlighted = min(at, len(marks) - 1) if marks else None

    @on(Options.OptionSelected)
    def _chosen(self, event: Options.OptionSelected) -> None:
        event.stop()
        self.dismiss(int(event.option_id or 0))

    def action_forget(self) -> None:
        options = self.query_one(Options)
        if options.highlighted is None:
            return
        number = int(options.get_option_at_index(options.highlighted).id or 0)
        with guarded(self):
            self._listening.forget_bookmark(number, self._topic)
            self._list()


def _entry(mark: Bookmark, start: float) -> Text:
    text = Text()
    text.append(f"{clock(start):>5}  ", style="dim")
    text.append(mark.note or mark.text)
    if mark.note:
        text.append(f"\n       {mark.text}", style="dim")
    return text
