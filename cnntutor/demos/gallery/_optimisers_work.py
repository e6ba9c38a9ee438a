"""The work of the demo `optimisers`: paths on the surface, nets that learn, and the range test."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cnntutor.demos.gallery._optimisers_knobs import OptimisersKnobs
from cnntutor.vision import descent, range_test
from cnntutor.vision.descent import RACERS, Racer

if TYPE_CHECKING:
    import torch
    from torch import Tensor, nn

    from cnntutor.vision.data_set import DataSet

FILTERS = 16
"""Of the net's first convolution."""


@dataclass(slots=True)
class Learnt:
    """What came of one net."""

    losses: list[float] = field(default_factory=list)
    """Before each step; few where the loss was no longer a number."""
    accuracy: float | None = None
    """Share of the held-out digits that it names right, once it has ended."""


def paths(knobs: OptimisersKnobs) -> dict[Racer, Tensor]:
    """Every racer's way down the surface, [steps + 1, 2]; all meet the same noise."""
    import torch

    draw = torch.Generator().manual_seed(torch.initial_seed())
    pushes = knobs.noise * torch.randn(knobs.steps, 2, generator=draw)
    return {
        racer: descent.descend(
            racer,
            knobs.surface,
            knobs.curvature,
            descent.rates(knobs.schedule, knobs.surface_rate(racer), knobs.steps),
            knobs.momentum,
            pushes,
        )
        for racer in RACERS
    }


def heights(knobs: OptimisersKnobs, ways: Mapping[Racer, Tensor]) -> dict[Racer, list[float]]:
    """The loss at every place of every way."""
    return {
        racer: descent.height(knobs.surface, way[:, 0], way[:, 1], knobs.curvature).tolist()
        for racer, way in ways.items()
    }


class Digits:
    """The digits and the net that learns them; every run starts with the same weights and sees the same batches."""

    def __init__(self, knobs: OptimisersKnobs, device: torch.device) -> None:
        from cnntutor.vision import data

        self._knobs = knobs
        self._device = device
        self._data = data.load("digits")
        self._x, self._y = self._part(self._data, "train")

    def race(self, learnt: dict[Racer, Learnt]) -> Iterator[Racer]:
        """Train a net for every racer; after each step, whose it was."""
        for racer in RACERS:
            net, found = self._net(), learnt.setdefault(racer, Learnt())
            rates = descent.rates(self._knobs.schedule, self._knobs.net_rate(racer), self._knobs.net_steps)
            for loss in self._learn(net, racer, rates):
                found.losses.append(loss)
                yield racer
            found.accuracy = self._accuracy(net)

    def test(self, losses: list[float]) -> Iterator[None]:
        """The range test; halts after each step."""
        knobs = self._knobs
        rates = range_test.rising(knobs.lowest_rate, knobs.highest_rate, knobs.test_steps)
        for loss in self._learn(self._net(), knobs.tested, rates):
            losses.append(loss)
            yield

    def _learn(self, net: nn.Module, racer: Racer, rates: list[float]) -> Iterator[float]:
        stepper = descent.optimiser(racer, net.parameters(), rates[0], self._knobs.momentum)
        return descent.learn(net, stepper, self._x, self._y, rates, self._knobs.batch)

    def _net(self) -> nn.Module:
        """The lesson's net, and torch's generator where it was after the first one."""
        import torch
        from torch import nn

        torch.manual_seed(torch.initial_seed())
        return nn.Sequential(
            *(nn.Conv2d(1, FILTERS, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2)),
            *(nn.Conv2d(FILTERS, 2 * FILTERS, 3, padding=1), nn.ReLU()),
            *(nn.Flatten(), nn.Linear(2 * FILTERS * 16, len(self._data.class_names))),
        ).to(self._device)

    def _accuracy(self, net: nn.Module) -> float:
        import torch

        x, y = self._part(self._data, "held_out")
        with torch.no_grad():
            return float((net(x).argmax(1) == y).float().mean())

    def _part(self, data: DataSet, name: str) -> tuple[Tensor, Tensor]:
        """Pictures, mean and deviation taken off, and their classes."""
        part = getattr(data, name)
        return ((part.x - data.mean[0]) / data.std[0]).to(self._device), part.y.to(self._device)
