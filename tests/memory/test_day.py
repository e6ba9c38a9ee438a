from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnntutor.memory.day import Calendar, day_start, study_day

BERLIN = ZoneInfo("Europe/Berlin")
ZONES = st.sampled_from([ZoneInfo(n) for n in ("Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Pacific/Apia")])
INSTANTS = st.integers(946_684_800, 2_840_140_800).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))
"""From 2000 to 2060."""


@pytest.mark.parametrize(
    ("wall", "day"),
    [("2026-03-10T03:59", 9), ("2026-03-10T04:00", 10), ("2026-03-10T23:59", 10), ("2026-03-11T00:30", 10)],
)
def test_the_day_turns_at_four_in_the_morning(wall: str, day: int) -> None:
    at = datetime.fromisoformat(wall).replace(tzinfo=BERLIN)
    assert study_day(at, BERLIN) == date(2026, 3, day).toordinal()


@pytest.mark.parametrize("change", [date(2026, 3, 29), date(2026, 10, 25)])
def test_the_days_on_which_clocks_change_begin_at_four_too(change: date) -> None:
    start = day_start(change.toordinal(), BERLIN)
    assert start.astimezone(BERLIN).hour == 4
    assert study_day(start, BERLIN) == change.toordinal()
    assert study_day(start - timedelta(microseconds=1), BERLIN) == change.toordinal() - 1


def test_days_on_which_clocks_change_are_an_hour_shorter_or_longer() -> None:
    def length(day: date) -> timedelta:
        return day_start(day.toordinal() + 1, BERLIN) - day_start(day.toordinal(), BERLIN)

    assert length(date(2026, 3, 28)) == timedelta(hours=23)
    assert length(date(2026, 10, 24)) == timedelta(hours=25)
    assert length(date(2026, 6, 1)) == timedelta(hours=24)


def test_a_traveller_is_on_the_day_of_the_place_she_is_in() -> None:
    at = datetime(2026, 3, 10, 2, tzinfo=UTC)
    assert study_day(at, ZoneInfo("America/New_York")) == date(2026, 3, 9).toordinal()
    assert study_day(at, ZoneInfo("Asia/Tokyo")) == date(2026, 3, 10).toordinal()


@given(INSTANTS, ZONES, st.sampled_from([0, 4, 6, 12]))
def test_every_instant_lies_within_its_study_day(at: datetime, tz: ZoneInfo, turns_at: int) -> None:
    calendar = Calendar(tz, turns_at)
    day = calendar.moment(at).day
    assert calendar.start(day) <= at < calendar.start(day + 1)


@given(INSTANTS, INSTANTS, ZONES)
def test_later_instants_never_fall_in_earlier_days(one: datetime, other: datetime, tz: ZoneInfo) -> None:
    first, second = sorted((one, other))
    assert study_day(first, tz) <= study_day(second, tz)


def test_a_time_without_zone_is_refused_with_an_example() -> None:
    with pytest.raises(ValueError, match=r"2026-01-31T08:00:00\+00:00"):
        study_day(datetime.fromisoformat("2026-01-01T08:00"))
