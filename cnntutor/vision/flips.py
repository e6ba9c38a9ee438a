"""Convolution and cross-correlation of one channel, each worked out in two ways, as SciPy's `signal` defines them.

    cross-correlation   (x ⋆ w)[i, j] = Σ w[u, v] · x[i + u, j + v]
    convolution         (x ∗ w)[i, j] = Σ w[u, v] · x[i − u, j − v]

Goodfellow, Bengio & Courville (2016), Deep Learning, section 9.1, equations 9.4 and 9.6. Layers called convolution
compute the first. A kernel can be *laid* on every place, whose products are added up, or *stamped*: every input leaves
a copy of it, multiplied by its value. What one operation lays turned by 180°, it stamps as it is.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from torch import Tensor

Operation = Literal["cross-correlation", "convolution"]

Extent = Literal["valid", "same", "full"]
"""Where the kernel is laid: only where it fits, as often as there are inputs, or wherever it touches one."""


def flipped(kernel: Tensor) -> Tensor:
    """A kernel turned by 180°, both axes of the grid flipped, [..., k, k]; channels keep their order."""
    return kernel.flip(-2, -1)


def border(taps: int, extent: Extent, operation: Operation) -> tuple[int, int]:
    """Zeros before and after a row of inputs.

    An even kernel has no middle tap; the flip turns its longer half to the other side, so that the two operations part
    by one place. SciPy does the same.

    Args:
        taps: of the kernel, on a side.
        extent: where it is laid.
        operation: which of the two.
    """
    if extent == "valid":
        return 0, 0
    if extent == "full":
        return taps - 1, taps - 1
    shorter, longer = (taps - 1) // 2, taps // 2
    return (shorter, longer) if operation == "cross-correlation" else (longer, shorter)


def bordered(inputs: Tensor, taps: int, extent: Extent, operation: Operation) -> Tensor:
    """Inputs with their zeros around: [n, n] → [n + before + after, n + before + after]."""
    from torch.nn import functional

    before, after = border(taps, extent, operation)
    return functional.pad(inputs, (before, after, before, after))


def as_laid(kernel: Tensor, operation: Operation) -> Tensor:
    """The kernel as the operation lays it on the inputs, [k, k]."""
    return kernel if operation == "cross-correlation" else flipped(kernel)


def laid(inputs: Tensor, kernel: Tensor, extent: Extent, operation: Operation) -> Tensor:
    """The operation by sums of products, tap by tap: [n, n] and [k, k] → [m, m]."""
    taps = len(kernel)
    padded = bordered(inputs, taps, extent, operation)
    rows = len(padded) - taps + 1
    result = inputs.new_zeros(rows, rows)
    for u, line in enumerate(as_laid(kernel, operation)):
        for v, weight in enumerate(line):
            result += weight * padded[u : u + rows, v : v + rows]
    return result


def stamps(inputs: Tensor, kernel: Tensor, extent: Extent, operation: Operation) -> Iterator[Tensor]:
    """The operation by copies of the kernel: what is on the table after each input, in reading order, [m, m] each.

    Convolution stamps the kernel as it is, cross-correlation turned by 180°.
    """
    side, taps = len(inputs), len(kernel)
    stamp = flipped(as_laid(kernel, operation))
    full = inputs.new_zeros(side + taps - 1, side + taps - 1)
    start = taps - 1 - border(taps, extent, operation)[0]
    rows = sum(border(taps, extent, operation)) + side - taps + 1
    for i, line in enumerate(inputs):
        for j, value in enumerate(line):
            full[i : i + taps, j : j + taps] += value * stamp
            yield full[start : start + rows, start : start + rows].clone()
