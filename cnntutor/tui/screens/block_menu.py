"""Which block comes next: a short list, each with its key."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from cnntutor.tui.widgets.scroller import Options
from cnntutor.vision.net_text import KINDS, Kind

KEYS = "cnrpagfldesti"
"""One for each kind, in their order."""


class BlockMenu(ModalScreen[Kind | None]):
    """The kinds of blocks; a key or Enter takes one."""

    DEFAULT_CSS = """
    BlockMenu {
        align: center middle;
        background: $background 30%;
        & > Vertical {
            width: 52;
            max-width: 98%;
            height: auto;
            max-height: 96%;
            background: $surface;
            border: round $border;
            border-title-color: $primary;
            padding: 0 1;
        }
        Options { height: auto; max-height: 100%; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        *(Binding(key, f"take({place})", "Take", show=False, priority=True) for place, key in enumerate(KEYS)),
        Binding("escape", "dismiss", "Never mind", key_display="esc"),
    ]

    def compose(self) -> ComposeResult:
        with Vertical() as box:
            box.border_title = "a new block"
            box.border_subtitle = "a key takes one, esc closes"
            yield Options(*(Option(_line(key, kind)) for key, kind in zip(KEYS, KINDS, strict=True)))

    def action_take(self, place: int) -> None:
        """Take the block of this key."""
        self.dismiss(KINDS[place])

    @on(OptionList.OptionSelected)
    def _chosen(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.dismiss(KINDS[event.option_index])


def _line(key: str, kind: Kind) -> Content:
    return Content.assemble((f"{key}  ", "bold $primary"), f"{kind.name:<9}", (kind.about, "dim"))
