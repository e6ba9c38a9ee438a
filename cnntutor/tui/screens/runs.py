"""The last runs of a demo beside each other: what was different, and what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import DataTable, Static

from cnntutor.demos.frame import Cell, cell_text
from cnntutor.demos.history import PastRun, compare

LONGEST_CELL = 24
"""Letters of a kernel or a path that are shown."""


class RunsScreen(ModalScreen[PastRun | None]):
    """A table, newest first; Enter goes back to the knobs of a run."""

    DEFAULT_CSS = """
    RunsScreen {
        align: center middle;
        background: $background 60%;
        & > Vertical {
            width: 94%;
            height: auto;
            max-height: 92%;
            background: $surface;
            border: round $border;
            border-title-color: $primary;
            padding: 1 1 0 1;
        }
        DataTable { height: auto; max-height: 100%; background: $surface; }
        Static { height: auto; color: $text-muted; padding: 0 1 1 1; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,o", "dismiss", "Close", key_display="esc"),
        Binding("j", "down", "Down", show=False),
        Binding("k", "up", "Up", show=False),
    ]

    def __init__(self, title: str, runs: Sequence[PastRun]) -> None:
        super().__init__()
        self._title = title
        self._runs = list(runs)

    def compose(self) -> ComposeResult:
        with Vertical() as box:
            box.border_title = f"{self._title}: the last runs"
            box.border_subtitle = "enter goes back to a run, esc closes"
            if not self._runs:
                yield Static("No run has come to its end yet.")
                return
            yield DataTable(cursor_type="row", zebra_stripes=True)

    def on_mount(self) -> None:
        for shown in self.query(DataTable):
            table = compare(self._runs)
            shown.add_columns(*(name.replace("_", " ") for name in table.columns))
            for row in table.rows:
                shown.add_row(*(_cell(cell) for cell in row))
            shown.focus()

    @on(DataTable.RowSelected)
    def _chosen(self, event: DataTable.RowSelected) -> None:
        self.dismiss(self._runs[-1 - event.cursor_row])

    def action_down(self) -> None:
        self.query_one(DataTable).action_cursor_down()

    def action_up(self) -> None:
        self.query_one(DataTable).action_cursor_up()


def _cell(cell: Cell) -> Text:
    text = cell_text(cell)
    text = text if len(text) <= LONGEST_CELL else f"{text[: LONGEST_CELL - 1]}…"
    return Text(text, justify="left" if isinstance(cell, str) else "right")
