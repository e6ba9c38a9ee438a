"""A table of a demo, scrolled with the wheel, or with the arrows once the cursor is in it."""

from __future__ import annotations

from typing import ClassVar

from rich.table import Table as Columns
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Static

from cnntutor.demos.frame import Table, cell_text
from cnntutor.tui.widgets.scroller import Scroller


class TableView(Scroller):
    """Rows under named columns: numbers to the right, words to the left."""

    DEFAULT_CSS = """
    TableView {
        width: 1fr;
        height: 1fr;
        overflow-x: auto;
        align-horizontal: center;
        &:focus { background: $boost; }
        scrollbar-size-horizontal: 1;
        & > Static { width: auto; height: auto; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left,h", "scroll_left", "Scroll left", show=False),
        Binding("right,l", "scroll_right", "Scroll right", show=False),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._table = Table((), ())

    def compose(self) -> ComposeResult:
        yield Static("")

    def show(self, table: Table) -> None:
        """Show a table."""
        if table != self._table:
            same_size = _size(table) == _size(self._table)
            self._table = table
            self.query_one(Static).update(columns_of(table), layout=not same_size)


def _size(table: Table) -> tuple[int, int]:
    """Rows and characters; numbers that come later can be wider than the blanks they fill."""
    lines = table.lines()
    return len(lines), max(map(len, lines))


def columns_of(table: Table) -> Columns:
    """The table as Rich draws it."""
    shown = Columns(box=None, padding=(0, 1), header_style="bold dim", pad_edge=False)
    for number, name in enumerate(table.columns):
        words = any(isinstance(row[number], str) for row in table.rows)
        shown.add_column(name, justify="left" if words else "right", no_wrap=not words)
    for row in table.rows:
        shown.add_row(*(Text(cell_text(cell)) for cell in row))
    return shown
