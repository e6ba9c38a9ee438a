"""A file's path as terminals paste it when one is dropped in: bare, quoted, escaped, or as an address."""

from __future__ import annotations

import shlex
from contextlib import suppress
from pathlib import Path
from urllib.parse import unquote, urlparse

LONGEST = 4096


def pasted_file(text: str) -> Path | None:
    """The file that a pasted text names, or None if it names none.

    Args:
        text: as pasted; only its first line counts.
    """
    line = text.strip().partition("\n")[0].strip()
    if not line or len(line) > LONGEST:
        return None
    return next((path for path in _readings(line) if _is_file(path)), None)


def _readings(line: str) -> list[Path]:
    readings = [line, line.strip("'\"")]
    with suppress(ValueError):
        readings += shlex.split(line)[:1]
    if line.startswith("file:"):
        readings.append(unquote(urlparse(line).path))
    return [Path(reading).expanduser() for reading in readings if not reading.startswith("~~")]


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:
        return False
