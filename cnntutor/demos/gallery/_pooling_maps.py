"""One run of pooling: a feature map, at every place of the picture, pooled in every way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cnntutor.demos.gallery._pooling_knobs import LARGEST_PATCH, MOST_SHIFT, PoolingKnobs
from cnntutor.demos.protocol import Grid
from cnntutor.vision import colour, images, kernels, matrices
from cnntutor.vision.pools import KINDS, change, gradients, pooled

if TYPE_CHECKING:
    import torch
    from torch import Tensor

FULL = 9
"""Cells of a patch of the map are whole numbers up to this, so that they can be checked in the head."""

KERNEL_SIZE = 3

Summaries = dict[str, "Tensor"]
"""What is left of a map by way of summarising it: [1, rows, rows] each."""


@dataclass(frozen=True, slots=True)
class Maps:
    """The map of the picture at rest, and of the picture moved."""

    knobs: PoolingKnobs
    by_shift: tuple[Tensor, ...]
    """[1, side, side] after a move by 0, 1, 2, … pixels to the right; what comes in is the picture itself."""
    pictures: tuple[colour.Pixels, ...]
    """What of the picture the map looks at, likewise."""

    def summaries(self, shift: int) -> Summaries:
        """The map after this move, in the ways that are compared."""
        return summaries(self.by_shift[shift], self.knobs)

    def changes(self) -> dict[str, list[float]]:
        """How far each way's answer lies from that at rest, for every move."""
        at_rest, *moved = [self.summaries(shift) for shift in range(len(self.by_shift))]
        return {way: [0.0, *(change(rest, after[way]) for after in moved)] for way, rest in at_rest.items()}


def run_maps(knobs: PoolingKnobs, device: torch.device) -> Maps:
    """The picture is cut from a wider one, so that a move brings in what was beside it, and no border.

    Raises:
        UsageError: the picture cannot be read.
    """
    import torch
    from torch.nn import functional

    cut = knobs.side + KERNEL_SIZE - 1
    wide = images.as_tensor(images.square(knobs.image, cut + MOST_SHIFT)).to(device)
    weight = torch.from_numpy(kernels.kernel(knobs.kernel, KERNEL_SIZE, seed=torch.initial_seed())).to(device)
    pictures, maps = [], []
    for shift in range(MOST_SHIFT + 1):
        left = MOST_SHIFT - shift
        seen = wide[:, :cut, left : left + cut]
        sums = functional.conv2d(colour.grey_of(seen), weight[None, None])  # [1, side, side]
        maps.append(functional.relu(sums) if knobs.relu else sums)
        pictures.append(colour.rgb(seen))
    return Maps(knobs, tuple(maps), tuple(pictures))


def summaries(map_: Tensor, knobs: PoolingKnobs) -> Summaries:
    """[1, H, W] pooled, and every so manyth cell of it: what the same convolution computes with that stride."""
    step = knobs.window.step
    return {
        "max": pooled(map_, "max", knobs.window),
        "average": pooled(map_, "average", knobs.window),
        "strided": map_[:, ::step, ::step],
    }


# A patch for pencil and paper


def patches(maps: Maps) -> tuple[Tensor, Tensor]:
    """The patch at rest and moved, [1, side, side]: the learner's own numbers, or those around the strongest cell."""
    knobs = maps.knobs
    if knobs.patch == "own":
        return _own(knobs)
    rest, moved = maps.by_shift[0], maps.by_shift[knobs.shift]
    side = knobs.patch_side
    middle = side // 2
    # A strong cell far enough from the border for a patch around it.
    inside = rest[0, middle : rest.shape[1] - side + middle + 1, middle : rest.shape[2] - side + middle + 1]
    top, left = divmod(int(inside.abs().argmax()), inside.shape[1])
    scale = FULL / max(float(inside.abs().max()), 1e-9)
    cut = (slice(None), slice(top, top + side), slice(left, left + side))
    rest, moved = ((scale * map_[cut]).round().cpu().double() + 0.0 for map_ in (rest, moved))
    return rest, moved


def _own(knobs: PoolingKnobs) -> tuple[Tensor, Tensor]:
    """Zeros come in from the left."""
    import torch
    from torch.nn import functional

    rest = torch.tensor(matrices.read(knobs.numbers, "numbers", LARGEST_PATCH), dtype=torch.float64)[None]
    return rest, functional.pad(rest, (knobs.shift, 0))[..., : rest.shape[-1]]


def grids(maps: Maps) -> dict[str, Grid]:
    """The patch, what becomes of it, before and after the move, and what comes back to it."""
    knobs = maps.knobs
    rest, moved = patches(maps)
    shown = {"patch": _grid(rest, _winners(rest, knobs)), **_summarised(rest, knobs, "{}")}
    shown |= {"patch moved": _grid(moved, _winners(moved, knobs)), **_summarised(moved, knobs, "its {}")}
    back = zip(("max", "mean"), KINDS, strict=True)
    return shown | {f"from {way}": _grid(gradients(rest, kind, knobs.window, knobs.gradient)) for way, kind in back}


def _summarised(patch: Tensor, knobs: PoolingKnobs, title: str) -> dict[str, Grid]:
    ways = zip(("max", "mean", "skip"), summaries(patch, knobs).values(), strict=True)
    return {title.format(way): _grid(values) for way, values in ways}


def _winners(patch: Tensor, knobs: PoolingKnobs) -> tuple[tuple[int, int], ...]:
    """(row, column) of the cells that max pooling hands on: those that a gradient comes back to."""
    received = gradients(patch, "max", knobs.window, arriving=1)
    return tuple((row, column) for row, column in received[0].nonzero().tolist())


def _grid(values: Tensor, marked: tuple[tuple[int, int], ...] = ()) -> Grid:
    rows = [[round(value, 4) + 0.0 for value in row] for row in values[0].tolist()]
    whole = all(value.is_integer() for row in rows for value in row)
    return Grid(tuple(tuple(map(int, row)) if whole else tuple(row) for row in rows), marked=marked)
