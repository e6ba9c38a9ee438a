"""Piper: neural voices, of those that the learner has fetched.

`piper-tts` is GPL-3. It is a program of its own here (`piper_child`), never loaded into the app's process.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from cnntutor.errors import SpeechError
from cnntutor.listen.child_engine import Child

if TYPE_CHECKING:
    from cnntutor.listen.engines.engine import Samples

_BETWEEN_PATHS = re.compile(r"[;\n]")


@dataclass(frozen=True, slots=True)
class Voice:
    """One voice of the learner's."""

    model: Path
    """NAME.onnx; NAME.onnx.json lies beside it."""
    speaker: int | None = None
    """Which speaker of the model, where it has several."""

    @property
    def name(self) -> str:
        """E.g. `en_US-amy-medium`, or `en_US-libritts-high #1` for the second of many speakers."""
        return self.model.stem if self.speaker is None else f"{self.model.stem} #{self.speaker}"


class Piper:
    """Piper with two voices of the learner's. Each model is loaded once, in a child of its own."""

    def __init__(self, setting: str) -> None:
        """Look at the voices' files; nothing starts yet.

        Args:
            setting: one or two paths of .onnx files, parted by `;` or a new line, or a folder that holds some.

        Raises:
            SpeechError: there are no two voices there, or a file is missing or damaged.
        """
        asks, builds = voices(setting)
        self.name = f"piper {asks.name}, {builds.name}"
        self._voices = {"asks": asks, "builds": builds}
        self._children = {
            voice.model: Child("Piper", "cnntutor.listen.engines.piper_child") for voice in (asks, builds)
        }

    @staticmethod
    def available() -> bool:
        """Whether Piper is installed; looks without importing it."""
        return find_spec("piper") is not None

    def __enter__(self) -> Self:
        """Check that Piper is installed.

        Raises:
            SpeechError: it is not.
        """
        if not self.available():
            raise SpeechError(
                "Piper is not installed here: `pip install piper-tts` brings it, or empty the setting for Piper voices."
            )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the children."""
        for child in self._children.values():
            child.close()

    def say(self, role: str, text: str) -> tuple[Samples, int]:
        """Speak one sentence; see `Engine.say`."""
        voice = self._voices[role]
        return self._children[voice.model].ask(model=str(voice.model), speaker=voice.speaker, text=text)


def voices(setting: str) -> tuple[Voice, Voice]:
    """The voice that asks and the voice that builds; see `Piper`."""
    models = _models(setting)
    speakers = [_speakers(model) for model in models]
    if len(models) == 2:
        return Voice(models[0]), Voice(models[1])
    if speakers[0] < 2:
        raise SpeechError(f"{models[0].name} is one voice, and two hosts talk: name a second .onnx file after a `;`.")
    return Voice(models[0], 0), Voice(models[0], 1)


def _models(setting: str) -> list[Path]:
    """One or two .onnx files; the first two of a folder."""
    named = [part.strip() for part in _BETWEEN_PATHS.split(setting)]
    paths = list(dict.fromkeys(_path(text) for text in named if text))  # one voice named twice is still one
    if len(paths) == 1 and paths[0].is_dir():
        models = sorted(paths[0].glob("*.onnx"))[:2]
        if not models:
            raise SpeechError(f"There is no Piper voice in {paths[0]}: put NAME.onnx and NAME.onnx.json there.")
        return models
    if len(paths) not in {1, 2}:
        raise SpeechError(f"Two hosts talk, so name one or two Piper voices, not {len(paths)}.")
    return paths


def _path(text: str) -> Path:
    try:
        return Path(text).expanduser().resolve()
    except (RuntimeError, ValueError, OSError):
        raise SpeechError(f"{text} is no path of a Piper voice: write the whole path of a .onnx file.") from None


def _speakers(model: Path) -> int:
    """How many speakers a model has."""
    if not model.is_file():
        raise SpeechError(f"There is no Piper voice {model}: give the path of a .onnx file, or of a folder with some.")
    about = model.with_name(model.name + ".json")
    try:
        return int(json.loads(about.read_text("utf-8")).get("num_speakers", 1))
    except OSError:
        raise SpeechError(f"{about.name} is missing beside {model}: fetch it from where the voice is from.") from None
    except (ValueError, TypeError, AttributeError):
        raise SpeechError(f"{about} is damaged: fetch it again from where the voice is from.") from None
