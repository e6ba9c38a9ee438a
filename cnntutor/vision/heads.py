"""Heads of a CNN: dense layers rewritten as convolutions, and a net slid over a picture to compare with.

Rewriting: Sermanet et al. (2013), "OverFeat", arXiv:1312.6229, section 3.5; Long, Shelhamer & Darrell (2015), "Fully
Convolutional Networks", arXiv:1411.4038, section 3.1.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor, nn


def dense_as_conv(dense: nn.Linear, side: int) -> nn.Conv2d:
    """A convolution with the weights of a linear layer that reads flattened maps: the same sum, at every place.

    Args:
        dense: C·side·side inputs; with a side of 1 it reads the mean of each map.
        side: height and width of the maps, and so of the kernel.

    Returns:
        A layer from maps [N, C, h, w] to scores [N, classes, h − side + 1, w − side + 1].
    """
    import torch
    from torch import nn

    channels = dense.in_features // side**2
    conv = nn.Conv2d(channels, dense.out_features, side, bias=dense.bias is not None).to(dense.weight)
    with torch.no_grad():
        conv.weight.copy_(dense.weight.reshape(conv.weight.shape))
        if conv.bias is not None:
            conv.bias.copy_(dense.bias)
    return conv


def slid(net: nn.Module, picture: Tensor, side: int, stride: int) -> Tensor:
    """The net's answers to every window of a picture, one window after the other.

    Args:
        net: [N, C, side, side] → [N, classes].
        picture: [C, H, W].
        side: of a window, in pixels.
        stride: pixels from one window to the next.

    Returns:
        [classes, rows, columns].
    """
    windows = picture.unfold(1, side, stride).unfold(2, side, stride)  # [C, rows, columns, side, side]
    channels, rows, columns = windows.shape[:3]
    batch = windows.permute(1, 2, 0, 3, 4).reshape(-1, channels, side, side)
    answers: Tensor = net(batch)  # [rows · columns, classes]
    return answers.T.reshape(-1, rows, columns)
