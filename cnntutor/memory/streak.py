"""Study days in a row. Pure."""

from __future__ import annotations

from collections.abc import Iterable


def current_streak(days: Iterable[int], today: int) -> int:
    """Days in a row with an answer, up to today; a day not yet used does not end it.

    Args:
        days: study days with answers up to today, newest first; read only as far as the streak goes.
        today: study day.
    """
    length, expected = 0, today
    for day in days:
        if length == 0 and day == today - 1:
            expected = day
        if day != expected:
            break
        length, expected = length + 1, expected - 1
    return length


def best_streak(days: Iterable[int]) -> int:
    """The longest row of days with an answer.

    Args:
        days: study days with answers, in any order.
    """
    best = length = 0
    before = None
    for day in sorted(set(days)):
        length = length + 1 if before == day - 1 else 1
        best, before = max(best, length), day
    return best
