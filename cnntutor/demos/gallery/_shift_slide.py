"""The slide of shift: the picture at every place, the maps and scores it gives, and how well they moved along."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import prod
from typing import TYPE_CHECKING

from cnntutor.demos.gallery._shift_knobs import NET, ShiftKnobs, Way
from cnntutor.vision import checkpoints, equivariance, images
from cnntutor.vision.convolution import pad
from cnntutor.vision.shrinking import shrunk

if TYPE_CHECKING:
    import torch
    from torch import Tensor

Weights = Mapping[str, "Tensor"]


@dataclass(frozen=True, slots=True)
class Slide:
    """What one way to shrink made of the picture at every place."""

    maps: Tensor
    """[places, C, H, W], of the watched block; place t lies t pixels from the first."""
    chances: Tensor
    """[places, classes], what the net as a whole says."""
    moves: tuple[tuple[int, int], ...]
    """For each place, the whole-cell move (down, right) that comes nearest to what happened to the map."""
    errors: tuple[float, ...]
    """How far off that move still is, over the cells that see no border."""
    bordered: tuple[float, ...]
    """The same over all cells."""

    @property
    def wobble(self) -> float:
        """The largest change of any class's probability."""
        return float((self.chances - self.chances[0]).abs().max())

    @property
    def label_changes(self) -> int:
        """How often the likeliest class is another than one pixel before."""
        labels = self.chances.argmax(1)
        return int((labels[1:] != labels[:-1]).sum())


def places(knobs: ShiftKnobs, device: torch.device) -> Tensor:
    """The picture after 0, 1, … `most` pixels, [places, 3, side, side].

    Raises:
        UsageError: the picture cannot be read.
    """
    import torch

    room = knobs.most if knobs.edge == "camera" else 0
    whole = images.as_tensor(images.square(knobs.image, knobs.side + room)).to(device)
    return torch.stack([_at(whole, knobs, pixels) for pixels in range(knobs.most + 1)])


def weights_of(knobs: ShiftKnobs, device: torch.device) -> Weights:
    """The net's weights by name; random ones have the deviation of the trained, and follow torch's seed."""
    import torch

    state = {name: values.to(device) for name, values in checkpoints.load(NET).state.items()}
    if knobs.weights == "random":
        for name, values in state.items():
            if values.ndim > 1:
                state[name] = (torch.randn(values.shape) * values.std().cpu()).to(device)
    return state


def slide(pictures: Tensor, weights: Weights, knobs: ShiftKnobs, way: Way) -> Slide:
    """Every picture through the net, its maps shrunk this way, and each held against the first."""
    import torch

    with torch.no_grad():
        seen = [_seen(picture[None], weights, knobs, way) for picture in pictures]
    maps = torch.cat([watched for watched, _ in seen])
    chances = torch.cat([chances for _, chances in seen])
    stride, inside = prod(knobs.strides_of(way)[: knobs.layer]), knobs.inside(way)
    moves, errors, bordered = [], [], []
    for pixels, watched in enumerate(maps):
        near = [knobs.both_ways(cells) for cells in equivariance.moves_near(pixels, stride)]
        best, error = equivariance.best_move(watched, maps[0], near, inside)
        moves.append(near[best])
        errors.append(error)
        bordered.append(_with_border(watched, maps[0], near[best], knobs))
    return Slide(maps, chances, tuple(moves), tuple(errors), tuple(bordered))


def _at(whole: Tensor, knobs: ShiftKnobs, pixels: int) -> Tensor:
    down, right = knobs.both_ways(pixels)
    if knobs.edge == "joined":
        return whole.roll((down, right), dims=(1, 2))
    top, left = knobs.most - down, knobs.most - right
    return whole[:, top : top + knobs.side, left : left + knobs.side]


def _with_border(after: Tensor, before: Tensor, move: tuple[int, int], knobs: ShiftKnobs) -> float:
    every = range(after.shape[-1])
    if knobs.edge == "joined":
        return equivariance.error(after, before.roll(move, dims=(1, 2)), (0, 0), (every, every))
    return equivariance.error(after, before, move, (every, every))


def _seen(picture: Tensor, weights: Weights, knobs: ShiftKnobs, way: Way) -> tuple[Tensor, Tensor]:
    """The watched map and the probabilities: [1, 3, side, side] → [1, C, H, W], [1, classes]."""
    maps = (picture - 0.5) / 0.5
    watched = maps
    for number, stride in enumerate(knobs.strides_of(way)):
        maps = _convolved(maps, weights, number, knobs)
        maps = maps if way == "none" else shrunk(maps, way, stride, knobs.blur_taps, knobs.padding_mode)
        watched = maps if number + 1 == knobs.layer else watched
    scores = maps.mean((2, 3)) @ weights["head.weight"].T + weights["head.bias"]
    return watched, scores.softmax(1)


def _convolved(maps: Tensor, weights: Weights, number: int, knobs: ShiftKnobs) -> Tensor:
    """A block without its shrinking: convolution, batch norm as in eval mode, ReLU."""
    from torch.nn import functional

    block = f"blocks.{number}"
    sums = functional.conv2d(pad(maps, 1, knobs.padding_mode), weights[f"{block}.conv.weight"])
    mean, variance, scale, offset = (
        weights[f"{block}.norm.{name}"] for name in ("running_mean", "running_var", "weight", "bias")
    )
    return functional.relu(functional.batch_norm(sums, mean, variance, scale, offset))
