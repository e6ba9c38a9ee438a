"""A review prompt between two sections of an article, as in a mnemonic essay.

The idea is Andy Matuschak and Michael Nielsen's: prompts in the text itself, whose answers feed the same schedule
as the flashcards ("Quantum country", 2019, https://quantum.country).
"""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import Static

from cnntutor.course.cards import Card
from cnntutor.memory.models import Preview, Rating
from cnntutor.tui.widgets.prose import Prose
from cnntutor.tui.widgets.rating_bar import NAMES
from cnntutor.wording import distance


class RecallPrompt(Vertical, can_focus=True):
    """One card inside an article: question, answer on demand, and a rating that counts."""

    DEFAULT_CSS = """
    RecallPrompt {
        height: auto;
        margin: 0 0 1 0;
        padding: 0 1;
        border-left: outer $accent 40%;
        background: $surface;
        &:focus { border-left: outer $accent; background: $boost; }
        .state { color: $text-muted; height: auto; }
        .answer { display: none; }
        &.-revealed .answer { display: block; }
        & Prose > MarkdownParagraph { margin: 0; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space,enter", "reveal", "Show answer"),
        Binding("1", "rate(1)", "Again"),
        Binding("2", "rate(2)", "Hard"),
        Binding("3", "rate(3)", "Good"),
        Binding("4", "rate(4)", "Easy"),
    ]

    class Rated(Message):
        """The learner rated the prompt's card."""

        def __init__(self, prompt: RecallPrompt, rating: Rating) -> None:
            super().__init__()
            self.prompt = prompt
            self.rating = rating

        @property
        def control(self) -> RecallPrompt:
            return self.prompt

    def __init__(self, card: Card, seed: int) -> None:
        super().__init__()
        self.card = card
        self._face = card.draw(seed)
        self._preview: Preview | None = None

    def compose(self) -> ComposeResult:
        yield Prose(self._face.front)
        yield Prose(self._face.back, classes="answer")
        yield Static("", classes="state")

    def ask(self, preview: Preview) -> None:
        """Offer the card for recall."""
        self._preview = preview
        self.query_one(".state", Static).update("[b]space[/] shows the answer")

    def known(self, seconds: float) -> None:
        """Say that the card is not due yet, so that answering it again would teach nothing."""
        self._preview = None
        line = f"[$success]✓[/] in memory, next in {distance(seconds)}   [dim]space shows the answer[/]"
        self.query_one(".state", Static).update(line)

    def action_reveal(self) -> None:
        self.add_class("-revealed")
        if self._preview is not None:
            choices = self._preview.choices
            keys = "   ".join(
                f"[b]{r.value}[/] {NAMES[r]} [dim]{distance(choices[r].seconds)}[/]" for r in NAMES if r in choices
            )
            self.query_one(".state", Static).update(keys)
        self.refresh_bindings()

    def action_rate(self, key: int) -> None:
        self.post_message(self.Rated(self, Rating(key)))

    def on_click(self) -> None:
        self.action_reveal()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        revealed = self.has_class("-revealed")
        if action == "rate":
            return revealed and self._preview is not None
        return not revealed if action == "reveal" else True
