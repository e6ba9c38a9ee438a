"""Flashcards: question/answer, cloze and computed. `card.draw(seed)` gives the face to show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NewType

CardId = NewType("CardId", str)
"""Written in the content by hand and never reused, e.g. `weights-3x3` or, for a cloze, `shared-kernel/1`."""


@dataclass(frozen=True, slots=True)
class DemoLink:
    """A demo together with the knobs to open it with."""

    demo: str
    knobs: Mapping[str, str]
    """Knob → value as text, as `--set knob=value` would take it."""


@dataclass(frozen=True, slots=True)
class Face:
    """One showing of a card: both sides as Markdown with this showing's numbers in them."""

    front: str
    back: str
    why: str = ""
    """Why the answer is so, or how it is worked out; may be empty."""
    hint: str = ""
    demo: DemoLink | None = None


@dataclass(frozen=True, slots=True)
class Card:
    """One thing to remember.

    Subclasses differ only in how they draw a face.
    """

    id: CardId
    note: str
    """Siblings share a note: the deletions of one cloze text, the variants of one computed card."""
    section: str
    """Anchor of the article section it comes from."""
    line: int
    """Line in cards.md where it starts."""

    def draw(self, seed: int) -> Face:
        """The face for one showing. The same seed gives the same face; only computed cards vary.

        Args:
            seed: any integer; pass a fresh one for every showing.
        """
        raise NotImplementedError
