"""The study day: it turns at 4 a.m. local time, so a night owl's midnight answer belongs to the evening.

A study day is a whole number (`date.toordinal()` of the local date on which it began), so elapsed days are a
subtraction. Every log row keeps the day it counted for: a later change of time zone cannot rewrite history.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

DAY_TURNS_AT = 4
"""Hour of local time at which a new study day begins."""


@dataclass(frozen=True, slots=True)
class Moment:
    """A point in time as the scheduler needs it: the instant and the study day it falls in."""

    at: datetime
    """Aware, UTC."""
    day: int
    """Study day."""


def study_day(at: datetime, tz: tzinfo | None = None, *, turns_at: int = DAY_TURNS_AT) -> int:
    """The study day that an instant falls in.

    Args:
        at: an aware datetime.
        tz: the learner's time zone; None is the machine's own.
        turns_at: hour of local time at which the day turns.

    Raises:
        ValueError: `at` has no time zone.
    """
    if at.tzinfo is None:
        raise ValueError(f"{at.isoformat()} has no time zone; write it like 2026-01-31T08:00:00+00:00")
    wall = at.astimezone(tz).replace(tzinfo=None)
    return (wall - timedelta(hours=turns_at)).date().toordinal()


def day_start(day: int, tz: tzinfo | None = None, *, turns_at: int = DAY_TURNS_AT) -> datetime:
    """The instant (UTC) at which a study day begins in this time zone, daylight saving included."""
    wall = datetime.combine(date.fromordinal(day), time(turns_at))
    local = wall.astimezone() if tz is None else wall.replace(tzinfo=tz)
    return local.astimezone(UTC)


def moment(at: datetime, tz: tzinfo | None = None, *, turns_at: int = DAY_TURNS_AT) -> Moment:
    """The instant together with its study day.

    Raises:
        ValueError: `at` has no time zone.
    """
    return Moment(at.astimezone(UTC), study_day(at, tz, turns_at=turns_at))


@dataclass(frozen=True, slots=True)
class Calendar:
    """A learner's study days: her time zone and the hour at which her day turns."""

    tz: tzinfo | None = None
    """None is the machine's own time zone."""
    turns_at: int = DAY_TURNS_AT

    def moment(self, at: datetime) -> Moment:
        """The instant together with its study day."""
        return moment(at, self.tz, turns_at=self.turns_at)

    def start(self, day: int) -> datetime:
        """The instant (UTC) at which a study day begins."""
        return day_start(day, self.tz, turns_at=self.turns_at)
