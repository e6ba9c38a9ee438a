"""Sound in files: Vorbis for the app, MP3 for players elsewhere; through libsndfile."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from cnntutor.errors import SpeechError

if TYPE_CHECKING:
    from cnntutor.listen.engines.engine import Samples

_VORBIS_COMPRESSION = 0.8
"""From 0 (largest) to 1: 200 s of speech at 16 kHz take about 0.8 MB, with noise 22 dB below the voice."""

_MP3_COMPRESSION = 0.7

_PIECE = 16_384
"""Samples written at once: libsndfile has crashed on minutes of Vorbis in one call."""


def write_vorbis(file: Path, samples: Samples, rate: int) -> None:
    """Write sound as Ogg Vorbis, whole or not at all.

    Args:
        file: where.
        samples: mono in [-1, 1], shape [samples].
        rate: theirs in Hz.

    Raises:
        SpeechError: soundfile is missing, or the file cannot be written.
    """
    _write(file, samples, rate, "OGG", "VORBIS", _VORBIS_COMPRESSION)


def write_mp3(file: Path, samples: Samples, rate: int) -> None:
    """Write sound as MP3, whole or not at all.

    Args:
        file: where.
        samples: mono in [-1, 1], shape [samples].
        rate: theirs; MP3 knows 8, 11.025, 12, 16, 22.05, 24, 32, 44.1 and 48 kHz.

    Raises:
        SpeechError: soundfile is missing, or the file cannot be written.
    """
    _write(file, samples, rate, "MP3", "MPEG_LAYER_III", _MP3_COMPRESSION)


def read(file: Path) -> tuple[Samples, int]:
    """The samples of a file of sound, made mono, and their rate in Hz.

    Raises:
        SpeechError: soundfile is missing, or the file is missing or damaged.
    """
    soundfile = _soundfile()
    try:
        with file.open("rb") as opened:
            samples, rate = soundfile.read(opened, dtype="float32", always_2d=True)
    except (OSError, soundfile.LibsndfileError) as error:
        raise SpeechError(f"{file} cannot be read as sound: {_reason(error)}. Make it anew.") from None
    if not len(samples):
        raise SpeechError(f"{file} holds no sound: make it anew.")
    return samples.mean(axis=1), rate


def _write(file: Path, samples: Samples, rate: int, kind: str, subtype: str, compression: float) -> None:
    soundfile = _soundfile()
    try:
        with (
            _replacing(file) as part,
            soundfile.SoundFile(str(part), "w", rate, 1, subtype, format=kind, compression_level=compression) as sound,
        ):
            for start in range(0, len(samples), _PIECE):
                sound.write(samples[start : start + _PIECE])
    except (OSError, soundfile.LibsndfileError) as error:
        raise SpeechError(f"{file} cannot be written: {_reason(error)}. Make room, or choose another folder.") from None


@contextlib.contextmanager
def _replacing(file: Path) -> Iterator[Path]:
    """A file beside `file` that takes its place if all goes well, and is gone if not."""
    part = file.with_name(f".{file.name}.{uuid4().hex[:8]}")
    try:
        part.touch()  # where this fails, Python knows why and libsndfile does not
        yield part
        part.replace(file)
    finally:
        part.unlink(missing_ok=True)


def _soundfile() -> Any:
    try:
        import soundfile
    except (ImportError, OSError):  # OSError: the package is there, libsndfile is not
        raise SpeechError("Sound needs soundfile: `pip install soundfile` brings it.") from None
    return soundfile


def _reason(error: Any) -> str:
    """Why, without the name of the file."""
    said = error.strerror if isinstance(error, OSError) else error.error_string
    return str(said or error).removeprefix("Error : ").rstrip(".")
