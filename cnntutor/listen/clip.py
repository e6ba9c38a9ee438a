"""The edges of one spoken sentence: without the silence around it, and without clicks. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnntutor.listen.loudness import FRAME, SILENCE, frame_powers

if TYPE_CHECKING:
    from cnntutor.listen.engines.engine import Samples

THRESHOLD = 0.008
"""Silence is this much (-42 dB) below the loud parts of its sentence: an f is some 35 below, an engine's noise 50."""

MARGIN = 0.015
"""Seconds kept at either end: the softest part of a consonant."""

FADE = 0.004
"""Seconds in which a sentence comes and goes; a sound that starts at full height clicks."""


def trimmed(samples: Samples, rate: int) -> Samples:
    """A sentence without the silence at its ends; nothing, if it is all silence."""
    import numpy as np

    powers = frame_powers(samples, rate)
    loud = np.sqrt(np.percentile(powers, 95)) if len(powers) else 0.0
    heard = np.flatnonzero(powers > (THRESHOLD * loud) ** 2)
    if loud < SILENCE or not len(heard):
        return samples[:0]
    frame, margin = round(FRAME * rate), round(MARGIN * rate)
    return samples[max(0, heard[0] * frame - margin) : (heard[-1] + 1) * frame + margin]


def faded(samples: Samples, rate: int) -> Samples:
    """A sentence that comes out of silence and goes back into it."""
    import numpy as np

    length = min(round(FADE * rate), len(samples) // 2)
    rise = np.sin(np.linspace(0, np.pi / 2, length, endpoint=False, dtype=np.float32)) ** 2
    softened = samples.copy()
    softened[:length] *= rise
    softened[len(softened) - length :] *= rise[::-1]
    return softened
