"""Units that no picture moves any more: a small net without normalisation, its training, and a count of its dead.

A unit is dead if its activation is flat at every place of every picture: no gradient reaches its weights from anywhere
(Maas, Hannun & Ng 2013; Lu et al. 2019, "Dying ReLU and Initialization", arXiv:1903.06733).
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from cnntutor.vision.activations import LEAK, ActivationName, slope, value
from cnntutor.vision.data_set import DataSet

FLAT = 1e-3
"""A slope below this passes nothing worth the name; a ReLU's is 0."""

MOMENTUM = 0.9


class PlainNet(nn.Module):
    """Three convolutions with an activation behind each, the mean of every map, a linear layer."""

    def __init__(self, width: int, activation: ActivationName, classes: int, leak: float = LEAK) -> None:
        """Build it with weights of variance 2 / fan-in (He et al. 2015) from torch's generator, and no biases yet.

        Args:
            width: filters of the first convolution; the others have twice as many.
            activation: behind each convolution.
            classes: scores that it gives.
            leak: slope of the leaky ReLU on the left.
        """
        super().__init__()
        self._value, self._slope = partial(value, activation, leak=leak), partial(slope, activation, leak=leak)
        inputs, outputs, strides = (1, width, 2 * width), (width, 2 * width, 2 * width), (1, 2, 2)
        self.convs = nn.ModuleList(
            nn.Conv2d(c_in, c_out, 3, stride, 1) for c_in, c_out, stride in zip(inputs, outputs, strides, strict=True)
        )
        self.head = nn.Linear(2 * width, classes)
        for conv in self.convs:
            for weights in conv.parameters():
                nn.init.kaiming_normal_(weights, nonlinearity="relu") if weights.ndim > 1 else nn.init.zeros_(weights)

    def forward(self, x: Tensor) -> Tensor:
        """[N, 1, H, W] → scores [N, classes]."""
        for conv in self.convs:
            x = self._value(conv(x))
        scores: Tensor = self.head(x.mean((2, 3)))
        return scores

    @torch.no_grad()
    def dead(self, x: Tensor) -> list[Tensor]:
        """Which units of each convolution are flat for all these pictures: bool [filters] each."""
        found = []
        for conv in self.convs:
            sums = conv(x)
            found.append(self._slope(sums).abs().amax((0, 2, 3)) < FLAT)
            x = self._value(sums)
        return found


def train(net: PlainNet, data: DataSet, learning_rate: float, steps: int, batch: int = 64) -> Iterator[float]:
    """SGD with momentum on random batches from torch's generator; it ends early where the loss is no longer a number.

    Yields:
        The loss before each step.
    """
    x, y = normalised(data, next(net.parameters()))
    optimiser = torch.optim.SGD(net.parameters(), learning_rate, MOMENTUM)
    for _ in range(steps):
        rows = torch.randint(len(y), (batch,)).to(x.device)
        loss = cross_entropy(net(x[rows]), y[rows])
        if not loss.isfinite():
            return
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimiser.step()
        yield float(loss.detach())


def normalised(data: DataSet, like: Tensor) -> tuple[Tensor, Tensor]:
    """The training pictures, mean and deviation taken off, and their labels, on the device of `like`."""
    x = (data.train.x - data.mean[0]) / data.std[0]
    return x.to(like.device), data.train.y.to(like.device)
