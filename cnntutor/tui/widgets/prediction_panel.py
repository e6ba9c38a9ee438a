"""Predict first: the question before a run, to be locked with a confidence."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import Static

from cnntutor.course.quiz import Confidence
from cnntutor.demos.prediction import Prediction
from cnntutor.tui.widgets.choice_list import ChoiceList, SingleChoice
from cnntutor.tui.widgets.confidence_bar import ConfidenceBar
from cnntutor.tui.widgets.prose import Prose
from cnntutor.tui.widgets.scroller import Scroller


class PredictionPanel(Scroller):
    """Asks what a run will show: how sure first, then the choice, as in a quiz."""

    DEFAULT_CSS = """
    PredictionPanel {
        height: 1fr;
        padding: 1 1 0 0;
        .before { color: $accent; text-style: bold; height: auto; margin: 0 0 1 0; }
        .how { color: $text-muted; height: auto; margin: 1 0 0 0; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "skip", "Just run it", key_display="esc")]

    class Locked(Message):
        """The learner has said what will happen."""

        def __init__(self, prediction: Prediction, choice: int, confidence: Confidence) -> None:
            super().__init__()
            self.prediction = prediction
            self.choice = choice
            self.confidence = confidence

    class Skipped(Message):
        """The learner would rather see it at once."""

    def __init__(self, prediction: Prediction) -> None:
        super().__init__(can_focus=False)
        self._prediction = prediction

    def compose(self) -> ComposeResult:
        yield Static("Before you look: what will happen?", classes="before")
        yield Prose(self._prediction.ask)
        yield ConfidenceBar()
        yield SingleChoice(self._prediction.choices)
        yield Static("1–4 how sure · a letter or ↑↓ and enter lock it · esc just runs it", classes="how", markup=False)

    def take_focus(self) -> None:
        """Put the cursor on the confidence, or on the choices once that is said."""
        bar = self.query_one(ConfidenceBar)
        (bar if bar.confidence is None else self.query_one(ChoiceList)).focus(scroll_visible=False)
        self.scroll_home(animate=False)

    @on(ConfidenceBar.Changed)
    def _sure(self, event: ConfidenceBar.Changed) -> None:
        event.stop()
        self.query_one(ChoiceList).focus()

    @on(ChoiceList.Submitted)
    def _chosen(self, event: ChoiceList.Submitted) -> None:
        event.stop()
        confidence = self.query_one(ConfidenceBar).confidence
        if confidence is None:
            self.query_one(ConfidenceBar).focus()
        elif event.picks:
            self.post_message(self.Locked(self._prediction, event.picks[0], confidence))

    def action_skip(self) -> None:
        self.post_message(self.Skipped())
