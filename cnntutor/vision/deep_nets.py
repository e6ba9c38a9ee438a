"""Deep nets with and without shortcuts, and what a gradient is like at each of their layers.

Blocks: He et al. (2015), "Deep Residual Learning for Image Recognition", arXiv:1512.03385, figure 2 (`original`), and
He et al. (2016), "Identity Mappings in Deep Residual Networks", arXiv:1603.05027, figure 4e (`pre-activation`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor, nn
from torch.nn.functional import cosine_similarity, cross_entropy

DeepNorm = Literal["none", "batch"]
BlockKind = Literal["original", "pre-activation"]
Start = Literal["torch", "he"]


@dataclass(frozen=True, slots=True)
class DeepSpec:
    """A net of `depth` layers with weights: one convolution, blocks of two, and a linear layer."""

    depth: int
    """Even, at least 4."""
    width: int
    """Channels of all convolutions."""
    shortcut: bool
    norm: DeepNorm = "none"
    block: BlockKind = "original"
    start: Start = "torch"
    """First weights: PyTorch's own, or He et al. (2015), arXiv:1502.01852, with variance 2/n."""
    zero_last: bool = False
    """Whether the branch beside each shortcut starts at zero, as in Goyal et al. (2017), arXiv:1706.02677."""


class DeepNet(nn.Module):
    """[N, 1, 8, 8] → scores [N, classes]; the first convolution halves the maps."""

    def __init__(self, spec: DeepSpec, classes: int = 10) -> None:
        super().__init__()
        self.first = nn.Conv2d(1, spec.width, 3, stride=2, padding=1)
        self.blocks = nn.Sequential(*(Block(spec) for _ in range((spec.depth - 2) // 2)))
        self.last = nn.Linear(spec.width, classes)
        if spec.start == "he":
            for layer in self.layers:
                nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
        if spec.zero_last and spec.shortcut:
            for block in self.each_block:
                block.start_at_zero()

    @property
    def layers(self) -> list[nn.Conv2d | nn.Linear]:
        """Those with weights, from the picture up; norms and shortcuts have none that count."""
        return [layer for layer in self.modules() if isinstance(layer, nn.Conv2d | nn.Linear)]

    @property
    def each_block(self) -> list[Block]:
        """From the picture up."""
        return [block for block in self.blocks if isinstance(block, Block)]

    def forward(self, x: Tensor) -> Tensor:
        """Pictures, mean and deviation taken off → a score for each class."""
        maps = self.blocks(self.first(x).relu())  # [N, width, 4, 4]
        answer: Tensor = self.last(maps.relu().mean((2, 3)))
        return answer


class Block(nn.Module):
    """Two convolutions, around which a shortcut leads or not."""

    def __init__(self, spec: DeepSpec) -> None:
        super().__init__()
        self.removed = False
        """Whether its input is handed on as it is."""
        self._shortcut = spec.shortcut
        self._ahead = spec.block == "pre-activation"
        self.convs = nn.ModuleList(
            nn.Conv2d(spec.width, spec.width, 3, padding=1, bias=spec.norm == "none") for _ in range(2)
        )
        self.norms = nn.ModuleList(
            nn.BatchNorm2d(spec.width) if spec.norm == "batch" else nn.Identity() for _ in range(2)
        )

    def forward(self, x: Tensor) -> Tensor:
        """Hand on x + F(x), or F(x); [N, width, h, w] → the same shape."""
        if self.removed:
            return x
        y = self._branch(x)
        y = x + y if self._shortcut else y
        return y if self._ahead else y.relu()

    def start_at_zero(self) -> None:
        """The last scale of the branch, or where there is no norm its last weights."""
        last = self.norms[1] if isinstance(self.norms[1], nn.BatchNorm2d) and not self._ahead else self.convs[1]
        for values in last.parameters():
            nn.init.zeros_(values)

    def _branch(self, x: Tensor) -> Tensor:
        (first, second), (norm, other) = self.convs, self.norms
        if self._ahead:
            y: Tensor = second(other(first(norm(x).relu())).relu())
        else:
            y = other(second(norm(first(x)).relu()))
        return y


def gradient_norms(net: DeepNet, x: Tensor, y: Tensor) -> list[float]:
    """‖∂loss/∂W‖ of every layer, from the picture up, for one batch; the net's own gradients stay as they are.

    Args:
        net: in train mode.
        x: [N, 1, 8, 8].
        y: classes [N].
    """
    weights = [layer.weight for layer in net.layers]
    gradients = torch.autograd.grad(cross_entropy(net(x), y), weights)
    return [float(gradient.norm()) for gradient in gradients]


def input_gradients(net: DeepNet, pictures: Tensor) -> Tensor:
    """How the first score of each picture hangs on its pixels, [N, 1, 8, 8]."""
    seen = pictures.detach().clone().requires_grad_()
    (gradients,) = torch.autograd.grad(net(seen)[:, 0].sum(), seen)
    return gradients


def between(one: Tensor, other: Tensor, steps: int) -> Tensor:
    """Pictures that go from one to the other in equal steps: [C, H, W] twice → [steps, C, H, W]."""
    share = torch.linspace(0, 1, steps, device=one.device)[:, None, None, None]
    return one + (other - one) * share


def likeness(gradients: Tensor) -> float:
    """Mean cosine of each gradient with the next, 1 for alike and 0 for unrelated, as in white noise.

    Balduzzi et al. (2017), "The Shattered Gradients Problem", arXiv:1702.08591.
    """
    flat = gradients.flatten(1).double()
    flat = flat / flat.norm(dim=1, keepdim=True).clamp(min=1e-300)
    return float(cosine_similarity(flat[:-1], flat[1:]).mean())
