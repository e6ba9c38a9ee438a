"""Attention and gates: factors that are worked out from the picture itself, and what they cost.

The costs are plain arithmetic and need no torch.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor

BASE = 30
"""The longest wave of the position codes is so many times the shortest, 2π cells. Sentences got 10,000 (Vaswani et
al.); on a map of some 20 cells such long waves would tell nothing apart."""


def attend(queries: Tensor, keys: Tensor, values: Tensor, sharpness: float = 1.0) -> tuple[Tensor, Tensor]:
    """Every query averages the values, the more of one the better its key fits.

    aᵢⱼ = softmaxⱼ(qᵢ·kⱼ/√d), yᵢ = Σⱼ aᵢⱼ·vⱼ. Vaswani et al. (2017), "Attention Is All You Need",
    arXiv:1706.03762, equation 1.

    Args:
        queries: [N, d].
        keys: [M, d].
        values: [M, C].
        sharpness: factor on the scores; 0 weighs all keys alike, large ones take the best alone.

    Returns:
        The weights a, [N, M], whose rows add up to 1, and the outputs y, [N, C].
    """
    scores = sharpness * queries @ keys.T / queries.shape[1] ** 0.5  # [N, M]
    weights = scores.softmax(dim=1)
    return weights, weights @ values


def position_codes(rows: int, columns: int, channels: int) -> Tensor:
    """Sine and cosine waves that tell places apart: half of the channels for the row, half for the column.

    Vaswani et al. (2017), section 3.5, once for each direction of the map.

    Args:
        rows: cells down.
        columns: cells across.
        channels: at least 4; what is left of the last four stays 0.

    Returns:
        [rows·columns, channels], row by row.
    """
    import torch

    quarter = channels // 4
    frequencies = BASE ** (-torch.arange(quarter) / quarter)  # [C / 4], radians a cell
    codes = torch.zeros(rows, columns, channels)
    down = torch.arange(rows)[:, None, None] * frequencies
    across = torch.arange(columns)[None, :, None] * frequencies
    waves = (down.sin(), down.cos(), across.sin(), across.cos())
    codes[..., : 4 * quarter] = torch.cat([wave.expand(rows, columns, quarter) for wave in waves], dim=-1)
    return codes.flatten(0, 1)


def attention_macs(cells: int, channels: int) -> int:
    """Multiply–accumulates of self-attention with queries, keys and values as long as the cells: 2·N²·C + 4·N·C².

    N²·C for the scores, as many for the averages, and four products of the cells with a C×C matrix: query, key,
    value, output.

    Args:
        cells: N, places of the map.
        channels: C.
    """
    return 2 * cells**2 * channels + 4 * cells * channels**2


def gate_params(channels: int, reduction: int) -> int:
    """Learnt numbers of a squeeze-and-excitation block, biases included: down to C/r numbers and up again.

    Hu, Shen & Sun (2018), "Squeeze-and-Excitation Networks", arXiv:1709.01507, section 3.

    Args:
        channels: C.
        reduction: r, at most C.
    """
    narrow = channels // reduction
    return channels * narrow + narrow + narrow * channels + channels
