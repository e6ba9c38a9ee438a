"""A review prompt between two sections of an article, as in a mnemonic essay.

The idea is Andy Matuschak and Michael Nielsen's: prompts in the text itself, whose answers feed the same
schedule as the flashcards ("Quantum country", 2019, https://quantum.country).
"""

from __future__ import annotations

import time
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import Static

from cnntutor.course.cards import Card
from cnntutor.memory.models import Preview, Rating
from cnntutor.tui.widgets.prose import Prose
from cnntutor.tui.widgets.rating_bar import names_of
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
        .answer, .why { display: none; }
        .why { color: $text-muted; }
        &.-revealed .answer, &.-revealed .why { display: block; }
        & Prose > MarkdownParagraph { margin: 0; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space,enter", "reveal", "Show answer"),
        *(Binding(str(key), f"rate({key})", f"Rate {key}", show=False) for key in range(1, 8)),
    ]

    class Rated(Message):
        """The learner rated the prompt's card."""

        def __init__(self, prompt: RecallPrompt, rating: Rating, preview: Preview, ms: int) -> None:
            super().__init__()
            self.prompt = prompt
            self.rating = rating
            self.preview = preview
            """What the learner saw, so that a card answered elsewhere meanwhile is not answered twice."""
            self.ms = ms
            """From the question getting the cursor to the rating."""

        @property
        def control(self) -> RecallPrompt:
            return self.prompt

    def __init__(self, card: Card, seed: int, *, two_buttons: bool = False) -> None:
        super().__init__()
        self.card = card
        self._face = card.draw(seed)
        self._names = names_of(two_buttons=two_buttons)
        self._preview: Preview | None = None
        self._asked_at = 0.0

    def compose(self) -> ComposeResult:
        yield Prose(self._face.front)
        yield Prose(self._face.back, classes="answer")
        if self._face.why:
            yield Prose(self._face.why, classes="why")
        yield Static("", classes="state")

    def ask(self, preview: Preview) -> None:
        """Offer the card for recall."""
        self._preview = preview
        self._say("[b]space[/] shows the answer")

    def rest(self, line: str) -> None:
        """Do not ask: the card is not due, or answering it now would teach nothing. `line` says why."""
        self._preview = None
        self._say(f"{line}   [dim]space shows the answer[/]")

    def _say(self, markup: str) -> None:
        self.query_one(".state", Static).update(markup)

    def on_focus(self) -> None:
        if not self.has_class("-revealed"):
            self._asked_at = time.monotonic()

    def action_reveal(self) -> None:
        self.add_class("-revealed")
        if self._preview is not None:
            choices = self._preview.choices
            keys = (
                f"[b]{key}[/] {name} [dim]{distance(choices[rating].seconds)}[/]"
                for key, (rating, name) in enumerate(self._names.items(), start=1)
            )
            self._say("   ".join(keys))
        self.refresh_bindings()

    def action_rate(self, key: int) -> None:
        """Rate, if there is something to rate. A number key never leaves the prompt for another tab."""
        ratings = list(self._names)
        if self._preview is None or not self.has_class("-revealed") or key > len(ratings):
            return
        ms = round((time.monotonic() - self._asked_at) * 1000)
        self.post_message(self.Rated(self, ratings[key - 1], self._preview, ms))

    def on_click(self) -> None:
        self.action_reveal()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return not self.has_class("-revealed") if action == "reveal" else True
