"""One number of a feature map taken apart: what went in, what was done to it, and that the same comes out."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from math import ceil, floor, sqrt
from typing import Any

from torch import Tensor, nn
from torch.nn import functional

from cnntutor.errors import UsageError
from cnntutor.vision.cam.undisturbed import undisturbed
from cnntutor.vision.reach import first_tensor

Position = tuple[int, int, int]
"""Channel, row and column of an output."""

Term = tuple[str, float]
"""A line of the working: what it is, and its value."""

LISTED = 6
"""Terms of a long sum that are listed one by one, the largest amounts first."""


@dataclass(frozen=True, slots=True)
class Dissection:
    """A cell of a layer's output and how it came about."""

    how: str
    """What the layer does, in a sentence."""
    value: float
    """What the layer gave."""
    result: float | None = None
    """The same, worked out again from its parts; None where that is not known here."""
    terms: tuple[Term, ...] = ()
    """The parts."""
    windows: Mapping[str, Tensor] = field(default_factory=dict)
    """What is looked at on a grid, [h, w] each: the patch, and for weighted sums the weights and their products.
    NaN lies beyond the border where nothing counts."""
    marked: tuple[tuple[int, int], ...] = ()
    """Cells of the patch that decide."""
    sum_of_products: float | None = None
    """For weighted sums, before the bias."""


@dataclass(frozen=True, slots=True, eq=False)
class Call:
    """What a layer was given and what it made of it, and what the whole net answered."""

    layer: nn.Module
    taken: Tensor
    given: Tensor
    answer: Any


def call_of(module: nn.Module, name: str, images: Tensor) -> Call:
    """Run a net and keep what one of its layers takes and gives; of a layer that runs several times, the last time.

    Args:
        module: the net; left as it was.
        name: of a layer that takes and gives tensors, or a tuple that begins with one.
        images: [N, C, H, W].

    Raises:
        UsageError: the layer did not run, or has to do with no tensors.
    """
    layer = module.get_submodule(name)
    kept: dict[str, Tensor | None] = {"taken": None, "given": None}

    # Copies, since what follows may overwrite the maps in place, and an in-place ReLU even its own input.
    def before(_: nn.Module, inputs: tuple[Any, ...], named: dict[str, Any]) -> None:
        kept["taken"] = _copy(first_tensor((*inputs, *named.values())))

    def after(_: nn.Module, inputs: tuple[Any, ...], output: Any) -> None:
        kept["given"] = _copy(first_tensor(output))

    with undisturbed(module, gradients=False), ExitStack() as hooks:
        hooks.callback(layer.register_forward_pre_hook(before, with_kwargs=True).remove)
        hooks.callback(layer.register_forward_hook(after).remove)
        answer = module(images)
    taken, given = kept.values()
    if taken is None or given is None:
        raise UsageError(f"The layer “{name}” gave no numbers for this picture: choose another.")
    return Call(layer, taken, given, answer)


def _copy(values: Tensor | None) -> Tensor | None:
    return None if values is None else values.detach().clone()


def dissect(layer: nn.Module, taken: Tensor, given: Tensor, at: Position) -> Dissection:
    """Take a cell apart, in double precision.

    Args:
        layer: in eval mode.
        taken: its input, [1, C, H, W] or [1, F].
        given: its output, [1, C, h, w] or [1, F].
        at: channel, row and column of the cell; row and column are 0 in an output [1, F].
    """
    x, value = taken.detach().cpu().double(), float(maps_of(given)[at])
    if isinstance(layer, nn.Linear) and x.dim() in (2, 3):
        return _linear(layer, x, value, at)
    if x.dim() == 2 and isinstance(layer, nn.BatchNorm1d):
        return _normalised(layer, x[:, :, None, None], value, at)
    if x.dim() != 4:
        return _plain(layer, taken, given, value, at)
    match layer:
        case nn.Conv2d():
            return _convolution(layer, x, value, at)
        case nn.MaxPool2d() if not layer.ceil_mode:
            return _maximum(layer, x, value, at)
        case nn.AvgPool2d() if not layer.ceil_mode and layer.divisor_override is None:
            return _mean(_average_window(layer, x, at), value)
        case nn.AdaptiveAvgPool2d():
            return _mean(_adaptive_window(x, given, at), value)
        case nn.BatchNorm2d():
            return _normalised(layer, x, value, at)
    return _plain(layer, taken, given, value, at)


def maps_of(output: Tensor) -> Tensor:
    """An output as maps [C, h, w]: a row of numbers as maps of one cell, tokens [1, L, E] as columns of E channels."""
    first = output[0]
    if first.dim() == 1:
        return first[:, None, None]
    return first.t()[:, :, None] if first.dim() == 2 else first


# Weighted sums


def _convolution(layer: nn.Conv2d, x: Tensor, value: float, at: Position) -> Dissection:
    """The sum b + Σ w·x over the taps of the window and the channels of the filter's group."""
    channel, row, column = at
    depth = layer.in_channels // layer.groups
    first = channel // (layer.out_channels // layer.groups) * depth
    seen = _padded(layer, x)[0, first : first + depth]
    patch = _window(seen, (row, column), layer.kernel_size, layer.stride, layer.dilation)  # [depth, kh, kw]
    weight = layer.weight[channel].detach().cpu().double()
    products = patch * weight
    sums = products.sum(dim=(1, 2))
    strongest = int(sums.abs().argmax())
    windows = {"patch": patch[strongest], "kernel": weight[strongest], "products": products[strongest]}
    terms = _largest([f"channel {first + index}" for index in range(depth)], sums)
    return _weighted_sum(
        f"A dot product of {products.numel():,} inputs and weights; shown is channel {first + strongest}.",
        value,
        terms,
        float(sums.sum()),
        _bias(layer, channel),
        windows,
    )


def _linear(layer: nn.Linear, x: Tensor, value: float, at: Position) -> Dissection:
    """The sum b + Σ w·x over all inputs; of tokens, over those of one."""
    channel, row, _ = at
    inputs = x[0] if x.dim() == 2 else x[0, row]
    products = inputs * layer.weight[channel].detach().cpu().double()
    terms = _largest([f"input {index}" for index in range(len(products))], products)
    how = f"A dot product of all {len(products):,} inputs with the weights of output {channel}."
    return _weighted_sum(how, value, terms, float(products.sum()), _bias(layer, channel), {})


def _weighted_sum(
    how: str,
    value: float,
    terms: list[Term],
    products: float,
    bias: float | None,
    windows: Mapping[str, Tensor],
) -> Dissection:
    more: list[Term] = [("sum of products", products)]
    if bias is not None:
        more.append(("bias", bias))
    return Dissection(how, value, products + (bias or 0.0), (*terms, *more), windows, sum_of_products=products)


def _largest(names: list[str], parts: Tensor) -> list[Term]:
    """The largest amounts by name, and the rest in one line."""
    order = parts.abs().argsort(descending=True, stable=True).tolist()
    terms = [(names[index], float(parts[index])) for index in order[:LISTED]]
    rest = len(order) - len(terms)
    return [*terms, (f"{rest:,} more", float(parts[order[LISTED:]].sum()))] if rest else terms


def _bias(layer: nn.Conv2d | nn.Linear, channel: int) -> float | None:
    return None if layer.bias is None else float(layer.bias.detach()[channel])


def _padded(layer: nn.Conv2d, x: Tensor) -> Tensor:
    """The input with the layer's border around it."""
    # The layer's own note of it: left, right, top, bottom, also where padding is "same".
    border = layer._reversed_padding_repeated_twice
    mode = "constant" if layer.padding_mode == "zeros" else layer.padding_mode
    return functional.pad(x, border, mode)


def _window(maps: Tensor, cell: tuple[int, int], kernel: Any, stride: Any, dilation: Any) -> Tensor:
    """What lies under the taps of one cell, [C, H, W] → [C, kh, kw]."""
    for axis, place, taps, step, gap in zip((1, 2), cell, _pair(kernel), _pair(stride), _pair(dilation), strict=True):
        maps = maps.narrow(axis, place * step, gap * (taps - 1) + 1)
    rows, columns = _pair(dilation)
    return maps[:, ::rows, ::columns]


def _pair(value: Any) -> tuple[int, int]:
    return (value, value) if isinstance(value, int) else (value[0], value[1])


# Pooling


def _maximum(layer: nn.MaxPool2d, x: Tensor, value: float, at: Position) -> Dissection:
    channel, row, column = at
    (high, wide), nothing = _pair(layer.padding), float("-inf")
    padded = functional.pad(x[0, channel : channel + 1], (wide, wide, high, high), value=nothing)
    patch = _window(padded, (row, column), layer.kernel_size, layer.stride, layer.dilation)[0]
    top = (patch == patch.max()).nonzero()[:1].tolist()
    shown = patch.masked_fill(patch == nothing, float("nan"))
    how = f"The largest of the {patch.shape[0]}×{patch.shape[1]} numbers under the window, of this channel alone."
    terms = (("largest", float(patch.max())),)
    return Dissection(how, value, float(patch.max()), terms, {"patch": shown}, ((top[0][0], top[0][1]),))


def _average_window(layer: nn.AvgPool2d, x: Tensor, at: Position) -> Tensor:
    """What is averaged, [h, w]: the border's zeros count or not, as the layer says."""
    channel, row, column = at
    high, wide = _pair(layer.padding)
    beyond = 0.0 if layer.count_include_pad else float("nan")
    padded = functional.pad(x[0, channel : channel + 1], (wide, wide, high, high), value=beyond)
    return _window(padded, (row, column), layer.kernel_size, layer.stride, 1)[0]


def _adaptive_window(x: Tensor, given: Tensor, at: Position) -> Tensor:
    """The cells from ⌊i·H/h⌋ to ⌈(i + 1)·H/h⌉ that adaptive pooling averages for row i, and so for the columns."""
    channel, *cell = at
    (top, bottom), (left, right) = (
        (floor(place * size / out), ceil((place + 1) * size / out))
        for place, size, out in zip(cell, x.shape[2:], given.shape[2:], strict=True)
    )
    return x[0, channel, top:bottom, left:right]


def _mean(patch: Tensor, value: float) -> Dissection:
    count = int((~patch.isnan()).sum())
    total = float(patch.nansum())
    how = f"The mean of the {count:,} numbers under the window, of this channel alone."
    return Dissection(how, value, total / count, (("sum", total), ("count", count)), {"patch": patch})


# One number at a time


def _normalised(layer: nn.BatchNorm1d | nn.BatchNorm2d, x: Tensor, value: float, at: Position) -> Dissection:
    """The value (x − μ) / √(σ² + ε)·γ + β, Ioffe & Szegedy (2015), arXiv:1502.03167, with the running μ and σ²."""
    channel, row, column = at
    own = x[:, channel]
    running = layer.running_mean is not None and layer.running_var is not None
    mean = float(layer.running_mean[channel]) if running else float(own.mean())  # type: ignore[index]
    variance = float(layer.running_var[channel]) if running else float(own.var(correction=0))  # type: ignore[index]
    scale, shift = (float(p.detach()[channel]) if p is not None else default for p, default in _affine(layer))
    start = float(x[0, channel, row, column])
    result = (start - mean) / sqrt(variance + layer.eps) * scale + shift
    terms = (("input x", start), ("mean μ", mean), ("variance σ²", variance), ("scale γ", scale), ("shift β", shift))
    return Dissection("(x − μ)/√(σ² + ε)·γ + β, with this channel's own numbers.", value, result, terms)


def _affine(layer: nn.BatchNorm1d | nn.BatchNorm2d) -> tuple[tuple[Tensor | None, float], tuple[Tensor | None, float]]:
    return (layer.weight, 1.0), (layer.bias, 0.0)


def _plain(layer: nn.Module, taken: Tensor, given: Tensor, value: float, at: Position) -> Dissection:
    if taken.shape != given.shape:
        return Dissection(f"What {type(layer).__name__} does is not taken apart further here.", value)
    start = float(maps_of(taken)[at])
    terms = (("input x", start),)
    if isinstance(layer, nn.ReLU):
        return Dissection("max(0, x): what is negative becomes 0.", value, max(0.0, start), terms)
    if type(layer).__module__ == "torch.nn.modules.activation":
        return Dissection(f"{type(layer).__name__} of this one number.", value, None, terms)
    if start == value:
        return Dissection("The number is passed on as it is.", value, start, terms)
    return Dissection(f"What {type(layer).__name__} does is not taken apart further here.", value, None, terms)
