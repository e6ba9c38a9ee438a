"""The sleep timer: when the hosts fall silent by themselves."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class SleepKind(StrEnum):
    """What the timer waits for."""

    OFF = "off"
    MINUTES = "minutes"
    CHAPTER = "chapter"
    LESSON = "lesson"


@dataclass(frozen=True, slots=True)
class Sleep:
    """One setting of the timer."""

    kind: SleepKind
    minutes: int = 0

    @property
    def label(self) -> str:
        """In the few words that fit into the player."""
        if self.kind is SleepKind.MINUTES:
            return f"{self.minutes} min"
        return {SleepKind.OFF: "off", SleepKind.CHAPTER: "end of chapter", SleepKind.LESSON: "end of lesson"}[self.kind]


OFF = Sleep(SleepKind.OFF)
SLEEPS = (
    OFF,
    *(Sleep(SleepKind.MINUTES, minutes) for minutes in (5, 10, 15, 30, 45, 60)),
    Sleep(SleepKind.CHAPTER),
    Sleep(SleepKind.LESSON),
)
"""What the key goes through, one after the other."""
