"""The descent of your-memory: the curve's two numbers follow the gradient of the log loss."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field

import torch
from torch import Tensor
from torch.optim import SGD, Adam, Optimizer

from cnntutor.demos.gallery._your_memory_knobs import YourMemoryKnobs
from cnntutor.demos.gallery._your_memory_log import START, Log
from cnntutor.vision.recall import Shape, log_loss, recall

LOWEST, HIGHEST = (math.log(0.05), math.log(0.2)), (math.log(2), math.log(12))
"""ln decay and ln scale never leave this window, which is also what the surface shows."""

RATE, STEPS = 0.1, 100
"""Of the fit of the other curve, by Adam."""


@dataclass(slots=True)
class Descent:
    """How far a fit has come."""

    shape: Shape
    train: Log
    held: Log
    path: list[tuple[float, float]] = field(default_factory=list)
    """ln decay and ln scale after each step; the first is where it began."""
    losses: list[float] = field(default_factory=list)
    """On the answers that are fitted, at each place of the path."""
    held_losses: list[float] = field(default_factory=list)
    rates: list[float] = field(default_factory=list)
    """Learning rate of each step."""

    @property
    def logs(self) -> Tensor:
        """Where it stands, float64 [2]."""
        return torch.tensor(self.path[-1], dtype=torch.float64)

    def note(self, logs: Tensor, loss: float) -> None:
        """Add a place to the path."""
        decay, scale = logs.tolist()
        self.path.append((decay, scale))
        self.losses.append(loss)
        self.held_losses.append(loss_at(self.shape, self.held, logs))


def split(log: Log, held_out: float) -> tuple[Log, Log]:
    """The older answers, to be fitted, and the newest ones, which only judge."""
    at = len(log) - max(1, round(held_out * len(log)))
    older, newer = ((log.ratio[part], log.recalled[part]) for part in (slice(at), slice(at, None)))
    return Log(*older, own=log.own), Log(*newer, own=log.own)


def loss_at(shape: Shape, log: Log, logs: Tensor) -> float:
    """The log loss of a curve on a log."""
    return float(log_loss(recall(shape, log.ratio, logs), log.recalled))


def constant_loss(log: Log, chance: float) -> float:
    """The log loss of whoever says the same chance every time."""
    return float(log_loss(torch.full_like(log.recalled, chance), log.recalled))


def descend(knobs: YourMemoryKnobs, train: Log, held: Log) -> Iterator[Descent]:
    """The fit, step by step; the learning rate is read afresh before each."""
    logs = torch.tensor(START, dtype=torch.float64, requires_grad=True)
    optimiser = _optimiser(knobs, logs)
    descent = Descent(knobs.curve, train, held)
    for _ in range(knobs.steps):
        _step(descent, optimiser, logs, knobs.learning_rate)
        yield descent
    descent.note(logs.detach(), loss_at(knobs.curve, train, logs.detach()))
    yield descent


def fitted(shape: Shape, train: Log) -> Tensor:
    """The logarithms of decay and scale of a curve, fitted by Adam without being watched."""
    logs = torch.tensor(START, dtype=torch.float64, requires_grad=True)
    optimiser = Adam([logs], RATE)
    for _ in range(STEPS):
        _follow(optimiser, logs, log_loss(recall(shape, train.ratio, logs), train.recalled))
    return logs.detach()


def _step(descent: Descent, optimiser: Optimizer, logs: Tensor, rate: float) -> None:
    """One step that is noted."""
    optimiser.param_groups[0]["lr"] = rate
    loss = log_loss(recall(descent.shape, descent.train.ratio, logs), descent.train.recalled)
    descent.note(logs.detach(), loss.item())
    descent.rates.append(rate)
    _follow(optimiser, logs, loss)


def _follow(optimiser: Optimizer, logs: Tensor, loss: Tensor) -> None:
    """A step along autograd's gradient; one out of the window ends at its edge."""
    optimiser.zero_grad()
    loss.backward()  # type: ignore[no-untyped-call]
    optimiser.step()
    with torch.no_grad():
        logs.copy_(torch.maximum(torch.minimum(logs, logs.new_tensor(HIGHEST)), logs.new_tensor(LOWEST)))


def _optimiser(knobs: YourMemoryKnobs, logs: Tensor) -> Optimizer:
    if knobs.optimiser == "adam":
        return Adam([logs], knobs.learning_rate)
    return SGD([logs], knobs.learning_rate, momentum=0.9 if knobs.optimiser == "momentum" else 0)


def surface(shape: Shape, train: Log, rows: int, columns: int) -> Tensor:
    """The loss over ln decay (along) and ln scale (upwards), [rows, columns]; the answers are gathered to be quick."""
    ratio, hits, counts = _gathered(train)
    decays = torch.linspace(LOWEST[0], HIGHEST[0], columns, dtype=torch.float64)
    scales = torch.linspace(HIGHEST[1], LOWEST[1], rows, dtype=torch.float64)
    logs = torch.stack(torch.meshgrid(decays, scales, indexing="xy"))[..., None]  # [2, rows, columns, 1]
    chances = recall(shape, ratio, logs)
    likely = hits * chances.log().clamp(-100) + (counts - hits) * torch.log1p(-chances).clamp(-100)
    return -likely.sum(-1) / counts.sum()


GROUPS = 100


def _gathered(log: Log) -> tuple[Tensor, Tensor, Tensor]:
    """Answers of like ratio as one: their mean ratio, the recalled among them, and how many; [≤ GROUPS] each."""
    order = log.ratio.argsort()
    ratios, hits = (part[order].tensor_split(min(GROUPS, len(log))) for part in (log.ratio, log.recalled))
    means, sums, sizes = zip(
        *((r.mean(), h.sum(), r.new_tensor(len(r))) for r, h in zip(ratios, hits, strict=True)), strict=True
    )
    return torch.stack(means), torch.stack(sums), torch.stack(sizes)
