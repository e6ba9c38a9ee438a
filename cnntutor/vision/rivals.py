"""A dense net and a small CNN for the same pictures, and a way to train nets side by side."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from torch import nn

if TYPE_CHECKING:
    from cnntutor.vision.train import Step, Trainer

CONVOLUTIONS = 3
"""Of the CNN; between them the sides are halved."""


def dense_net(side: int, units: int, classes: int = 10) -> nn.Sequential:
    """Every unit reads every pixel; then scores. It fits pictures of one size.

    Args:
        side: height and width of the grey pictures, in pixels.
        units: of the hidden layer.
        classes: scores that it gives.
    """
    return nn.Sequential(
        nn.Flatten(), nn.Linear(side * side, units), nn.BatchNorm1d(units), nn.ReLU(), nn.Linear(units, classes)
    )


def pooled_cnn(filters: int, kernel: int, classes: int = 10) -> nn.Sequential:
    """Three convolutions, each behind a halving but the first, and the mean of every map. It fits any side from 4.

    Args:
        filters: of each convolution.
        kernel: taps on a side, odd; the border is padded with zeros so that the maps keep their side.
        classes: scores that it gives.
    """
    channels = (1, *[filters] * CONVOLUTIONS)
    layers: list[nn.Module] = []
    for c_in, c_out in pairwise(channels):
        layers += [nn.MaxPool2d(2)] if layers else []
        # The mean that the norm takes off would take a bias with it.
        layers += [nn.Conv2d(c_in, c_out, kernel, padding=kernel // 2, bias=False), nn.BatchNorm2d(c_out), nn.ReLU()]
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(filters, classes))


def flat_cnn(filters: int, side: int, classes: int = 10) -> nn.Sequential:
    """Two 3×3 convolutions, a halving behind each, and scores that see every cell: they know what lies where.

    Args:
        filters: of the first convolution; the second has twice as many.
        side: height and width of the grey pictures, in pixels; divisible by 4.
        classes: scores that it gives.
    """
    layers: list[nn.Module] = []
    for c_in, c_out in pairwise((1, filters, 2 * filters)):
        layers += [nn.Conv2d(c_in, c_out, 3, padding=1, bias=False), nn.BatchNorm2d(c_out), nn.ReLU(), nn.MaxPool2d(2)]
    return nn.Sequential(*layers, nn.Flatten(), nn.Linear(2 * filters * (side // 4) ** 2, classes))


def rounds(trainers: Sequence[Trainer]) -> Iterator[float]:
    """Train nets side by side; after every evaluation of all of them, the epochs that are done. 0 comes first.

    Args:
        trainers: of equally many steps, with evaluations after the same ones.
    """
    for trainer in trainers:
        trainer.evaluate()
    yield 0.0
    running = [trainer.steps() for trainer in trainers]
    while judged := [step for step in map(_judged, running) if step]:
        yield judged[-1].epoch


def _judged(steps: Iterator[Step]) -> Step | None:
    """Go on to the next step that an evaluation follows; None at the end of the run."""
    return next((step for step in steps if step.evaluation), None)
