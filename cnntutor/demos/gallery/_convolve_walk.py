"""The window's walk over a small patch: every product and every sum, in numbers that a person can follow."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cnntutor.demos.gallery._convolve_knobs import LARGEST_SIDE, ConvolveKnobs
from cnntutor.demos.gallery._convolve_layer import Layer
from cnntutor.demos.protocol import Grid
from cnntutor.vision import matrices
from cnntutor.vision.convolution import activate, pad, patch_at, pool

if TYPE_CHECKING:
    from torch import Tensor

WHITE = 9
"""Brightness counts from 0 to this: whole numbers of one digit, so that products can be checked in the head."""

LONGEST = 100
"""Stops that are shown one by one; the cells beyond them come with the last."""

TERMS = 12
"""Products that are written out in the working of a cell."""


@dataclass(frozen=True, slots=True)
class Walk:
    """The first channel of the layer on a patch, all in double precision."""

    knobs: ConvolveKnobs
    padded: Tensor
    """[side + 2·padding, side + 2·padding], the patch with its border."""
    weight: Tensor
    """[size, size], the first filter's kernel for this channel."""
    sums: Tensor
    """[rows, rows], the sum of products of every place."""
    outputs: Tensor
    """[rows, rows], the sums after the activation."""
    pooled: Tensor | None
    """[⌊rows / pool_size⌋, …], the outputs after pooling; None if there is none, or no square fits."""

    @property
    def rows(self) -> int:
        """Cells on a side of the output."""
        return self.outputs.shape[-1]

    @property
    def stops(self) -> Sequence[int]:
        """The cells to halt at, counted in reading order; the last is always among them."""
        cells = self.rows**2
        return (*range(min(cells, LONGEST) - 1), cells - 1)

    def grids(self, stop: int) -> dict[str, Grid]:
        """What is on the table once the cells up to `stop` are filled, by title."""
        row, column = divmod(stop, self.rows)
        products = self._seen(row, column) * self.weight
        grids = {
            "patch": Grid(_numbers(self.padded), marked=tuple(self._taps(row, column))),
            "weights": Grid(_numbers(self.weight)),
            "products": Grid(_numbers(products)),
            "output": Grid(_known(self.outputs, self.rows, stop, 1), marked=((row, column),)),
        }
        if self.pooled is not None:
            grids["pooled"] = Grid(_known(self.pooled, self.rows, stop, self.knobs.pool_size))
        return grids

    def working(self, stop: int) -> str:
        """How one cell comes about: `patch: output[0, 1] = 2·(−1) + 5·1 = 3`; taps of weight zero are left out."""
        row, column = divmod(stop, self.rows)
        total = _show(float(self.sums[row, column]))
        line = f"patch: output[{row}, {column}] = {_sum_of(self._seen(row, column), self.weight)} = {total}"
        if self.knobs.activation == "none":
            return line
        return f"{line}, {self.knobs.activation} makes it {_show(float(self.outputs[row, column]))}"

    def _seen(self, row: int, column: int) -> Tensor:
        """[size, size], the numbers under the taps."""
        return patch_at(self.padded[None], self.knobs.window, row, column)[0]

    def _taps(self, row: int, column: int) -> Iterator[tuple[int, int]]:
        """(row, column) of the patch's cells under the taps."""
        window = self.knobs.window
        for i in range(window.size):
            for j in range(window.size):
                yield row * window.stride + i * window.dilation, column * window.stride + j * window.dilation


def walk_over(layer: Layer) -> Walk:
    """The walk that belongs to a run: the same window and weights on a small patch of its own."""
    import torch

    knobs = layer.knobs
    patch = _patch(layer)
    padded = pad(patch[None, None], knobs.padding, knobs.padding_mode)[0, 0]
    weight = layer.weight[0, 0].cpu().double()
    rows = range(knobs.window.output_side(knobs.patch_side))
    seen = [[patch_at(padded[None], knobs.window, row, column)[0] for column in rows] for row in rows]
    sums = torch.stack([torch.stack([(part * weight).sum() for part in line]) for line in seen])
    outputs = activate(sums, knobs.activation)
    fits = knobs.pooling != "none" and knobs.pool_size <= len(rows)
    pooled = pool(outputs[None], knobs.pooling, knobs.pool_size)[0] if fits else None
    return Walk(knobs, padded, weight, sums, outputs, pooled)


def _patch(layer: Layer) -> Tensor:
    """[side, side]: the learner's own numbers, or the brightness of the first channel as whole numbers up to 9."""
    import torch

    knobs = layer.knobs
    if knobs.patch == "own":
        return torch.tensor(matrices.read(knobs.numbers, "numbers", LARGEST_SIDE), dtype=torch.float64)
    top, left = knobs.patch_corner
    part = layer.picture[0, top : top + knobs.patch_side, left : left + knobs.patch_side]
    return (WHITE * part.cpu().double()).round()


def _numbers(values: Tensor) -> tuple[tuple[float, ...], ...]:
    """Rows of numbers as they are shown: without a point where all of them are whole."""
    rows = [[rounded(value) for value in row] for row in values.tolist()]
    whole = all(value.is_integer() for row in rows for value in row)
    return tuple(tuple(map(int, row)) if whole else tuple(row) for row in rows)


def _known(values: Tensor, rows: int, stop: int, square: int) -> tuple[tuple[float | None, ...], ...]:
    """The values that are known once the output, `rows` cells wide, is filled up to `stop`; None for the others.

    Args:
        values: one for every `square` × `square` cells of the output.
        rows: side of the output.
        stop: the last cell that is filled, in reading order.
        square: cells on a side.
    """

    def last_cell(row: int, column: int) -> int:
        return ((row + 1) * square - 1) * rows + (column + 1) * square - 1

    numbers = _numbers(values)
    return tuple(
        tuple(value if last_cell(i, j) <= stop else None for j, value in enumerate(row))
        for i, row in enumerate(numbers)
    )


def _sum_of(seen: Tensor, weight: Tensor) -> str:
    """`2·(−1) + 5·1`, at most `TERMS` products of it; `0` where every weight is zero."""
    pairs = zip(seen.flatten().tolist(), weight.flatten().tolist(), strict=True)
    terms = [f"{_show(x)}·{_factor(w)}" for x, w in pairs if w]
    rest = [f"… ({len(terms) - TERMS} more)"] if len(terms) > TERMS else []
    return " + ".join(terms[:TERMS] + rest) or "0"


def _factor(value: float) -> str:
    return f"({_show(value)})" if value < 0 else _show(value)


def _show(value: float) -> str:
    return f"{rounded(value):.10g}".replace("-", "−")


def rounded(value: float) -> float:
    """Four digits after the point, and no negative zero."""
    return round(value, 4) + 0.0
