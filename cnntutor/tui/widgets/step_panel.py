"""The next step on the path."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message
from textual.reactive import reactive
from textual.widgets import Static

if TYPE_CHECKING:
    from cnntutor.course.journey import Step


class StepPanel(Vertical):
    """Topic and activity of the next step. A click takes it."""

    DEFAULT_CSS = """
    StepPanel {
        height: 7;
        border: round $border;
        border-title-color: $primary;
        border-subtitle-color: $text-muted;
        padding: 0 1;
        &:hover { border: round $primary; pointer: pointer; }
        .topic { height: auto; max-height: 2; text-style: bold; }
        .what { height: 1fr; color: $text-muted; }
        .line { height: 1; }
    }
    """

    class Chosen(Message):
        """The learner wants to take the step."""

    step: reactive[Step | None] = reactive(None)

    def compose(self) -> ComposeResult:
        self.border_title = "Next step"
        yield Static("", classes="topic", markup=False)
        yield Static("", classes="what", markup=False)
        yield Static("", classes="line")

    def watch_step(self, step: Step | None) -> None:
        if not self.is_mounted:
            return
        topic, what, line = self.query(Static).results()
        if step is None:
            topic.update("You have been through the whole course.")
            what.update("Reviews keep it; demos and quizzes stay open.")
            return
        topic.update(step.topic.title)
        what.update(step.text)
        self.border_subtitle = step.topic.part
        line.update("[b]n[/] goes there")

    def on_click(self) -> None:
        self.post_message(self.Chosen())
