"""A convolution layer taken apart: the border, the window, the sum of products.

Layers compute cross-correlation, y[f, i, j] = b[f] + Σ w[f, c, u, v]·x[c, i·s + u·d, j·s + v·d]: the kernel is
not flipped (Goodfellow, Bengio & Courville 2016, Deep Learning, section 9.1).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from cnntutor.errors import UsageError
from cnntutor.vision.arithmetic import output_size

if TYPE_CHECKING:
    from torch import Tensor

PaddingMode = Literal["zeros", "reflect", "replicate", "circular"]
"""What lies beyond the border: nothing, the mirrored image, its last pixels, or its other end."""

Activation = Literal["none", "relu", "leaky-relu", "tanh", "sigmoid", "gelu"]
"""What is done to every cell of a feature map. GELU is the exact one, x·Φ(x) (Hendrycks & Gimpel 2016,
arXiv:1606.08415); the leaky ReLU keeps a hundredth of what is negative (Maas, Hannun & Ng 2013)."""

Pooling = Literal["none", "max", "average"]
"""What is kept of every square of cells: all of them, the largest, or their mean."""


@dataclass(frozen=True, slots=True)
class Window:
    """How a square kernel moves over a square image."""

    size: int
    """Taps on a side."""
    stride: int = 1
    padding: int = 0
    mode: PaddingMode = "zeros"
    dilation: int = 1

    @property
    def span(self) -> int:
        """Pixels on a side from the first tap to the last."""
        return self.dilation * (self.size - 1) + 1

    @property
    def least_side(self) -> int:
        """Side of the smallest image that it can move over."""
        bordered = {"reflect": self.padding + 1, "circular": self.padding}.get(self.mode, 1)
        return max(1, bordered, self.span - 2 * self.padding)

    def unread(self, side: int) -> int:
        """Pixels at the far end of a padded row that no window reaches, because the stride does not divide evenly."""
        return (side + 2 * self.padding - self.span) % self.stride

    def output_side(self, side: int) -> int:
        """Side of the feature map of a side×side image.

        Raises:
            UsageError: the window does not fit; the line names the knob to turn.
        """
        self._check(side)
        return output_size(side, self.size, stride=self.stride, padding=self.padding, dilation=self.dilation)

    def _check(self, side: int) -> None:
        padded = side + 2 * self.padding
        if self.span > padded:
            raise UsageError(
                f"kernel_size {self.size} with dilation {self.dilation} spans {self.span} pixels, "
                f"but the padded image has only {padded}: make kernel_size or dilation smaller, or padding larger"
            )
        if self.mode == "reflect" and self.padding >= side:
            raise UsageError(
                f"padding must be below side ({side}) to reflect, not {self.padding}: "
                "make it smaller, or choose another padding_mode first"
            )
        if self.mode == "circular" and self.padding > side:
            raise UsageError(
                f"padding must be at most side ({side}) to wrap around, not {self.padding}: "
                "make it smaller, or choose another padding_mode first"
            )


def pad(images: Tensor, padding: int, mode: PaddingMode) -> Tensor:
    """Images with a border of `padding` pixels on each side.

    Args:
        images: [N, C, H, W].
        padding: pixels on each side.
        mode: what the border holds.

    Returns:
        [N, C, H + 2·padding, W + 2·padding].
    """
    from torch.nn import functional

    return functional.pad(images, [padding] * 4, "constant" if mode == "zeros" else mode)


def feature_maps(padded: Tensor, weight: Tensor, bias: Tensor, window: Window) -> Tensor:
    """What the filters answer, at every place of the window.

    Args:
        padded: [N, C, H, W], the border already added.
        weight: filters, [F, C, size, size].
        bias: one number a filter, [F].
        window: how the kernel moves; its padding is not looked at.

    Returns:
        [N, F, rows, columns].
    """
    from torch.nn import functional

    return functional.conv2d(padded, weight, bias, stride=window.stride, dilation=window.dilation)


def activate(values: Tensor, activation: Activation) -> Tensor:
    """Every value through the activation; the shape stays."""
    import torch
    from torch.nn import functional

    functions: dict[str, Callable[[Tensor], Tensor]] = {
        "relu": functional.relu,
        "leaky-relu": functional.leaky_relu,
        "tanh": torch.tanh,
        "sigmoid": torch.sigmoid,
        "gelu": functional.gelu,
    }
    return functions[activation](values) if activation in functions else values


def pool(maps: Tensor, pooling: Pooling, size: int) -> Tensor:
    """Squares of size × size cells that do not overlap, each as one cell; what is left over at the far end is dropped.

    Args:
        maps: [F, H, W], height and width at least `size`.
        pooling: what is kept of a square.
        size: cells on its side.

    Returns:
        [F, ⌊H/size⌋, ⌊W/size⌋], or the maps as they are for `none`.
    """
    from torch.nn import functional

    if pooling == "none":
        return maps
    return functional.max_pool2d(maps, size) if pooling == "max" else functional.avg_pool2d(maps, size)


def patch_at(padded: Tensor, window: Window, row: int, column: int) -> Tensor:
    """The pixels that one output cell sees: those under the taps of the window.

    Args:
        padded: [C, H, W], the border already added.
        window: how the kernel moves.
        row: of the output cell.
        column: of the output cell.

    Returns:
        [C, size, size].
    """
    top, left = row * window.stride, column * window.stride
    seen = padded[:, top : top + window.span, left : left + window.span]
    return seen[:, :: window.dilation, :: window.dilation]
