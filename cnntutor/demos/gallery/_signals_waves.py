"""The waves of signals: a burst anywhere in noise, and three ways to tell its period."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnntutor.demos.gallery._signals_knobs import SignalsKnobs
from cnntutor.demos.gallery._signals_learner import Learner

if TYPE_CHECKING:
    import torch
    from torch import Tensor

NEW = 500
"""Series that are judged and never learnt from."""

KERNELS, TAPS = 12, 9
RANDOM = 100
"""Random kernels, as in the article; Dempster et al. (2019), arXiv:1910.13051, take 10,000."""

RIDGE = 10.0


class Waves(Learner):
    """Series, [N, 1, LENGTH], and a small 1-D CNN that learns them."""

    @property
    def kernels(self) -> Tensor:
        """What it slides along the series, [KERNELS, TAPS]."""
        found: Tensor = next(self.net.parameters())
        return found[:, 0].detach().cpu()

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
