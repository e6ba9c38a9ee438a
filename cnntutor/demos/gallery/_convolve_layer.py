"""One run of convolve over the whole picture: the layer's tensors, those that are shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cnntutor.demos.gallery._convolve_knobs import LARGEST_SIDE, ConvolveKnobs
from cnntutor.vision import checkpoints, colour, images, kernels, matrices
from cnntutor.vision.convolution import activate, feature_maps, pad, pool

if TYPE_CHECKING:
    import torch
    from torch import Tensor

SHOWN = 8
"""Filters that are computed and drawn; parameters and MACs count all of them."""


@dataclass(frozen=True, slots=True)
class Layer:
    """The layer, and what it makes of the picture."""

    knobs: ConvolveKnobs
    padded: Tensor
    """[C, H, W], the picture with its border."""
    weight: Tensor
    """[shown, C / groups, size, size]"""
    sums: Tensor
    """[shown, rows, rows], the sums of products."""
    activated: Tensor
    """[shown, rows, rows], the sums after the activation."""
    maps: Tensor
    """[shown, rows, rows] or less, after pooling."""

    @property
    def rows(self) -> int:
        """Cells on a side of the map that is shown."""
        return self.maps.shape[-1]

    @property
    def picture(self) -> Tensor:
        """[C, side, side], the picture without its border."""
        border, side = self.knobs.padding, self.knobs.side
        return self.padded[:, border : border + side, border : border + side]


def run_layer(knobs: ConvolveKnobs, device: torch.device) -> Layer:
    """The layer at work; random weights follow torch's seed.

    Raises:
        UsageError: the picture, or the net that a learnt filter comes from, cannot be read.
    """
    import torch

    picture = images.as_tensor(images.square(knobs.image, knobs.side)).to(device)
    padded = pad(_channels(picture, knobs.channels)[None], knobs.padding, knobs.padding_mode)[0]  # [C, H, W]
    weight = _filters(knobs, torch.initial_seed()).to(device)
    sums = _sums(padded, weight, knobs)
    activated = activate(sums, knobs.activation)
    return Layer(knobs, padded, weight, sums, activated, pool(activated, knobs.pooling, knobs.pool_size))


def kernel_of(knobs: ConvolveKnobs, seed: int) -> kernels.Kernel:
    """The kernel that the knobs name, float32 [size, size].

    Raises:
        UsageError: the net that it comes from cannot be read.
    """
    if knobs.kernel == "own":
        return _as_kernel(matrices.read(knobs.weights, "weights", LARGEST_SIDE))
    if knobs.kernel == "learnt":
        return _as_kernel(matrices.resized(_learnt(knobs.learnt_from, knobs.learnt_filter), knobs.kernel_size))
    return kernels.kernel(knobs.kernel, knobs.kernel_size, seed=seed)


def _as_kernel(matrix: matrices.Matrix) -> kernels.Kernel:
    import numpy as np

    return np.array(matrix, dtype=np.float32)


def _learnt(net: str, number: int) -> matrices.Matrix:
    """A first-layer filter, added up over its channels: what it answers to grey, which all channels share."""
    first = next(values for values in checkpoints.load(net).state.values() if values.ndim == 4)  # [F, C, size, size]
    rows: list[list[float]] = first[(number - 1) % len(first)].sum(dim=0).tolist()
    return tuple(map(tuple, rows))


def _channels(picture: Tensor, count: int) -> Tensor:
    """[3, H, W] → [count, H, W]: grey, or red, green, blue and then mixtures that are the same in every run."""
    import torch

    if count == 1:
        return colour.grey_of(picture)
    fixed = torch.Generator().manual_seed(0)
    mixtures = torch.rand(max(0, count - 3), 3, generator=fixed).softmax(dim=1)
    mixing = torch.cat([torch.eye(3), mixtures])[:count].to(picture)
    channels: Tensor = torch.tensordot(mixing, picture, dims=1)
    return channels


def _filters(knobs: ConvolveKnobs, seed: int) -> Tensor:
    """The filters that are shown: the chosen kernel in every channel that it reads, then random ones (He et al. 2015).

    Returns:
        [shown, C / groups, size, size].
    """
    import torch

    size, depth = knobs.kernel_size, knobs.depth
    weight: Tensor = torch.randn(min(knobs.filters, SHOWN), depth, size, size) * (2 / (depth * size**2)) ** 0.5
    weight[0] = torch.from_numpy(kernel_of(knobs, seed)) / depth
    return weight


def _sums(padded: Tensor, weight: Tensor, knobs: ConvolveKnobs) -> Tensor:
    """Sums of products, [shown, rows, rows]: each group of filters reads its own channels."""
    import torch

    channels = torch.split(padded, knobs.depth)  # one [C / groups, H, W] a group
    filters = torch.split(weight, knobs.filters // knobs.groups)  # the shown filters by group, maybe not of all groups
    answers = [
        feature_maps(part[None], own, own.new_zeros(len(own)), knobs.window)[0]
        for part, own in zip(channels, filters, strict=False)
    ]
    return torch.cat(answers)
