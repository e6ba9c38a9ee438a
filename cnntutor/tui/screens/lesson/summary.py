"""The topic on one screen."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Static

from cnntutor.course.models import Topic
from cnntutor.tui.screens.lesson.pane import Pane
from cnntutor.tui.widgets.prose import Prose
from cnntutor.tui.widgets.scroller import Scroller
from cnntutor.wording import clock, plural


class SummaryPane(Vertical, Pane):
    """Title, summary, and what the lesson holds."""

    DEFAULT_CSS = """
    SummaryPane {
        height: 1fr;
        Scroller { height: 1fr; align-horizontal: center; padding: 1 2; }
        .column { width: 100%; max-width: 88; height: auto; }
        .title { color: $primary; text-style: bold; margin-bottom: 1; }
        .facts { color: $text-muted; border-top: solid $border-blurred; padding-top: 0; margin-top: 1; }
    }
    """

    def __init__(self, topic: Topic, seconds: float) -> None:
        super().__init__()
        self._topic = topic
        self._seconds = seconds

    def compose(self) -> ComposeResult:
        with Scroller(), Vertical(classes="column"):
            yield Static(self._topic.title, classes="title", markup=False)
            yield Prose(self._topic.summary)
            yield Static(self._facts(), classes="facts", markup=False)

    def _facts(self) -> str:
        topic = self._topic
        facts = [
            f"read {topic.article.minutes} min",
            f"listen {clock(self._seconds)}",
            plural(len(topic.cards), "card"),
            plural(len(topic.questions), "question"),
            plural(len(topic.resources), "link"),
        ]
        return "  ·  ".join(facts)
