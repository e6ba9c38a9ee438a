"""The nouns of memory. Plain frozen data: no database, no screen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum, StrEnum


class Rating(IntEnum):
    """How well a card was recalled; the numbers are FSRS's and the keys of the review screen."""

    AGAIN = 1
    HARD = 2
    GOOD = 3
    EASY = 4

    @classmethod
    def named(cls, name: str) -> Rating:
        """The rating called `again`, `hard`, `good` or `easy`.

        Raises:
            UsageError: it is none of these.
        """
        from cnntutor.errors import UsageError

        try:
            return cls[name.upper()]
        except KeyError:
            raise UsageError(f"“{name}” is no rating: write again, hard, good or easy.") from None


class Phase(StrEnum):
    """Where a card stands on its way into memory (FSRS calls it the state)."""

    NEW = "new"
    LEARNING = "learning"
    REVIEW = "review"
    RELEARNING = "relearning"


class Event(StrEnum):
    """What a row of the log says happened."""

    ANSWER = "answer"
    UNDO = "undo"
    BURY = "bury"
    SUSPEND = "suspend"
    RESUME = "resume"
    FLAG = "flag"
    DUE = "due"
    """Made due today, because a quiz question that rests on the card was missed."""


FLAGS = ("", "red", "orange", "green", "blue")
"""The colours a card can be marked with; the empty one is no mark."""


@dataclass(frozen=True, slots=True)
class CardSlot:
    """What the memory knows of a card's content: its id, whose sibling it is, and its place in the course."""

    card: str
    note: str
    topic: str


@dataclass(frozen=True, slots=True)
class LogRow:
    """One row of the append-only log. Never changed, never deleted; undo is a row of its own."""

    id: str
    """UUID."""
    card: str
    event: Event
    rating: Rating | None
    """Set for answers alone."""
    at: datetime
    """UTC, as the device's clock said."""
    order: int
    """Hybrid logical clock in microseconds: max(clock, this card's last order + 1), so that a clock set back
    cannot reorder a card's answers (Kulkarni et al. 2014, "Logical Physical Clocks")."""
    day: int
    """Study day it counted for."""
    ms: int
    """How long the learner took, from question to rating."""
    device: str
    source: str = "review"
    """Where it was answered: review, read, quiz, placement or command."""
    target: str = ""
    """For undo: the id of the row it takes back. For a flag: its colour, or empty to clear it."""
    phase: Phase | None = None
    """For answers: where the card stood when it was asked. Statistics read it; replay does not."""


@dataclass(frozen=True, slots=True)
class MemoryState:
    """What FSRS believes about one card, as replaying its log gives it."""

    phase: Phase = Phase.NEW
    step: int | None = None
    """Index of the learning or relearning step."""
    stability: float | None = None
    """Days until the chance of recall has fallen to 90 %."""
    difficulty: float | None = None
    """1 (easy) to 10 (hard)."""
    due_at: datetime | None = None
    """When the next learning step is due (UTC); None outside the steps."""
    due_day: int | None = None
    """Study day of the next review; None inside the steps and for new cards."""
    last_at: datetime | None = None
    last_day: int | None = None
    reps: int = 0
    lapses: int = 0


@dataclass(frozen=True, slots=True)
class CardMemory:
    """A card's memory together with the learner's marks on it."""

    card: str
    note: str
    topic: str
    state: MemoryState
    suspended: bool = False
    buried_on: int | None = None
    """Study day for which it is hidden, or None."""
    flag: str = ""
    """red, orange, green, blue, or empty."""
    version: int = 0
    """Counts the rows of this card's log; an answer is refused when it moved since the card was shown."""
    order: int = 0
    """Largest `order` among the rows of this card's log."""
    recalled: bool = False
    """Rated hard or better at least once."""
    made_due_on: int | None = None
    """Study day on which it was made due; None as soon as it is answered."""
    introduced_on: int | None = None
    """Study day whose share of new cards it used up; None for cards made due and for placement."""
    reviewed_on: int | None = None
    """Study day of its last answer in the review phase."""
    reviewed_due: int | None = None
    """Study day for which that review had been planned."""


@dataclass(frozen=True, slots=True)
class Counts:
    """What waits today, after limits and siblings."""

    due: int = 0
    """Reviews whose day has come."""
    new: int = 0
    """New cards that today's limit still admits."""
    learning: int = 0
    """Cards in learning or relearning steps that are due now or later today."""

    @property
    def total(self) -> int:
        """All that is left to do today."""
        return self.due + self.new + self.learning


@dataclass(frozen=True, slots=True)
class Queue:
    """Today's work."""

    cards: tuple[str, ...]
    """Card ids in review order, those that can be shown now."""
    counts: Counts
    next_due: datetime | None
    """When the next card beyond `cards` falls due (UTC), or None if nothing is scheduled."""
    backlog: int = 0
    """Reviews that are due but held back: by the day's limit or by catching up."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What one rating would do."""

    rating: Rating
    state: MemoryState
    seconds: float
    """Interval until the card would be due again."""


@dataclass(frozen=True, slots=True)
class Preview:
    """The four choices for one card at one moment; also what an answer is checked against."""

    card: str
    version: int
    choices: dict[Rating, Choice]
    retrievability: float | None
    """Chance of recall just now, or None for a new card."""
    planned_by: str
    """`Settings.fingerprint` of the settings that these choices were planned by."""


@dataclass(frozen=True, slots=True)
class QuizResult:
    """One answered quiz question, as kept for good."""

    id: str
    question: str
    topic: str
    skill: str
    at: datetime
    correct: bool
    confidence: float
    """The learner's own chance of being right, 0 to 1, given before answering."""
    ms: int
    seed: int
    given: str
    """The answer in words, to look at later."""
    claimed: bool = False
    """Marked right by the learner although the grader said no."""
    placement: bool = False
