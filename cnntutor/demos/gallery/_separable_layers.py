"""The layers of the demo `separable` as torch has them, and the clock beside them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cnntutor.demos.gallery._separable_knobs import SeparableKnobs
from cnntutor.vision.stopwatch import milliseconds

if TYPE_CHECKING:
    import torch
    from torch import Tensor, nn


@dataclass(frozen=True, slots=True, eq=False)
class Layers:
    """The rivals, none with a bias."""

    ordinary: nn.Conv2d
    grouped: nn.Conv2d
    depthwise: nn.Conv2d
    pointwise: nn.Conv2d

    @property
    def bank(self) -> Tensor:
        """The filters of the ordinary convolution that depthwise and pointwise come to: [C_out, C_in, k, k]."""
        return self.pointwise.weight.detach() * self.depthwise.weight.detach().transpose(0, 1)

    def separable(self, x: Tensor) -> Tensor:
        """Around, then across."""
        out: Tensor = self.pointwise(self.depthwise(x))
        return out


def layers_of(knobs: SeparableKnobs, device: torch.device, filters: int = 0) -> Layers:
    """The layers, their weights drawn from torch's generator.

    Args:
        knobs: of the run.
        device: where they work.
        filters: output channels, if not those of the knobs; there are no groups then.
    """
    from torch import nn

    c_in, c_out, k = knobs.channels, filters or knobs.filters, knobs.kernel_size
    groups = 1 if filters else knobs.groups

    def conv(inputs: int, outputs: int, size: int, parts: int = 1) -> nn.Conv2d:
        return nn.Conv2d(inputs, outputs, size, padding=size // 2, groups=parts, bias=False).to(device)

    return Layers(conv(c_in, c_out, k), conv(c_in, c_out, k, groups), conv(c_in, c_in, k, c_in), conv(c_in, c_out, 1))


def maps(knobs: SeparableKnobs, device: torch.device) -> Tensor:
    """Noise to work on: [1, C, side, side]. What it holds has no bearing on the time."""
    import torch

    return torch.rand(1, knobs.channels, knobs.side, knobs.side).to(device)


def difference(layers: Layers, x: Tensor) -> float:
    """Between the separable pair and the ordinary convolution that it comes to, at most."""
    import torch
    from torch.nn import functional

    with torch.inference_mode():
        whole = functional.conv2d(x, layers.bank, padding=layers.depthwise.padding)
        return float((layers.separable(x) - whole).abs().max())


def times(layers: Layers, x: Tensor, rounds: int) -> dict[str, float]:
    """Milliseconds of each layer, by the names of `Layers`."""
    import torch

    with torch.inference_mode():
        middle = layers.depthwise(x)
        runs = {
            "ordinary": lambda: layers.ordinary(x),
            "grouped": lambda: layers.grouped(x),
            "depthwise": lambda: layers.depthwise(x),
            "pointwise": lambda: layers.pointwise(middle),
            "separable": lambda: layers.separable(x),
        }
        return milliseconds(runs, x.device, rounds)


def pair_of_times(layers: Layers, x: Tensor, rounds: int) -> tuple[float, float]:
    """Milliseconds of the ordinary layer and of the separable pair."""
    import torch

    with torch.inference_mode():
        runs = {"ordinary": lambda: layers.ordinary(x), "separable": lambda: layers.separable(x)}
        taken = milliseconds(runs, x.device, rounds)
    return taken["ordinary"], taken["separable"]
