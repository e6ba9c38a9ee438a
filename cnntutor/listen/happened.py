"""What a look at the clock can find."""

from __future__ import annotations

from enum import Enum, auto


class Happened(Enum):
    """What happened by itself."""

    ENDED = auto()
    """All has been said."""
    SLEPT = auto()
    """The sleep timer paused."""
    TROUBLE = auto()
    """The sound stopped: a device unplugged, say."""
