"""How loud speech is, and how two voices become equally loud. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from cnntutor.listen.engines.engine import Samples

FRAME = 0.01
"""Seconds of sound that one measure of power stands for."""

LOUDNESS = 0.14
"""Root mean square of speech, full scale being 1: about -19 LUFS (EBU R 128), as podcasts in mono are."""

PEAK = 0.9
"""No sample goes further from 0: lossy encoders overshoot a little."""

SILENCE = 1e-4
"""Root mean square of what nobody hears: some three steps of 16-bit sound."""


def frame_powers(samples: Samples, rate: int) -> NDArray[np.float64]:
    """Mean square of each frame of 10 ms, shape [frames]; the last may be shorter."""
    import numpy as np

    starts = np.arange(0, len(samples), round(FRAME * rate))
    if not len(starts):
        return np.zeros(0)
    powers: NDArray[np.float64] = np.add.reduceat(np.square(samples, dtype=np.float64), starts)
    powers /= np.diff(np.append(starts, len(samples)))
    return powers


def speech_level(clips: Sequence[Samples], rate: int) -> float:
    """Root mean square of what is spoken in these clips, 0 for silence.

    Frames more than 10 dB below the mean do not count, so that pauses make no voice quieter: the relative gate
    of ITU-R BS.1770-4, annex 1.
    """
    import numpy as np

    powers = np.concatenate([frame_powers(clip, rate) for clip in clips])
    powers = powers[powers > SILENCE**2]
    if not len(powers):
        return 0.0
    return float(np.sqrt(powers[powers > powers.mean() / 10].mean()))


def even_gains(voices: Sequence[Sequence[Samples]], rate: int) -> list[float]:
    """What to multiply each voice with, so that all are equally loud and none exceeds `PEAK`; 1 for a silent one.

    Args:
        voices: the clips of each voice.
        rate: their rate in Hz.
    """
    levels = [speech_level(clips, rate) for clips in voices]
    peaks = [max((float(abs(clip).max()) for clip in clips if len(clip)), default=0.0) for clips in voices]
    reachable = [PEAK * level / peak for level, peak in zip(levels, peaks, strict=True) if level]
    loudness = min(reachable, default=LOUDNESS)
    return [min(loudness, LOUDNESS) / level if level else 1.0 for level in levels]
