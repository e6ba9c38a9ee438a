"""What waits today, in figures large enough to read from across the room."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.reactive import reactive
from textual.widgets import Digits, Static

from cnntutor.memory.models import Counts
from cnntutor.wording import distance

if TYPE_CHECKING:
    from cnntutor.plan import Plan


class WaitingPanel(Vertical):
    """Due, learning and new cards, and how long they will take. A click starts the review."""

    DEFAULT_CSS = """
    WaitingPanel {
        height: 7;
        border: round $border;
        border-title-color: $primary;
        border-subtitle-color: $text-muted;
        padding: 0 1;
        &:hover { border: round $primary; pointer: pointer; }
        Horizontal { height: 4; }
        .figure { width: 1fr; height: 4; }
        Digits { width: auto; text-style: bold; }
        .due Digits { color: $accent; }
        .learning Digits { color: $error; }
        .new Digits { color: $secondary; }
        .zero Digits { color: $text-disabled; }
        .name { color: $text-muted; height: 1; }
        .line { height: 1; text-wrap: nowrap; text-overflow: ellipsis; }
    }
    """
    NAMES: ClassVar[tuple[str, ...]] = ("due", "learning", "new")

    class Chosen(Message):
        """The learner wants to review."""

    counts: reactive[Counts | None] = reactive(None)

    def compose(self) -> ComposeResult:
        self.border_title = day_name(datetime.now().astimezone())
        with Horizontal():
            for name in self.NAMES:
                with Vertical(classes=f"figure {name}"):
                    yield Digits("")
                    yield Static(name, classes="name")
        yield Static("", classes="line")

    def watch_counts(self, counts: Counts | None) -> None:
        if counts is None or not self.is_mounted:
            return
        for name in self.NAMES:
            value = getattr(counts, name)
            figure = self.query_one(f".{name}")
            figure.query_one(Digits).update(str(value))
            figure.set_class(value == 0, "zero")

    def on_mount(self) -> None:
        self.watch_counts(self.counts)

    def show_plan(self, plan: Plan, now: datetime) -> None:
        """Say what to do about the figures."""
        self.border_title = day_name(now.astimezone())
        self.border_subtitle = f"about {plan.minutes} min" if plan.minutes else ""
        self.query_one(".line", Static).update(call_to_action(plan, now))

    def on_click(self) -> None:
        self.post_message(self.Chosen())


def day_name(local: datetime) -> str:
    """The day as people say it."""
    return f"{local:%A}, {local.day} {local:%B}"


def call_to_action(plan: Plan, now: datetime) -> str:
    """One line: start, catch up, or when to come back."""
    queue = plan.queue
    if plan.catching_up is not None and queue.backlog:
        return f"Catching up: [$accent]{queue.backlog}[/] wait for the days to come ([b]c[/] changes that)"
    if plan.offer is not None:
        return f"[$accent]{plan.offer.backlog}[/] piled up; [b]c[/] spreads them over {plan.offer.days} days"
    if queue.backlog:
        return f"[$accent]{queue.backlog} more[/] are held back by the day's limit"
    if queue.cards:
        return "[b]enter[/] starts the review"
    if queue.next_due is not None:
        away = distance((queue.next_due - now).total_seconds())
        return f"All done. The next card is due in {away}."
    return "Nothing is scheduled yet; take the next step."
