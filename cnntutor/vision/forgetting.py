"""Weights drawn anew from the last layer downwards: what a map that explains them must not survive.

Adebayo, Gilmer, Muelly, Goodfellow, Hardt & Kim (2018), "Sanity Checks for Saliency Maps", arXiv:1810.03292, section 3:
the cascading randomisation.
"""

from __future__ import annotations

import copy

import torch
from torch import nn

from cnntutor.vision.models import ConvNet


def parts(net: ConvNet) -> list[nn.Module]:
    """What is reset at once, in order: the head, then block after block from the last to the first."""
    return [net.head, *reversed(list(net.blocks))]


def forgetful(net: ConvNet, count: int, seed: int) -> ConvNet:
    """A copy of a net, in eval mode, whose last parts begin again.

    Args:
        net: left as it is.
        count: of `parts` that get the weights that a training would start with.
        seed: of these weights; a part gets the same whether or not more are reset after it.
    """
    made = copy.deepcopy(net)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        for part in parts(made)[:count]:
            part.apply(_reset)
    return made.eval()


def _reset(layer: nn.Module) -> None:
    reset: object = getattr(layer, "reset_parameters", None)
    if callable(reset):
        reset()
