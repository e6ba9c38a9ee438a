"""The two nets of residual, side by side: their gradients, their learning, and what the loss of a block costs."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal, get_args

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from cnntutor.demos.gallery._residual_knobs import ResidualKnobs
from cnntutor.errors import UsageError
from cnntutor.vision import data
from cnntutor.vision.data_set import DataSet
from cnntutor.vision.deep_nets import DeepNet, DeepSpec, between, gradient_norms, input_gradients, likeness
from cnntutor.wording import plural

Kind = Literal["plain", "residual"]
KINDS: tuple[Kind, ...] = get_args(Kind)

BATCH = 64
NEIGHBOURS = 48
"""Pictures on the way from one digit to the other."""

JUDGED_BY = 10
"""Last steps whose mean loss is told."""


@dataclass(slots=True)
class Race:
    """Both nets and what is known of them."""

    knobs: ResidualKnobs
    data: DataSet
    nets: dict[Kind, DeepNet]
    first: dict[Kind, list[float]] = field(default_factory=dict)
    """Gradient norms by layer, before the first step."""
    now: dict[Kind, list[float]] = field(default_factory=dict)
    """In the step that was done last."""
    by_depth: dict[Kind, dict[int, float]] = field(default_factory=lambda: {kind: {} for kind in KINDS})
    """Of the first layer, before any step, in nets of other depths."""
    losses: dict[Kind, list[float]] = field(default_factory=lambda: {kind: [] for kind in KINDS})
    neighbours: dict[Kind, Tensor] = field(default_factory=dict)
    """Gradients by pixel of similar pictures, before the first step, [NEIGHBOURS, 1, 8, 8]."""

    def normalised(self, x: Tensor) -> Tensor:
        """Mean and deviation taken off."""
        return (x - self.data.mean[0]) / self.data.std[0]


def net_of(kind: Kind, knobs: ResidualKnobs, depth: int) -> DeepNet:
    """A net with the first weights of the run's seed."""
    torch.manual_seed(torch.initial_seed())
    spec = DeepSpec(
        depth, knobs.width, kind == "residual", knobs.norm, knobs.block, knobs.start, zero_last=knobs.zero_last
    )
    return DeepNet(spec)


def start(knobs: ResidualKnobs, device: torch.device) -> Race:
    """Both nets before the first step, with their gradients."""
    nets = {kind: net_of(kind, knobs, knobs.depth).to(device) for kind in KINDS}
    race = Race(knobs, data.load("digits"), nets)
    x, y = next(_batches(race))
    one, other = race.normalised(race.data.train.x[:2]).to(device)
    for kind in KINDS:
        # Their doubles are asked: in train mode a question moves the running averages of the norms.
        double = net_of(kind, knobs, knobs.depth).to(device)
        race.first[kind] = race.now[kind] = gradient_norms(double, x, y)
        race.neighbours[kind] = input_gradients(double, between(one, other, NEIGHBOURS)).cpu()
    return race


def compare_depths(race: Race) -> Iterator[int]:
    """The first layer's gradient in ever deeper nets; halts after each depth."""
    x, y = next(_batches(race))
    for depth in race.knobs.depths:
        for kind in KINDS:
            net = net_of(kind, race.knobs, depth).to(x.device)
            race.by_depth[kind][depth] = gradient_norms(net, x, y)[0]
        yield depth


def learn(race: Race) -> Iterator[int]:
    """Train both on the same batches; halts after each step, with its number."""
    optimisers = {kind: torch.optim.Adam(net.parameters(), race.knobs.learning_rate) for kind, net in race.nets.items()}
    batches = _batches(race)
    for step in range(1, race.knobs.steps + 1):
        x, y = next(batches)
        for kind, net in race.nets.items():
            loss = cross_entropy(net(x), y)
            optimisers[kind].zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            race.now[kind] = [float(layer.weight.grad.norm()) for layer in net.layers if layer.weight.grad is not None]
            optimisers[kind].step()
            race.losses[kind].append(_number(float(loss.detach()), kind, step))
        yield step


def _batches(race: Race) -> Iterator[tuple[Tensor, Tensor]]:
    """Random digits without end, the same for both nets."""
    train, device = race.data.train, race.nets["plain"].last.weight.device
    draw = torch.Generator().manual_seed(torch.initial_seed())
    while True:
        rows = torch.randint(len(train), (BATCH,), generator=draw)
        yield race.normalised(train.x[rows]).to(device), train.y[rows].to(device)


def _number(loss: float, kind: Kind, step: int) -> float:
    if not math.isfinite(loss):
        raise UsageError(
            f"The loss of the {kind} net is no number after {plural(step, 'step')}: set learning_rate lower."
        )
    return loss


# What came of it


def alike(race: Race, kind: Kind) -> float:
    """How much similar pictures agree about the gradient, before the first step."""
    return likeness(race.neighbours[kind])


def final_loss(race: Race, kind: Kind) -> float:
    """Mean over the last steps."""
    last = race.losses[kind][-JUDGED_BY:]
    return sum(last) / len(last)


@torch.no_grad()
def accuracy(race: Race, kind: Kind) -> float:
    """Share of the held-out digits that are named right, in eval mode."""
    net, held_out = race.nets[kind].eval(), race.data.held_out
    said = net(race.normalised(held_out.x).to(net.last.weight)).argmax(1).cpu()
    return float((said == held_out.y).double().mean())


def lesions(race: Race, kind: Kind) -> list[float]:
    """Accuracy without each block in turn, from the picture up."""
    found = []
    for block in race.nets[kind].each_block:
        block.removed = True
        found.append(accuracy(race, kind))
        block.removed = False
    return found
