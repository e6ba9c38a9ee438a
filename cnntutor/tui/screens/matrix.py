"""A square of numbers, edited cell by cell."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Grid, Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from cnntutor.errors import UsageError
from cnntutor.vision.matrices import read, resized, side_of, write

CELL = 7
"""Columns of a cell."""


class MatrixScreen(ModalScreen[str | None]):
    """Cells to type into: Tab and the arrows go from one to the next, Enter takes all of them."""

    DEFAULT_CSS = """
    MatrixScreen {
        align: center middle;
        background: $background 60%;
        & > Vertical {
            width: auto;
            min-width: 44;
            max-width: 98%;
            height: auto;
            max-height: 96%;
            background: $surface;
            border: round $border;
            border-title-color: $primary;
            padding: 1 2;
        }
        Grid { height: auto; grid-gutter: 0 1; grid-rows: 1; }
        Input { width: 7; border: none; padding: 0; background: $boost; &:focus { background: $primary 30%; } }
        .wrong { height: auto; width: 40; color: $error; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "accept", "Take them", priority=True),
        Binding("up", "move(-1)", "Up", show=False, priority=True),
        Binding("down", "move(1)", "Down", show=False, priority=True),
        Binding("escape", "dismiss", "Never mind", key_display="esc"),
    ]

    def __init__(self, title: str, text: str, size: int) -> None:
        """Edit a matrix.

        Args:
            title: of the box.
            text: rows parted by semicolons, cells by blanks.
            size: cells on a side; what the text does not have is zero.
        """
        super().__init__()
        self._title = title
        self._side = size
        self._cells = [f"{cell:.9g}" for row in resized(read(text, title, side_of(text)), size) for cell in row]

    def compose(self) -> ComposeResult:
        with Vertical() as box:
            box.border_title = self._title
            box.border_subtitle = "enter takes it, esc closes"
            with Grid() as grid:
                grid.styles.grid_size_columns = self._side
                grid.styles.width = self._side * (CELL + 1) - 1
                for cell in self._cells:
                    yield Input(cell, compact=True, select_on_focus=True)
            yield Static("", classes="wrong", markup=False)

    def action_move(self, rows: int) -> None:
        """To the cell below or above."""
        cells = list(self.query(Input))
        at = cells.index(self.focused) if isinstance(self.focused, Input) else 0
        cells[(at + rows * self._side) % len(cells)].focus()

    def action_accept(self) -> None:
        """Give the matrix back, if every cell holds a number; an empty one holds zero."""
        texts = [cell.value.strip() or "0" for cell in self.query(Input)]
        rows = [texts[at : at + self._side] for at in range(0, len(texts), self._side)]
        text = "; ".join(" ".join(row) for row in rows)
        try:
            self.dismiss(write(read(text, self._title, self._side)))
        except UsageError as error:
            self.query_one(".wrong", Static).update(str(error))

    @on(Input.Changed)
    def _typing(self) -> None:
        self.query_one(".wrong", Static).update("")
