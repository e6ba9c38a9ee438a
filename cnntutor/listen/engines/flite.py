"""CMU's Flite: two free voices that sound human, from a small program beside the app."""

from __future__ import annotations

import shutil
import subprocess
import wave
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import TYPE_CHECKING, Self

from cnntutor.errors import SpeechError
from cnntutor.listen.engines.pcm import from_pcm

if TYPE_CHECKING:
    from cnntutor.listen.engines.engine import Samples

_VOICES = {"asks": "slt", "builds": "rms"}
_STRETCH = {"slt": 1.12, "rms": 1.04}
"""How much longer than by nature: slt would say 200 words a minute, too many for what one hears for the first time."""

_PATIENCE = 60.0
"""Seconds for one sentence, which takes about 0.1."""


class Flite:
    """Flite (Black and Lenzo 2001, SSW4), one process a sentence, so that several speak at once."""

    name = "flite slt, rms"

    @staticmethod
    def available() -> bool:
        """Whether the program is on PATH and has both voices; for one that it lacks, it would take another."""
        program = shutil.which("flite")
        return program is not None and set(_VOICES.values()) <= _voices_of(program)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Nothing is left to end."""

    @staticmethod
    def _speak(voice: str, text: str, file: Path) -> str:
        pace = f"duration_stretch={_STRETCH[voice]}"
        return _run("flite", "-voice", voice, "--setf", pace, "-t", text, "-o", str(file))[1]

    def say(self, role: str, text: str) -> tuple[Samples, int]:
        """Speak one sentence; see `Engine.say`."""
        with TemporaryDirectory() as folder:
            file = Path(folder) / "said.wav"
            complaint = self._speak(_VOICES[role], text, file)
            try:
                return _samples(file)
            except (OSError, EOFError, wave.Error):  # flite ends with 0 whether it wrote its file or not
                raise SpeechError(f"flite could not speak ({complaint or 'it says no more'}): try again.") from None


@cache
def _voices_of(program: str) -> frozenset[str]:
    try:
        return frozenset(_run(program, "-lv")[0].split())
    except SpeechError:
        return frozenset()


def _run(*command: str) -> tuple[str, str]:
    """What it prints, and what it complains about."""
    try:
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, timeout=_PATIENCE, check=True, errors="replace"
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise SpeechError(f"flite cannot be run ({error}): reinstall it.") from None
    return done.stdout.strip(), done.stderr.strip()


def _samples(file: Path) -> tuple[Samples, int]:
    with wave.open(str(file)) as sound:
        return from_pcm(sound.readframes(sound.getnframes())), sound.getframerate()
