"""The voices of signals: two lessons of the shipped podcast, who speaks when, and a net that tells by half a second."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from cnntutor import paths
from cnntutor.demos.gallery._signals_knobs import RATE, SignalsKnobs
from cnntutor.demos.gallery._signals_learner import Learner
from cnntutor.errors import UsageError

if TYPE_CHECKING:
    import torch
    from torch import Tensor, nn

LEARNT, HEARD = "what-is-a-cnn", "history"
"""The lessons that are learnt from, and listened to."""

CLIP = RATE // 2
"""Samples of a piece: half a second."""

HOP = 160
HIGHEST = 4000
"""Hz above which nothing is looked at; a voice tells itself below."""

HOSTS = ("Ada", "Ben")
"""In the order of their classes."""

STRETCH = 12
"""Seconds that are listened to."""


@dataclass(frozen=True, slots=True, eq=False)
class Lesson:
    """A recording and who speaks when."""

    sound: Tensor
    """[samples]"""
    spans: tuple[tuple[tuple[int, int], ...], tuple[tuple[int, int], ...]]
    """Of each host, first sample and the one behind the last of every sentence."""


@lru_cache(maxsize=2)
def lesson(slug: str) -> Lesson:
    """A lesson whose sound ships.

    Raises:
        UsageError: its sound is not there, or no longer fits its script.
    """
    import json

    import soundfile
    import torch

    folder = paths.assets_dir() / "sounds" / "cnn"
    try:
        samples, _ = soundfile.read(folder / f"{slug}.ogg", dtype="float32")
        spans = json.loads((folder / f"{slug}.json").read_text(encoding="utf-8"))["spans"]
    except (OSError, ValueError, KeyError, soundfile.SoundFileError) as error:
        raise UsageError(
            f"scene voices needs the sound of the lesson “{slug}”, which cannot be read: {error}"
        ) from None
    speakers = _speakers(slug)
    if len(speakers) != len(spans):
        raise UsageError(f"scene voices needs a sound that fits the script of “{slug}”: make it with `make sounds`")
    found: tuple[list[tuple[int, int]], list[tuple[int, int]]] = ([], [])
    for speaker, (start, end) in zip(speakers, spans, strict=True):
        found[HOSTS.index(speaker)].append((round(start * RATE), round(end * RATE)))
    return Lesson(torch.from_numpy(samples), (tuple(found[0]), tuple(found[1])))


def _speakers(slug: str) -> list[str]:
    """Who says each sentence of a lesson; its script alone is read, lest the first picture waits for a whole course."""
    from cnntutor.course.models import Article
    from cnntutor.course.reading.items import Surroundings
    from cnntutor.course.reading.script import read_script
    from cnntutor.course.reading.source import Source

    path = paths.shipped("content") / "cnn" / slug / "podcast.md"
    source = Source(path, path.read_text(encoding="utf-8"), lambda _: None)  # the course's own check reports mistakes
    script = read_script(Surroundings(source, Article("", (), 0), frozenset(), {}), HOSTS)
    return [line.host for chapter in script.chapters for line in chapter.lines for _ in line.sentences]


@dataclass(eq=False)
class Hearing(Learner):
    """A net that learns the voices from pictures, [N, 1, rows, columns], mean and deviation taken off."""

    mean: Tensor
    std: Tensor

    def chances(self, sound: Tensor) -> Tensor:
        """How likely the second host speaks, for every piece of a sound one after the other: [pieces]."""
        import torch

        from cnntutor.vision.spectrogram import clips

        pieces = pictures(clips(sound, [(0, len(sound))], CLIP), self.knobs).to(self.x.device)
        with torch.no_grad():
            found: Tensor = self.net((pieces - self.mean) / self.std).softmax(1)[:, 1].cpu()
        return found


def hearing(knobs: SignalsKnobs, device: torch.device) -> Hearing:
    """Cut the pieces and build a fresh net, from torch's generator."""
    x, y = _pieces(LEARNT, knobs)
    new_x, new_y = _pieces(HEARD, knobs)
    mean, std = x.mean(), x.std()
    parts = ((x - mean) / std, y, (new_x - mean) / std, new_y, mean, std)
    x, y, new_x, new_y, mean, std = (part.to(device) for part in parts)
    found = Hearing(knobs, build(knobs, x.shape[2]).to(device), x, y, new_x, new_y, mean, std)
    found.judge()
    return found


def pictures(sounds: Tensor, knobs: SignalsKnobs) -> Tensor:
    """Spectrograms up to the highest frequency: [N, samples] → [N, 1, rows, columns]."""
    from cnntutor.vision.spectrogram import spectrogram

    rows = HIGHEST * knobs.samples // RATE
    return spectrogram(sounds, knobs.samples, HOP)[:, None, :rows]


def build(knobs: SignalsKnobs, rows: int) -> nn.Module:
    """Two convolutions, the mean of every map, a linear layer. Along time alone, the rows are channels."""
    from torch import nn

    if knobs.slides == "time":
        return nn.Sequential(
            nn.Flatten(1, 2), nn.Conv1d(rows, 8, 5, 2), nn.ReLU(), nn.Conv1d(8, 16, 3, 2), nn.ReLU(),
            nn.AdaptiveAvgPool1d(1), nn.Flatten(), nn.Linear(16, 2),
        )  # fmt: skip
    return nn.Sequential(
        nn.Conv2d(1, 8, 5, 2), nn.ReLU(), nn.Conv2d(8, 16, 3, 2), nn.ReLU(),
        nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(16, 2),
    )  # fmt: skip


def _pieces(slug: str, knobs: SignalsKnobs) -> tuple[Tensor, Tensor]:
    """As many of each voice as the rarer one has."""
    import torch

    from cnntutor.vision.spectrogram import clips

    found = lesson(slug)
    each = [clips(found.sound, spans, CLIP) for spans in found.spans]
    count = min(map(len, each))
    sounds = torch.cat([pieces[:count] for pieces in each])
    return pictures(sounds, knobs), torch.arange(2).repeat_interleave(count)


def stretch(knobs: SignalsKnobs) -> tuple[Tensor, list[int]]:
    """Some seconds of the lesson that is listened to, and who speaks most in each of its pieces; −1 for nobody."""
    import torch

    found = lesson(HEARD)
    start = min(round(knobs.second * RATE), len(found.sound) - STRETCH * RATE)
    speaks = torch.zeros(2, len(found.sound))
    for host, spans in enumerate(found.spans):
        for first, end in spans:
            speaks[host, first:end] = 1
    part = speaks[:, start : start + STRETCH * RATE].reshape(2, -1, CLIP).mean(2)  # [hosts, pieces]
    truth = torch.where(part.amax(0) > 0.5, part.argmax(0), -1)
    return found.sound[start : start + STRETCH * RATE], truth.tolist()
