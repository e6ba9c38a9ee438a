"""The race of normalisation: one net, two norms, batch after batch smaller. And one picture in changing company."""

from __future__ import annotations

import copy
import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from cnntutor.demos.gallery._normalisation_knobs import NormalisationKnobs
from cnntutor.vision import data, norms
from cnntutor.vision.norms import NormName
from cnntutor.vision.train import Trainer

if TYPE_CHECKING:
    from cnntutor.vision.data_set import DataSet

COMPANIES = 8
"""Different batches in which the picture is shown."""


@dataclass(slots=True)
class Race:
    """What the race has come to."""

    knobs: NormalisationKnobs
    data: DataSet
    errors: dict[NormName, dict[int, float]] = field(default_factory=dict)
    """Share of the held-out digits that is named wrong, by norm and by pictures a batch."""
    losses: dict[NormName, list[float]] = field(default_factory=dict)
    """Of every step of the round that runs or ran last."""
    size: int = 0
    """Pictures a batch in that round."""
    steps: int = 0
    """Done in all rounds."""
    nets: dict[NormName, nn.Module] = field(default_factory=dict)
    """Those of the first round, with the largest batches, where either norm does well."""

    @property
    def total_steps(self) -> int:
        """Of all rounds."""
        config = [self.knobs.config(size, 0) for size in self.knobs.sizes]
        return len(self.knobs.norms) * sum(each.steps(len(self.data.train)) for each in config)


def start(knobs: NormalisationKnobs) -> Race:
    """Before the first step."""
    return Race(knobs, data.load("digits", pictures=knobs.pictures), {norm: {} for norm in knobs.norms})


def run(race: Race, device: torch.device) -> Iterator[None]:
    """Go on to the end; halts after every step."""
    seed = torch.initial_seed()
    for size in race.knobs.sizes:
        race.size, race.losses = size, {norm: [] for norm in race.knobs.norms}
        for norm in race.knobs.norms:
            torch.manual_seed(seed)
            net = net_with(norm, race.knobs).to(device)
            race.nets.setdefault(norm, net)
            trainer = Trainer(net, race.data, race.knobs.config(size, seed))
            for step in trainer.steps():
                race.losses[norm].append(step.loss)
                race.steps += 1
                yield
            race.errors[norm][size] = 1 - trainer.history.evaluations[-1].accuracy


def net_with(norm: NormName, knobs: NormalisationKnobs) -> nn.Sequential:
    """Three blocks of convolution, norm and ReLU, then global average pooling and a linear layer."""
    layers: list[nn.Module] = []
    widths = (1, knobs.width, 2 * knobs.width, 2 * knobs.width)
    for c_in, c_out, stride in zip(widths, widths[1:], knobs.strides, strict=False):
        layers += [
            nn.Conv2d(c_in, c_out, 3, stride, padding=1, bias=False),
            norms.layer(norm, c_out, knobs.groups),
            nn.ReLU(),
        ]
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(widths[-1], 10))


# Company


@dataclass(frozen=True, slots=True)
class Company:
    """One picture among others: what a net says of it."""

    others: tuple[int, ...]
    """The digits that they are."""
    chances: dict[str, float]
    """Of the picture's true class: `train` and `eval` of batch norm, and the rival's own in train mode."""


def companies(race: Race) -> list[Company]:
    """The picture in as many batches as there are companies, each drawn anew."""
    held_out, place = race.data.held_out, race.knobs.picture
    draw = torch.Generator().manual_seed(torch.initial_seed())
    found = []
    for _ in range(COMPANIES):
        others = torch.randperm(len(held_out), generator=draw)
        others = others[others != place][: race.knobs.company - 1]
        x = torch.cat([held_out.x[[place]], held_out.x[others]])
        answers = {"train": _chance(race, "batch", x, training=True), "eval": _chance(race, "batch", x)}
        answers["rival"] = _chance(race, race.knobs.rival, x, training=True)
        found.append(Company(tuple(held_out.y[others].tolist()), answers))
    return found


def _chance(race: Race, norm: NormName, x: Tensor, *, training: bool = False) -> float:
    """What the first picture's true class gets; the net's running averages stay as they are."""
    net = copy.deepcopy(race.nets[norm]).train(training)
    weight = next(net.parameters())
    mean, std = (torch.tensor(values)[:, None, None] for values in (race.data.mean, race.data.std))
    with torch.no_grad():
        scores = net(((x - mean) / std).to(weight.device))
    truth = int(race.data.held_out.y[race.knobs.picture])
    return float(scores[0].softmax(0)[truth])


def swing(found: list[Company], answer: str) -> float:
    """Between the least and the largest chance; NaN before there are any."""
    chances = [company.chances[answer] for company in found]
    return max(chances) - min(chances) if chances else math.nan
