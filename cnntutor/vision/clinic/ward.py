"""The ward: a program trains, and every few steps its signs are taken."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from cnntutor.vision.clinic.running import Running
from cnntutor.vision.data_set import DataSet, Part

BATCH = 64
EPOCHS = 6
STEPS = 138
"""Of a whole run: 1,437 pictures make 23 batches, six times."""

TAKEN_EVERY = 6
"""Steps from one examination to the next."""

SHOWN = 10
"""Pictures that are shown of what the net is fed with."""


@dataclass(frozen=True, slots=True, eq=False)
class Ward:
    """The data that every patient of the ward trains on: sorted by class, as folders are."""

    train: Part
    held_out: Part
    """What the program is judged on."""
    unseen: Part
    """What nobody shows it; only the hidden checks look here."""
    mean: float
    std: float

    def prepared(self, x: Tensor) -> Tensor:
        """Pictures as the net should be fed with them."""
        return (x - self.mean) / self.std


@dataclass(frozen=True, slots=True, eq=False)
class Signs:
    """One examination. Shares go from 0 to 1."""

    step: int
    losses: tuple[float, ...]
    """Of every step so far."""
    trained: float
    """Of the newest batch: share named right while it trained."""
    held_out: float
    """Accuracy on the held-out pictures, as the program finds it."""
    gradient: float
    """Length of the gradient of all weights that a step used."""
    first_gradient: float
    """Of the first layer alone."""
    moved: float
    """Relative change of the first layer's weights since the start."""
    dead: float
    """Share of the channels behind ReLUs that were 0 for a whole batch."""
    apart: float
    """Share of answers that change when the same pictures are judged again."""
    lowest: float
    """Of the scores that the loss was given."""
    highest: float
    fed: tuple[float, float]
    """Mean and deviation of what the net is fed while it trains."""
    fed_judged: tuple[float, float]
    """The same while it is judged."""
    pictures: Tensor
    """The first of what it was fed while it trained, [N, 1, side, side]; before training, empty."""
    judged_pictures: Tensor
    """One of each class as it is fed while it is judged, [N, 1, side, side]."""
    looked_at: Tensor
    """How much each pixel of those sways the answer: mean of |∂ largest score / ∂ pixel|, [side, side]."""

    @property
    def loss(self) -> float:
        """Mean of the newest steps; not a number once it has run away."""
        newest = self.losses[-TAKEN_EVERY:]
        return sum(newest) / len(newest) if newest else math.nan


def ward(data: DataSet) -> Ward:
    """Sort the training pictures by class and keep every second one of the held-out for the hidden checks."""
    rows = data.train.y.argsort(stable=True)
    x, y = data.held_out.x, data.held_out.y
    train, held_out, unseen = Part(data.train.x[rows], data.train.y[rows]), Part(x[::2], y[::2]), Part(x[1::2], y[1::2])
    return Ward(train, held_out, unseen, data.mean[0], data.std[0])


def course(program: Running, room: Ward, epochs: int = EPOCHS) -> Iterator[Signs]:
    """Train, and yield the signs before the first step, every few steps, and at the end.

    A run whose loss is no longer a number ends there.

    Raises:
        UsageError: a line of the program raises.
    """
    start = program.first.detach().clone()
    losses: list[float] = []
    yield _examined(program, room, losses, start)
    for _ in range(epochs):
        for rows in torch.split(program.order(len(room.train.y)), BATCH):
            losses.append(program.step(*program.batch(room.train.x, room.train.y, rows)))
            if not math.isfinite(losses[-1]):
                yield _examined(program, room, losses, start)
                return
            if len(losses) % TAKEN_EVERY == 0:
                yield _examined(program, room, losses, start)
    yield _examined(program, room, losses, start)


def _examined(program: Running, room: Ward, losses: list[float], start: Tensor) -> Signs:
    heard = program.overheard
    fed, graded, live = heard.fed, heard.graded, heard.live
    lengths = [float(weight.grad.norm()) if weight.grad is not None else 0.0 for weight in program.model.parameters()]
    with torch.random.fork_rng(devices=[]):  # a program must not train otherwise because it was looked at
        x, y = program.batch(room.held_out.x, room.held_out.y, torch.arange(len(room.held_out.y)))
        held_out = program.accuracy(x, y)
        first, judged = heard.raw.argmax(1), heard.fed
        program.accuracy(x, y)
    one_each = [int((room.held_out.y == label).nonzero()[0]) for label in range(SHOWN)]
    return Signs(
        step=len(losses),
        losses=tuple(losses),
        trained=program.newest_right if losses else math.nan,
        held_out=held_out,
        gradient=math.hypot(*lengths),
        first_gradient=lengths[0],
        moved=float((program.first.detach() - start).norm() / start.norm()),
        dead=1 - float(torch.cat(live).float().mean()) if live else math.nan,
        apart=float((heard.raw.argmax(1) != first).float().mean()),
        lowest=float(graded.min()),
        highest=float(graded.max()),
        fed=_spread(fed),
        fed_judged=_spread(judged),
        pictures=fed[:SHOWN] if losses else fed[:0],
        judged_pictures=judged[one_each],
        looked_at=program.swayed_by(judged[one_each]),
    )


def _spread(x: Tensor) -> tuple[float, float]:
    return float(x.mean()), float(x.std())
