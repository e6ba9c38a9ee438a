"""What both scenes of signals do with a small net: train it epoch by epoch, and judge it on what it has never met."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cnntutor.demos.gallery._signals_knobs import SignalsKnobs

if TYPE_CHECKING:
    from torch import Tensor, nn

BATCH = 32


@dataclass(eq=False)
class Learner:
    """A net, examples of two classes, and what it has learnt so far."""

    knobs: SignalsKnobs
    net: nn.Module
    x: Tensor
    """Examples to learn from, as the net takes them, [N, …]."""
    y: Tensor
    """Their classes, [N]."""
    new_x: Tensor
    new_y: Tensor
    accuracies: list[float] = field(init=False, default_factory=list)
    """On the new ones, before the first epoch and after each."""

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

    def judge(self) -> None:
        """Note how many of the new examples it names right."""
        import torch

        with torch.no_grad():
            self.accuracies.append(float((self.net(self.new_x).argmax(1) == self.new_y).float().mean()))
