"""The four answers to a card, each with the interval it would give."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.message import Message
from textual.widgets import Static

from cnntutor.memory.models import Preview, Rating
from cnntutor.wording import distance

NAMES = {Rating.AGAIN: "Again", Rating.HARD: "Hard", Rating.GOOD: "Good", Rating.EASY: "Easy"}
TWO_BUTTONS = {Rating.AGAIN: "Forgot", Rating.GOOD: "Recalled"}


def names_of(*, two_buttons: bool) -> dict[Rating, str]:
    """The ratings on offer, in the order of their keys."""
    return TWO_BUTTONS if two_buttons else NAMES


class RatingButton(Static):
    """One rating: its key, its name and the interval it would give."""

    DEFAULT_CSS = """
    RatingButton {
        width: 1fr;
        height: 4;
        content-align: center middle;
        text-align: center;
        background: $surface;
        border-top: heavy $border;
        &:hover { background: $boost; pointer: pointer; }
        &.-again { border-top: heavy $error; }
        &.-hard { border-top: heavy $warning; }
        &.-good { border-top: heavy $success; }
        &.-easy { border-top: heavy $secondary; }
    }
    """

    def __init__(self, rating: Rating, key: int, name: str) -> None:
        super().__init__(classes=f"-{rating.name.lower()}")
        self._rating = rating
        self._label = f"[dim]{key}[/]  [b]{name}[/]"

    def show(self, preview: Preview) -> None:
        """Write the interval this rating would give."""
        seconds = preview.choices[self._rating].seconds
        self.update(f"{self._label}\n[dim]{distance(seconds)}[/]")

    def on_click(self) -> None:
        self.post_message(RatingBar.Rated(self._rating))


class RatingBar(Horizontal):
    """Again, Hard, Good, Easy; or Forgot and Recalled for those who prefer two buttons."""

    DEFAULT_CSS = """
    RatingBar { height: 4; RatingButton { margin: 0 0 0 1; } RatingButton:first-child { margin: 0; } }
    """

    class Rated(Message):
        """A rating was clicked."""

        def __init__(self, rating: Rating) -> None:
            super().__init__()
            self.rating = rating

    def __init__(self, *, two_buttons: bool = False) -> None:
        super().__init__()
        self._names = names_of(two_buttons=two_buttons)

    def compose(self) -> ComposeResult:
        for key, (rating, name) in enumerate(self._names.items(), start=1):
            yield RatingButton(rating, key, name)

    def show(self, preview: Preview) -> None:
        """Write the intervals of one card."""
        for button in self.query(RatingButton):
            button.show(preview)

    def rating_for(self, key: int) -> Rating | None:
        """The rating that a number key stands for, or None."""
        ratings = list(self._names)
        return ratings[key - 1] if 0 < key <= len(ratings) else None
