"""Taking a quiz: one question after another, each with a confidence, then the score. Pure."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from statistics import fmean

from cnntutor.course.calibration import brier_score, in_words
from cnntutor.course.cards import CardId
from cnntutor.course.questions import Answer, Posed, Question, QuestionKind, Verdict
from cnntutor.errors import UsageError

PLACEMENT_SIZE = 6
"""Questions of a placement quiz, at most."""

PLACEMENT_SHARE = 5 / 6
"""Share of right answers from which a placement quiz is passed."""

_TYPED = (QuestionKind.NUMBER, QuestionKind.PRINTS)


class Confidence(float, Enum):
    """How sure a learner is before answering, as a chance of being right."""

    GUESS = 0.25
    UNSURE = 0.5
    FAIRLY_SURE = 0.75
    SURE = 0.95

    @property
    def label(self) -> str:
        """In words: `fairly sure`."""
        return self.name.lower().replace("_", " ")


def stated_chance(posed: Posed, confidence: float) -> float:
    """The chance that a confidence claims for one question: a guess among n options claims 1/n, no more."""
    guessing = isinstance(confidence, Confidence) and confidence is Confidence.GUESS
    if guessing and posed.question.kind is QuestionKind.SINGLE:
        return 1 / len(posed.options)
    return float(confidence)


@dataclass(frozen=True, slots=True)
class Answered:
    """One question with the answer it got."""

    question: Question
    answer: Answer
    confidence: float
    """The learner's own chance of being right, 0 to 1."""
    seed: int
    """What the question was posed with."""
    verdict: Verdict
    given: str
    """The answer in words."""
    claimed: bool = False
    """Graded wrong, but right on the learner's word."""

    @property
    def correct(self) -> bool:
        """Right, or claimed to be."""
        return self.verdict.correct or self.claimed


@dataclass(frozen=True, slots=True)
class SkillScore:
    """What was right of one skill."""

    name: str
    right: int
    asked: int


@dataclass(frozen=True, slots=True)
class Score:
    """What a quiz came to."""

    right: int
    asked: int
    skills: tuple[SkillScore, ...]
    """In the order of first appearance."""
    mean_confidence: float
    brier: float
    """Brier score of the confidences: 0 is perfect, 0.25 is what always saying 50 % gives."""
    calibration: str
    """Confidence against accuracy in words."""
    missed_cards: tuple[CardId, ...]
    """Cards behind the questions that were missed, each once."""
    surely_wrong: int
    """Wrong answers given with the highest confidence."""

    @property
    def accuracy(self) -> float:
        """Share of right answers; 0 if nothing was asked."""
        return self.right / self.asked if self.asked else 0.0

    @property
    def passed(self) -> bool:
        """Whether a placement quiz with this score lets a learner skip the topic.

        At least 5 of 6 right, and nothing wrong that she was sure of: a firm misconception is what a lesson is for.
        """
        return self.asked > 0 and self.accuracy >= PLACEMENT_SHARE and not self.surely_wrong


class QuizSession:
    """A quiz being taken. A question stays current until `advance`, so that its verdict can be read."""

    def __init__(self, questions: Sequence[Question], seed: int) -> None:
        """Start a quiz.

        Args:
            questions: asked in an order that depends on the seed.
            seed: the same questions and seed give the same quiz, numbers and shuffles included.
        """
        chance = random.Random(seed)
        order = list(questions)
        chance.shuffle(order)
        self._seeds = [chance.getrandbits(31) for _ in order]
        self._posed = [question.pose(own) for question, own in zip(order, self._seeds, strict=True)]
        self._at = 0
        self._answered: list[Answered] = []

    @property
    def current(self) -> Posed | None:
        """The question to show, graded or not; None at the end."""
        return self._posed[self._at] if self._at < len(self._posed) else None

    @property
    def progress(self) -> tuple[int, int]:
        """Questions done, and all of them."""
        return self._at, len(self._posed)

    @property
    def answered(self) -> tuple[Answered, ...]:
        """Every answer so far, the current question's last."""
        return tuple(self._answered)

    @property
    def is_graded(self) -> bool:
        """Whether the current question has its answer."""
        return len(self._answered) > self._at

    @property
    def can_claim(self) -> bool:
        """Whether the current answer was typed and graded wrong, so that the learner may overrule the grader."""
        if not self.is_graded:
            return False
        last = self._answered[-1]
        return last.question.kind in _TYPED and not last.correct

    def answer(self, answer: Answer, confidence: float) -> Verdict:
        """Grade the current question.

        Args:
            answer: what the learner gave.
            confidence: a `Confidence`, or any chance of being right from 0 to 1.

        Raises:
            UsageError: the answer cannot be read, or there is nothing to answer; nothing is graded then.
        """
        posed = self.current
        if posed is None:
            raise UsageError("The quiz is over: there is nothing left to answer.")
        if self.is_graded:
            raise UsageError("This question is answered: go on to the next.")
        if not 0 <= confidence <= 1:
            raise UsageError("Confidence is a chance from 0 to 1.")
        verdict = posed.grade(answer)
        chance, given = stated_chance(posed, confidence), posed.in_words(answer)
        self._answered.append(Answered(posed.question, answer, chance, self._seeds[self._at], verdict, given))
        return verdict

    def claim(self) -> None:
        """Count the current answer as right after all.

        Raises:
            UsageError: it was not typed, or not graded wrong.
        """
        if not self.can_claim:
            raise UsageError("Only a typed answer that was graded wrong can be claimed.")
        self._answered[-1] = replace(self._answered[-1], claimed=True)

    def advance(self) -> None:
        """Go to the next question.

        Raises:
            UsageError: the current one has no answer yet.
        """
        if not self.is_graded:
            raise UsageError("Answer the question first.")
        self._at += 1

    def result(self) -> Score:
        """The score of what was answered so far."""
        return _score(self._answered)


def placement_session(questions: Sequence[Question], seed: int, size: int = PLACEMENT_SIZE) -> QuizSession:
    """A short quiz for those who know the topic already: every skill once, before any skill comes twice.

    Args:
        questions: those of one topic.
        seed: the same questions and seed give the same quiz.
        size: how many questions to ask at most.
    """
    return QuizSession(_covering(questions, random.Random(seed), size), seed)


def _covering(questions: Sequence[Question], chance: random.Random, size: int) -> list[Question]:
    by_skill: dict[str, list[Question]] = {}
    for question in chance.sample(list(questions), len(questions)):
        by_skill.setdefault(question.skill, []).append(question)
    rounds = max((len(group) for group in by_skill.values()), default=0)
    dealt = [group[turn] for turn in range(rounds) for group in by_skill.values() if turn < len(group)]
    return dealt[:size]


def _score(answered: Sequence[Answered]) -> Score:
    confidences = [item.confidence for item in answered]
    outcomes = [item.correct for item in answered]
    mean = fmean(confidences) if confidences else 0.0
    right = sum(outcomes)
    missed = [item for item in answered if not item.correct]
    return Score(
        right=right,
        asked=len(answered),
        skills=tuple(_skills(answered)),
        mean_confidence=mean,
        brier=brier_score(confidences, outcomes),
        calibration=in_words(mean, right / len(answered) if answered else 0.0, len(answered)),
        missed_cards=tuple(dict.fromkeys(card for item in missed for card in item.question.cards)),
        surely_wrong=sum(item.confidence >= Confidence.SURE for item in missed),
    )


def _skills(answered: Sequence[Answered]) -> Iterable[SkillScore]:
    for name in dict.fromkeys(item.question.skill for item in answered):
        outcomes = [item.correct for item in answered if item.question.skill == name]
        yield SkillScore(name, sum(outcomes), len(outcomes))
