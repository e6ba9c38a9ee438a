import sqlite3

import pytest

from cnntutor.errors import StoreError
from cnntutor.memory.models import Counts, Phase, Rating
from cnntutor.memory.session import Progress, ReviewSession


class Watch:
    """A stop-watch that runs with the world's clock."""

    def __init__(self, world) -> None:
        self._world = world
        self._start = world.now

    def __call__(self) -> float:
        return (self._world.now - self._start).total_seconds()


@pytest.fixture
def begin(world):
    def begin(*cards: str, **options: object) -> ReviewSession:
        if cards:
            world.enrol(*cards)
        seeds = iter(range(1, 1000))
        return ReviewSession(world.store, clock=Watch(world), draw=lambda: next(seeds), **options)

    return begin


def go_through(session: ReviewSession, world, rating: Rating = Rating.EASY) -> list[str]:
    met = []
    while session.current is not None:
        met.append(session.current.card)
        world.wait(seconds=5)
        session.rate(rating)
    return met


def test_cards_come_one_after_another_until_none_is_left(world, begin) -> None:
    session = begin("one", "two", "three")
    assert session.counts == Counts(new=3)
    assert go_through(session, world) == ["one", "two", "three"]
    assert session.progress == Progress(done=3, left=0)
    assert session.next_due == world.store.queue().next_due
    assert session.rate(Rating.GOOD).row is None


def test_a_failed_card_comes_back_in_the_session(world, begin) -> None:
    session = begin("one", "two")
    session.rate(Rating.AGAIN)
    assert session.progress == Progress(done=1, left=2)
    world.wait(seconds=61)
    session.rate(Rating.EASY)
    assert session.current.card == "one"
    session.rate(Rating.EASY)
    assert session.current is None


def test_a_step_that_falls_due_goes_before_the_cards_that_wait(world, begin) -> None:
    session = begin("one", "two", "three", "four")
    session.rate(Rating.AGAIN)
    session.rate(Rating.EASY)
    world.wait(minutes=2)
    session.rate(Rating.EASY)
    assert session.current.card == "one"
    session.rate(Rating.EASY)
    assert session.current.card == "four"


def test_every_showing_has_a_seed_of_its_own(world, begin) -> None:
    session = begin("one")
    first = session.current.seed
    session.rate(Rating.AGAIN)
    assert session.current.card == "one"
    assert session.current.seed != first


def test_the_time_taken_is_kept_and_a_pause_is_cut_at_a_minute(world, begin) -> None:
    session = begin("one", "two", "three")
    world.wait(seconds=7.25)
    assert session.on_card == pytest.approx(7.25)
    session.rate(Rating.EASY)
    world.wait(hours=2)
    session.rate(Rating.EASY)
    world.wait(seconds=1)
    session.rate(Rating.EASY, ms=1234)
    assert [row.ms for row in world.store.log()] == [7250, 60_000, 1234]
    assert session.elapsed == pytest.approx(7208.25)
    assert session.summary().minutes == pytest.approx((7250 + 60_000 + 1234) / 60_000)


def test_undo_shows_the_card_again_as_it_was(world, begin) -> None:
    session = begin("one", "two")
    before = session.current.memory.state
    session.rate(Rating.EASY)
    taken = session.undo()
    assert taken.card == session.current.card == "one"
    assert session.current.memory.state == before
    assert session.progress == Progress(done=0, left=2)
    assert go_through(session, world) == ["one", "two"]


def test_everything_can_be_undone_from_the_end(world, begin) -> None:
    session = begin("one", "two", "three")
    go_through(session, world)
    assert [session.undo().card for _ in range(3)] == ["three", "two", "one"]
    assert session.undo() is None
    assert session.summary().answered == 0
    assert go_through(session, world) == ["one", "two", "three"]


def test_undoing_what_keeps_a_card_hidden_shows_it_and_the_reverse(world, begin) -> None:
    session = begin("one", "two")
    session.suspend()
    assert session.current.card == "two"
    assert session.undo().card == session.current.card == "one"
    session.rate(Rating.EASY)
    session.flag("red")
    assert session.undo().card == session.current.card == "two"
    assert world.store.memory("two").flag == ""
    assert session.undo().card == session.current.card == "one"
    assert session.undo() is None


def test_undo_reaches_neither_earlier_sessions_nor_other_copies(world, begin) -> None:
    go_through(begin("one", "two", "three"), world)
    world.wait(days=1)
    yesterday = world.store.log()
    session = begin()
    assert session.undo() is None
    world.enrol("one", "two", "three", "four", "five")
    session = begin()
    session.rate(Rating.EASY)
    elsewhere = world.open().answer("two", Rating.GOOD)
    world.store.suspend("three")
    assert session.undo().card == "four"
    assert session.undo() is None
    assert world.store.log() == [*yesterday, elsewhere]
    assert world.store.memory("three").suspended


def test_undo_passes_over_what_another_copy_took_back(world, begin) -> None:
    session = begin("one", "two", "three")
    session.rate(Rating.EASY)
    session.rate(Rating.EASY)
    assert world.open().undo().card == "two"
    assert session.undo().card == "one"
    assert world.store.log() == []


def test_an_undo_that_cannot_be_written_can_be_repeated(world, begin) -> None:
    world.enrol("one")
    session = ReviewSession(world.open(patience=0.001))
    session.rate(Rating.EASY)
    writer = sqlite3.connect(world.path, isolation_level=None)
    writer.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreError, match="is busy"):
        session.undo()
    writer.execute("ROLLBACK")
    writer.close()
    assert session.undo().card == session.current.card == "one"


def test_a_card_that_the_settings_replanned_is_shown_again_with_a_word(world, begin) -> None:
    session = begin("one", "two")
    other = world.open()
    other.save_settings(other.settings.changed("learning_steps", "3m"))
    rated = session.rate(Rating.AGAIN)
    assert rated.row is None
    assert "settings changed" in rated.notice
    assert session.current.card == "one"
    assert session.current.preview.choices[Rating.AGAIN].seconds == 180
    assert session.rate(Rating.AGAIN).row is not None


def test_buried_and_suspended_cards_leave_the_session(world, begin) -> None:
    session = begin("one", "two", "three")
    session.bury()
    session.suspend()
    assert session.progress == Progress(done=0, left=1)
    assert go_through(session, world) == ["three"]
    assert (session.bury(), session.suspend(), session.flag("red")) == (None, None, None)


def test_a_flag_stays_on_the_card_and_does_not_disturb_its_answer(world, begin) -> None:
    session = begin("one", "two")
    seed = session.current.seed
    session.flag("green")
    assert (session.current.memory.flag, session.current.seed) == ("green", seed)
    assert session.rate(Rating.GOOD).row is not None


def test_a_card_answered_in_another_window_is_skipped_with_a_word(world, begin) -> None:
    session = begin("one", "two")
    world.open().answer("one", Rating.EASY)
    rated = session.rate(Rating.AGAIN)
    assert rated.row is None
    assert "another window" in rated.notice
    assert session.current.card == "two"
    assert session.progress.done == 0
    assert [row.rating for row in world.store.log()] == [Rating.EASY]


def test_a_limit_counts_different_cards(world, begin) -> None:
    session = begin("one", "two", "three", limit=2)
    assert session.progress.left == 2
    session.rate(Rating.AGAIN)
    assert session.progress.left == 2
    world.wait(minutes=2)
    assert go_through(session, world) == ["two", "one"]
    assert session.progress == Progress(done=3, left=0)


def test_one_topic_can_be_gone_through_alone(world, begin) -> None:
    session = begin("edges:one", "pooling:two", topic="pooling")
    assert go_through(session, world) == ["two"]


def test_an_empty_session_is_over_at_once(world, begin) -> None:
    session = begin()
    assert session.current is None
    assert session.progress == Progress(0, 0)
    assert session.summary().recall is None


def test_the_summary_tells_how_it_went(world, begin) -> None:
    world.enrol("one", "two", "three", "new")
    world.set(new_per_day="9")
    world.graduate("one", "two", "three")
    world.wait(days=40)
    session = begin()
    ratings = {"one": [Rating.GOOD], "two": [Rating.AGAIN] * 2, "three": [Rating.AGAIN], "new": [Rating.EASY]}
    while session.current is not None:
        world.wait(minutes=1)
        left = ratings[session.current.card]
        session.rate(left.pop(0) if left else Rating.GOOD)
    summary = session.summary()
    assert (summary.answered, summary.again, summary.learnt) == (7, 3, 1)
    assert summary.minutes == 7
    assert summary.ratings == {Rating.AGAIN: 3, Rating.HARD: 0, Rating.GOOD: 3, Rating.EASY: 1}
    assert summary.recall == pytest.approx(1 / 3)
    assert summary.weakest == ("two", "three")
    assert summary.next_due is not None
    assert all(memory.state.phase is Phase.REVIEW for memory in world.store.memories())


def test_within_a_limit_a_failed_card_still_comes_back(world, begin) -> None:
    session = begin("one", "two", "three", limit=1)
    session.rate(Rating.AGAIN)
    assert session.current.card == "one"
    session.rate(Rating.EASY)
    assert session.current is None
