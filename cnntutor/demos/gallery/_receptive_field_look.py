"""The pictures, the curve and the table of the demo `receptive-field`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import TYPE_CHECKING

from cnntutor.demos.gallery._receptive_field_knobs import ReceptiveFieldKnobs
from cnntutor.demos.protocol import Cell, Curve, Table
from cnntutor.vision import colour, images, window_stack
from cnntutor.vision.heat import heat
from cnntutor.vision.influence import Patch, patch_of

if TYPE_CHECKING:
    from torch import Tensor

    from cnntutor.vision.window_stack import WindowLayer

UNSEEN = 0.25
"""Of the brightness is left to pixels that do not reach the unit."""

LONGEST_TABLE = 12
"""Layers that have a row each."""

SHARP = 96
"""Pixels on a side from which a line of one pixel looks thin."""


def lit(knobs: ReceptiveFieldKnobs, depth: int) -> colour.Pixels:
    """The picture, dark but for what a unit of this layer sees; 0 lights a single pixel."""
    pixels = colour.rgb(images.as_tensor(images.square(knobs.image, knobs.side)))
    seen = _patch(knobs, depth)
    shown = (pixels * UNSEEN).astype("uint8")
    area = seen.rows(knobs.side), seen.columns(knobs.side)
    shown[area] = pixels[area]
    return shown


def glow(amounts: Tensor, patch: Patch, square: int) -> colour.Pixels:
    """The influence within the field alone, brightest where it is largest; the square is marked."""
    import torch

    side = amounts.shape[0]
    whole = torch.full((patch.side, patch.side), torch.nan, dtype=torch.float64)
    rows, columns = patch.rows(side), patch.columns(side)
    inside = slice(rows.start - patch.top, rows.stop - patch.top)
    across = slice(columns.start - patch.left, columns.stop - patch.left)
    whole[inside, across] = amounts[rows, columns] / (amounts.max() or 1)
    pixels = heat(whole.nan_to_num())
    pixels[whole.isnan().numpy()] = colour.UNKNOWN
    return _marked(pixels, square)


def hidden(patch: Patch) -> colour.Pixels:
    """In place of the influence until there is one."""
    import numpy as np

    return np.full((patch.side, patch.side, 3), colour.UNKNOWN, np.uint8)


def curves(amounts: Tensor, patch: Patch) -> dict[str, Curve]:
    """The influence of each column of the field, and the bell with the same area and the same deviation."""
    import torch

    side, columns = amounts.shape[1], patch.columns(amounts.shape[1])
    y = amounts.sum(0)[columns]
    y = y / (y.max() or 1)
    x = torch.arange(side, dtype=torch.float64)[columns] - (patch.left + (patch.side - 1) / 2)
    variance = float((y * x**2).sum() / y.sum()) or 1.0
    bell = torch.exp(-(x**2) / (2 * variance))
    bell = bell * y.sum() / bell.sum()
    axes = {"chart": "influence by column", "x_label": "pixels from the middle"}
    return {
        "measured": Curve(tuple(x.tolist()), tuple(y.tolist()), **axes),
        "Gaussian": Curve(tuple(x.tolist()), tuple(bell.tolist()), **axes),
    }


def table(knobs: ReceptiveFieldKnobs, depth: int) -> Table:
    """The layers up to this one, each with what it adds to the field; of a tall stack, equal neighbours in one row."""
    rows: list[tuple[Cell, ...]] = []
    size, jump = 1, 1
    for first, group in _runs(knobs.layers[:depth], together=len(knobs.layers) > LONGEST_TABLE):
        below, before = jump, size
        for layer in group:
            size += (layer.kernel - 1) * layer.dilation * jump
            jump *= layer.stride
        numbers = f"{first}" if len(group) == 1 else f"{first}–{first + len(group) - 1}"
        rows.append((f"{numbers} {group[0].word}", below, size - before, size, jump))
    return Table(("layer", "jump below", "adds", "sees", "jump"), tuple(rows))


def _runs(layers: Sequence[WindowLayer], *, together: bool) -> Iterator[tuple[int, list[WindowLayer]]]:
    """Layers that follow each other and are alike, or each by itself, with the number of the first."""
    number = 1
    for _, group in groupby(enumerate(layers), key=lambda pair: pair[1].word if together else pair[0]):
        run = [layer for _, layer in group]
        yield number, run
        number += len(run)


def _patch(knobs: ReceptiveFieldKnobs, depth: int) -> Patch:
    """What the middle unit of a layer sees."""
    middle = knobs.side // 2
    if not depth:
        return Patch(middle, middle, 1)
    field = window_stack.fields(knobs.layers)[depth - 1]
    cells = window_stack.map_sides(knobs.layers, knobs.side)[depth - 1]
    cell = max(0, min(cells - 1, round((knobs.side / 2 - field.start) / field.jump)))
    return patch_of(field, cell, cell)


def _marked(pixels: colour.Pixels, square: int) -> colour.Pixels:
    """Enlarged until a line is thin, the outline of a square around its middle drawn."""
    times = max(1, SHARP // len(pixels))
    large = pixels.repeat(times, 0).repeat(times, 1)
    top, thick = (len(pixels) - square) // 2 * times, max(1, len(large) // SHARP)
    bottom = top + square * times
    frame = large.copy()
    frame[top:bottom, top:bottom] = colour.NEGATIVE
    inner = slice(top + thick, bottom - thick)
    frame[inner, inner] = large[inner, inner]
    return frame
