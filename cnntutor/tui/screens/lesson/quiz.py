"""The lesson's Quiz tab: what was scored so far, and the way into the quiz."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, ClassVar

from rich.table import Table
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Button, Static

from cnntutor.course.models import Topic
from cnntutor.tui.guard import guarded
from cnntutor.tui.routes import Go, ToQuiz
from cnntutor.tui.screens.lesson.pane import Pane
from cnntutor.tui.widgets.scroller import Scroller
from cnntutor.wording import plural

if TYPE_CHECKING:
    from cnntutor.memory.models import QuizResult
    from cnntutor.memory.store import Store


class QuizPane(Vertical, Pane):
    """How the last answers went, skill by skill; Enter takes the quiz."""

    DEFAULT_CSS = """
    QuizPane {
        height: 1fr;
        Scroller { height: 1fr; align-horizontal: center; padding: 1 2; }
        .column { width: 100%; max-width: 84; height: auto; }
        .column Static { height: auto; margin-bottom: 1; }
        .headline { color: $primary; text-style: bold; }
        Button { margin: 0 2 1 0; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,z", "take", "Take the quiz"),
        Binding("x", "placement", "I know this"),
    ]

    def __init__(self, topic: Topic, store: Store) -> None:
        super().__init__()
        self._topic = topic
        self._store = store

    def compose(self) -> ComposeResult:
        results: list[QuizResult] = []
        with guarded(self):
            results = self._store.quiz_results(self._topic.slug)
        with Scroller(), Vertical(classes="column"):
            yield Static(plural(len(self._topic.questions), "question"), classes="headline")
            yield Static(
                "Before each answer you say how sure you are. The score tells what you know and how well you know "
                "that you know it; what you miss comes back as cards."
            )
            yield Button("Take the quiz", variant="primary", id="take")
            yield Static(
                "Know this topic already? The placement quiz is short; passing it plans the cards as known, "
                "and the first reviews will check."
            )
            yield Button("I know this", id="placement")
            if results:
                yield Static(_history(results))

    def on_button_pressed(self, event: Button.Pressed) -> None:
        event.stop()
        if event.button.id == "placement":
            self.action_placement()
        else:
            self.action_take()

    def action_take(self) -> None:
        self.post_message(Go(ToQuiz(self._topic.slug)))

    def action_placement(self) -> None:
        self.post_message(Go(ToQuiz(self._topic.slug, placement=True)))


def _history(results: list[QuizResult]) -> Table:
    """The last answer to each question, by skill."""
    latest = {result.question: result for result in sorted(results, key=lambda r: r.at)}
    by_skill: dict[str, list[QuizResult]] = defaultdict(list)
    for result in latest.values():
        by_skill[result.skill].append(result)
    table = Table.grid(padding=(0, 2))
    table.add_row("[bold]Last answers[/bold]", "")
    for skill, answers in by_skill.items():
        right = sum(answer.correct for answer in answers)
        table.add_row(skill, "[green]●[/] " * right + "[red]○[/] " * (len(answers) - right))
    return table
