"""A program of which one line is changed: choose it, write it, take it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.highlight import highlight
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from cnntutor.tui.widgets.scroller import Options

HOW = "enter rewrites a line, a adds one behind it, x takes it out, u undoes all"


class ProgramScreen(ModalScreen[str | None]):
    """Lines to choose from; the one that is chosen is written anew below them.

    It gives back `13: code`, `13+ code` or `13-`, and the empty text for the program as it was.
    """

    DEFAULT_CSS = """
    ProgramScreen {
        align: center middle;
        background: $background 60%;
        & > .box {
            width: 84;
            max-width: 98%;
            height: 98%;
            max-height: 42;
            background: $surface;
            border: round $border;
            border-title-color: $primary;
            padding: 0 1;
        }
        Options { height: auto; }
        .writing { dock: bottom; height: auto; padding-top: 1; background: $surface; }
        Static { height: auto; color: $text-muted; }
        Input { height: 1; border: none; padding: 0; background: $boost; display: none; }
        &.-writing Input { display: block; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("a,o", "add", "Add a line"),
        Binding("x,delete", "remove", "Take the line out"),
        Binding("u", "dismiss('')", "As it was"),
        Binding("escape", "back", "Never mind", key_display="esc"),
    ]

    def __init__(self, title: str, lines: Sequence[str], mend: str) -> None:
        """Choose a line of a program.

        Args:
            title: of the box.
            lines: the program as it was.
            mend: how it is changed now, to begin at that line.
        """
        super().__init__()
        self._title = title
        self._lines = tuple(lines)
        self._mend = mend
        self._kind = ":"

    def compose(self) -> ComposeResult:
        with Vertical(classes="box") as box:
            box.border_title = self._title
            box.border_subtitle = "enter writes, esc closes"
            yield Options(*self._options())
            with Vertical(classes="writing"):
                yield Static(f"Now: {self._mend}" if self._mend else HOW, markup=False)
                yield Input(compact=True)

    def on_mount(self) -> None:
        """Begin at the line that is changed now."""
        number = "".join(character for character in self._mend.split(" ")[0] if character.isdigit())
        self._list.highlighted = min(int(number or 1), len(self._lines)) - 1
        self._list.focus()

    def _options(self) -> list[Option]:
        code = highlight("\n".join(self._lines), language="python").split("\n", allow_blank=True)
        numbered = zip(range(1, len(self._lines) + 1), code, strict=False)
        return [Option(Content.assemble((f"{number:>3} ", "$text-muted"), line)) for number, line in numbered]

    @property
    def _list(self) -> Options:
        return self.query_one(Options)

    @property
    def _at(self) -> int:
        return self._list.highlighted or 0

    @on(OptionList.OptionSelected)
    def _chosen(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self._write(":", self._lines[self._at].strip())

    def action_add(self) -> None:
        """A new line behind the one at the cursor."""
        self._write("+", "")

    def action_remove(self) -> None:
        """The program without the line at the cursor."""
        self.dismiss(f"{self._at + 1}-")

    def action_back(self) -> None:
        """From the line to the list, from the list away."""
        if not self.has_class("-writing"):
            self.dismiss(None)
            return
        self.remove_class("-writing")
        self.query_one(Static).update(HOW)
        self._list.focus()

    def _write(self, kind: str, code: str) -> None:
        self._kind = kind
        self.add_class("-writing")
        what = "a new line behind line" if kind == "+" else "instead of line"
        self.query_one(Static).update(f"Written {what} {self._at + 1}; enter takes it, esc goes back.")
        field = self.query_one(Input)
        field.value = code
        field.cursor_position = len(code)
        field.focus()

    @on(Input.Submitted)
    def _written(self, event: Input.Submitted) -> None:
        event.stop()
        code = event.value.strip()
        self.dismiss(f"{self._at + 1}{self._kind} {code}" if code else f"{self._at + 1}-" if self._kind == ":" else "")
