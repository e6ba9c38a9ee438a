"""The next step on the path."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widgets import Static

if TYPE_CHECKING:
    from cnntutor.course.journey import Step


class StepPanel(Static):
    """Topic and activity of the next step. A click takes it."""

    DEFAULT_CSS = """
    StepPanel {
        height: 7;
        border: round $border;
        border-title-color: $primary;
        border-subtitle-color: $text-muted;
        padding: 0 1;
        &:hover { border: round $primary; pointer: pointer; }
    }
    """

    class Chosen(Message):
        """The learner wants to take the step."""

    step: reactive[Step | None] = reactive(None, init=False)

    def __init__(self) -> None:
        super().__init__()
        self.border_title = "Next step"

    def watch_step(self, step: Step | None) -> None:
        self.border_subtitle = step.topic.part if step is not None else ""
        self.update(words_of(step))

    def on_click(self) -> None:
        self.post_message(self.Chosen())


def words_of(step: Step | None) -> Content:
    """What the panel says of a step."""
    if step is None:
        return Content.from_markup(
            "[b]You have been through the whole course.[/]\nReviews keep it; demos and quizzes stay open."
        )
    markup = "[b]$topic[/]\n[dim]$what[/]\n\n[b]n[/] goes there"
    return Content.from_markup(markup, topic=step.topic.title, what=step.text)
