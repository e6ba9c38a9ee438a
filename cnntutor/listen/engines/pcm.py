"""Sound as engines give it: integers of 16 bits."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cnntutor.listen.engines.engine import Samples


def from_pcm(data: bytes) -> Samples:
    """Samples in [-1, 1) from signed 16-bit integers, little-endian."""
    import numpy as np

    samples: Samples = np.frombuffer(data, "<i2").astype(np.float32)
    samples /= 32768
    return samples
