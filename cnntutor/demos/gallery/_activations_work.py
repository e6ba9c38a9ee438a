"""The activations at work: on a feature map, through many layers, and in nets that are trained too fast."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cnntutor.demos.gallery._activations_knobs import ActivationsKnobs
from cnntutor.vision import activations, colour, images, kernels
from cnntutor.vision.activations import ActivationName

if TYPE_CHECKING:
    import torch
    from torch import Tensor

UNITS = 128
PICTURES = 64
"""Of the layers that a gradient passes, and the inputs that it is averaged over."""

LEVEL: tuple[ActivationName, ...] = ("relu", "leaky-relu", "gelu", "silu")
"""They cut about half of the signal, which weights of twice the variance make up for (He et al. 2015)."""


@dataclass(frozen=True, slots=True)
class Trained:
    """What came of one net."""

    activation: ActivationName
    learning_rate: float
    dead: float
    """Share of its units."""
    loss: float
    """The last, before the last step."""
    ran_away: bool
    """The loss was no longer a number."""


def feature_map(knobs: ActivationsKnobs, device: torch.device) -> Tensor:
    """Sums of products, before any activation: [side, side]."""
    import torch
    from torch.nn import functional

    grey = colour.grey_of(images.as_tensor(images.square(knobs.image, knobs.side))).to(device)
    weight = torch.from_numpy(kernels.kernel(knobs.kernel, 3, seed=torch.initial_seed())).to(grey)
    return functional.conv2d(functional.pad(grey[None], [1] * 4, "replicate"), weight[None, None])[0, 0]


def gradients(knobs: ActivationsKnobs, name: ActivationName) -> list[float]:
    """How large a gradient of ones still is after each layer that it passes backwards, the last layer's first.

    Every activation gets the same weights, but for their variance: 2/n for those of `LEVEL`, else 1/n.

    Returns:
        The root of its mean square, one a layer; the last is what arrives.
    """
    import torch

    torch.manual_seed(torch.initial_seed())
    variance = (2 if name in LEVEL else 1) / UNITS
    maps = [torch.randn(PICTURES, UNITS).requires_grad_()]
    for _ in range(knobs.layers):
        sums = maps[-1] @ (torch.randn(UNITS, UNITS) * variance**0.5)
        maps.append(activations.value(name, sums, knobs.leak))
    slopes = torch.autograd.grad(maps[-1], maps[:-1], torch.ones_like(maps[-1]))
    return [float(slope.square().mean().sqrt()) for slope in reversed(slopes)]


def trainings(knobs: ActivationsKnobs, device: torch.device) -> Iterator[Trained]:
    """A net for each rate and each activation; all begin with the same weights and see the same batches."""
    import torch

    from cnntutor.vision import data
    from cnntutor.vision.dead_units import PlainNet, normalised, train

    digits = data.load("digits")
    for rate in knobs.rates:
        for name in knobs.names:
            torch.manual_seed(torch.initial_seed())
            net = PlainNet(knobs.width, name, len(digits.class_names), knobs.leak).to(device)
            losses = list(train(net, digits, rate, knobs.steps))
            x, _ = normalised(digits, next(net.parameters()))
            dead = float(torch.cat(net.dead(x)).float().mean())
            yield Trained(name, rate, dead, losses[-1], ran_away=len(losses) < knobs.steps)
