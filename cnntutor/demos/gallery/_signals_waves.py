"""The waves of signals: a burst anywhere in noise, and three ways to tell its period."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cnntutor.demos.gallery._signals_knobs import SignalsKnobs

if TYPE_CHECKING:
    import torch
    from torch import Tensor, nn

NEW = 500
"""Series that are judged and never learnt from."""

KERNELS, TAPS = 12, 9
RANDOM = 100
"""Random kernels, as in the article; Dempster et al. (2019), arXiv:1910.13051, take 10,000."""

RIDGE = 10.0
BATCH = 32


@dataclass(eq=False)
class Waves:
    """Series, a small 1-D CNN that learns them, and what it has learnt so far."""

    knobs: SignalsKnobs
    net: nn.Sequential
    x: Tensor
    """[N, 1, LENGTH]"""
    y: Tensor
    new_x: Tensor
    new_y: Tensor
    accuracies: list[float] = field(default_factory=list)

    def learn(self) -> Iterator[int]:
        """Epoch after epoch."""
        import torch
        from torch.nn.functional import cross_entropy

        optimiser = torch.optim.Adam(self.net.parameters(), self.knobs.learning_rate)
        for epoch in range(1, self.knobs.epochs + 1):
            for rows in torch.split(torch.randperm(len(self.y)).to(self.x.device), BATCH):
                loss = cross_entropy(self.net(self.x[rows]), self.y[rows])
                optimiser.zero_grad()
                loss.backward()  # type: ignore[no-untyped-call]
                optimiser.step()
            self.judge()
            yield epoch

    @property
    def kernels(self) -> Tensor:
        """What it slides along the series, [KERNELS, TAPS]."""
        found: Tensor = next(self.net.parameters())
        return found[:, 0].detach().cpu()

    def judge(self) -> None:
        """Note how many of the new series it names right."""
        import torch

        with torch.no_grad():
            self.accuracies.append(float((self.net(self.new_x).argmax(1) == self.new_y).float().mean()))

    def linear(self) -> float:
        """Accuracy of a linear classifier on the numbers themselves, place by place."""
        return self._ridge(self.x[:, 0], self.new_x[:, 0])

    def random(self) -> float:
        """Accuracy of a linear classifier on the loudest answer of random kernels that were never trained."""
        import torch
        from torch.nn.functional import conv1d

        kernels = torch.randn(RANDOM, 1, TAPS).to(self.x.device)
        kernels = kernels - kernels.mean(2, keepdim=True)
        return self._ridge(conv1d(self.x, kernels).amax(2), conv1d(self.new_x, kernels).amax(2))

    def _ridge(self, seen: Tensor, new: Tensor) -> float:
        """Share of the new ones that weights fitted to the seen ones name right."""
        import torch

        mean, std = seen.mean(0), seen.std(0)
        a, b = (seen - mean) / std, (new - mean) / std
        pull = RIDGE * torch.eye(a.shape[1], device=a.device)
        weights = torch.linalg.solve(a.T @ a + pull, a.T @ (2.0 * self.y - 1))
        return float(((b @ weights > 0) == (self.new_y == 1)).float().mean())


def waves(knobs: SignalsKnobs, device: torch.device) -> Waves:
    """Draw the series and build a fresh net, from torch's generator."""
    import torch
    from torch import nn

    from cnntutor.vision.bursts import bursts

    lots = torch.Generator().manual_seed(torch.initial_seed())
    (x, y), (new_x, new_y) = bursts(knobs.examples, knobs.noise, lots), bursts(NEW, knobs.noise, lots)
    net = nn.Sequential(
        nn.Conv1d(1, KERNELS, TAPS), nn.ReLU(), nn.AdaptiveMaxPool1d(1), nn.Flatten(), nn.Linear(KERNELS, 2)
    )
    found = Waves(knobs, net.to(device), x.to(device), y.to(device), new_x.to(device), new_y.to(device))
    found.judge()
    return found
