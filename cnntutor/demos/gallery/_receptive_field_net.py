"""The net of the demo `receptive-field`: its windows with weights, and one unit of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from cnntutor.demos.gallery._receptive_field_knobs import ReceptiveFieldKnobs
from cnntutor.vision import colour, images
from cnntutor.vision.influence import influence

if TYPE_CHECKING:
    import torch
    from torch import Tensor

    from cnntutor.vision.window_stack import WindowLayer

CHANNELS = 4
"""Filters of each convolution with random weights; equal ones need no more than one."""


def measured(knobs: ReceptiveFieldKnobs, device: torch.device) -> Iterator[Tensor]:
    """The influence of every pixel on the unit, averaged over one net more each time.

    Yields:
        float64 [side, side], on the processor.
    """
    import torch

    # One path of a hundred equal layers weighs 9⁻¹⁰⁰: too little for 32 bits. Random nets are averaged anyway.
    kind = torch.float64 if knobs.weights == "equal" and device.type != "mps" else torch.float32
    grey = colour.grey_of(images.as_tensor(images.square(knobs.image, knobs.side)))
    picture = grey[None].to(device, kind).requires_grad_()
    total = torch.zeros(knobs.side, knobs.side, dtype=torch.float64)
    for count in range(1, 2 if knobs.weights == "equal" else knobs.nets + 1):
        total += influence(_unit(picture, knobs), picture).cpu()
        yield total / count


def _unit(picture: Tensor, knobs: ReceptiveFieldKnobs) -> Tensor:
    """One number of the last map, before a ReLU: []."""
    from torch.nn import functional

    x = picture  # [1, C, h, w]
    for number, layer in enumerate(knobs.layers, 1):
        if layer.kind == "pooling":
            x = functional.avg_pool2d(x, layer.kernel, layer.stride)
            continue
        weight = _weight(layer, x, knobs)
        y = functional.conv2d(x, weight, stride=layer.stride, padding=layer.padding, dilation=layer.dilation)
        if knobs.relu and number < len(knobs.layers):
            y = y.relu()
        x = x + y if knobs.shortcuts and x.shape[-1] == y.shape[-1] else y
    return x[0, 0, knobs.cell, knobs.cell]


def _weight(layer: WindowLayer, x: Tensor, knobs: ReceptiveFieldKnobs) -> Tensor:
    """[filters, C, k, k]: all alike, or of variance 1/n, and 2/n before a ReLU (He et al. 2015, arXiv:1502.01852)."""
    import torch

    taps = (x.shape[1], layer.kernel, layer.kernel)
    n = taps[0] * layer.kernel**2
    if knobs.weights == "equal":
        return x.new_full((1, *taps), 1 / n)
    drawn: Tensor = torch.randn(CHANNELS, *taps) * ((2 if knobs.relu else 1) / n) ** 0.5
    return drawn.to(x)
