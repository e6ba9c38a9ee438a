from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnntutor.memory.models import CardMemory, Event, LogRow, MemoryState, Phase, Rating
from cnntutor.memory.replay import apply, effective, replay
from cnntutor.memory.scheduling import Scheduler
from cnntutor.memory.settings import Settings

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
NEW = CardMemory("card", "note", "topic", MemoryState())
SCHEDULER = Scheduler(Settings())
MARKS = st.sampled_from([Event.BURY, Event.SUSPEND, Event.RESUME, Event.FLAG, Event.DUE])
WRITTEN = st.lists(st.sampled_from(Rating) | MARKS, max_size=12)


def row(order: int, event: Event, rating: Rating | None = None, **more: object) -> LogRow:
    at = NOON + timedelta(hours=order)
    return LogRow(f"row-{order}", "card", event, rating, at, order, at.toordinal(), 0, "device", **more)


def log(written: list[Rating | Event]) -> list[LogRow]:
    return [
        row(order, Event.ANSWER, what) if isinstance(what, Rating) else row(order, what)
        for order, what in enumerate(written, 1)
    ]


@given(WRITTEN)
def test_row_by_row_and_all_at_once_give_the_same(written: list[Rating | Event]) -> None:
    memory = NEW
    for each in log(written):
        memory = apply(memory, each, SCHEDULER)
    assert replay(NEW, log(written), SCHEDULER) == memory


@given(WRITTEN, st.randoms())
def test_the_order_in_which_rows_are_found_does_not_matter(written: list[Rating | Event], random) -> None:
    rows = log(written)
    shuffled = random.sample(rows, len(rows))
    assert replay(NEW, shuffled, SCHEDULER) == replay(NEW, rows, SCHEDULER)


@given(WRITTEN, st.sampled_from(Rating))
def test_an_undone_answer_leaves_nothing_but_two_more_rows(written: list[Rating | Event], rating: Rating) -> None:
    rows = log(written)
    answer = row(len(rows) + 1, Event.ANSWER, rating)
    undo = row(len(rows) + 2, Event.UNDO, target=answer.id)
    before, after = replay(NEW, rows, SCHEDULER), replay(NEW, [*rows, answer, undo], SCHEDULER)
    assert after.state == before.state
    assert (after.suspended, after.flag, after.made_due_on) == (before.suspended, before.flag, before.made_due_on)
    assert after.version == before.version + 2
    assert effective([*rows, answer, undo]) == effective(rows)


def test_what_a_card_remembered_before_replay_is_forgotten() -> None:
    stale = CardMemory("card", "note", "topic", MemoryState(Phase.REVIEW, stability=3.0), flag="red", version=9)
    assert replay(stale, [], SCHEDULER) == NEW


def test_marks_are_what_the_last_row_says() -> None:
    memory = replay(NEW, [row(1, Event.SUSPEND), row(2, Event.FLAG, target="red"), row(3, Event.BURY)], SCHEDULER)
    assert (memory.suspended, memory.flag, memory.buried_on) == (True, "red", NOON.toordinal())
    resumed = apply(memory, row(4, Event.RESUME), SCHEDULER)
    assert (resumed.suspended, resumed.flag, resumed.buried_on) == (False, "red", None)


def test_a_card_is_recalled_from_the_first_rating_above_again() -> None:
    assert not replay(NEW, log([Rating.AGAIN]), SCHEDULER).recalled
    assert replay(NEW, log([Rating.AGAIN, Rating.HARD, Rating.AGAIN]), SCHEDULER).recalled


def test_only_cards_met_in_their_turn_use_up_the_days_new_cards() -> None:
    assert replay(NEW, log([Rating.GOOD]), SCHEDULER).introduced_on is not None
    assert replay(NEW, log([Event.DUE, Rating.GOOD]), SCHEDULER).introduced_on is None
    placed = row(1, Event.ANSWER, Rating.EASY, source="placement")
    assert replay(NEW, [placed], SCHEDULER).introduced_on is None


def test_an_undo_cannot_be_applied_alone() -> None:
    with pytest.raises(ValueError, match="whole log"):
        apply(NEW, row(1, Event.UNDO, target="row-0"), SCHEDULER)
    with pytest.raises(ValueError, match="no rating"):
        apply(NEW, row(1, Event.ANSWER), SCHEDULER)
