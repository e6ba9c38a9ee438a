"""A lesson as sound."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from cnntutor.listen.timing import Timetable

if TYPE_CHECKING:
    from cnntutor.listen.engines.engine import Samples


@dataclass(frozen=True, slots=True)
class Recording:
    """A lesson as samples, fresh from an engine."""

    samples: Samples
    """Mono, shape [samples]."""
    rate: int
    """Samples a second."""
    spans: Sequence[tuple[float, float]]
    """Start and end of every sentence in seconds, in the order of the script."""
    voices: str
    """The engine and its voices."""

    @property
    def duration(self) -> float:
        """Seconds."""
        return len(self.samples) / self.rate


@dataclass(frozen=True, slots=True)
class Sound:
    """A lesson as a file of sound, with exact times."""

    file: Path
    timetable: Timetable
    voices: str
    """The engine and its voices."""
