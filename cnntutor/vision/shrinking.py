"""Ways to make a feature map smaller, and how much a shift of its input disturbs each of them.

Zhang (2019), "Making Convolutional Networks Shift-Invariant Again", arXiv:1904.11486: a max pooling with a stride is a
dense maximum, which moves along with its input, and then a step that keeps every so manieth cell, which does not. A
blur between the two takes out the waves that the step cannot carry.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, get_args

from cnntutor.vision import arithmetic
from cnntutor.vision.convolution import PaddingMode

if TYPE_CHECKING:
    from torch import Tensor

Shrinking = Literal["stride", "max", "average", "blurpool"]
"""What is kept of every square of cells: the first, the largest, the mean, or the largest after a blur."""

WAYS: tuple[Shrinking, ...] = get_args(Shrinking)

Layer = tuple[int, int, int, int]
"""(kernel, stride, padding, dilation), as `arithmetic.receptive_field` takes them."""


def shrunk(maps: Tensor, way: Shrinking, factor: int, taps: int = 3, mode: PaddingMode = "zeros") -> Tensor:
    """Maps with one cell for every factor × factor cells; what is left over at the far end is dropped.

    Args:
        maps: [N, C, H, W], height and width at least `factor` and more than half of `taps`.
        way: what is kept of a square.
        factor: cells on its side.
        taps: of BlurPool's blur, on a side.
        mode: what lies beyond the border, for BlurPool, which alone looks there.

    Returns:
        [N, C, ⌊H/factor⌋, ⌊W/factor⌋]; for factor 1 the maps as they are.
    """
    from torch.nn import functional

    if factor == 1:
        return maps
    if way == "max":
        return functional.max_pool2d(maps, factor)
    if way == "average":
        return functional.avg_pool2d(maps, factor)
    height, width = (length // factor for length in maps.shape[-2:])
    kept = maps[..., ::factor, ::factor] if way == "stride" else _blurpooled(maps, factor, taps, mode)
    return kept[..., :height, :width]


def layers_of(way: Shrinking, factor: int, taps: int = 3) -> tuple[Layer, ...]:
    """What `shrunk` is made of, as layers with a receptive field."""
    if factor == 1:
        return ()
    if way == "stride":
        return ((1, factor, 0, 1),)
    if way == "blurpool":
        return (factor, 1, 0, 1), (taps, factor, (taps - 1) // 2, 1)
    return ((factor, factor, 0, 1),)


def binomial(taps: int) -> tuple[int, ...]:
    """The row of Pascal's triangle with so many numbers, the weights of a smooth blur: `1 2 1` for three.

    Raises:
        ValueError: fewer than one.
    """
    if taps < 1:
        raise ValueError(f"a blur has at least 1 tap, not {taps}")
    row = [1]
    for _ in range(taps - 1):
        row = [left + right for left, right in zip([0, *row], [*row, 0], strict=True)]
    return tuple(row)


def cells_inside(layers: tuple[Layer, ...], side: int, cells: int) -> range:
    """The cells of a row, of `cells`, that see nothing but the picture: no border reaches them.

    Args:
        layers: from the picture up.
        side: pixels of the picture's row.
        cells: of the map's row.
    """
    field = arithmetic.receptive_field(layers)

    def whole(cell: int) -> bool:
        centre = field.start + cell * field.jump
        return 2 * centre >= field.size and 2 * (side - centre) >= field.size

    inside = [cell for cell in range(cells) if whole(cell)]
    return range(inside[0], inside[-1] + 1) if inside else range(0)


def _blurpooled(maps: Tensor, factor: int, taps: int, mode: PaddingMode) -> Tensor:
    from torch.nn import functional

    dense = functional.max_pool2d(_padded(maps, 0, factor - 1, mode), factor, stride=1)
    row = maps.new_tensor(binomial(taps))
    blur = (row[:, None] * row / row.sum() ** 2).expand(maps.shape[1], 1, -1, -1)  # [C, 1, taps, taps]
    before = (taps - 1) // 2
    bordered = _padded(dense, before, taps - 1 - before, mode)
    return functional.conv2d(bordered, blur, stride=factor, groups=maps.shape[1])


def _padded(maps: Tensor, before: int, after: int, mode: PaddingMode) -> Tensor:
    from torch.nn import functional

    return functional.pad(maps, (before, after, before, after), "constant" if mode == "zeros" else mode)
