"""A made-up series: a burst of waves at a random moment in noise, of one of two periods. The class is the period."""

from __future__ import annotations

import math

import torch
from torch import Tensor

LENGTH, LASTS = 100, 30
PERIODS = (6, 9)
"""Moments from crest to crest, of each class."""


def bursts(count: int, noise: float, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """So many series and their classes: [count, 1, LENGTH] and [count].

    Args:
        count: how many.
        noise: its deviation; the waves go from −1 to 1.
        generator: draws classes, moments and noise.
    """
    label = torch.randint(2, (count,), generator=generator)
    since = torch.arange(float(LENGTH)) - torch.randint(LENGTH - LASTS, (count, 1), generator=generator)
    period = torch.tensor(PERIODS)[label][:, None]
    wave = torch.sin(2 * math.pi * since / period) * (since >= 0) * (since < LASTS)
    return (wave + noise * torch.randn(count, LENGTH, generator=generator))[:, None], label
