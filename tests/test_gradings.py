from __future__ import annotations

import pytest

from cnntutor.course.cards import BasicCard, Card, CardId, DemoLink, Face
from cnntutor.course.models import Topic
from cnntutor.demos.protocol import Grade
from cnntutor.gradings import grade, next_link
from cnntutor.memory.models import CardSlot, Rating
from cnntutor.services import Services

DEMO = "ward"


@pytest.fixture
def topic(services: Services) -> Topic:
    """A topic with three cards that open one demo, enrolled."""
    edges = services.course.topic("edges")
    cards: list[Card] = [
        BasicCard(CardId(f"case-{n}"), f"case-{n}", "what", 1, Face("?", "!", demo=DemoLink(DEMO, {"case": str(n)})))
        for n in (1, 2, 3)
    ]
    services.store.enrol([CardSlot(str(card.id), card.note, edges.slug) for card in cards])
    object.__setattr__(edges, "cards", (*edges.cards, *cards))
    return edges


def given(note: str, *, right: bool) -> Grade:
    return Grade(note, right=right, about="patient 1")


def test_what_was_known_is_answered_good(services: Services, topic: Topic) -> None:
    graded = grade(given("case-2", right=True), topic, services.store)
    [row] = [row for row in services.store.log() if row.card == "case-2"]
    assert (row.rating, row.source) == (Rating.GOOD, "demo")
    assert graded.line == "Its card is answered: it comes back when it is due."


def test_a_card_that_does_not_ask_today_is_not_answered_again(services: Services, topic: Topic) -> None:
    services.store.answer("case-2", Rating.EASY)
    before = len(services.store.log())
    assert grade(given("case-2", right=True), topic, services.store).line == ""
    assert len(services.store.log()) == before


def test_what_was_missed_becomes_due(services: Services, topic: Topic) -> None:
    services.store.answer("case-3", Rating.EASY)
    assert not services.store.asks("case-3")
    assert not grade(given("case-3", right=False), topic, services.store).right
    assert services.store.memory("case-3").made_due_on is not None


def test_a_note_that_the_course_does_not_have_changes_nothing(services: Services, topic: Topic) -> None:
    before = services.store.log()
    assert grade(given("of-another-course", right=False), topic, services.store).line == ""
    assert services.store.log() == before


def test_the_due_card_comes_first_then_new_ones_then_the_least_sure(services: Services, topic: Topic) -> None:
    store = services.store
    assert {next_link(DEMO, topic, store, seed)[1] for seed in range(20)} == {"case-1", "case-2", "case-3"}  # type: ignore[index]
    store.answer("case-1", Rating.EASY)
    store.answer("case-2", Rating.EASY)
    store.make_due(["case-2"])
    assert next_link(DEMO, topic, store, 0) == (DemoLink(DEMO, {"case": "2"}), "case-2")
    store.answer("case-2", Rating.GOOD)
    assert next_link(DEMO, topic, store, 0)[1] == "case-3"  # type: ignore[index]


def test_a_demo_without_cards_has_no_next(services: Services, topic: Topic) -> None:
    assert next_link("another", topic, services.store, 0) is None
