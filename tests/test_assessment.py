"""A quiz and its consequences, without a screen."""

from __future__ import annotations

import pytest

from cnntutor.assessment import Assessment
from cnntutor.course.questions import Answer, Posed, QuestionKind
from cnntutor.course.quiz import Confidence
from cnntutor.errors import UsageError
from cnntutor.memory.models import Phase
from cnntutor.services import Services


def right_answer(posed: Posed) -> Answer:
    """What earns a point: found by trying, as the grader alone knows."""
    if posed.question.kind is QuestionKind.SINGLE:
        picks = [Answer(picks=(pick,)) for pick in range(len(posed.options))]
        return next(answer for answer in picks if posed.grade(answer).correct)
    return Answer(text=posed.grade(Answer(text="-1")).right_answer)


def take(assessment: Assessment, *, right: bool, confidence: Confidence = Confidence.FAIRLY_SURE) -> None:
    while assessment.current is not None:
        posed = assessment.current
        wrong = Answer(picks=(len(posed.options) - 1,)) if posed.options else Answer(text="-1")
        if posed.options and posed.grade(wrong).correct:
            wrong = Answer(picks=(0,))
        assessment.answer(right_answer(posed) if right else wrong, confidence)
        assessment.advance()


def test_what_is_missed_becomes_due(services: Services) -> None:
    assessment = Assessment(services.course.topic("edges"), services.store, 1)
    take(assessment, right=False)
    score = assessment.finish()
    assert set(score.missed_cards) == {"edges-name", "edges-size"}
    assert set(services.store.queue().cards[:2]) == {"edges-name", "edges-size"}


def test_a_perfect_quiz_makes_nothing_due(services: Services) -> None:
    assessment = Assessment(services.course.topic("edges"), services.store, 1)
    take(assessment, right=True)
    assert assessment.finish().missed_cards == ()
    assert {memory.made_due_on for memory in services.store.memories("edges")} == {None}


def test_a_passed_placement_plans_the_topic_as_known(services: Services) -> None:
    assessment = Assessment(services.course.topic("edges"), services.store, 1, placement=True)
    take(assessment, right=True)
    assert assessment.finish().passed
    assert {memory.state.phase for memory in services.store.memories("edges")} == {Phase.REVIEW}
    assert services.store.queue().counts.new == 6  # of each cloze, one sibling today
    assert all(result.placement for result in services.store.quiz_results("edges"))


def test_a_failed_placement_changes_nothing(services: Services) -> None:
    assessment = Assessment(services.course.topic("edges"), services.store, 1, placement=True)
    take(assessment, right=False)
    assert not assessment.finish().passed
    assert {memory.state.phase for memory in services.store.memories("edges")} == {Phase.NEW}
    assert {memory.made_due_on for memory in services.store.memories("edges")} == {None}


def test_a_firm_misconception_does_not_pass(services: Services) -> None:
    assessment = Assessment(services.course.topic("edges"), services.store, 1, placement=True)
    posed = assessment.current
    assert posed is not None
    take(assessment, right=False, confidence=Confidence.SURE)
    assert not assessment.finish().passed


def test_a_topic_without_questions_has_no_quiz(services: Services) -> None:
    from dataclasses import replace

    empty = replace(services.course.topic("edges"), questions=())
    with pytest.raises(UsageError, match="no questions"):
        Assessment(empty, services.store, 1)
