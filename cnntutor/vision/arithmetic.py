"""What a convolution costs and what it sees, in exact whole numbers. No torch.

Demos, computed cards and quiz questions all answer with these functions, so the course and the experiments
cannot disagree.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

Size2 = int | tuple[int, int]


def _positive(**values: int) -> None:
    for name, value in values.items():
        if value < 1:
            raise ValueError(f"{name} must be at least 1, not {value}")


def output_size(size: int, kernel: int, *, stride: int = 1, padding: int = 0, dilation: int = 1) -> int:
    """Length of a convolution's or pooling's output along one axis.

    ⌊(size + 2·padding − dilation·(kernel − 1) − 1) / stride⌋ + 1, as in Dumoulin & Visin (2016), "A guide to
    convolution arithmetic for deep learning", arXiv:1603.07285, relationship 15, and in `torch.nn.Conv2d`.

    Args:
        size: input length in pixels.
        kernel: kernel length in taps.
        stride: step between two windows, in pixels.
        padding: pixels added on each side.
        dilation: distance between two taps, in pixels.

    Raises:
        ValueError: a value is out of range, or the dilated kernel is longer than the padded input.
    """
    _positive(size=size, kernel=kernel, stride=stride, dilation=dilation)
    if padding < 0:
        raise ValueError(f"padding must be at least 0, not {padding}")
    span = dilation * (kernel - 1) + 1
    padded = size + 2 * padding
    if span > padded:
        raise ValueError(f"the kernel spans {span} pixels but the padded input has only {padded}")
    return (padded - span) // stride + 1


def conv_params(c_in: int, c_out: int, kernel: Size2, *, groups: int = 1, bias: bool = True) -> int:
    """Learnt numbers of a 2-D convolution: (c_in / groups)·k_h·k_w weights per filter, plus one bias each.

    Args:
        c_in: input channels.
        c_out: filters, i.e. output channels.
        kernel: side of a square kernel, or (height, width).
        groups: groups that do not mix channels; must divide both channel counts.
        bias: whether each filter has a bias.

    Raises:
        ValueError: a value is out of range or `groups` does not divide the channels.
    """
    return _taps(c_in, c_out, kernel, groups) * c_out + (c_out if bias else 0)


def conv_macs(c_in: int, c_out: int, kernel: Size2, out_h: int, out_w: int, *, groups: int = 1) -> int:
    """Multiply–accumulates of a 2-D convolution for one image; one MAC counts as two FLOPs.

    Args:
        c_in: input channels.
        c_out: output channels.
        kernel: side of a square kernel, or (height, width).
        out_h: height of the output map in pixels.
        out_w: width of the output map in pixels.
        groups: groups that do not mix channels.

    Raises:
        ValueError: a value is out of range or `groups` does not divide the channels.
    """
    _positive(out_h=out_h, out_w=out_w)
    return _taps(c_in, c_out, kernel, groups) * c_out * out_h * out_w


def dense_params(n_in: int, n_out: int, *, bias: bool = True) -> int:
    """Learnt numbers of a fully connected layer: one weight per pair of input and output, plus the biases.

    Raises:
        ValueError: a size is below 1.
    """
    _positive(n_in=n_in, n_out=n_out)
    return n_in * n_out + (n_out if bias else 0)


def _taps(c_in: int, c_out: int, kernel: Size2, groups: int) -> int:
    k_h, k_w = (kernel, kernel) if isinstance(kernel, int) else kernel
    _positive(c_in=c_in, c_out=c_out, kernel_height=k_h, kernel_width=k_w, groups=groups)
    if c_in % groups or c_out % groups:
        raise ValueError(f"groups = {groups} must divide both {c_in} input and {c_out} output channels")
    return (c_in // groups) * k_h * k_w


@dataclass(frozen=True, slots=True)
class ReceptiveField:
    """What one output cell of a stack of layers sees along one axis, in input pixels."""

    size: int
    """Length of the patch that reaches the cell."""
    jump: int
    """Distance between the patches of two neighbouring cells."""
    start: Fraction
    """Centre of the first cell's patch; pixel i has its centre at i + 1/2."""


def receptive_field(layers: Iterable[tuple[int, int, int, int]]) -> ReceptiveField:
    """Theoretical receptive field of a stack, from the input up.

    r_l = r_{l−1} + d_l·(k_l − 1)·j_{l−1}; j_l = j_{l−1}·s_l;
    start_l = start_{l−1} + (d_l·(k_l − 1)/2 − p_l)·j_{l−1}. Araujo, Norris & Sim (2019), "Computing Receptive
    Fields of Convolutional Neural Networks", doi:10.23915/distill.00021, extended by the dilation.

    Args:
        layers: (kernel, stride, padding, dilation) of each convolution or pooling.

    Raises:
        ValueError: a value is out of range.
    """
    size, jump, start = 1, 1, Fraction(1, 2)
    for kernel, stride, padding, dilation in layers:
        _positive(kernel=kernel, stride=stride, dilation=dilation)
        if padding < 0:
            raise ValueError(f"padding must be at least 0, not {padding}")
        reach = dilation * (kernel - 1)
        size += reach * jump
        start += (Fraction(reach, 2) - padding) * jump
        jump *= stride
    return ReceptiveField(size, jump, start)


def cross_correlation(patch: Sequence[float], kernel: Sequence[float]) -> float:
    """One output cell of a convolution layer: Σᵢ patchᵢ·kernelᵢ, the kernel not flipped.

    Raises:
        ValueError: patch and kernel differ in length.
    """
    return sum(x * w for x, w in zip(patch, kernel, strict=True))


def softmax(scores: Sequence[float]) -> tuple[float, ...]:
    """Scores as chances that add up to 1: exp(zᵢ) / Σⱼ exp(zⱼ).

    The largest score is taken off all of them first, which changes nothing and keeps exp from overflowing.

    Raises:
        ValueError: there are no scores.
    """
    largest = max(scores)
    powers = [math.exp(score - largest) for score in scores]
    total = sum(powers)
    return tuple(power / total for power in powers)


def iou(box: Sequence[float], other: Sequence[float]) -> float:
    """Intersection over union of two boxes, 0 (apart) to 1 (equal).

    Args:
        box: (x1, y1, x2, y2), two opposite corners with x1 < x2 and y1 < y2.
        other: the same for the other box.

    Raises:
        ValueError: a box has no area or not four numbers.
    """
    area, other_area = _area(box), _area(other)
    width = min(box[2], other[2]) - max(box[0], other[0])
    height = min(box[3], other[3]) - max(box[1], other[1])
    shared = max(0.0, width) * max(0.0, height)
    return shared / (area + other_area - shared)


def _area(box: Sequence[float]) -> float:
    x1, y1, x2, y2 = box
    if x1 >= x2 or y1 >= y2:
        raise ValueError(f"the box {tuple(box)} has no area: it needs x1 < x2 and y1 < y2")
    return (x2 - x1) * (y2 - y1)
