"""What pooling does to a map beyond the plain window: adaptive windows, who gets the gradient, what a move changes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

from cnntutor.errors import UsageError

if TYPE_CHECKING:
    from torch import Tensor

Kind = Literal["max", "average"]
KINDS: tuple[Kind, ...] = get_args(Kind)


@dataclass(frozen=True, slots=True)
class PoolWindow:
    """How a square pooling window moves over a square map."""

    size: int
    """Cells on a side."""
    stride: int = 0
    """Cells from one window to the next; 0 for its own size, as torch has it."""
    padding: int = 0
    """Cells added on each side: −∞ for the maximum, zeros for the mean."""
    ceil: bool = False
    """Whether cells that are left over at the far end get a window of their own (`ceil_mode`)."""
    counts_border: bool = True
    """Whether the mean divides by added zeros too (`count_include_pad`)."""

    @property
    def step(self) -> int:
        """The stride that is meant."""
        return self.stride or self.size

    def output_side(self, side: int) -> int:
        """Side of the pooled map: ⌊(side + 2·padding − size)/stride⌋ + 1, rounded up instead with `ceil`.

        Rounded up, a last window that would start in the far border is left out, as in torch.

        Raises:
            UsageError: the window does not fit, or the border is wider than half of it; the line names the knob.
        """
        self._check(side)
        free = side + 2 * self.padding - self.size
        if not self.ceil:
            return free // self.step + 1
        stops = -(-free // self.step) + 1
        return stops - 1 if (stops - 1) * self.step >= side + self.padding else stops

    def _check(self, side: int) -> None:
        if self.padding > self.size // 2:
            raise UsageError(
                f"padding must be at most {self.size // 2}, half of pool_size ({self.size}), not {self.padding}:"
                " make it smaller, or pool_size larger first"
            )
        if self.size > side + 2 * self.padding:
            raise UsageError(
                f"pool_size must be at most {side + 2 * self.padding}, the side of the padded map, not {self.size}:"
                " make it smaller, or the map larger first"
            )


def pooled(maps: Tensor, kind: Kind, window: PoolWindow) -> Tensor:
    """[F, H, W] → [F, rows, rows], the largest or the mean of every window."""
    from torch.nn import functional

    if kind == "max":
        return functional.max_pool2d(maps, window.size, window.step, window.padding, ceil_mode=window.ceil)
    return functional.avg_pool2d(
        maps, window.size, window.step, window.padding, ceil_mode=window.ceil, count_include_pad=window.counts_border
    )


def gradients(maps: Tensor, kind: Kind, window: PoolWindow, arriving: float) -> Tensor:
    """What each cell of the maps receives if this much arrives at every pooled cell; [F, H, W]."""
    import torch

    with torch.enable_grad():
        cells = maps.detach().clone().requires_grad_()
        (received,) = torch.autograd.grad(arriving * pooled(cells, kind, window).sum(), cells)
    return received


def adaptive_windows(cells: int, wanted: int) -> list[range]:
    """The windows of adaptive pooling along one side: window i is ⌊i·cells/wanted⌋ up to ⌈(i + 1)·cells/wanted⌉.

    As in `torch.nn.AdaptiveAvgPool1d`; neighbours share a cell where the sides do not divide evenly.

    Raises:
        ValueError: a number is below 1.
    """
    if cells < 1 or wanted < 1:
        raise ValueError(f"cells and wanted must be at least 1, not {cells} and {wanted}")
    return [range(i * cells // wanted, -(-(i + 1) * cells // wanted)) for i in range(wanted)]


def change(before: Tensor, after: Tensor) -> float:
    """How far two maps of one shape differ: ‖after − before‖ / ‖before‖; 0 where both are zero."""
    size = float(before.norm())
    difference = float((after - before).norm())
    return difference / size if size else float(difference > 0)
