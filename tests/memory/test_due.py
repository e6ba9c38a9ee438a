from datetime import UTC, datetime, timedelta

from cnntutor.memory.day import Calendar
from cnntutor.memory.due import due_at
from cnntutor.memory.models import MemoryState, Rating


def test_a_new_card_is_not_due() -> None:
    assert due_at(MemoryState(), Calendar(UTC)) is None


def test_a_step_is_due_to_the_second_and_a_review_when_its_day_begins(world) -> None:
    world.enrol("card")
    world.store.answer("card", Rating.GOOD)
    assert due_at(world.store.memory("card").state, world.store.calendar) == world.now + timedelta(minutes=10)
    world.store.answer("card", Rating.EASY)
    state = world.store.memory("card").state
    began = datetime.fromordinal(state.due_day).replace(hour=4, tzinfo=UTC)
    assert due_at(state, world.store.calendar) == began
