"""Instants as the database keeps them: whole microseconds since 1970, UTC."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import overload

Clock = Callable[[], datetime]
"""Tells the time, aware."""

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


def utc_now() -> datetime:
    """The machine's clock."""
    return datetime.now(UTC)


@overload
def micros(at: datetime) -> int: ...
@overload
def micros(at: None) -> None: ...
def micros(at: datetime | None) -> int | None:
    """An instant in microseconds, exactly."""
    return None if at is None else (at - EPOCH) // MICROSECOND


@overload
def instant(at: int) -> datetime: ...
@overload
def instant(at: None) -> None: ...
def instant(at: int | None) -> datetime | None:
    """The instant of `micros`."""
    return None if at is None else EPOCH + timedelta(microseconds=at)
