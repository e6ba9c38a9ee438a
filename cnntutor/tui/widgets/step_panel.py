"""The next step on the path."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content
from textual.message import Message
from textual.widgets import Static

if TYPE_CHECKING:
    from cnntutor.plan import Plan


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

    def __init__(self) -> None:
        super().__init__()
        self.border_title = "Next step"

    def show(self, plan: Plan) -> None:
        """Show a plan's next step."""
        self.border_subtitle = plan.step.topic.part if plan.step is not None else ""
        self.update(words_of(plan))

    def on_click(self) -> None:
        self.post_message(self.Chosen())


def words_of(plan: Plan) -> Content:
    """What the panel says of the next step."""
    if plan.step is None:
        return Content.from_markup(
            "[b]You have been through the whole course.[/]\n[dim]Reviews keep it; demos and quizzes stay open.[/]"
        )
    what = plan.step.text
    if plan.waits_for_tomorrow:
        what += ", from tomorrow on; until then, play with the demo"
    markup = "[b]$topic[/]\n[dim]$what[/]\n[b]n[/] goes there"
    also = ", ".join(topic.title for topic in plan.step.also)
    if also:
        markup += "\n[dim]also open: $also[/]"
    return Content.from_markup(markup, topic=plan.step.topic.title, what=what, also=also)
