"""Questions answered by picking: exactly one right choice, or any number of them."""

from __future__ import annotations

import random
from dataclasses import dataclass

from cnntutor.course.cards import DemoLink
from cnntutor.course.questions import Answer, Posed, Question, QuestionKind, Verdict, check_picks
from cnntutor.errors import UsageError


@dataclass(frozen=True, slots=True)
class Choice:
    """One option, and what to tell those who picked it."""

    text: str
    right: bool
    why: str


@dataclass(frozen=True, slots=True)
class ChoiceQuestion(Question):
    """Some choices, of which one (`single`) or any number (`multiple`) are right."""

    ask: str
    choices: tuple[Choice, ...]
    demo: DemoLink | None = None

    def pose(self, seed: int) -> Posed:
        """The choices, shuffled."""
        shuffled = list(self.choices)
        random.Random(seed).shuffle(shuffled)
        options = tuple(choice.text for choice in shuffled)
        made = _PosedSingle if self.kind is QuestionKind.SINGLE else _PosedMultiple
        return made(self, self.ask, options, "", self.demo, tuple(shuffled))


@dataclass(frozen=True, slots=True)
class _PosedChoice(Posed):
    choices: tuple[Choice, ...]

    def right_options(self) -> frozenset[int]:
        """Which of the shuffled choices are right."""
        return frozenset(index for index, choice in enumerate(self.choices) if choice.right)


@dataclass(frozen=True, slots=True)
class _PosedSingle(_PosedChoice):
    def grade(self, answer: Answer) -> Verdict:
        """Explain the choice made, and the right one if it was another."""
        picks = check_picks(answer, len(self.choices))
        if len(picks) > 1:
            raise UsageError("Pick one option: exactly one is right.")
        picked = self.choices[picks[0]]
        right = next(choice for choice in self.choices if choice.right)
        if picked.right:
            return Verdict(True, right.why, right.text)
        return Verdict(False, f"{picked.why}\n\n{right.why}", right.text)


@dataclass(frozen=True, slots=True)
class _PosedMultiple(_PosedChoice):
    def grade(self, answer: Answer) -> Verdict:
        """Graded as a whole; every wrong pick and every right one that was missed is explained."""
        picks = set(check_picks(answer, len(self.choices)))
        wrong = [c for index, c in enumerate(self.choices) if index in picks and not c.right]
        missed = [c for index, c in enumerate(self.choices) if index not in picks and c.right]
        rights = [c for c in self.choices if c.right]
        in_words = "; ".join(choice.text for choice in rights)
        if not wrong and not missed:
            return Verdict(True, _listed("", rights), in_words)
        parts = (_listed("Not right: ", wrong), _listed("Also right: ", missed))
        return Verdict(False, "\n".join(part for part in parts if part), in_words)


def _listed(lead: str, choices: list[Choice]) -> str:
    return "\n".join(f"- {lead}**{_one_line(choice.text)}** {_one_line(choice.why)}" for choice in choices)


def _one_line(markdown: str) -> str:
    return " ".join(markdown.replace("**", "").split())
