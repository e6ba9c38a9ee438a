"""What is kept about listening: the place in each lesson, bookmarks, habits."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, Protocol

from cnntutor.listen.timing import Timetable

HABITS = "listening"

_REWORDED = 0.6
"""From 0 to 1: a sentence this much like the marked one is that sentence after an edit."""


class Records(Protocol):
    """Keeps what JSON can hold, as the learner's store does."""

    def remember(self, key: str, value: Any) -> None: ...

    def recall(self, key: str) -> Any: ...


@dataclass(frozen=True, slots=True)
class Bookmark:
    """A sentence worth coming back to."""

    sentence: int
    """Index into the lesson's sentences."""
    text: str
    """What is said there."""
    note: str = ""
    """The learner's own words."""


@dataclass(frozen=True, slots=True)
class Habits:
    """What stays from lesson to lesson."""

    speed: float = 1.0
    volume: float = 1.0


class Shelf:
    """Places are kept by sentence, not by second: they hold for the sound and for silent reading alike."""

    def __init__(self, records: Records) -> None:
        """Keep everything in `records`."""
        self._records = records

    def keep_place(self, slug: str, table: Timetable, position: float) -> None:
        """Note where in a lesson the listener is."""
        if not table.lines:
            return
        index = table.index_at(position)
        line = table.lines[index]
        share = (position - line.start) / (line.end - line.start) if line.end > line.start else 0.0
        heard = position >= table.duration
        value = {"sentence": index, "share": round(max(0.0, min(share, 1.0)), 3), "heard": heard}
        self._records.remember(f"listen/{slug}", value)

    def place(self, slug: str, table: Timetable) -> float:
        """The second at which the listener left; 0 at the beginning, and again after the end."""
        kept = self._records.recall(f"listen/{slug}")
        if not isinstance(kept, dict) or kept.get("heard") or not table.lines:
            return 0.0
        index, share = kept.get("sentence"), kept.get("share")
        if not isinstance(index, int) or not isinstance(share, int | float) or not 0 <= index < len(table.lines):
            return 0.0
        line = table.lines[index]
        return line.start + max(0.0, min(1.0, share)) * (line.end - line.start)

    def bookmarks(self, slug: str, table: Timetable) -> list[Bookmark]:
        """The bookmarks of a lesson in order; each follows its sentence when the script was edited."""
        kept = self._records.recall(f"bookmarks/{slug}")
        found = [_bookmark(entry, table) for entry in kept] if isinstance(kept, list) else []
        return sorted((mark for mark in found if mark is not None), key=lambda mark: mark.sentence)

    def keep_bookmarks(self, slug: str, marks: Sequence[Bookmark]) -> None:
        """Write the bookmarks of a lesson."""
        value = [{"sentence": mark.sentence, "text": mark.text, "note": mark.note} for mark in marks]
        self._records.remember(f"bookmarks/{slug}", value)

    @property
    def habits(self) -> Habits:
        """As they were kept last."""
        kept = self._records.recall(HABITS)
        try:
            habits = Habits(float(kept["speed"]), float(kept["volume"]))
        except (TypeError, KeyError, ValueError, OverflowError):
            return Habits()
        return habits if math.isfinite(habits.speed) and math.isfinite(habits.volume) else Habits()

    def keep_habits(self, habits: Habits) -> None:
        """Keep them for the next lesson."""
        self._records.remember(HABITS, {"speed": habits.speed, "volume": habits.volume})


def _bookmark(entry: object, table: Timetable) -> Bookmark | None:
    """A kept bookmark on the sentence it was made for; None if that is gone."""
    if not isinstance(entry, dict):
        return None
    text, note, at = entry.get("text"), entry.get("note"), entry.get("sentence")
    if not isinstance(text, str) or not isinstance(at, int):
        return None
    texts = [line.text for line in table.lines]
    meant = [text] if text in texts else get_close_matches(text, texts, n=1, cutoff=_REWORDED)
    like = [index for index, other in enumerate(texts) if other in meant]
    if not like:
        return None
    nearest = min(like, key=lambda index: (abs(index - at), -index))  # scripts grow more often than they shrink
    return Bookmark(nearest, texts[nearest], str(note or ""))
