"""From a script to a recording whose timing is exact: each sentence is spoken by itself and put where it belongs."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cnntutor.course.models import Script
from cnntutor.course.spoken import spoken
from cnntutor.listen.clip import faded, trimmed
from cnntutor.listen.engines.engine import Engine
from cnntutor.listen.loudness import even_gains
from cnntutor.listen.recording import Recording
from cnntutor.listen.resample import upsampled
from cnntutor.listen.timing import Place, pause_between, places

if TYPE_CHECKING:
    from cnntutor.listen.engines.engine import Samples

QUIET_AT_THE_END = 0.4
"""Seconds."""

_WORDLESS = 0.25
"""Seconds of quiet for a sentence in which an engine finds nothing to say."""
_RATE_OF_SILENCE = 16_000
_AT_ONCE = min(4, os.cpu_count() or 1)


@dataclass(frozen=True, slots=True)
class _Clip:
    """One sentence, spoken and trimmed."""

    role: str
    samples: Samples
    rate: int


def synthesise(
    script: Script,
    roles: Mapping[str, str],
    table: Mapping[str, str],
    engine: Engine,
    on_progress: Callable[[float], None] | None = None,
) -> Recording:
    """Speak a script.

    Args:
        script: what is said.
        roles: the course's hosts: name → `asks` or `builds`.
        table: the course's pronunciation: token → words.
        engine: speaks, several sentences at once if it can; it is left open.
        on_progress: told the share that is spoken, from 0 to 1, on the calling thread. What it raises stops the work.

    Raises:
        SpeechError: the engine failed.
    """
    order = list(places(script))
    clips = _speak_all(order, roles, table, engine, on_progress or _nobody)
    rate = max((clip.rate for clip in clips if len(clip.samples)), default=_RATE_OF_SILENCE)
    samples, spans = _put_together(order, _evened(clips, rate), rate)
    return Recording(samples, rate, spans, engine.name)


def _speak_all(
    order: Sequence[Place],
    roles: Mapping[str, str],
    table: Mapping[str, str],
    engine: Engine,
    on_progress: Callable[[float], None],
) -> list[_Clip]:
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        jobs = [pool.submit(_speak, engine, roles[place.host], spoken(place.sentence.text, table)) for place in order]
        try:
            _watch(jobs, on_progress)
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
    return [job.result() for job in jobs]


def _watch(jobs: Sequence[Future[_Clip]], on_progress: Callable[[float], None]) -> None:
    """Wait for all, or for the first that fails."""
    for count, job in enumerate(as_completed(jobs), start=1):
        job.result()
        on_progress(count / len(jobs))


def _speak(engine: Engine, role: str, text: str) -> _Clip:
    import numpy as np

    if not any(character.isalnum() for character in text):
        return _Clip(role, np.zeros(0, np.float32), _RATE_OF_SILENCE)
    samples, rate = engine.say(role, text)
    return _Clip(role, trimmed(samples, rate), rate)


def _evened(clips: Sequence[_Clip], rate: int) -> list[Samples]:
    """All clips at one rate, and as loud in one voice as in the other."""
    sounds = [upsampled(clip.samples, clip.rate, rate) if len(clip.samples) else clip.samples for clip in clips]
    roles = list(dict.fromkeys(clip.role for clip in clips))
    voices = [[sound for clip, sound in zip(clips, sounds, strict=True) if clip.role == role] for role in roles]
    gains = dict(zip(roles, even_gains(voices, rate), strict=True))
    return [faded(sound * gains[clip.role], rate) for clip, sound in zip(clips, sounds, strict=True)]


def _put_together(
    order: Sequence[Place], sounds: Sequence[Samples], rate: int
) -> tuple[Samples, list[tuple[float, float]]]:
    """One after the other with the pauses between, and the seconds at which each starts and ends."""
    pieces: list[Samples] = []
    spans: list[tuple[float, float]] = []
    before, now = None, 0  # in samples
    for place, sound in zip(order, sounds, strict=True):
        pause = _quiet(pause_between(before, place), rate)
        said = sound if len(sound) else _quiet(_WORDLESS, rate)
        start, end = now + len(pause), now + len(pause) + len(said)
        pieces += [pause, said]
        spans.append((start / rate, end / rate))
        before, now = place, end
    return _joined([*pieces, _quiet(QUIET_AT_THE_END, rate)]), spans


def _quiet(seconds: float, rate: int) -> Samples:
    import numpy as np

    return np.zeros(round(seconds * rate), np.float32)


def _joined(pieces: Sequence[Samples]) -> Samples:
    import numpy as np

    return np.concatenate(pieces)


def _nobody(_share: float) -> None:
    """Nobody wants to know."""
