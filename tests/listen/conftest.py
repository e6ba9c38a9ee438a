"""Engines that speak for the tests: eSpeak NG itself, and a Piper that hums at its voice's pitch."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from cnntutor.listen.engines.espeak import Espeak

FAKE_PIPER = """
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

print("a library that chats on standard output")


@dataclass
class SynthesisConfig:
    speaker_id: int | None = None


@dataclass
class Config:
    sample_rate: int
    num_speakers: int


@dataclass
class Chunk:
    sample_rate: int
    audio_int16_bytes: bytes


class PiperVoice:
    def __init__(self, pitch, config):
        self.pitch, self.config = pitch, config

    @staticmethod
    def load(model_path):
        model = Path(model_path)
        if not model.read_text().startswith("hum"):
            raise ValueError("Protobuf parsing failed\\nsecond line")
        with model.with_suffix(".loads").open("a") as loads:
            loads.write("x")
        about = json.loads(Path(f"{model_path}.json").read_text())
        config = Config(about["audio"]["sample_rate"], about["num_speakers"])
        return PiperVoice(float(model.read_text().split()[1]), config)

    def synthesize(self, text, syn_config=None):
        pitch = self.pitch * (1 + (syn_config.speaker_id or 0))
        for word in text.split():
            time = np.arange(round(0.2 * self.config.sample_rate)) / self.config.sample_rate
            hum = sum(np.sin(2 * np.pi * pitch * k * time) / k for k in (1, 2, 3))
            yield Chunk(self.config.sample_rate, (hum * 9000).astype("<i2").tobytes())
"""


def fundamental(samples: np.ndarray, rate: int) -> float:
    """Pitch in Hz: the median over loud frames of the highest peak of their autocorrelation."""
    size = round(0.04 * rate)
    frames = [samples[start : start + size] for start in range(0, len(samples) - size, size // 2)]
    loudest = max(np.square(frame).mean() for frame in frames)
    found = [_period(frame - frame.mean(), rate) for frame in frames if np.square(frame).mean() > loudest / 10]
    return rate / float(np.median([period for period in found if period]))


def _period(frame: np.ndarray, rate: int) -> int | None:
    """In samples, of 60 to 400 Hz; None for a frame without a voice."""
    likeness = np.correlate(frame, frame, "full")[len(frame) - 1 :]
    period = rate // 400 + int(likeness[rate // 400 : rate // 60].argmax())
    return period if likeness[period] > likeness[0] / 2 else None


@pytest.fixture
def pitch() -> Callable[[np.ndarray, int], float]:
    """Measures the pitch of speech in Hz."""
    return fundamental


@pytest.fixture(scope="session")
def espeak() -> Iterator[Espeak]:
    """eSpeak NG, kept open."""
    with Espeak() as engine:
        yield engine


@pytest.fixture
def fake_piper(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A package with the interface of piper-tts, installed for this test."""
    package = tmp_path / "packages" / "piper"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text(FAKE_PIPER, encoding="utf-8")
    monkeypatch.syspath_prepend(package.parent)


@pytest.fixture
def piper_voice(tmp_path: Path) -> Callable[..., Path]:
    """Makes the two files of a voice for the fake Piper."""

    def make(name: str, pitch: float = 120, rate: int = 22_050, speakers: int = 1) -> Path:
        model = tmp_path / "voices" / f"{name}.onnx"
        model.parent.mkdir(exist_ok=True)
        model.write_text(f"hum {pitch}", encoding="utf-8")
        about = f'{{"audio": {{"sample_rate": {rate}}}, "num_speakers": {speakers}}}'
        model.with_name(f"{name}.onnx.json").write_text(about, encoding="utf-8")
        return model

    return make
