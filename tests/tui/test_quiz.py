"""Taking a quiz in the app."""

from __future__ import annotations

import re

import pytest
from driving import Drive, press, text_of

from cnntutor.course.questions import QuestionKind
from cnntutor.course.quiz import QuizSession
from cnntutor.memory.models import Phase
from cnntutor.plan import quiz_key
from cnntutor.services import Services
from cnntutor.tui.routes import ToQuiz
from cnntutor.tui.widgets.choice_list import ChoiceRow


@pytest.fixture(autouse=True)
def choice_first(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    """A seed for which the single choice is asked before the number."""
    questions = services.course.topic("edges").questions

    def begins_with_a_choice(seed: int) -> bool:
        first = QuizSession(questions, seed).current
        return first is not None and first.question.kind is QuestionKind.SINGLE

    seed = next(filter(begins_with_a_choice, range(100)))
    monkeypatch.setattr("cnntutor.tui.screens.quiz.random.randrange", lambda stop: seed)


async def pick(pilot: object, text: str) -> None:
    """Choose the option with this text, wherever the shuffle has put it."""
    rows = pilot.app.screen.query(ChoiceRow)  # type: ignore[attr-defined]
    letter = next("abcdef"[row.row] for row in rows if text in str(row.content))
    await press(pilot, letter, "enter")  # type: ignore[arg-type]


async def test_a_confidence_is_asked_before_the_answer(drive: Drive) -> None:
    async with drive(ToQuiz("edges")) as pilot:
        assert "How sure are you?" in text_of(pilot)
        await pilot.click("ChoiceRow")
        await press(pilot, "enter")
        assert "First say how sure you are" in text_of(pilot)
        await press(pilot, "3", "enter")
        assert "Next" in text_of(pilot).splitlines()[-1]


async def test_feedback_explains_the_very_choice_made(drive: Drive) -> None:
    async with drive(ToQuiz("edges")) as pilot:
        await press(pilot, "3")
        await pick(pilot, "stride")
        assert "The stride is how far it moves" in text_of(pilot)
        assert "A pixel is what it reads" not in text_of(pilot)
        assert "kernel" in text_of(pilot)


async def test_what_was_missed_becomes_due_as_cards(drive: Drive, services: Services) -> None:
    async with drive(ToQuiz("edges")) as pilot:
        await press(pilot, "4")
        await pick(pilot, "pixel")
        await press(pilot, "enter", "1", *"999", "enter", "enter")
        assert "0 of 2 right" in text_of(pilot)
        assert "2 cards behind what you missed" in text_of(pilot)
    assert services.store.queue().cards[:2] == ("edges-name", "edges-size")


async def test_every_answer_is_kept_with_its_confidence(drive: Drive, services: Services) -> None:
    async with drive(ToQuiz("edges")) as pilot:
        await press(pilot, "4")
        await pick(pilot, "kernel")
        await press(pilot, "enter")
    (result,) = services.store.quiz_results("edges")
    assert result.correct
    assert result.confidence > 0.9
    assert result.given == "kernel"


async def test_a_typed_answer_can_be_claimed(drive: Drive, services: Services) -> None:
    async with drive(ToQuiz("edges")) as pilot:
        await press(pilot, "4")
        await pick(pilot, "kernel")
        await press(pilot, "enter", "2", *"999", "enter", "y")
        assert "Counted as right" in text_of(pilot)
        await press(pilot, "enter")
        assert "2 of 2 right" in text_of(pilot)
    claimed = {result.question: result.claimed for result in services.store.quiz_results("edges")}
    assert claimed == {"edges-q-one": False, "edges-q-number": True}


async def test_text_that_is_no_number_is_refused_and_not_graded(drive: Drive) -> None:
    async with drive(ToQuiz("edges")) as pilot:
        await press(pilot, "4")
        await pick(pilot, "kernel")
        await press(pilot, "enter", "2", *"many", "enter")
        assert "Not quite" not in text_of(pilot)
        assert "many" in text_of(pilot)


async def test_stopping_early_keeps_what_was_answered_and_what_was_missed(drive: Drive, services: Services) -> None:
    async with drive(ToQuiz("edges")) as pilot:
        await press(pilot, "4")
        await pick(pilot, "pixel")
        await press(pilot, "escape")
        assert "0 of 1 right" in text_of(pilot)
        await press(pilot, "enter")
        assert "A year of answers" in text_of(pilot)
    assert [result.correct for result in services.store.quiz_results("edges")] == [False]
    assert services.store.queue().cards[0] == "edges-name"
    assert services.store.recall(quiz_key("edges")) is None


async def test_going_elsewhere_in_mid_quiz_loses_nothing(drive: Drive, services: Services) -> None:
    async with drive(ToQuiz("edges")) as pilot:
        await press(pilot, "4")
        await pick(pilot, "pixel")
        await press(pilot, "t")
        assert "A year of answers" in text_of(pilot)
    assert services.store.queue().cards[0] == "edges-name"


async def test_after_grading_the_right_choice_is_marked(drive: Drive) -> None:
    async with drive(ToQuiz("edges")) as pilot:
        await press(pilot, "4")
        await pick(pilot, "pixel")
        assert "✓ kernel" in text_of(pilot)
        assert "✗ pixel" in text_of(pilot)


async def test_a_placement_that_is_passed_plans_the_topic(drive: Drive, services: Services) -> None:
    async with drive(ToQuiz("edges", placement=True)) as pilot:
        for _ in range(2):
            posed = pilot.app.screen._posed  # type: ignore[attr-defined]
            await press(pilot, "3")
            if posed.options:
                await pick(pilot, "kernel")
            else:
                numbers = re.search(r"for (\d+) pixels and a kernel of (\d+)", posed.prompt)
                assert numbers is not None
                await press(pilot, *str(int(numbers[1]) - int(numbers[2]) + 1), "enter")
            await press(pilot, "enter")
        assert "Passed." in text_of(pilot)
    assert {memory.state.phase for memory in services.store.memories("edges")} == {Phase.REVIEW}
