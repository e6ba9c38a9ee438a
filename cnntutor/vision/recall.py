"""Forgetting curves as functions that can be fitted: a power law, an exponential, and the loss that judges them."""

from __future__ import annotations

import math
from typing import Literal

import torch
from torch import Tensor
from torch.nn import functional

Shape = Literal["power", "exponential"]
SHAPES: tuple[Shape, ...] = ("power", "exponential")

KEPT = 0.9
"""Chance of recall after as many days as the stability; so is stability defined in FSRS."""


def recall(shape: Shape, ratio: Tensor, logs: Tensor) -> Tensor:
    """The chance of recall after a time, which both curves let fall to 90 % at the scale.

    power: R = (1 + f·x/c)^(−d) with f = 0.9^(−1/d) − 1, the curve of FSRS-6
    (github.com/open-spaced-repetition/awesome-fsrs, *The Algorithm*) with a scale c on its stability.
    exponential: R = 0.9^(x/c), which is 2^(−x/h) with the half-life h = c·ln 0.5/ln 0.9.

    Args:
        shape: of the curve.
        ratio: x, days since the last answer, divided by the stability; [N].
        logs: ln d and ln c; [2], or [2, …, 1] for many curves at once. The exponential has no d.

    Returns:
        [N], or […, N], from 0 to 1.
    """
    decay, scale = logs.exp()
    if shape == "exponential":
        return torch.exp(math.log(KEPT) * ratio / scale)
    factor = torch.expm1(-math.log(KEPT) / decay)
    return torch.pow(1 + factor * ratio / scale, -decay)


def log_loss(chance: Tensor, recalled: Tensor) -> Tensor:
    """The mean of −ln of the chance that was given to what happened; both [N], `recalled` 0 or 1."""
    return functional.binary_cross_entropy(chance, recalled)


def days_until(shape: Shape, kept: float, decay: float, scale: float) -> float:
    """After how many times the stability the chance of recall has fallen to `kept`: the curve the other way round."""
    if shape == "exponential":
        return scale * math.log(kept) / math.log(KEPT)
    return scale * math.expm1(-math.log(kept) / decay) / math.expm1(-math.log(KEPT) / decay)


def wilson(hits: int, count: int, z: float = 1.96) -> tuple[float, float]:
    """Between which shares the true one lies, at 95 % for z = 1.96, when so many of `count` were hits.

    Wilson (1927), "Probable Inference, the Law of Succession, and Statistical Inference", JASA 22.
    """
    share, z2 = hits / count, z * z
    middle = (share + z2 / (2 * count)) / (1 + z2 / count)
    half = z / (1 + z2 / count) * math.sqrt(share * (1 - share) / count + z2 / (4 * count * count))
    return max(0.0, middle - half), min(1.0, middle + half)
