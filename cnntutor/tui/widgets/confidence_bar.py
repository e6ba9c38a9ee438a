"""How sure the learner is, asked before the answer."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.message import Message
from textual.reactive import reactive
from textual.widgets import Static

from cnntutor.course.quiz import Confidence

LEVELS = tuple(Confidence)


class Level(Static):
    """One step of the scale."""

    DEFAULT_CSS = """
    Level {
        width: auto;
        padding: 0 2;
        margin: 0 1 0 0;
        background: $surface;
        &:hover { background: $boost; pointer: pointer; }
        &.-chosen { background: $primary; color: $background; text-style: bold; }
    }
    """

    def __init__(self, number: int, confidence: Confidence) -> None:
        super().__init__(f"{number} {confidence.label}", markup=False)
        self.confidence = confidence

    def on_click(self) -> None:
        bar = self.parent
        if isinstance(bar, ConfidenceBar):
            bar.choose(self.confidence)


class ConfidenceBar(Horizontal, can_focus=True):
    """The learner's own chance of being right, in four words: keys 1 to 4."""

    DEFAULT_CSS = """
    ConfidenceBar {
        height: 1;
        margin: 0 0 1 0;
        .ask { width: auto; padding: 0 2 0 0; color: $text-muted; }
        &:focus .ask { color: $accent; text-style: bold; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        *(Binding(str(n), f"choose({n})", level.label.capitalize()) for n, level in enumerate(LEVELS, start=1)),
        Binding("right,l", "move(1)", "Surer", show=False),
        Binding("left,h", "move(-1)", "Less sure", show=False),
        Binding("space,enter,tab", "confirm", "Answer", show=False),
    ]

    confidence: reactive[Confidence | None] = reactive(None)
    """What was chosen; None until then."""

    class Changed(Message):
        """A confidence was chosen."""

    def compose(self) -> ComposeResult:
        yield Static("How sure are you?", classes="ask")
        for number, level in enumerate(LEVELS, start=1):
            yield Level(number, level)

    def watch_confidence(self, confidence: Confidence | None) -> None:
        for level in self.query(Level):
            level.set_class(level.confidence is confidence, "-chosen")

    def choose(self, confidence: Confidence) -> None:
        """Take a confidence and let the learner answer."""
        self.confidence = confidence
        self.post_message(self.Changed())

    def action_choose(self, number: int) -> None:
        self.choose(LEVELS[number - 1])

    def action_move(self, step: int) -> None:
        at = LEVELS.index(self.confidence) if self.confidence is not None else (-1 if step > 0 else len(LEVELS))
        self.confidence = LEVELS[max(0, min(len(LEVELS) - 1, at + step))]

    def action_confirm(self) -> None:
        if self.confidence is not None:
            self.post_message(self.Changed())
