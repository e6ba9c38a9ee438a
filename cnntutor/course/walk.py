"""A guided walk through the demos: its stops in order, and where one is on it. Plain data."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from cnntutor.course.cards import DemoLink
from cnntutor.wording import plural

FILE = "walk.yaml"
"""Beside course.yaml; a course may do without."""


@dataclass(frozen=True, slots=True)
class Stop:
    """One demo on the way."""

    link: DemoLink
    """What opens, with its knobs."""
    minutes: float
    say: str
    """Two or three sentences: what to look at, what to touch."""
    ask: str = ""
    """A question to take along; may be empty."""
    line: int = 0
    """Line in walk.yaml where it starts."""


@dataclass(frozen=True, slots=True)
class Walk:
    """All stops; a course without a walk has none."""

    title: str = ""
    stops: tuple[Stop, ...] = ()

    @property
    def minutes(self) -> float:
        """What it takes as a whole."""
        return sum(stop.minutes for stop in self.stops)

    def place(self, kept: object) -> int:
        """Where to go on: the stop that was kept, or the first where that is none of this walk."""
        if not isinstance(kept, int) or isinstance(kept, bool):
            return 0
        return kept if 0 <= kept < len(self.stops) else 0

    def step(self, at: int, steps: int) -> int | None:
        """The stop so many further on, the first one before that; None behind the last."""
        return max(at + steps, 0) if at + steps < len(self.stops) else None

    def heading(self, at: int) -> str:
        """Where one is: `Tour 3/10 · about 7 minutes left`."""
        left = max(1, round(sum(stop.minutes for stop in self.stops[at:])))
        return f"Tour {at + 1}/{len(self.stops)} · about {plural(left, 'minute')} left"

    def lines(self) -> Iterator[str]:
        """The whole walk as plain text, a paragraph a stop, each with the command that runs its demo."""
        yield f"{self.title}: {plural(len(self.stops), 'stop')}, about {plural(round(self.minutes), 'minute')}."
        for number, stop in enumerate(self.stops, start=1):
            settings = "".join(f" --set {_quoted(f'{knob}={value}')}" for knob, value in stop.link.knobs.items())
            yield ""
            yield f"{number}. {stop.link.demo} ({stop.minutes:g} min): {stop.say}"
            if stop.ask:
                yield f"   Question: {stop.ask}"
            yield f"   cnntutor demo open {stop.link.demo}{settings}"


def _quoted(setting: str) -> str:
    return f'"{setting}"' if any(sign in setting for sign in " ;&*") else setting
