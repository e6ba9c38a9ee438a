"""Quiz questions. `question.pose(seed)` gives what to show; `posed.grade(answer)` says what it was worth."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from enum import StrEnum
from typing import NewType

from cnntutor.course.cards import CardId, DemoLink
from cnntutor.errors import UsageError

QuestionId = NewType("QuestionId", str)

LETTERS = "abcdefghij"
"""What the options of a question are called, in the order in which they are shown."""


class QuestionKind(StrEnum):
    """How a question is answered."""

    SINGLE = "single"
    MULTIPLE = "multiple"
    NUMBER = "number"
    ORDER = "order"
    PRINTS = "prints"


@dataclass(frozen=True, slots=True)
class Answer:
    """What the learner gave: exactly one of the two is set."""

    picks: tuple[int, ...] = ()
    """Indices into `Posed.options`: one (single), any number (multiple), or all in the chosen order (order)."""
    text: str = ""
    """What was typed (number, prints)."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What an answer was worth, and why."""

    correct: bool
    explanation: str
    """Markdown that explains the very answer given, then why the right one is right."""
    right_answer: str
    """The right answer in words."""


@dataclass(frozen=True, slots=True)
class Posed(ABC):
    """One showing of a question, with its numbers drawn and its options shuffled."""

    question: Question
    prompt: str
    """Markdown; a `prints` question has its code in a fence here."""
    options: tuple[str, ...]
    """Empty for typed answers."""
    unit: str
    demo: DemoLink | None

    @abstractmethod
    def grade(self, answer: Answer) -> Verdict:
        """Grade one answer.

        Raises:
            UsageError: the answer cannot be read (an option that is not there, text that is no number).
        """

    def right_options(self) -> frozenset[int]:
        """Which options are right, to be shown after grading; empty where there is nothing to mark."""
        return frozenset()

    def in_words(self, answer: Answer) -> str:
        """The answer as it can be read again later, when the options stand in another order."""
        return "; ".join(self.options[pick] for pick in answer.picks) if answer.picks else answer.text.strip()


@dataclass(frozen=True, slots=True)
class Question(ABC):
    """One question of a quiz; subclasses differ in how they pose and grade."""

    id: QuestionId
    kind: QuestionKind
    skill: str
    """What it tests, in two or three words; scores are given by skill."""
    section: str
    """Anchor of the article section it comes from."""
    cards: tuple[CardId, ...]
    """Cards that become due when it is missed."""
    line: int
    """Line in quiz.yaml where it starts."""

    @abstractmethod
    def pose(self, seed: int) -> Posed:
        """The question for one showing; the same seed gives the same numbers and the same shuffle."""


def check_picks(answer: Answer, options: int) -> tuple[int, ...]:
    """The picks, if each names an option and none comes twice.

    Raises:
        UsageError: nothing is picked, or a pick is no option.
    """
    if not answer.picks:
        raise UsageError("Pick an answer first.")
    if any(not 0 <= pick < options for pick in answer.picks):
        raise UsageError(f"There are {options} options: pick from these.")
    if len(set(answer.picks)) < len(answer.picks):
        raise UsageError("Pick each option only once.")
    return answer.picks
