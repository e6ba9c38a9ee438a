import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import fsrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnntutor.memory.day import Moment, moment
from cnntutor.memory.models import MemoryState, Phase, Rating
from cnntutor.memory.scheduling import Scheduler, fuzz_draw, fuzzed, interval
from cnntutor.memory.settings import Settings

BERLIN = ZoneInfo("Europe/Berlin")
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
HISTORY = st.lists(st.tuples(st.integers(0, 400), st.sampled_from(Rating)), min_size=1, max_size=12)
SETTINGS = st.builds(
    Settings,
    desired_retention=st.sampled_from([0.7, 0.8, 0.9, 0.97]),
    learning_steps=st.sampled_from([(), (timedelta(minutes=1),), (timedelta(minutes=1), timedelta(minutes=10))]),
    relearning_steps=st.sampled_from([(), (timedelta(minutes=10),), (timedelta(minutes=5), timedelta(hours=2))]),
    maximum_interval=st.sampled_from([1, 30, 36500]),
    fuzz=st.booleans(),
    fuzz_seed=st.integers(0, 5),
)


def after(scheduler: Scheduler, *answers: tuple[str, Rating]) -> MemoryState:
    state = MemoryState()
    for wall, rating in answers:
        at = datetime.fromisoformat(wall).replace(tzinfo=BERLIN)
        state = scheduler.next_state("card", state, moment(at, BERLIN), rating)
    return state


def run(scheduler: Scheduler, history: list[tuple[int, Rating]]) -> MemoryState:
    state, at = MemoryState(), NOON
    for gap, rating in history:
        at += timedelta(days=gap)
        state = scheduler.next_state("card", state, moment(at, UTC), rating)
    return state


def test_good_in_the_evening_and_good_the_next_morning_are_a_day_apart() -> None:
    one_step = Scheduler(Settings(learning_steps=(), fuzz=False))
    state = after(one_step, ("2026-03-01T23:00", Rating.GOOD), ("2026-03-02T08:00", Rating.GOOD))
    assert state.stability == pytest.approx(7.3, abs=0.05)


def test_two_answers_before_four_in_the_morning_are_the_same_day() -> None:
    one_step = Scheduler(Settings(learning_steps=(), fuzz=False))
    state = after(one_step, ("2026-03-01T23:00", Rating.GOOD), ("2026-03-02T03:59", Rating.GOOD))
    assert state.stability == pytest.approx(2.3, abs=0.05)


@pytest.mark.parametrize("night", [("2026-03-28", "2026-03-29"), ("2026-10-24", "2026-10-25")])
def test_the_nights_on_which_clocks_change_are_a_day_like_any_other(night: tuple[str, str]) -> None:
    scheduler = Scheduler(Settings(learning_steps=(), fuzz=False))
    changed = after(scheduler, (f"{night[0]}T23:00", Rating.GOOD), (f"{night[1]}T08:00", Rating.GOOD))
    plain = after(scheduler, ("2026-06-01T23:00", Rating.GOOD), ("2026-06-02T08:00", Rating.GOOD))
    assert (changed.stability, changed.difficulty) == (plain.stability, plain.difficulty)


@given(HISTORY)
def test_memory_agrees_with_fsrs_fed_with_whole_days(history: list[tuple[int, Rating]]) -> None:
    reference, card, at = fsrs.Scheduler(enable_fuzzing=False), fsrs.Card(card_id=1), NOON
    for gap, rating in history:
        at += timedelta(days=gap)
        card, _ = reference.review_card(card, fsrs.Rating(rating), at)
    state = run(Scheduler(Settings(fuzz=False)), history)
    assert state.stability == pytest.approx(card.stability, abs=1e-4, rel=1e-9)
    assert state.difficulty == pytest.approx(card.difficulty, abs=1e-4)
    if state.phase is Phase.REVIEW:
        assert state.due_day == (at.date() + (card.due - at)).toordinal()
    else:
        assert state.due_at == card.due


@pytest.fixture(scope="module")
def collection(tmp_path_factory: pytest.TempPathFactory) -> object:
    """Anki's own scheduler, written in another language by other people."""
    try:
        from anki.collection import Collection
    except ImportError as error:
        pytest.skip(f"Anki cannot be imported here: {error}")
    folder: Path = tmp_path_factory.mktemp("anki")
    collection = Collection(str(folder / "collection.anki2"))
    collection.set_config("fsrs", True)
    note = collection.new_note(collection.models.by_name("Basic"))
    note["Front"] = "question"
    collection.add_note(note, 1)
    yield collection
    collection.close()


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 120), st.sampled_from(Rating)), min_size=1, max_size=10))
def test_memory_agrees_with_anki(collection, history: list[tuple[int, Rating]]) -> None:
    card = collection.get_card(collection.find_cards("")[0])
    collection.db.execute("DELETE FROM revlog")
    days_ago, newest_first = 1, []
    for gap, rating in reversed(history):
        newest_first.append((days_ago, rating))
        days_ago += gap
    now = int(time.time() * 1000)
    for index, (ago, rating) in enumerate(reversed(newest_first)):
        kind = 0 if index == 0 else 1
        row = (now - ago * 86_400_000, card.id, -1, int(rating), 1, 1, 2500, 1000, kind)
        collection.db.execute("INSERT INTO revlog VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", *row)
    card.type = card.queue = 2
    card.ivl = 1
    collection.update_card(card)
    theirs = collection.compute_memory_state(card.id)
    ours = run(Scheduler(Settings(fuzz=False)), history)
    assert ours.stability == pytest.approx(theirs.stability, rel=1e-4, abs=1e-4)
    assert ours.difficulty == pytest.approx(theirs.difficulty, rel=1e-4, abs=1e-4)


@given(HISTORY, st.integers(0, 400), SETTINGS)
def test_a_better_rating_never_brings_a_card_back_sooner(
    history: list[tuple[int, Rating]], gap: int, chosen: Settings
) -> None:
    scheduler = Scheduler(chosen)
    state = run(scheduler, history)
    now = moment((state.last_at or NOON) + timedelta(days=gap), UTC)
    choices = scheduler.choices("card", state, now)
    seconds = [choices[rating].seconds for rating in Rating]
    assert seconds == sorted(seconds)
    assert seconds[0] > 0


@given(HISTORY, SETTINGS)
def test_an_answer_does_what_its_button_said(history: list[tuple[int, Rating]], chosen: Settings) -> None:
    scheduler = Scheduler(chosen)
    state = run(scheduler, history)
    now = moment(NOON + timedelta(days=5000), UTC)
    said = scheduler.next_states("card", state, now)
    assert {rating: scheduler.next_state("card", state, now, rating) for rating in Rating} == said


def test_unordered_parameters_still_keep_the_ratings_in_order() -> None:
    first_stabilities = (1.0, 50.0, 2.0, 1.0)
    parameters = first_stabilities + tuple(fsrs.scheduler.DEFAULT_PARAMETERS[4:])
    scheduler = Scheduler(Settings(parameters=parameters, learning_steps=(), fuzz=False))
    states = scheduler.next_states("card", MemoryState(), moment(NOON, UTC))
    hard, good, easy = (states[rating].due_day for rating in (Rating.HARD, Rating.GOOD, Rating.EASY))
    assert hard == good == easy
    assert scheduler.next_state("card", MemoryState(), moment(NOON, UTC), Rating.EASY) == states[Rating.EASY]


@given(HISTORY, st.integers(1, 3000))
def test_a_clock_set_back_counts_as_no_time(history: list[tuple[int, Rating]], days_back: int) -> None:
    scheduler = Scheduler(Settings())
    state = run(scheduler, history)
    assert state.last_day is not None
    same_day = Moment(NOON, state.last_day)
    earlier = Moment(NOON, state.last_day - days_back)
    for rating in Rating:
        one = scheduler.next_state("card", state, same_day, rating)
        other = scheduler.next_state("card", state, earlier, rating)
        assert (one.stability, one.difficulty) == (other.stability, other.difficulty)
        assert interval(one, same_day) == interval(other, earlier)


def test_forgetting_a_card_in_review_is_a_lapse() -> None:
    scheduler = Scheduler(Settings())
    state = run(scheduler, [(0, Rating.EASY), (8, Rating.AGAIN)])
    assert (state.phase, state.lapses, state.reps) == (Phase.RELEARNING, 1, 2)
    assert run(scheduler, [(0, Rating.AGAIN), (0, Rating.AGAIN)]).lapses == 0


def test_a_card_is_recalled_nine_times_in_ten_when_it_is_due() -> None:
    scheduler = Scheduler(Settings(fuzz=False))
    state = run(scheduler, [(0, Rating.EASY)])
    assert state.due_day is not None
    assert scheduler.retrievability(state, state.due_day) == pytest.approx(0.9, abs=0.01)
    assert scheduler.retrievability(MemoryState(), 1) is None


@given(st.integers(1, 36500), st.floats(0, 1, exclude_max=True), st.sampled_from([1, 10, 365, 36500]))
def test_fuzz_stays_in_the_range_that_fsrs_allows(days: int, draw: float, longest: int) -> None:
    days = min(days, longest)
    span = 1 + 0.15 * max(min(days, 7) - 2.5, 0) + 0.1 * max(min(days, 20) - 7, 0) + 0.05 * max(days - 20, 0)
    result = fuzzed(days, draw, longest)
    assert 1 <= result <= longest
    assert abs(result - days) <= (span + 0.5 if days >= 2.5 else 0)


@given(st.integers(1, 1000), st.integers(0, 1000), st.floats(0, 1, exclude_max=True))
def test_fuzz_never_turns_two_intervals_round(days: int, more: int, draw: float) -> None:
    assert fuzzed(days, draw, 36500) <= fuzzed(days + more, draw, 36500)


def test_fuzz_is_the_same_at_every_replay_and_differs_between_cards() -> None:
    draws = [fuzz_draw(0, f"card-{number}", 3) for number in range(200)]
    assert draws == [fuzz_draw(0, f"card-{number}", 3) for number in range(200)]
    assert all(0 <= draw < 1 for draw in draws)
    assert len(set(draws)) == 200
    assert 0.4 < sum(draws) / 200 < 0.6
