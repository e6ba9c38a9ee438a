"""One quiz and its consequences: every answer is kept, and what was missed becomes due. Serves both front ends."""

from __future__ import annotations

import time
import uuid
from typing import TYPE_CHECKING

from cnntutor.course.questions import QuestionKind
from cnntutor.course.quiz import Answered, Confidence, QuizSession, Score, placement_session
from cnntutor.errors import UsageError
from cnntutor.memory.models import QuizResult
from cnntutor.plan import quiz_key

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
        self._id = ""

    @property
    def current(self) -> Posed | None:
        """The question to show, graded or not; None at the end."""
        return self._session.current

    @property
    def progress(self) -> tuple[int, int]:
        """Questions done, and all of them."""
        return self._session.progress

    @property
    def answered(self) -> int:
        """How many questions were graded."""
        return len(self._session.answered)

    def right_options(self) -> frozenset[int]:
        """Which options of the current single or multiple choice are right; empty for other kinds."""
        posed = self._session.current
        return posed.right_options() if posed is not None else frozenset()

    @property
    def can_claim(self) -> bool:
        """Whether the last answer was typed and graded wrong, so that it may be claimed."""
        return self._session.can_claim

    def answer(self, answer: Answer, confidence: Confidence) -> Verdict:
        """Grade the current question and keep the result at once.

        Raises:
            UsageError: the answer cannot be read; nothing is graded.
        """
        verdict = self._session.answer(answer, confidence)
        self._ms = round((time.monotonic() - self._started) * 1000)
        self._id = str(uuid.uuid4())
        self._keep()
        return verdict

    def claim(self) -> None:
        """The typed answer was right after all, on the learner's word."""
        self._session.claim()
        self._keep()

    def advance(self) -> None:
        """Go to the next question; what the graded one rests on becomes due if it was missed."""
        self._settle()
        self._session.advance()
        self._started = time.monotonic()

    def finish(self) -> Score:
        """The score so far, at the end or on leaving early; nothing that was answered is lost.

        A placement passes the topic only if it was gone through to its end.
        """
        if self._session.is_graded:
            self._settle()
        score = self._session.result()
        if self._session.current is not None:
            return score
        if not self.placement:
            self._store.remember(quiz_key(self.topic.slug), {"right": score.right, "asked": score.asked})
        elif score.passed:
            self._store.pass_topic(self.topic.slug, [card.id for card in self.topic.cards])
        return score

    @property
    def passed(self) -> bool:
        """Whether this was a placement that was gone through and passed."""
        return self.placement and self._session.current is None and self._session.result().passed

    def _keep(self) -> None:
        self._store.record_quiz(self._result(self._session.answered[-1]))

    def _settle(self) -> None:
        last = self._session.answered[-1]
        if not self.placement and not last.correct and last.question.cards:
            self._store.make_due(last.question.cards)

    def _result(self, answered: Answered) -> QuizResult:
        return QuizResult(
            id=self._id,
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


def outcome_of(verdict: Verdict, kind: QuestionKind) -> str:
    """The verdict in one line; where the explanation goes through everything, it need not repeat it."""
    if verdict.correct:
        return "Right."
    if kind in {QuestionKind.MULTIPLE, QuestionKind.ORDER}:
        return "Not quite."
    return f"Not quite. Right is: {verdict.right_answer}"
