"""The two nets of heads, and what each answers to other pictures than it has learnt from."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from cnntutor.demos.gallery._heads_knobs import BODY_STRIDE, HEADS, HELD_OUT, KERNELS, STRIDE, Head, HeadsKnobs
from cnntutor.vision import images, mosaics, texture_patches, textures
from cnntutor.vision.heads import dense_as_conv, slid
from cnntutor.vision.train import Trainer, scores

if TYPE_CHECKING:
    from cnntutor.vision.data_set import DataSet, Part

SIZES = (16, 24, 32, 48, 96)
"""Sides of the pieces that both nets are shown afterwards, that of the training among them."""

JUDGED = 140


class Net(nn.Sequential):
    """body, pool, flatten, dense: the body is the same for both heads."""

    def __init__(self, head: Head, knobs: HeadsKnobs) -> None:
        width, cells = knobs.width, 1 if head == "gap" else knobs.last_side**2
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(3, width, KERNELS[0], STRIDE),
            nn.ReLU(),
            nn.Conv2d(width, 2 * width, KERNELS[1], STRIDE),
            nn.ReLU(),
        )
        self.pool = nn.AdaptiveAvgPool2d(1) if head == "gap" else nn.Identity()
        self.flatten = nn.Flatten()
        self.dense = nn.Linear(2 * width * cells, len(textures.NAMES))

    def head(self, maps: Tensor) -> Tensor:
        """[N, C, h, w] → [N, classes]."""
        answer: Tensor = self.dense(self.flatten(self.pool(maps)))
        return answer


@dataclass(slots=True)
class Pair:
    """Both nets, as far as they have learnt."""

    knobs: HeadsKnobs
    data: DataSet
    nets: dict[Head, Net]
    picture: Tensor
    """The mosaic, [3, side, side] from 0 to 1."""
    accuracies: dict[Head, list[float]] = field(default_factory=lambda: {head: [] for head in HEADS})
    """Held out, after each epoch."""

    def normalised(self, x: Tensor) -> Tensor:
        """Mean and deviation taken off: [N, 3, H, W] or [3, H, W]."""
        mean, std = (x.new_tensor(values)[:, None, None] for values in (self.data.mean, self.data.std))
        return (x - mean) / std

    def parameters(self, head: Head) -> int:
        """Of the head alone."""
        return sum(values.numel() for values in self.nets[head].dense.parameters())


def start(knobs: HeadsKnobs, device: torch.device) -> Pair:
    """Both nets with the first weights of their seed, and the pictures."""
    from PIL import Image

    seed = torch.initial_seed()
    data = texture_patches.data(knobs.side, knobs.pieces, HELD_OUT, seed % 1000)
    nets = {}
    for head in HEADS:
        torch.manual_seed(seed)
        nets[head] = Net(head, knobs).to(device)
    mosaic = mosaics.mosaic(knobs.first, knobs.second, knobs.layout, knobs.number)
    return Pair(knobs, data, nets, images.as_tensor(Image.fromarray(mosaic.pixels)).to(device))


def learn(pair: Pair) -> Iterator[int]:
    """Train both; halts after each epoch of both, with its number."""
    config = pair.knobs.config(torch.initial_seed())
    trainers = {head: Trainer(pair.nets[head], pair.data, config) for head in HEADS}
    runs = {head: (step for step in trainers[head].steps() if step.evaluation) for head in HEADS}
    for epoch in range(1, config.epochs + 1):
        for head in HEADS:
            next(runs[head])
            pair.accuracies[head].append(trainers[head].history.evaluations[-1].accuracy)
        yield epoch
    for net in pair.nets.values():
        net.eval()


# The mosaic


@torch.no_grad()
def score_map(pair: Pair) -> Tensor:
    """What the flatten net says of every window of the mosaic, in one pass: [classes, rows, columns]."""
    net = pair.nets["flatten"]
    conv = dense_as_conv(net.dense, pair.knobs.last_side)
    answer: Tensor = conv(net.body(pair.normalised(pair.picture)[None]))[0]
    return answer


@torch.no_grad()
def evidence(pair: Pair) -> Tensor:
    """The GAP net's class activation maps of the mosaic, whose means are its scores: [classes, cells, cells]."""
    net = pair.nets["gap"]
    answer: Tensor = dense_as_conv(net.dense, 1)(net.body(pair.normalised(pair.picture)[None]))[0]
    return answer


@torch.no_grad()
def map_error(pair: Pair, found: Tensor) -> float:
    """The largest difference to the net slid over the mosaic, beside the largest score."""
    windows = slid(pair.nets["flatten"], pair.normalised(pair.picture), pair.knobs.side, BODY_STRIDE)
    return float((found - windows).abs().max() / windows.abs().max())


def right_share(pair: Pair, found: Tensor) -> float:
    """Of the windows that lie in one surface alone, how many are named right."""
    knobs, half = pair.knobs, mosaics.SIDE // 2
    says = found.argmax(0).cpu()  # [rows, columns]
    says = says if knobs.layout == "side by side" else says.T
    starts = torch.arange(says.shape[1]) * BODY_STRIDE
    halves = {knobs.first: starts + knobs.side <= half, knobs.second: starts >= half}
    right = [says[:, inside] == textures.NAMES.index(name) for name, inside in halves.items()]
    return float(torch.cat([part.flatten() for part in right]).double().mean())


# Other pieces


@torch.no_grad()
def renamed(pair: Pair, head: Head) -> float:
    """Share of the held-out pieces that get another name once all cells of their last maps have changed places."""
    net, x = pair.nets[head], pair.data.held_out.x.to(pair.picture)
    maps = net.body(pair.normalised(x))
    order = torch.randperm(maps[0, 0].numel(), generator=torch.Generator().manual_seed(torch.initial_seed()))
    mixed = maps.flatten(2)[:, :, order.to(maps.device)].reshape(maps.shape)
    return float((net.head(mixed).argmax(1) != net.head(maps).argmax(1)).double().mean())


def accuracy_at(pair: Pair, head: Head, part: Part) -> float:
    """On pieces of any size; NaN where the net refuses them."""
    try:
        found = scores(pair.nets[head], part.x.to(pair.picture), pair.data).cpu()
    except RuntimeError:
        return math.nan
    return float((found.argmax(1) == part.y).double().mean())


def accuracies_by_size(pair: Pair) -> dict[int, dict[Head, float]]:
    """On fresh held-out pieces of each size."""
    found = {}
    for side in sorted({*SIZES, pair.knobs.side}):
        part = texture_patches.pieces("held-out", JUDGED, side, torch.initial_seed() % 1000)
        found[side] = {head: accuracy_at(pair, head, part) for head in HEADS}
    return found


def refusal(pair: Pair, side: int) -> str:
    """What torch says when the flatten net is shown a piece of this size; empty where it takes it."""
    try:
        with torch.no_grad():
            pair.nets["flatten"](torch.zeros(1, 3, side, side).to(pair.picture))
    except RuntimeError as error:
        return str(error)
    return ""
