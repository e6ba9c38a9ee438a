"""A net in eight bits or fewer, by torch's own quantisation: x ≈ s·(q − z) with whole numbers q.

Jacob et al. (2017), "Quantization and Training of Neural Networks for Efficient Integer-Arithmetic-Only Inference",
arXiv:1712.05877, equation 1. It runs on the processor, where torch has kernels for whole numbers.
"""

from __future__ import annotations

import copy
import warnings
from typing import Any

import torch
from torch import Tensor, nn

from cnntutor.errors import UsageError
from cnntutor.vision.sizes import Scales

ACTIVATIONS_UP_TO = 127
"""Activations become whole numbers from 0 to this. The eighth bit stays free: older processors add two products of 8
bits up in 16, and would overflow."""


def folded(net: nn.Sequential) -> nn.Sequential:
    """A copy of a trained net whose norms have moved into their convolutions, together with the ReLUs behind them.

    In eval mode a batch norm is one factor and one offset a channel, which weights and bias can absorb.

    Args:
        net: layers in a row, in eval mode; where a convolution is followed by a batch norm and a ReLU, they are fused.
    """
    kinds = [type(layer) for layer in net]
    found = [at for at in range(len(kinds)) if kinds[at : at + 3] == [nn.Conv2d, nn.BatchNorm2d, nn.ReLU]]
    with _quietly():
        made: nn.Sequential = _torchs().fuse_modules(
            copy.deepcopy(net), [[str(at + step) for step in range(3)] for at in found]
        )
    return made


def quantised(net: nn.Sequential, pictures: Tensor, bits: int = 8, scales: Scales = "per channel") -> nn.Module:
    """A net that calculates with whole numbers.

    Weights are symmetric, q from −(2ᵇ⁻¹ − 1) to 2ᵇ⁻¹ − 1 and z = 0; with fewer than eight bits they still lie in
    eight. Activations are q from 0 to 127, with a scale and a zero point from the least and the largest that the
    pictures cause. Biases stay float32.

    Args:
        net: `folded`, in eval mode; left as it is.
        pictures: typical ones as the net wants them, to measure the activations with, [N, C, H, W].
        bits: of a weight, 2 to 8.
        scales: one for each output channel of a layer, or one for all.

    Returns:
        float pictures [N, C, H, W] → float scores.

    Raises:
        UsageError: this torch cannot quantise on this machine.
    """
    ao = _torchs()
    with _quietly(), torch.no_grad():
        watched = ao.QuantWrapper(copy.deepcopy(net)).eval()
        watched.qconfig = ao.QConfig(
            ao.MinMaxObserver.with_args(quant_min=0, quant_max=ACTIVATIONS_UP_TO), _of_weights(ao, bits, scales)
        )
        ao.prepare(watched, inplace=True)
        watched(pictures)
        made: nn.Module = ao.convert(watched)
        made(pictures[:1])  # torch warns at the first run, and only then
    return made


def weights_of(net: nn.Module) -> list[Tensor]:
    """The weights of each layer that has some, float32; of a quantised net what its whole numbers stand for."""
    found = []
    for layer in net.modules():
        weight = getattr(layer, "weight", None)
        if isinstance(layer, nn.Conv2d | nn.Linear):
            found.append(layer.weight.detach())
        elif callable(weight):  # a quantised layer gives them when asked
            found.append(weight().dequantize())
    return found


def _of_weights(ao: Any, bits: int, scales: Scales) -> Any:
    top = 2 ** (bits - 1) - 1
    channel = scales == "per channel"
    observer = ao.PerChannelMinMaxObserver if channel else ao.MinMaxObserver
    scheme = torch.per_channel_symmetric if channel else torch.per_tensor_symmetric
    return observer.with_args(dtype=torch.qint8, quant_min=-top, quant_max=top, qscheme=scheme)


def _torchs() -> Any:
    """Torch's module for it, which newer versions may have moved to a package of its own."""
    try:
        from torch.ao import quantization
    except ImportError:
        raise UsageError(f"torch {torch.__version__} has no quantisation of its own any more: use 2.13.") from None
    if torch.backends.quantized.engine in (None, "none"):
        raise UsageError("torch has no kernels for whole numbers on this machine.")
    return quantization


def _quietly() -> warnings.catch_warnings[None]:
    """Without torch's notes that this module will move."""
    return warnings.catch_warnings(action="ignore")
