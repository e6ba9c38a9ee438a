"""After a break: spread the backlog over days instead of facing it at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Static
from textual.widgets.option_list import Option

from cnntutor.tui.guard import guarded
from cnntutor.tui.widgets.scroller import Options
from cnntutor.wording import plural

if TYPE_CHECKING:
    from cnntutor.memory.store import Store


class CatchUpScreen(ModalScreen[None]):
    """Choose over how many days the backlog is spread; new cards wait meanwhile."""

    DEFAULT_CSS = """
    CatchUpScreen {
        align: center middle;
        background: $background 60%;
        & > Vertical {
            width: 66;
            max-width: 94%;
            height: auto;
            background: $surface;
            border: round $border;
            border-title-color: $primary;
            padding: 1 2;
        }
        Static { height: auto; margin-bottom: 1; }
        Options { height: auto; padding: 0; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q", "dismiss", "Close", key_display="esc")]

    def __init__(self, store: Store) -> None:
        super().__init__()
        self._store = store
        queue = store.queue()
        offer = store.catch_up_offer()
        self._backlog = queue.counts.due + queue.backlog
        suggested = {offer.days} if offer is not None else set()
        self._days = sorted({3, 7, 14, 30} | suggested)
        self._suggested = offer.days if offer is not None else None

    def compose(self) -> ComposeResult:
        with Vertical() as box:
            box.border_title = "Catch up"
            box.border_subtitle = "esc leaves it as it is"
            yield Static(
                f"{plural(self._backlog, 'review')} piled up. Spread them: each day brings its share of the pile, "
                "those you still remember best first, since they are rescued most cheaply. New cards wait meanwhile."
            )
            yield Options(*(Option(self._prompt(days)) for days in self._days), Option(Text("Everything at once")))

    def _prompt(self, days: int) -> Text:
        share = -(-self._backlog // days)
        mark = "   suggested" if days == self._suggested else ""
        return Text.assemble((f"{days:3} days", "bold"), f"   {plural(share, 'review')} of the pile a day{mark}")

    @on(Options.OptionSelected)
    def _chosen(self, event: Options.OptionSelected) -> None:
        event.stop()
        with guarded(self):
            if event.option_index < len(self._days):
                self._store.start_catch_up(self._days[event.option_index])
            else:
                self._store.stop_catch_up()
        self.dismiss()
