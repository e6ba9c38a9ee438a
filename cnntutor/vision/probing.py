"""Probes: how easily can the class be read off a layer, once all places are thrown away?

A probe is a simple classifier on features that were not made for it; Alain & Bengio (2016), "Understanding
intermediate layers using linear classifier probes", arXiv:1610.01644. Here the features are the means of the channels.
"""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor
from torch.nn.functional import one_hot

from cnntutor.vision.models import ConvNet

RIDGE = 0.01
"""Pull of the linear probe's weights to zero, per example; features have deviation 1."""


@torch.inference_mode()  # around the body instead, two of these walking in step would leave the mode on behind them
def channel_means(net: ConvNet, x: Tensor) -> Iterator[Tensor]:
    """The mean of each channel, first of the pictures themselves and then behind every block.

    Args:
        net: in eval mode.
        x: [N, C, side, side], mean and deviation taken off.

    Yields:
        [N, channels]
    """
    yield x.mean(dim=(2, 3))
    for block in net.blocks:
        x = block(x)
        yield x.mean(dim=(2, 3))


def nearest_mean(seen: Tensor, y: Tensor, new: Tensor) -> Tensor:
    """Guess the class whose mean is nearest.

    Args:
        seen: features of examples, [N, F].
        y: their classes, [N], each of which has an example.
        new: features to guess from, [M, F].

    Returns:
        classes, [M].
    """
    means = torch.stack([seen[y == label].mean(dim=0) for label in range(int(y.max()) + 1)])  # [classes, F]
    return torch.cdist(new, means).argmin(dim=1)


def linear(seen: Tensor, y: Tensor, new: Tensor) -> Tensor:
    """Guess by the weights that fit the examples best: (AᵀA + λI)⁻¹AᵀT, ridge regression on the classes as 0 and 1.

    Args, and what it returns: as `nearest_mean`.
    """
    mean, std = seen.mean(dim=0), seen.std(dim=0).clamp(min=1e-6)
    examples, others = (_with_one((features - mean) / std) for features in (seen, new))  # [N, F + 1]
    pull = RIDGE * len(seen) * torch.eye(examples.shape[1], dtype=examples.dtype)
    weights = torch.linalg.solve(examples.T @ examples + pull, examples.T @ one_hot(y).double())
    guesses: Tensor = (others @ weights).argmax(dim=1)
    return guesses


def _with_one(features: Tensor) -> Tensor:
    """In double precision, and a 1 behind each example's features, for the bias."""
    return torch.cat([features.double(), features.new_ones(len(features), 1).double()], dim=1)
