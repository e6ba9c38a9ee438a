"""The one line for a demo that raised an exception."""

from __future__ import annotations

import sysconfig
import traceback
from pathlib import Path

# torch reports exhaustion as a RuntimeError, in one wording for each allocator.
_EXHAUSTED = ("out of memory", "can't allocate memory", "not enough memory")


def explain(demo: str, error: BaseException) -> str:
    """What went wrong, where, and what to do.

    Args:
        demo: the demo's name.
        error: as it was caught, with its traceback.
    """
    if is_out_of_memory(error):
        return f"The demo {demo} ran out of memory: turn its sizes down and run it again."
    places = traceback.extract_tb(error.__traceback__)
    own = [place for place in places if _is_of(demo, Path(place.filename))]
    place = (own or places)[-1]
    what = (str(error).splitlines() or ["no message"])[0]
    return (
        f"The demo {demo} stopped with {type(error).__name__}: {what} "
        f"({Path(place.filename).name}, line {place.lineno}): turn a knob and run it again."
    )


def _is_of(demo: str, file: Path) -> bool:
    """Whether a file is the demo's own; the demo `inspect` has a namesake in Python's library."""
    return file.stem == demo.replace("-", "_") and file.parent != Path(sysconfig.get_path("stdlib"))


def is_out_of_memory(error: BaseException) -> bool:
    """Whether the machine or the graphics card had no memory left."""
    exhausted = isinstance(error, RuntimeError) and any(wording in str(error) for wording in _EXHAUSTED)
    return isinstance(error, MemoryError) or exhausted
