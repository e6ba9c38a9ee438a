"""Coming back after a break: a backlog is worked off over some days instead of at once. Pure."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Self

from cnntutor.memory.settings import Settings

BREAK_DAYS = 3
"""Study days without an answer that make a break."""
MOST_DAYS = 365
"""Days at most over which a learner may spread a backlog."""
HABIT_DAYS = 30
"""Study days before the break from which the usual pace is taken."""
LEAST_PACE = 20
LONGEST = 30
"""Days at most over which a backlog is spread by default."""
KEY = "catch_up"
"""Name under which it is kept beside the settings."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A backlog that is better worked off over several days."""

    backlog: int
    """Reviews that are due."""
    days: int
    """Over how many days we suggest to spread them."""

    @property
    def per_day(self) -> int:
        """Reviews of the backlog on each of these days."""
        return math.ceil(self.backlog / self.days)


@dataclass(frozen=True, slots=True)
class CatchUp:
    """An accepted offer.

    Each study day admits an equal share of the backlog, most retrievable cards first, and no new cards. It
    ends by itself once the backlog is gone, at the latest after twice its days: a missed day moves the rest
    back rather than doubling the next day's share.
    """

    from_day: int
    """Study day on which it began; the backlog is what was due before or on it."""
    days: int
    backlog: int
    """Reviews in the backlog when it began."""

    @property
    def per_day(self) -> int:
        """Reviews of the backlog that each day admits."""
        return math.ceil(self.backlog / self.days)

    def covers(self, due_day: int | None) -> bool:
        """Whether a review planned for this study day belongs to the backlog."""
        return due_day is not None and due_day <= self.from_day

    def may_run(self, day: int) -> bool:
        """Whether it is not over for its age on a study day."""
        return self.from_day <= day < self.from_day + 2 * self.days

    def as_json(self) -> str:
        """As the database keeps it."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str | None) -> Self | None:
        """What `as_json` wrote, or None for anything else."""
        try:
            plan = cls(**json.loads(text or "null"))
        except (ValueError, TypeError):
            return None
        return plan if plan._makes_sense() else None

    def _makes_sense(self) -> bool:
        whole = all(type(value) is int for value in (self.from_day, self.days, self.backlog))
        return whole and self.from_day > 0 and 1 <= self.days <= MOST_DAYS and self.backlog >= 0


def offer(backlog: int, day: int, last_day: int | None, daily: Mapping[int, int], settings: Settings) -> Offer | None:
    """An offer to catch up, if the backlog asks for one.

    It does when more is due than one day's limit, or when nothing was answered for three study days and more
    than twice a usual day's answers is due.

    Args:
        backlog: reviews that are due.
        day: today.
        last_day: study day of the last answer, or None.
        daily: answers of each study day with answers, in the 30 days up to `last_day`.
        settings: for the limit of reviews a day.
    """
    usual = sum(daily.values()) / len(daily) if daily else 0.0
    rested = last_day is not None and day - last_day >= BREAK_DAYS
    if backlog <= settings.reviews_per_day and not (rested and backlog > max(2 * usual, LEAST_PACE)):
        return None
    pace = min(max(round(usual), LEAST_PACE), max(settings.reviews_per_day, 1))
    return Offer(backlog, min(max(math.ceil(backlog / pace), 2), LONGEST)) if backlog else None
