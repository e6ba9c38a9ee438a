import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnntutor.memory.catch_up import CatchUp, offer
from cnntutor.memory.settings import Settings

SETTINGS = Settings()
THIRTY_A_DAY = dict.fromkeys(range(70, 101), 30)
"""Answers of the days up to day 100, the last one with answers."""


@pytest.mark.parametrize(
    ("backlog", "day", "offered"),
    [
        pytest.param(201, 101, True, id="more than a day's limit"),
        pytest.param(200, 101, False, id="a full day, no break"),
        pytest.param(61, 103, True, id="after three days, more than twice a usual day"),
        pytest.param(60, 103, False, id="after three days, twice a usual day"),
        pytest.param(61, 102, False, id="two days are no break"),
        pytest.param(0, 200, False, id="nothing is due"),
    ],
)
def test_catching_up_is_offered_after_a_break_or_when_a_day_is_not_enough(
    backlog: int, day: int, offered: bool
) -> None:
    found = offer(backlog, day, 100, THIRTY_A_DAY, SETTINGS)
    assert (found is not None) == offered


def test_the_offer_keeps_to_the_learners_usual_pace() -> None:
    found = offer(300, 110, 100, THIRTY_A_DAY, SETTINGS)
    assert found is not None
    assert (found.days, found.per_day) == (10, 30)


def test_a_learner_without_a_habit_gets_a_gentle_pace() -> None:
    found = offer(250, 110, None, {}, SETTINGS)
    assert found is not None
    assert (found.days, found.per_day) == (13, 20)


@given(st.integers(1, 10**5), st.integers(1, 365), st.integers(1, 10**6))
def test_equal_shares_work_off_the_whole_backlog_in_time(backlog: int, days: int, from_day: int) -> None:
    plan = CatchUp(from_day, days, backlog)
    assert plan.per_day * days >= backlog
    assert CatchUp.from_json(plan.as_json()) == plan


def test_what_falls_due_later_is_not_part_of_the_backlog() -> None:
    plan = CatchUp(from_day=100, days=5, backlog=50)
    assert plan.covers(80)
    assert plan.covers(100)
    assert not plan.covers(101)
    assert not plan.covers(None)


def test_it_is_over_at_the_latest_after_twice_its_days() -> None:
    plan = CatchUp(from_day=100, days=5, backlog=50)
    assert [plan.may_run(day) for day in (99, 100, 109, 110)] == [False, True, True, False]
    assert CatchUp.from_json(None) is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "{}",
        "null",
        "[]",
        "[1, 2, 3]",
        "7",
        '{"from_day": 100, "days": 0, "backlog": 5}',
        '{"from_day": 100, "days": 366, "backlog": 5}',
        '{"from_day": 0, "days": 2, "backlog": 5}',
        '{"from_day": 100, "days": 2, "backlog": -1}',
        '{"from_day": 100, "days": 2.5, "backlog": 5}',
        '{"from_day": 100, "days": true, "backlog": 5}',
        '{"from_day": "100", "days": 2, "backlog": 5}',
        '{"from_day": 100, "days": 2}',
        '{"from_day": 100, "days": 2, "backlog": 5, "pace": 3}',
    ],
)
def test_a_kept_plan_that_does_not_fit_is_none(text: str) -> None:
    assert CatchUp.from_json(text) is None
