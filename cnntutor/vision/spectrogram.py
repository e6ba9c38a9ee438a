"""Sounds as pictures: the short-time Fourier transform, and clips cut out of a recording."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor


def spectrogram(sound: Tensor, window: int, hop: int) -> Tensor:
    """How loud each frequency is at each moment, on a logarithmic scale.

    Row r lies at r · rate / window Hz; a row is as narrow as a window is long (Gabor 1946: their product is 1).

    Args:
        sound: [..., samples].
        window: samples that are looked at together.
        hop: samples from one window to the next.

    Returns:
        ln(1 + 100·|STFT|), [..., window // 2 + 1, 1 + samples // hop].
    """
    flat = sound.reshape(-1, sound.shape[-1])
    found = torch.stft(flat, window, hop, window=torch.hann_window(window, device=sound.device), return_complex=True)
    return torch.log1p(100 * found.abs()).reshape(*sound.shape[:-1], *found.shape[1:])


def clips(sound: Tensor, spans: Sequence[tuple[int, int]], length: int) -> Tensor:
    """Pieces of one length out of the spans, one after the other; what is left over of a span is left out.

    Args:
        sound: [samples].
        spans: first sample and the one behind the last.
        length: of a piece.

    Returns:
        [pieces, length]; none if no span is long enough.
    """
    starts = [start for first, end in spans for start in range(first, end - length + 1, length)]
    return torch.stack([sound[start : start + length] for start in starts]) if starts else sound.new_zeros(0, length)
