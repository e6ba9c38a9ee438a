"""What the demo `shrink` shows: sizes, times, curves, weights, and a teacher's doubts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import nn

from cnntutor.demos.gallery._shrink_knobs import LAYERS, ShrinkKnobs
from cnntutor.demos.protocol import Cell, Curve, Table
from cnntutor.vision import colour, sizes
from cnntutor.vision.distilling import softened

if TYPE_CHECKING:
    from torch import Tensor

    from cnntutor.demos.gallery._shrink_nets import Workshop

COSTS, CLOCK, STUDENT, DOUBTS = "what is left", "the clock", "two students", "its answer"
BITS_CHART, CUT_CHART = "% right by bits", "% right by % cut"
DOUBTFUL = "doubtful digit"

KERNELS = 6
"""Filters and inputs of the second layer whose kernels are drawn."""

LISTED = 4
"""Classes of the teacher's answer."""


def titles(knobs: ShrinkKnobs) -> dict[str, str]:
    """What the nets are called, by the names of their figures."""
    bits = f"{knobs.bits} bits"
    return {
        "float": "float32",
        "bits": bits,
        "cut": "weights cut",
        "cut_bits": f"cut, {bits}",
        "filters": "filters cut",
        "student": "student",
    }


def bytes_of(knobs: ShrinkKnobs) -> dict[str, int]:
    """What each net takes, by the names of the figures."""
    size = knobs.size
    kept = sizes.weights_left(size.weights, knobs.cut)
    rounded = sizes.quantised_bytes(size.weights, size.biases, LAYERS, knobs.bits, knobs.scales)
    rounded_kept = sizes.quantised_bytes(kept, size.biases, LAYERS, knobs.bits, knobs.scales)
    return {
        "float": size.bytes,
        "bits": rounded,
        "cut": sizes.packed_bytes(size.weights, kept, size.biases),
        "cut_bits": sizes.mask_bytes(size.weights) + rounded_kept,
        "filters": knobs.slim.bytes,
        "student": knobs.taught.bytes,
    }


# Tables


def costs(shop: Workshop) -> Table:
    """Counted, judged and timed, as far as that is done."""
    knobs, taken = shop.knobs, bytes_of(shop.knobs)
    times = shop.times.get(knobs.batch, {})
    rows = [
        (title, taken[name], _share(taken[name] / taken["float"]), _percent(shop.right.get(name)), _ms(times.get(name)))
        for name, title in titles(knobs).items()
    ]
    return Table(("net", "bytes", "share", "% right", f"ms for {knobs.batch}"), tuple(rows))


def clock(shop: Workshop) -> Table:
    """Microseconds a digit, alone and among many."""
    alone, many = shop.times[1], shop.times[shop.knobs.batch]
    rows = [
        (
            title,
            round(1000 * alone[name]),
            f"{1000 * many[name] / shop.knobs.batch:.1f}",
            f"{many['float'] / many[name]:.1f} ×",
        )
        for name, title in titles(shop.knobs).items()
    ]
    return Table(("net", "µs alone", f"µs of {shop.knobs.batch}", "as fast"), tuple(rows))


def students(shop: Workshop) -> Table:
    """Who learnt from what, and what came of it."""
    knobs = shop.knobs
    numbers = [size.weights + size.biases for size in (knobs.size, knobs.taught)]
    rows: list[tuple[Cell, ...]] = [
        ("teacher", numbers[0], len(shop.y), _percent(shop.right["float"])),
        ("student, taught", numbers[1], 0, _percent(shop.right.get("student"))),
        ("student, alone", numbers[1], knobs.labels, _percent(shop.right.get("alone"))),
    ]
    return Table(("net", "numbers", "labels", "% right"), tuple(rows))


def doubts(shop: Workshop) -> tuple[colour.Pixels, Table]:
    """The digit that the teacher doubts most, and what it answers, as it is and softened."""
    with torch.no_grad():
        scores = shop.nets["float"](shop.x)
    plain = scores.softmax(1)
    at = int(plain.amax(1).argmin())
    soft = softened(scores, shop.knobs.temperature)[at]
    likely: list[int] = soft.argsort(descending=True)[:LISTED].tolist()
    rows = [(f"a {digit}", _chance(plain[at, digit]), _chance(soft[digit])) for digit in likely]
    temperature = f"T = {shop.knobs.temperature:g}"
    columns = ("digit", "as it is", temperature)
    return colour.rgb(_brightened(shop.x[at])), Table(columns, tuple(rows))


def _brightened(picture: Tensor) -> Tensor:
    """From 0 to 1."""
    return (picture - picture.min()) / (picture.max() - picture.min())


def _chance(share: Tensor) -> str:
    return f"{100 * float(share):.1f} %"


def _share(share: float) -> str:
    return f"{100 * share:.0f} %"


def _percent(share: float | None) -> Cell:
    return None if share is None else f"{100 * share:.1f}"


def _ms(taken: float | None) -> Cell:
    return None if taken is None else f"{taken:.2f}"


# Curves


def curves(shop: Workshop) -> dict[str, Curve]:
    """Accuracy by bits, and by the share that is cut."""
    return _by_bits(shop) | _by_share(shop)


def _by_bits(shop: Workshop) -> dict[str, Curve]:
    return {
        f"scales {scales}": Curve(
            tuple(float(bits) for bits, _ in found),
            tuple(100 * right for _, right in found),
            BITS_CHART,
            "bits of a weight",
            "%",
        )
        for scales, found in shop.by_bits.items()
        if len(found) > 1
    }


def _by_share(shop: Workshop) -> dict[str, Curve]:
    if not shop.by_share:
        return {}
    shares, once, after = zip((0.0, shop.right["float"], shop.right["float"]), *shop.by_share, strict=True)
    found = {"at once": once, "after learning on": after}
    x = tuple(100 * share for share in shares)
    return {
        name: Curve(x, tuple(100 * value for value in right), CUT_CHART, "% of the weights that are 0", "%")
        for name, right in found.items()
    }


# Pictures


def kernels(shop: Workshop) -> dict[str, colour.Pixels]:
    """Some kernels of the second layer as they were, rounded, and cut; in one range of colours."""
    weights = {
        titles(shop.knobs)[name]: _second(shop.nets[name]) for name in ("float", "bits", "cut") if name in shop.nets
    }
    like = next(iter(weights.values())).flatten(1)
    return {title: _sheet(weight, like) for title, weight in weights.items()}


def _second(net: nn.Module) -> Tensor:
    """Weights of the second convolution, [filters, inputs, 3, 3]; of a quantised net as the numbers they stand for."""
    from cnntutor.vision.quantising import weights_of

    return weights_of(net)[1][:KERNELS, :KERNELS].detach()


def _sheet(weight: Tensor, like: Tensor) -> colour.Pixels:
    pixels = colour.signed(weight.flatten(0, 2), like=like)  # all kernels below one another
    return colour.mosaic(np.split(pixels, weight.shape[0] * weight.shape[1]), columns=weight.shape[1])


def figures(shop: Workshop) -> Mapping[str, float]:
    """Sizes at once; what was judged and timed as far as it is done."""
    knobs = shop.knobs
    found: dict[str, float] = {
        "weights": knobs.size.weights,
        "weights_left": sizes.weights_left(knobs.size.weights, knobs.cut),
        "weights_of_slim": knobs.slim.weights,
        **{f"bytes_{name}": taken for name, taken in bytes_of(knobs).items()},
        **{f"right_{name}": right for name, right in shop.right.items()},
    }
    if not shop.times:
        return found
    return found | _times(shop)


def _times(shop: Workshop) -> dict[str, float]:
    alone, many = shop.times[1], shop.times[shop.knobs.batch]
    return {f"ms_{name}": taken for name, taken in many.items()} | {
        f"ms_alone_{name}": taken for name, taken in alone.items()
    }
