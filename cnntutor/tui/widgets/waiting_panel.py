"""What waits today, in figures large enough to read from across the room."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from rich.console import Group, RenderableType
from rich.style import Style
from rich.table import Table
from rich.text import Text
from textual.message import Message
from textual.reactive import reactive
from textual.renderables.digits import Digits
from textual.widget import Widget

from cnntutor.memory.models import Counts
from cnntutor.wording import distance

if TYPE_CHECKING:
    from cnntutor.plan import Plan


class WaitingPanel(Widget):
    """Due, learning and new cards, and how long they will take. A click starts the review.

    One widget instead of a dozen: it is part of the first paint.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "waiting-panel--due",
        "waiting-panel--learning",
        "waiting-panel--new",
        "waiting-panel--none",
        "waiting-panel--name",
    }
    DEFAULT_CSS = """
    WaitingPanel {
        height: 7;
        border: round $border;
        border-title-color: $primary;
        border-subtitle-color: $text-muted;
        padding: 0 1;
        &:hover { border: round $primary; pointer: pointer; }
        .waiting-panel--due { color: $accent; }
        .waiting-panel--learning { color: $error; }
        .waiting-panel--new { color: $secondary; }
        .waiting-panel--none { color: $text-disabled; }
        .waiting-panel--name { color: $text-muted; }
    }
    """
    KINDS: ClassVar[tuple[str, ...]] = ("due", "learning", "new")

    class Chosen(Message):
        """The learner wants to review."""

    counts: reactive[Counts | None] = reactive(None)

    def __init__(self, counts: Counts | None = None) -> None:
        super().__init__()
        self.set_reactive(WaitingPanel.counts, counts)
        self.border_title = day_name(datetime.now().astimezone())
        self._advice = ""

    def render(self) -> RenderableType:
        table = Table.grid(expand=True)
        for _ in self.KINDS:
            table.add_column(ratio=1)
        if self.counts is not None:
            table.add_row(*(self._figure(kind, getattr(self.counts, kind)) for kind in self.KINDS))
        name_style = self.get_component_rich_style("waiting-panel--name")
        table.add_row(*(Text(kind, style=name_style) for kind in self.KINDS))
        advice = Text.from_markup(self._advice, overflow="ellipsis")
        advice.no_wrap = True
        return Group(table, advice)

    def _figure(self, kind: str, value: int) -> Digits:
        style = self.get_component_rich_style(f"waiting-panel--{kind if value else 'none'}")
        return Digits(str(value), style=style + Style(bold=True))

    def show_plan(self, plan: Plan, now: datetime) -> None:
        """Say what to do about the figures."""
        self.border_title = day_name(now.astimezone())
        self.border_subtitle = f"about {plan.minutes} min" if plan.minutes else ""
        self._advice = call_to_action(plan, now)
        self.refresh()

    def on_click(self) -> None:
        self.post_message(self.Chosen())


def day_name(local: datetime) -> str:
    """The day as people say it."""
    return f"{local:%A}, {local.day} {local:%B}"


def call_to_action(plan: Plan, now: datetime) -> str:
    """One line: start, catch up, or when to come back."""
    queue = plan.queue
    if plan.catching_up is not None and queue.backlog:
        return f"Catching up: {queue.backlog} wait ([b]c[/] changes it)"
    if plan.offer is not None:
        return f"{plan.offer.backlog} piled up: [b]c[/] spreads them"
    if queue.backlog:
        return f"{queue.backlog} more wait: the day's limit"
    if queue.cards:
        return "[b]enter[/] starts the review"
    if queue.next_due is not None:
        return f"All done. Next in {distance((queue.next_due - now).total_seconds())}."
    return "Nothing planned yet: [b]n[/] begins."
