"""What the hosts say, sentence by sentence: the one being said is lit, a cursor of the reader's own beside it."""

from __future__ import annotations

from collections.abc import Collection
from typing import ClassVar

from rich.style import Style
from rich.table import Table
from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.events import Click, MouseScrollDown, MouseScrollUp
from textual.message import Message
from textual.reactive import reactive
from textual.scrollbar import ScrollDown, ScrollTo, ScrollUp
from textual.widgets import Static

from cnntutor.listen.timing import TimedLine, Timetable
from cnntutor.wording import clock

LIT_AT = 1 / 3
"""Where in the window the sentence being said is brought to, from the top."""
LEGEND = "▷ moves the demo   · has a card   ◆ your bookmark"

COMFORTABLE = (0.1, 0.8)
"""While all of it lies between these shares of the window, nothing scrolls."""
NOTHING = -1
"""Instead of the number of a sentence: none."""


class SentenceRow(Static):
    """One sentence: marks, time, host at the beginning of a turn, and what is said."""

    DEFAULT_CSS = """
    SentenceRow {
        height: auto;
        width: 100%;
        max-width: 104;
        padding: 0 1 0 0;
        border-left: outer $background 0%;
        &.-turn { margin-top: 1; }
        &.-lit { background: $primary 18%; text-style: bold; }
        &.-cursor { border-left: outer $accent; }
        &:hover { background: $boost; }
        &.-lit:hover { background: $primary 28%; }
    }
    """

    class Chosen(Message):
        """The row was clicked."""

        def __init__(self, row: SentenceRow) -> None:
            super().__init__()
            self.row = row

    def __init__(self, number: int, *, opens_turn: bool, host_class: str) -> None:
        super().__init__(classes="-turn" if opens_turn else "", markup=False)
        self.number = number
        self._opens_turn = opens_turn
        self._host_class = host_class

    def show(self, line: TimedLine, style_of: Transcript, *, marked: bool) -> None:
        """Write the row."""
        table = Table.grid(padding=(0, 1))
        table.add_column(width=2, no_wrap=True)
        table.add_column(width=5, justify="right", no_wrap=True)
        table.add_column(width=style_of.host_width, no_wrap=True)
        table.add_column(ratio=1)
        table.add_row(
            Text.assemble(
                ("◆" if marked else " ", style_of.style("mark")),
                ("▷" if line.sentence.demo else "·" if line.sentence.cards else " ", style_of.style("cue")),
            ),
            Text(clock(line.start), style="dim"),
            Text(line.host if self._opens_turn else "", style=style_of.style(self._host_class)),
            line.text,
        )
        self.update(table)

    def on_click(self, event: Click) -> None:
        event.stop()
        self.post_message(self.Chosen(self))


class Transcript(VerticalScroll):
    """All sentences by chapters. It follows what is being said until the reader scrolls by hand."""

    COMPONENT_CLASSES = {  # noqa: RUF012
        "transcript--first",
        "transcript--second",
        "transcript--cue",
        "transcript--mark",
    }
    DEFAULT_CSS = """
    Transcript {
        height: 1fr;
        padding: 0 1 0 1;
        align-horizontal: center;
        .legend { color: $text-muted; width: 100%; max-width: 104; padding: 0 0 0 10; }
        .chapter { color: $primary; text-style: bold; margin: 1 0 0 0; padding: 0 0 0 10; height: auto;
                   width: 100%; max-width: 104; }
        .transcript--first { color: $secondary; text-style: bold; }
        .transcript--second { color: $accent; text-style: bold; }
        .transcript--cue { color: $primary; }
        .transcript--mark { color: $accent; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "move(1)", "A sentence down", show=False),
        Binding("up,k", "move(-1)", "A sentence up", show=False),
        Binding("pagedown,ctrl+d", "page(1)", "Page down", show=False),
        Binding("pageup,ctrl+u", "page(-1)", "Page up", show=False),
        Binding("home,g", "move(-9999)", "To the top", show=False),
        Binding("end,G", "move(9999)", "To the end", show=False),
        Binding("enter", "choose", "From here"),
    ]

    following: reactive[bool] = reactive(True)
    """Whether the sentence being said is kept in sight."""

    class Chosen(Message):
        """The reader wants to hear on from a sentence."""

        def __init__(self, number: int) -> None:
            super().__init__()
            self.number = number

    def __init__(self, table: Timetable) -> None:
        super().__init__()
        self._table = table
        self._marked: Collection[int] = ()
        self._lit = NOTHING
        self._cursor = 0
        self._top: tuple[int, float] = (0, 0.0)
        self.host_width = max((len(line.host) for line in table.lines), default=0)
        """Columns for the names of the hosts."""

    def compose(self) -> ComposeResult:
        hosts = list(dict.fromkeys(line.host for line in self._table.lines))
        if any(line.sentence.demo or line.sentence.cards for line in self._table.lines):
            yield Static(LEGEND, classes="legend", markup=False)
        before: TimedLine | None = None
        for number, line in enumerate(self._table.lines):
            new_chapter = before is None or before.chapter != line.chapter
            if new_chapter:
                yield Static(self._table.titles[line.chapter], classes="chapter", markup=False)
            opens = new_chapter or (before is not None and before.host != line.host)
            yield SentenceRow(number, opens_turn=opens, host_class="first" if line.host == hosts[0] else "second")
            before = line

    def on_mount(self) -> None:
        self._write()

    def style(self, part: str) -> Style:
        """The style of a part of a row."""
        return self.get_component_rich_style(f"transcript--{part}", partial=True)

    # What it shows

    def retime(self, table: Timetable, marked: Collection[int]) -> None:
        """Show other times or other bookmarks for the same sentences."""
        if table != self._table or list(marked) != list(self._marked):
            self._table, self._marked = table, tuple(marked)
            self._write()

    def light(self, number: int) -> None:
        """Light the sentence being said, or `NOTHING`; scroll to it while following."""
        if number == self._lit:
            return
        self._set_row(self._lit, "-lit", False)
        self._set_row(number, "-lit", True)
        self._lit = number
        if self.following and number != NOTHING:
            self._put_cursor(number)
            self.call_after_refresh(self._bring_lit_into_sight)

    def follow(self) -> None:
        """Go back to the sentence being said and stay with it."""
        self.following = True
        if self._lit != NOTHING:
            self._put_cursor(self._lit)
            self._bring_lit_into_sight(at_once=True)

    @property
    def cursor(self) -> int:
        """The sentence that keys speak of."""
        return self._cursor

    def _write(self) -> None:
        for row in self.query(SentenceRow):
            row.show(self._table.lines[row.number], self, marked=row.number in self._marked)

    def _row(self, number: int) -> SentenceRow | None:
        return next((row for row in self.query(SentenceRow) if row.number == number), None)

    def _set_row(self, number: int, name: str, on: bool) -> None:
        row = self._row(number)
        if row is not None:
            row.set_class(on, name)

    def _put_cursor(self, number: int) -> None:
        self._set_row(self._cursor, "-cursor", False)
        self._cursor = number
        self._set_row(number, "-cursor", True)

    def _bring_lit_into_sight(self, at_once: bool = False) -> None:
        row = self._row(self._lit)
        if row is None or not self.following:
            return
        height, region = self.size.height, row.virtual_region
        first, last = (self.scroll_y + height * share for share in COMFORTABLE)
        if at_once or region.y < first or region.bottom > last:
            self.scroll_to(y=region.y - height * LIT_AT, animate=False)

    # What the reader looks at stays before her when the window changes

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        super().watch_scroll_y(old_value, new_value)
        top = next((row for row in self.query(SentenceRow) if row.virtual_region.bottom > new_value), None)
        if top is not None:
            self._top = top.number, new_value - top.virtual_region.y

    def on_resize(self) -> None:
        """A narrower window breaks the lines anew: stay with the sentence being said, or with the reader's."""
        self.call_after_refresh(self._bring_lit_into_sight if self.following else self._back_to_top)

    def _back_to_top(self) -> None:
        number, below = self._top
        row = self._row(number)
        if row is not None:
            self.scroll_to(y=row.virtual_region.y + below, animate=False)

    # The reader's hand

    def _suspend(self) -> None:
        self.following = False

    def on_mouse_scroll_down(self, _event: MouseScrollDown) -> None:
        self._suspend()

    def on_mouse_scroll_up(self, _event: MouseScrollUp) -> None:
        self._suspend()

    @on(ScrollTo)
    @on(ScrollUp)
    @on(ScrollDown)
    def _dragged(self) -> None:
        self._suspend()

    def action_move(self, step: int) -> None:
        """Move the cursor; the reader is looking around now."""
        if not self._table.lines:
            return
        self._suspend()
        self._put_cursor(max(0, min(self._cursor + step, len(self._table.lines) - 1)))
        row = self._row(self._cursor)
        if row is not None:
            self.scroll_to_widget(row, animate=False)

    def action_page(self, step: int) -> None:
        """A window up or down; the cursor comes along."""
        self._suspend()
        self.scroll_to(y=self.scroll_y + step * (self.size.height - 2), animate=False)
        self.call_after_refresh(self._cursor_into_sight)

    def _cursor_into_sight(self) -> None:
        seen = [row for row in self.query(SentenceRow) if self._is_seen(row)]
        if seen and self._cursor not in {row.number for row in seen}:
            nearer = seen[0] if seen[0].number > self._cursor else seen[-1]
            self._put_cursor(nearer.number)

    def _is_seen(self, row: SentenceRow) -> bool:
        return self.scroll_y <= row.virtual_region.y < self.scroll_y + self.size.height

    def action_choose(self) -> None:
        if self._table.lines:
            self.post_message(self.Chosen(self._cursor))

    @on(SentenceRow.Chosen)
    def _clicked(self, event: SentenceRow.Chosen) -> None:
        event.stop()
        self._put_cursor(event.row.number)
        self.post_message(self.Chosen(event.row.number))
