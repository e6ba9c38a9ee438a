"""Flashcards: question/answer, cloze and computed. `card.draw(seed)` gives the face to show."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, NewType

if TYPE_CHECKING:
    from cnntutor.course.cloze import Cloze
    from cnntutor.course.computed import Computation
    from cnntutor.course.template import Template

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
class Card(ABC):
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

    @abstractmethod
    def draw(self, seed: int) -> Face:
        """The face for one showing. The same seed gives the same face; only computed cards vary.

        Args:
            seed: any integer; pass a fresh one for every showing.
        """


@dataclass(frozen=True, slots=True)
class BasicCard(Card):
    """A question and its answer."""

    face: Face

    def draw(self, seed: int) -> Face:
        """The one face it has."""
        return self.face


@dataclass(frozen=True, slots=True)
class ClozeCard(Card):
    """One gap of a sentence; the sentence's other gaps are filled."""

    cloze: Cloze
    gap: int
    """The number of the gap that is asked for."""
    why: str = ""
    hint: str = ""
    demo: DemoLink | None = None

    def draw(self, seed: int) -> Face:
        """The sentence with the gap open, and in full."""
        return Face(self.cloze.front(self.gap), self.cloze.back(self.gap), self.why, self.hint, self.demo)


@dataclass(frozen=True, slots=True)
class DemoTemplate:
    """A demo link whose knobs may hold drawn numbers."""

    demo: str
    knobs: Mapping[str, Template]

    def fill(self, values: Mapping[str, object]) -> DemoLink:
        """The link for one showing's values."""
        return DemoLink(self.demo, {knob: text.fill_raw(values) for knob, text in self.knobs.items()})


@dataclass(frozen=True, slots=True)
class ComputedCard(Card):
    """A procedure: its numbers are drawn anew at every showing, and its answer is worked out."""

    computation: Computation
    front: Template
    back: Template
    why: Template
    hint: Template
    demo: DemoTemplate | None = None

    def draw(self, seed: int) -> Face:
        """The face with this seed's numbers."""
        values = self.computation.values(seed)
        return Face(
            self.front.fill(values),
            self.back.fill(values),
            self.why.fill(values),
            self.hint.fill(values),
            self.demo.fill(values) if self.demo else None,
        )
