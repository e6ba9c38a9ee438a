"""What kernels answer to a picture and to three tiny ones, for the demo `kernels`."""

from __future__ import annotations

from dataclasses import dataclass
from math import atan2, degrees, hypot, pi
from typing import TYPE_CHECKING

from cnntutor.demos.gallery._kernels_knobs import KernelsKnobs
from cnntutor.vision import checkpoints, colour, images, kernels

if TYPE_CHECKING:
    import torch
    from torch import Tensor

EVEN = 7
"""Brightness of the even surface, and of the middle of the ramp."""
STEP = 2
"""From one pixel of the ramp to the next."""
SPOT = 8
"""Brightness of the spot, on black."""

ANGLES = tuple(range(0, 180, 15))
"""Degrees of the Gabor kernel's wave, 0 across, growing clockwise."""

HAND_MADE: tuple[kernels.KernelName, ...] = tuple(name for name in kernels.NAMES if name != "random")


@dataclass(frozen=True, slots=True, eq=False)
class Learnt:
    """The first filters of a trained net."""

    weight: Tensor
    """[F, C, k, k]"""
    chosen: int
    mean: tuple[float, ...]
    std: tuple[float, ...]

    @property
    def grey(self) -> Tensor:
        """The filters added up over their channels: what they answer to grey. [F, k, k]."""
        return self.weight.sum(1)


def picture_of(knobs: KernelsKnobs, device: torch.device) -> Tensor:
    """[3, side, side], from 0 to 1, and brightened."""
    picture = images.as_tensor(images.square(knobs.image, knobs.side)) + knobs.brighten
    return picture.to(device)


def learnt_of(knobs: KernelsKnobs) -> Learnt:
    """The first layer of the net that the knobs name.

    Raises:
        UsageError: it cannot be read.
    """
    kept = checkpoints.load(knobs.learnt_from)
    weight = next(values for values in kept.state.values() if values.ndim == 4)
    return Learnt(weight.float(), (knobs.learnt_filter - 1) % len(weight), kept.mean, kept.std)


def answer(grey: Tensor, kernel: kernels.Kernel) -> Tensor:
    """A kernel's answers to a grey picture, [side, side]; beyond the border its last pixels go on."""
    import torch

    return _convolved(grey, torch.from_numpy(kernel)[None, None].to(grey))[0]


def learnt_answers(picture: Tensor, learnt: Learnt) -> Tensor:
    """The answers of all learnt filters, [F, side, side]; the picture comes as their net takes it."""
    x = colour.grey_of(picture) if learnt.weight.shape[1] == 1 else picture
    mean, std = (x.new_tensor(values)[:, None, None] for values in (learnt.mean, learnt.std))
    return _convolved((x - mean) / std, learnt.weight.to(x))


def gabors(size: int) -> list[kernels.Kernel]:
    """The wave at every angle of `ANGLES`."""
    return [kernels.gabor(size, angle * pi / 180).astype("float32") for angle in ANGLES]


def to_tiny_pictures(kernel: kernels.Kernel) -> dict[str, float]:
    """The sum of the weights, and the answers to an even surface, to a ramp and to a bright spot."""
    import numpy as np

    weights = kernel.astype(np.float64)
    middle = len(weights) // 2
    ramp = EVEN + STEP * (np.arange(len(weights)) - middle)
    found = {
        "sum": weights.sum(),
        "even": EVEN * weights.sum(),
        "ramp": (weights * ramp).sum(),
        "spot": SPOT * weights[middle, middle],
    }
    return {name: round(float(value), 4) + 0.0 for name, value in found.items()}


def likeness(learnt: Tensor, kernel: kernels.Kernel) -> float:
    """The cosine of two kernels as lists of numbers: 1 alike, −1 opposite, 0 nothing in common."""
    import torch

    one, other = learnt.flatten().cpu(), torch.from_numpy(kernel).flatten()
    return float(one @ other / (one.norm() * other.norm()).clamp(min=1e-12))


def edge_likeness(learnt: Tensor) -> tuple[float, int]:
    """How much of a kernel is an edge detector, 0 to 1, and in which direction, 0 to 179 degrees.

    The two Sobel kernels are at right angles to each other, and their mixtures are the edges of every direction.
    """
    size = learnt.shape[-1]
    x, y = (likeness(learnt, kernels.kernel(name, size)) for name in ("sobel-x", "sobel-y"))
    return hypot(x, y), round(degrees(atan2(y, x))) % 180


def _convolved(x: Tensor, weight: Tensor) -> Tensor:
    """[C, side, side] → [F, side, side]."""
    from torch.nn import functional

    half = weight.shape[-1] // 2
    padded = functional.pad(x[None], [half] * 4, "replicate")
    return functional.conv2d(padded, weight)[0]
