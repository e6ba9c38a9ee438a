"""Optimisers on a surface of two weights, where each step can be seen, and on a net, where it cannot.

The steps are those of `torch.optim`; made by hand are the surfaces and the limits of the learning rate.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Literal

from cnntutor.vision.train_config import Schedule, TrainConfig

if TYPE_CHECKING:
    from torch import Tensor, nn
    from torch.optim import Optimizer

Racer = Literal["plain", "momentum", "Nesterov", "Adam"]
RACERS: tuple[Racer, ...] = ("plain", "momentum", "Nesterov", "Adam")

Surface = Literal["valley", "bend", "saddle"]

STARTS: dict[Surface, tuple[float, float]] = {"valley": (10.0, 1.0), "bend": (-1.2, 1.0), "saddle": (1.0, 0.01)}
"""Where every path begins: along, across."""

LOST = 1e12
"""A path that has climbed so high ends there."""


def height(surface: Surface, along: Tensor, across: Tensor, curvature: float) -> Tensor:
    """The loss of two weights.

    Args:
        surface: `valley`, a long one with straight walls, curvature 1 along it and `curvature` across; `bend`, a
            curved one after Rosenbrock (1960), its lowest point at 1, 1; `saddle`, which falls to both sides, its
            lowest points at 0, ±1.
        along: any shape.
        across: the same shape.
        curvature: the sharpest of the valley; the others grow steeper with it.

    Returns:
        The same shape; 0 at the lowest point.
    """
    match surface:
        case "valley":
            return (along**2 + curvature * across**2) / 2
        case "bend":
            return ((1 - along) ** 2 + curvature / 10 * (across - along**2) ** 2) / 2
        case "saddle":
            return curvature * along**2 / 2 + (across**2 - 1) ** 2 / 4


def limit(racer: Racer, curvature: float, momentum: float) -> float:
    """The learning rate above which a direction of this curvature λ is left in ever longer jumps.

    A step turns the distance from the floor and the velocity into multiples of each other; at the limit a root of their
    characteristic polynomial is −1. Plain: 2/λ. With momentum μ (Polyak 1964): 2·(1 + μ)/λ. Nesterov's, as torch
    writes it: 2·(1 + μ)/((1 + 2·μ)·λ). Adam's steps do not grow with the slope, so that it has none.

    Returns:
        The rate; infinite for Adam.
    """
    if racer == "Adam":
        return math.inf
    reach = {"plain": 1.0, "momentum": 1 + momentum, "Nesterov": (1 + momentum) / (1 + 2 * momentum)}
    return 2 * reach[racer] / curvature


def optimiser(racer: Racer, weights: Iterable[Tensor], rate: float, momentum: float) -> Optimizer:
    """Torch's own optimiser for these weights."""
    from torch import optim

    if racer == "Adam":
        return optim.Adam(weights, rate)
    return optim.SGD(weights, rate, 0 if racer == "plain" else momentum, nesterov=racer == "Nesterov" and momentum > 0)


def rates(schedule: Schedule, peak: float, steps: int) -> list[float]:
    """The learning rate of every step, by torch's schedulers."""
    import torch

    from cnntutor.vision.learning_rate import LearningRate

    stand_in = torch.optim.SGD([torch.zeros(1)], peak)
    scheduled = LearningRate(stand_in, TrainConfig(learning_rate=peak, schedule=schedule), steps)
    found = []
    for _ in range(steps):
        found.append(scheduled.set())
        stand_in.step()
        scheduled.advance()
    return found


def descend(
    racer: Racer, surface: Surface, curvature: float, rates: Sequence[float], momentum: float, pushes: Tensor
) -> Tensor:
    """The way of an optimiser down a surface, from its start.

    Args:
        racer: which.
        surface: as in `height`.
        curvature: as in `height`.
        rates: one a step.
        momentum: of those that have it.
        pushes: [steps, 2], added to the gradients as the noise of a batch would be.

    Returns:
        [steps + 1, 2], along and across; fewer rows where it gets lost.
    """
    import torch

    weights = torch.tensor(STARTS[surface], requires_grad=True)
    stepper = optimiser(racer, [weights], rates[0], momentum)
    places = [weights.detach().clone()]
    for rate, push in zip(rates, pushes, strict=True):
        stepper.param_groups[0]["lr"] = rate
        weights.grad = slope(surface, weights, curvature) + push
        stepper.step()
        if not float(height(surface, weights.detach()[0], weights.detach()[1], curvature)) < LOST:
            break
        places.append(weights.detach().clone())
    return torch.stack(places)


def slope(surface: Surface, weights: Tensor, curvature: float) -> Tensor:
    """The gradient of the height at two weights, by autograd: [2] → [2]."""
    import torch

    (found,) = torch.autograd.grad(height(surface, weights[0], weights[1], curvature), weights)
    return found


def learn(
    net: nn.Module, stepper: Optimizer, x: Tensor, y: Tensor, rates: Iterable[float], batch: int
) -> Iterator[float]:
    """Train a net on random batches from torch's generator, one rate a step; ends early where the loss is no number.

    Args:
        net: [N, C, H, W] → scores [N, classes].
        stepper: steps its weights.
        x: pictures, mean and deviation taken off.
        y: their classes.
        rates: of the steps.
        batch: pictures in a step.

    Yields:
        The loss before each step.
    """
    import torch
    from torch.nn.functional import cross_entropy

    for rate in rates:
        stepper.param_groups[0]["lr"] = rate
        rows = torch.randint(len(y), (batch,)).to(x.device)
        loss = cross_entropy(net(x[rows]), y[rows])
        if not loss.isfinite():
            return
        stepper.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        stepper.step()
        yield float(loss.detach())
