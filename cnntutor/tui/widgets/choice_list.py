"""The choices of a question: one to pick, several to tick, or all to put in order."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import Static

from cnntutor.course.questions import LETTERS


class ChoiceRow(Static):
    """One choice."""

    DEFAULT_CSS = """
    ChoiceRow {
        height: auto;
        padding: 0 1;
        margin-bottom: 1;
        background: $surface;
        border-left: outer $surface;
        &:hover { pointer: pointer; background: $boost; }
        &.-cursor { border-left: outer $primary; background: $panel; }
        &.-picked { text-style: bold; color: $primary; }
        &.-right { color: $success; border-left: outer $success; }
        &.-wrong { color: $error; border-left: outer $error; }
    }
    """

    def __init__(self, row: int) -> None:
        super().__init__(markup=True)
        self.row = row

    def on_click(self) -> None:
        self.post_message(ChoiceList.Clicked(self.row))


class ChoiceList(Vertical, can_focus=True):
    """A list of choices with a cursor. Subclasses say what picking means."""

    DEFAULT_CSS = """
    ChoiceList { height: auto; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "move(1)", "Down", show=False),
        Binding("up,k", "move(-1)", "Up", show=False),
        Binding("space", "pick", "Pick"),
        Binding("enter", "submit", "Answer"),
        *(Binding(letter, f"pick_row({row})", f"Pick {letter}", show=False) for row, letter in enumerate(LETTERS)),
    ]

    class Clicked(Message):
        """A row was clicked."""

        def __init__(self, row: int) -> None:
            super().__init__()
            self.row = row

    class Submitted(Message):
        """The learner is done choosing."""

        def __init__(self, picks: tuple[int, ...]) -> None:
            super().__init__()
            self.picks = picks

    def __init__(self, options: tuple[str, ...]) -> None:
        super().__init__()
        self._options = options
        self._cursor = 0
        self._right: frozenset[int] = frozenset()

    def compose(self) -> ComposeResult:
        for row in range(len(self._options)):
            yield ChoiceRow(row)

    def on_mount(self) -> None:
        self._draw()

    @property
    def picks(self) -> tuple[int, ...]:
        """What would be submitted now: indices into the options."""
        raise NotImplementedError

    def _sign(self, row: int) -> str:
        raise NotImplementedError

    def _option(self, row: int) -> int:
        """Which option stands in a row."""
        return row

    def _picked(self, row: int) -> bool:
        return self._option(row) in self.picks

    def _draw(self) -> None:
        for choice in self.query(ChoiceRow):
            row = choice.row
            text = self._options[self._option(row)].replace("[", r"\[")
            right = self._option(row) in self._right
            wrong = bool(self._right) and self._picked(row) and not right
            sign = "✓" if right else "✗" if wrong else self._sign(row)
            choice.update(f"[dim]{LETTERS[row]}[/] {sign} {text}")
            choice.set_class(row == self._cursor and not self._right, "-cursor")
            choice.set_class(self._picked(row), "-picked")
            choice.set_class(right, "-right")
            choice.set_class(wrong, "-wrong")

    def mark(self, right: frozenset[int]) -> None:
        """Show after grading which choices were right, and which pick was not."""
        self._right = right
        self._draw()

    def on_choice_list_clicked(self, event: Clicked) -> None:
        event.stop()
        self.focus()
        self.action_pick_row(event.row)

    def action_move(self, step: int) -> None:
        self._cursor = (self._cursor + step) % len(self._options)
        self._draw()

    def action_pick_row(self, row: int) -> None:
        if row < len(self._options):
            self._cursor = row
            self.action_pick()

    def action_pick(self) -> None:
        raise NotImplementedError

    def action_submit(self) -> None:
        self.post_message(self.Submitted(self.picks))


class SingleChoice(ChoiceList):
    """Exactly one."""

    def __init__(self, options: tuple[str, ...]) -> None:
        super().__init__(options)
        self._pick: int | None = None

    @property
    def picks(self) -> tuple[int, ...]:
        return () if self._pick is None else (self._pick,)

    def _sign(self, row: int) -> str:
        return "◉" if self._pick == row else "○"

    def action_pick(self) -> None:
        self._pick = self._cursor
        self._draw()

    def action_submit(self) -> None:
        """Enter answers with what is picked; where nothing is, with the choice under the cursor."""
        if self._pick is None:
            self.action_pick()
        super().action_submit()


class MultipleChoice(ChoiceList):
    """Any number."""

    def __init__(self, options: tuple[str, ...]) -> None:
        super().__init__(options)
        self._ticked: set[int] = set()

    @property
    def picks(self) -> tuple[int, ...]:
        return tuple(sorted(self._ticked))

    def _sign(self, row: int) -> str:
        return "■" if row in self._ticked else "□"

    def action_pick(self) -> None:
        self._ticked ^= {self._cursor}
        self._draw()


class Ordering(ChoiceList):
    """All of them, in the right order: space takes an item up, the arrows carry it, space puts it down."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "pick", "Take up / put down"),
        Binding("shift+up,K", "carry(-1)", "Move up", show=False),
        Binding("shift+down,J", "carry(1)", "Move down", show=False),
    ]

    def __init__(self, options: tuple[str, ...]) -> None:
        super().__init__(options)
        self._order = list(range(len(options)))
        self._carried = False

    @property
    def picks(self) -> tuple[int, ...]:
        return tuple(self._order)

    def _option(self, row: int) -> int:
        return self._order[row]

    def _picked(self, row: int) -> bool:
        return self._carried and row == self._cursor

    def _sign(self, row: int) -> str:
        return "↕" if self._picked(row) else "·"

    def action_pick(self) -> None:
        self._carried = not self._carried
        self._draw()

    def action_pick_row(self, row: int) -> None:
        """Carry the item that was taken up to this row, or take up the one that stands here."""
        if row >= len(self._options):
            return
        if self._carried:
            self._order.insert(row, self._order.pop(self._cursor))
        self._cursor = row
        self.action_pick()

    def action_move(self, step: int) -> None:
        if self._carried:
            self.action_carry(step)
        else:
            super().action_move(step)

    def action_carry(self, step: int) -> None:
        target = self._cursor + step
        if 0 <= target < len(self._order):
            self._order[self._cursor], self._order[target] = self._order[target], self._order[self._cursor]
            self._cursor = target
            self._draw()
