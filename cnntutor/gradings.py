"""What follows from a grade that a demo gives: a card is answered, or becomes due. And which card comes next."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cnntutor.memory.models import Rating

if TYPE_CHECKING:
    from cnntutor.course.cards import DemoLink
    from cnntutor.course.models import Topic
    from cnntutor.demos.protocol import Grade
    from cnntutor.memory.models import CardMemory
    from cnntutor.memory.store import Store

SOURCE = "demo"
"""Where such an answer was given, in the log."""


@dataclass(frozen=True, slots=True)
class Graded:
    """A grade and what it did."""

    right: bool
    line: str
    """In words, for the learner."""


def grade(found: Grade, topic: Topic, store: Store) -> Graded:
    """Answer the note's cards that ask today if the learner knew it; make them due if she did not.

    Raises:
        StoreError: the memory cannot be written.
    """
    cards = [str(card.id) for card in topic.cards if card.note == found.note]
    if not cards:
        return Graded(found.right, "")
    if not found.right:
        store.make_due(cards, source=SOURCE)
        return Graded(False, "Its card is due today: another case of it will come.")
    asked = [card for card in cards if store.asks(card)]
    for card in asked:
        store.answer(card, Rating.GOOD, source=SOURCE)
    return Graded(True, "Its card is answered: it comes back when it is due." if asked else "")


def next_link(demo: str, topic: Topic, store: Store, seed: int) -> tuple[DemoLink, str] | None:
    """The link of the card that needs this demo most, and that card's id.

    Cards that ask today come first, the least sure of them before the others; then new ones; then the least sure of
    the rest. Among equals chance decides, so that the order tells nothing.

    Args:
        demo: its name.
        topic: whose cards are asked.
        store: the learner's memory.
        seed: for the numbers and for chance.
    """
    memories = {memory.card: memory for memory in store.memories(topic.slug)}
    faces = [(card, card.draw(seed)) for card in topic.cards if str(card.id) in memories]
    linked = [(str(card.id), face.demo) for card, face in faces if face.demo is not None and face.demo.demo == demo]
    if not linked:
        return None
    lots = random.Random(seed)
    card, link = min(linked, key=lambda pair: (*_urgency(memories[pair[0]], store), lots.random()))
    return link, card


def _urgency(memory: CardMemory, store: Store) -> tuple[int, float]:
    if memory.state.stability is None:
        return (1, 0.0)
    return (0 if store.asks(memory.card) else 2, memory.state.stability)
