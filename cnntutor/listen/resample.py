"""The same sound at a higher rate. Pure."""

from __future__ import annotations

from math import gcd
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from cnntutor.listen.engines.engine import Samples

_REACH = 16
"""Samples on either side that make a new one."""


def upsampled(samples: Samples, rate: int, wanted: int) -> Samples:
    """Band-limited interpolation by a windowed sinc, as polyphase filters (Crochiere & Rabiner 1983, ch. 4).

    Args:
        samples: shape [samples].
        rate: theirs, in Hz.
        wanted: the new rate, at least as high.

    Returns:
        The same sound, shape [samples · wanted / rate].

    Raises:
        ValueError: the wanted rate is lower; that would take a filter against aliases.
    """
    import numpy as np

    if wanted < rate:
        raise ValueError(f"{rate} Hz cannot be upsampled to {wanted} Hz")
    if wanted == rate or not len(samples):
        return samples
    up, down = wanted // gcd(rate, wanted), rate // gcd(rate, wanted)
    steps = np.arange(len(samples) * up // down) * down  # where new samples lie, in 1/up of an old one
    padded = np.pad(samples, _REACH)
    neighbours = np.lib.stride_tricks.sliding_window_view(padded, 2 * _REACH)[1 + steps // up]  # [new, 2 reach]
    result: Samples = np.einsum("nk,nk->n", neighbours, _filters(up)[steps % up])
    return result


def _filters(phases: int) -> NDArray[np.float32]:
    """The weights of the neighbours for each place between two samples, shape [phases, 2 reach]."""
    import numpy as np

    offset = np.arange(1 - _REACH, _REACH + 1) - np.arange(phases)[:, None] / phases
    weights = np.sinc(offset) * np.cos(np.pi * offset / (2 * _REACH)) ** 2  # a Hann window
    weights /= weights.sum(axis=1, keepdims=True)
    result: NDArray[np.float32] = weights.astype(np.float32)
    return result
