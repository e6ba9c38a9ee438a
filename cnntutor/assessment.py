"""One quiz and its consequences: every answer is kept, and what was missed becomes due. Serves both front ends."""

from __future__ import annotations

import time
import uuid
from typing import TYPE_CHECKING

from cnntutor.course.quiz import Answered, Confidence, QuizSession, Score, placement_session
from cnntutor.errors import UsageError
from cnntutor.memory.models import QuizResult

if TYPE_CHECKING:
    from cnntutor.course.models import Topic
    from cnntutor.course.questions import Answer, Posed, Verdict
    from cnntutor.memory.store import Store


class Assessment:
    """A quiz on one topic, or a placement quiz that lets the learner pass it."""

    def __init__(self, topic: Topic, store: Store, seed: int, *, placement: bool = False) -> None:
        """Start a quiz.

        Raises:
            UsageError: the topic has no questions.
        """
        if not topic.questions:
            raise UsageError(f"“{topic.title}” has no questions yet.")
        self.topic = topic
        self.placement = placement
        self._store = store
        make = placement_session if placement else QuizSession
        self._session = make(topic.questions, seed)
        self._started = time.monotonic()
        self._ms = 0

    @property
    def current(self) -> Posed | None:
        """The question to show, graded or not; None at the end."""
        return self._session.current

    @property
    def progress(self) -> tuple[int, int]:
        """Questions done, and all of them."""
        return self._session.progress

    @property
    def can_claim(self) -> bool:
        """Whether the last answer was typed and graded wrong, so that it may be claimed."""
        return self._session.can_claim

    def answer(self, answer: Answer, confidence: Confidence) -> Verdict:
        """Grade the current question.

        Raises:
            UsageError: the answer cannot be read; nothing is graded.
        """
        verdict = self._session.answer(answer, confidence)
        self._ms = round((time.monotonic() - self._started) * 1000)
        return verdict

    def claim(self) -> None:
        """The typed answer was right after all, on the learner's word."""
        self._session.claim()

    def advance(self) -> None:
        """Keep the graded answer and go to the next question."""
        self._store.record_quiz(self._result(self._session.answered[-1]))
        self._session.advance()
        self._started = time.monotonic()

    def finish(self) -> Score:
        """The score; a placement that was passed plans the topic's cards, a quiz makes due what was missed."""
        score = self._session.result()
        if self.placement:
            if score.passed:
                self._store.pass_topic(self.topic.slug, [card.id for card in self.topic.cards])
        elif score.missed_cards:
            self._store.make_due(score.missed_cards)
        return score

    def _result(self, answered: Answered) -> QuizResult:
        return QuizResult(
            id=str(uuid.uuid4()),
            question=answered.question.id,
            topic=self.topic.slug,
            skill=answered.question.skill,
            at=self._store.now(),
            correct=answered.correct,
            confidence=answered.confidence,
            ms=self._ms,
            seed=answered.seed,
            given=answered.given,
            claimed=answered.claimed,
            placement=self.placement,
        )


def outcome_of(verdict: Verdict) -> str:
    """The verdict in one line."""
    return "Right." if verdict.correct else f"Not quite. Right is: {verdict.right_answer}"
