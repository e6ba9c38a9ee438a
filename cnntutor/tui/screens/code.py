"""Show code: the PyTorch that does what the demo does, to read and to copy."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import ModalScreen

from cnntutor.tui.widgets.prose import Prose
from cnntutor.tui.widgets.scroller import Scroller


class CodeScreen(ModalScreen[None]):
    """A script with this run's knobs in it; `y` copies it."""

    DEFAULT_CSS = """
    CodeScreen {
        align: center middle;
        background: $background 60%;
        & > Scroller {
            width: 104;
            max-width: 96%;
            height: auto;
            max-height: 94%;
            background: $surface;
            border: round $border;
            border-title-color: $primary;
            padding: 1 1;
        }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "copy", "Copy"),
        Binding("escape,q,c", "dismiss", "Close", key_display="esc"),
    ]

    def __init__(self, title: str, code: str) -> None:
        super().__init__()
        self._title = title
        self._code = code

    def compose(self) -> ComposeResult:
        with Scroller() as box:
            box.border_title = self._title
            box.border_subtitle = "y copies, esc closes"
            yield Prose(f"```python\n{self._code}\n```")

    def action_copy(self) -> None:
        self.app.copy_to_clipboard(self._code)
        self.notify("The script is in the clipboard.")
