from dataclasses import replace

import pytest

from cnntutor.memory.models import QuizResult, Rating


@pytest.fixture
def result(world) -> QuizResult:
    return QuizResult(
        id="r1",
        question="q-sharing",
        topic="sharing",
        skill="parameter sharing",
        at=world.now,
        correct=True,
        confidence=0.7,
        ms=4200,
        seed=2**40,
        given="The same kernel.",
    )


def test_quiz_results_are_kept_whole_and_in_order(world, result: QuizResult) -> None:
    later = replace(result, id="r0", at=world.now.replace(hour=13, microsecond=7), claimed=True, correct=False)
    world.store.record_quiz([later, result])
    assert world.open().quiz_results() == [result, later]


def test_quiz_results_can_be_asked_by_topic(world, result: QuizResult) -> None:
    world.store.record_quiz([result, replace(result, id="r2", topic="pooling")])
    assert [found.id for found in world.store.quiz_results("pooling")] == ["r2"]
    assert world.store.quiz_results("nothing") == []


def test_the_same_result_is_kept_once(world, result: QuizResult) -> None:
    world.store.record_quiz(result)
    world.store.record_quiz(result)
    assert world.store.quiz_results() == [result]


def test_places_are_remembered(world) -> None:
    world.store.remember("read/sharing", {"y": 12, "section": "cost"})
    world.store.remember("read/sharing", {"y": 40, "section": None})
    assert world.open().recall("read/sharing") == {"y": 40, "section": None}
    assert world.store.recall("read/pooling") is None


def test_learners_and_courses_do_not_see_each_other(world, result: QuizResult) -> None:
    world.enrol("card")
    world.store.answer("card", Rating.GOOD)
    world.store.record_quiz(result)
    world.set(theme="nord")
    for other in (world.open(learner="you"), world.open(course="statistics")):
        assert other.queue().cards == ()
        assert other.events() == []
        assert other.quiz_results() == []
        assert other.settings.theme != "nord"
        assert other.undo() is None
