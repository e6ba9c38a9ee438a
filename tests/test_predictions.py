from __future__ import annotations

import pytest

from cnntutor.course.quiz import Confidence
from cnntutor.demos.frame import Frame
from cnntutor.demos.prediction import Prediction, predict_number
from cnntutor.predictions import Settled, settle
from cnntutor.services import Services

LAST = Frame(figures={"output_size": 32})


def question(cards: tuple[str, ...] = ("edges-size",)) -> Prediction:
    prediction = predict_number("How wide?", "output_size", (31, 32, 64), why="It rounds down.", cards=cards)
    assert prediction is not None
    return prediction


def guess(services: Services, choice: int, confidence: Confidence, card: str = "", **more: tuple[str, ...]) -> Settled:
    topic = services.course.topic("edges")
    return settle(question(**more), choice, confidence, LAST, topic=topic, store=services.store, card=card)


def due(services: Services) -> set[str]:
    return {memory.card for memory in services.store.memories() if memory.made_due_on is not None}


def test_a_confident_miss_makes_the_cards_due_that_the_demo_names(services: Services) -> None:
    settled = guess(services, 0, Confidence.SURE)
    assert (settled.right, settled.due) == (False, ("edges-size",))
    assert due(services) == {"edges-size"}
    assert settled.line == "You said 31 (sure), but it is 32. Its card is due again today. It rounds down."


def test_a_note_stands_for_all_its_cards(services: Services) -> None:
    guess(services, 0, Confidence.SURE, cards=("edges-gaps",))
    assert due(services) == {"edges-gaps/1", "edges-gaps/2"}


def test_the_card_that_opened_the_demo_comes_first(services: Services) -> None:
    guess(services, 0, Confidence.FAIRLY_SURE, card="edges-name")
    assert due(services) == {"edges-name"}


@pytest.mark.parametrize("confidence", [Confidence.GUESS, Confidence.UNSURE])
def test_a_miss_that_was_no_conviction_costs_nothing(services: Services, confidence: Confidence) -> None:
    assert guess(services, 0, confidence).due == ()
    assert due(services) == set()


def test_what_came_true_is_said_to_be_right(services: Services) -> None:
    settled = guess(services, 1, Confidence.SURE)
    assert settled.right
    assert settled.line == "You said 32, and so it is. It rounds down."
    assert due(services) == set()


def test_cards_that_the_course_does_not_have_are_passed_over(services: Services) -> None:
    assert guess(services, 0, Confidence.SURE, cards=("of-another-course",)).due == ()


def test_nobody_is_blamed_where_no_choice_came_true(services: Services) -> None:
    prediction = Prediction("Which?", ("a", "b"), lambda _: None)
    topic = services.course.topic("edges")
    settled = settle(prediction, 0, Confidence.SURE, LAST, topic=topic, store=services.store, card="edges-name")
    assert "none of the choices came true" in settled.line
    assert due(services) == set()
