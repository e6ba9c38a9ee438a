"""Cutting a net down: the smallest weights become zero, or the weakest filters go.

Han, Pool, Tran & Dally (2015), "Learning both Weights and Connections for Efficient Neural Networks", arXiv:1506.02626;
Li, Kadav, Durdanovic, Samet & Graf (2017), "Pruning Filters for Efficient ConvNets", arXiv:1608.08710, section 3.1.
"""

from __future__ import annotations

import copy
from typing import TypeVar

import torch
from torch import Tensor, nn
from torch.nn.utils import prune

from cnntutor.vision.sizes import filters_left

Net = TypeVar("Net", bound=nn.Module)


def layers(net: nn.Module) -> list[nn.Conv2d | nn.Linear]:
    """Those with weights, in their order."""
    return [layer for layer in net.modules() if isinstance(layer, nn.Conv2d | nn.Linear)]


def without_weights(net: Net, share: float) -> Net:
    """A copy of a net whose smallest weights are zero, and stay zero while it learns on.

    Args:
        net: left as it is.
        share: of all weights of its convolutions and dense layers, 0 to 1; biases stay.
    """
    cut = copy.deepcopy(net)
    parts = [(layer, "weight") for layer in layers(cut)]
    prune.global_unstructured(parts, prune.L1Unstructured, amount=share)
    return cut


def settled(net: Net) -> Net:
    """The net of `without_weights` with its zeros written into the weights; changed in place."""
    for layer in layers(net):
        if prune.is_pruned(layer):
            prune.remove(layer, "weight")  # type: ignore[no-untyped-call]
    return net


def without_filters(net: Net, share: float) -> Net:
    """A smaller copy of a net: of each convolution the filters with the smallest sums of |weights| are gone.

    With each filter goes an input of the layer behind it, before that layer's own filters are judged.

    Args:
        net: convolutions in a row, without norms, and a dense layer that sees one number a channel; left as it is.
        share: of the filters of each convolution, 0 to 1; one is always left.
    """
    slim = copy.deepcopy(net)
    *convolutions, dense = layers(slim)
    inputs: Tensor | None = None
    for conv in convolutions:
        weight = conv.weight.data if inputs is None else conv.weight.data[:, inputs]  # [C_out, C_in, k, k]
        inputs = _strongest(weight, filters_left(len(weight), share))
        _keep(conv, weight[inputs], inputs)
    dense.weight = nn.Parameter(dense.weight.data[:, inputs])
    return slim


def _strongest(weight: Tensor, count: int) -> Tensor:
    """Places of the filters with the largest sums, ascending."""
    return weight.abs().sum((1, 2, 3)).topk(count).indices.sort().values


def _keep(conv: nn.Conv2d | nn.Linear, weight: Tensor, filters: Tensor) -> None:
    conv.weight = nn.Parameter(weight)
    assert isinstance(conv.bias, torch.Tensor)
    conv.bias = nn.Parameter(conv.bias.data[filters])
    assert isinstance(conv, nn.Conv2d)
    conv.out_channels, conv.in_channels = weight.shape[:2]
