"""A line to type: a folder, a name."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, Static


class AskScreen(ModalScreen[str | None]):
    """Asks for a line; None if the learner thinks better of it."""

    DEFAULT_CSS = """
    AskScreen {
        align: center middle;
        background: $background 60%;
        & > Vertical {
            width: 72;
            max-width: 94%;
            height: auto;
            background: $surface;
            border: round $border;
            border-title-color: $primary;
            padding: 1 2;
        }
        Static { height: auto; margin: 0 0 1 0; color: $text-muted; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss", "Never mind", key_display="esc")]

    def __init__(self, title: str, text: str, value: str = "", *, may_be_empty: bool = False) -> None:
        super().__init__()
        self._title = title
        self._text = text
        self._value = value
        self._may_be_empty = may_be_empty

    def compose(self) -> ComposeResult:
        with Vertical() as box:
            box.border_title = self._title
            box.border_subtitle = "enter does it, esc closes"
            yield Static(self._text, markup=False)
            yield Input(self._value)

    @on(Input.Submitted)
    def _typed(self, event: Input.Submitted) -> None:
        if event.value.strip() or self._may_be_empty:
            self.dismiss(event.value.strip())
