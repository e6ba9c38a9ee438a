"""What is left of a net that is cut, and how many bytes it takes. No torch."""

from __future__ import annotations

from typing import Literal

FLOAT = 4
"""Bytes of a float32."""

Scales = Literal["per channel", "per layer"]
"""Of a quantised layer: one for each output channel, or one for all."""


def filters_left(filters: int, share: float) -> int:
    """Of so many, when this share is cut; one is always left."""
    return max(1, round((1 - share) * filters))


def weights_left(weights: int, share: float) -> int:
    """Of so many, when this share becomes zero."""
    return weights - round(share * weights)


def float_bytes(weights: int, biases: int) -> int:
    """Every number as float32."""
    return FLOAT * (weights + biases)


def quantised_bytes(weights: int, biases: int, layers: int, bits: int, scales: Scales) -> int:
    """⌈bits·weights/8⌉, then biases and scales as float32, and 5 bytes for each set of activations.

    Args:
        weights: how many.
        biases: how many; one for each output channel.
        layers: with weights. The activations behind each, and the pictures, have a scale and a zero point of a byte.
        bits: of a weight.
        scales: of the weights.
    """
    steps = biases if scales == "per channel" else layers
    return -(-bits * weights // 8) + FLOAT * (biases + steps) + (FLOAT + 1) * (layers + 1)


def mask_bytes(weights: int) -> int:
    """One bit for each weight, that says whether it is zero."""
    return -(-weights // 8)


def packed_bytes(weights: int, kept: int, biases: int) -> int:
    """The mask, then the weights that are not zero and the biases as float32.

    Args:
        weights: how many.
        kept: how many of them are not zero.
        biases: how many.
    """
    return mask_bytes(weights) + float_bytes(kept, biases)
