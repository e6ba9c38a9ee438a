from hypothesis import given
from hypothesis import strategies as st

from cnntutor.memory.streak import best_streak, current_streak

DAYS = st.sets(st.integers(1, 40))


def test_a_streak_counts_days_in_a_row_up_to_today() -> None:
    assert current_streak([10, 9, 8, 5], today=10) == 3


def test_a_day_not_yet_used_keeps_the_streak_alive() -> None:
    assert current_streak([9, 8], today=10) == 2


def test_a_missed_day_ends_it() -> None:
    assert current_streak([8, 7], today=10) == 0
    assert current_streak([], today=10) == 0


def test_the_best_streak_may_lie_in_the_past() -> None:
    assert best_streak([1, 2, 3, 7, 8]) == 3
    assert best_streak([]) == 0


@given(DAYS, st.integers(1, 40))
def test_the_current_streak_is_never_better_than_the_best(days: set[int], today: int) -> None:
    past = sorted((day for day in days if day <= today), reverse=True)
    assert current_streak(past, today) <= best_streak(past)


@given(DAYS)
def test_the_best_streak_is_the_longest_run_found_by_trying_all(days: set[int]) -> None:
    runs = (end - start for start in range(1, 41) for end in range(start, 42) if set(range(start, end)) <= days)
    assert best_streak(days) == max(runs)
