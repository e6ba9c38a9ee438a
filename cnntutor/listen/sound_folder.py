"""Recordings in a folder: a topic's sound in `TOPIC.ogg`, its exact times in `TOPIC.json` beside it."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain, pairwise
from pathlib import Path
from typing import Any

from cnntutor.course.models import Script
from cnntutor.errors import SpeechError
from cnntutor.listen.recording import Recording, Sound
from cnntutor.listen.timing import timed


@dataclass(frozen=True, slots=True)
class SoundFolder:
    """Where recordings lie. What does not fit or is damaged counts as not there, so that it is made again."""

    path: Path

    def find(self, name: str, script: Script, fingerprint: str, voices: str | None = None) -> Sound | None:
        """The recording of a script, or None.

        Args:
            name: the topic's slug.
            script: what it should say.
            fingerprint: of the script as it is now (`cnntutor.listen.library.fingerprint`).
            voices: the engine it should come from; None for any.
        """
        notes = self._notes(name)
        if notes.get("fingerprint") != fingerprint or (voices is not None and notes.get("voices") != voices):
            return None
        try:
            spans = [(float(start), float(end)) for start, end in notes["spans"]]
            sound = Sound(self._file(name), timed(script, spans, float(notes["duration"])), str(notes["voices"]))
            whole = digest(sound.file.read_bytes()) == notes["sound"]
        except (OSError, KeyError, TypeError, ValueError, OverflowError):
            return None
        return sound if whole and _in_order(spans, sound.timetable.duration) else None

    def keep(self, name: str, fingerprint: str, recording: Recording) -> None:
        """Write a recording; the notes come last, so that a crash leaves nothing that looks whole.

        Raises:
            SpeechError: the folder cannot be written.
        """
        from cnntutor.listen.encoding import write_vorbis

        try:
            self.path.mkdir(parents=True, exist_ok=True)
            write_vorbis(self._file(name), recording.samples, recording.rate)
            notes = {
                "fingerprint": fingerprint,
                "voices": recording.voices,
                "duration": round(recording.duration, 4),
                "sound": digest(self._file(name).read_bytes()),
                "spans": [[round(start, 4), round(end, 4)] for start, end in recording.spans],
            }
            draft = self._notes_file(name).with_suffix(".part")
            draft.write_text(json.dumps(notes) + "\n", encoding="utf-8")
            draft.replace(self._notes_file(name))
        except OSError as error:
            reason = error.strerror or error
            raise SpeechError(
                f"The sound cannot be kept in {self.path}: {reason}. Make room or set CNNTUTOR_HOME."
            ) from None

    def _notes(self, name: str) -> dict[str, Any]:
        try:
            notes = json.loads(self._notes_file(name).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return notes if isinstance(notes, dict) else {}

    def _file(self, name: str) -> Path:
        return self.path / f"{name}.ogg"

    def _notes_file(self, name: str) -> Path:
        return self.path / f"{name}.json"


def _in_order(spans: Sequence[tuple[float, float]], duration: float) -> bool:
    """Whether the sentences follow one another within the sound."""
    times = [0.0, *chain.from_iterable(spans), duration]
    return math.isfinite(duration) and all(one <= two for one, two in pairwise(times))


def digest(data: bytes) -> str:
    """A short fingerprint of bytes."""
    return hashlib.blake2b(data, digest_size=16).hexdigest()
