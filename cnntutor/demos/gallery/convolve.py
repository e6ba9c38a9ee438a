"""convolve: one kernel slides over a picture, and every number of the layer is on the table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from cnntutor.demos.gallery import _convolve_words as words
from cnntutor.demos.gallery._convolve_knobs import ConvolveKnobs
from cnntutor.demos.gallery._convolve_layer import Layer, kernel_of, run_layer
from cnntutor.demos.gallery._convolve_pictures import Pictures
from cnntutor.demos.gallery._convolve_walk import Walk, rounded, walk_over
from cnntutor.demos.protocol import Cell, Frame, Table, demo
from cnntutor.vision import arithmetic, checkpoints, colour
from cnntutor.vision.convolution import patch_at

if TYPE_CHECKING:
    import torch
    from torch import Tensor

STEPS = 10
"""Frames in which the feature map fills; they follow each other at once."""

PACE = 0.5
"""Seconds at each stop of the walk over the patch."""

TAPS_LISTED = 27
CELLS_LISTED = 4


def _constants(knobs: ConvolveKnobs, seed: int) -> Mapping[str, object]:
    # A net is opened by the script alone: to do it here would bring torch into the app.
    if knobs.kernel == "learnt":
        return {"KERNEL": [], "LEARNT_FROM": str(checkpoints.file_of(knobs.learnt_from))}
    return {"KERNEL": kernel_of(knobs, seed), "LEARNT_FROM": ""}


@demo(
    "convolve",
    topic="parameter-sharing",
    title="Slide a kernel over a picture",
    promise="Watch one small kernel, the same at every place, turn a picture into a feature map.",
    constants=_constants,
    predict=words.predict,
)
def convolve(knobs: ConvolveKnobs, device: torch.device) -> Iterator[Frame]:
    """The feature map fills from the top; then the window walks over a small patch, number by number."""
    layer = run_layer(knobs, device)
    pictures, walk = Pictures(layer), walk_over(layer)
    run = _Run(layer, walk)
    steps, stops = min(STEPS, layer.rows), walk.stops
    parts = 1 + len(stops)  # the filling counts as one: it takes no time
    for step in range(1, steps):
        rows = layer.rows * step // steps
        yield run.frame(pictures.filling(rows), 0, words.filling(knobs, rows, layer.rows), step / steps / parts)
    marked = pictures.walking()
    for number, stop in enumerate(stops[:-1], start=1):
        yield run.frame(marked, stop, words.caption(knobs), number / parts, hold=PACE)
    yield run.frame(pictures.whole(), stops[-1], words.caption(knobs), 1.0)


class _Run:
    """What stays the same in every frame of a run."""

    def __init__(self, layer: Layer, walk: Walk) -> None:
        self._walk = walk
        self._knobs = layer.knobs
        self._figures = _figures(layer)
        self._formulas = words.formulas(layer.knobs)
        self._tables = _tables(layer)
        self._nets = {"learnt_from": checkpoints.names()}

    def frame(
        self, pictures: Mapping[str, colour.Pixels], stop: int, caption: str, progress: float, hold: float = 0.0
    ) -> Frame:
        """One moment: these pictures, and the walk at this stop."""
        grids = self._walk.grids(stop)
        return Frame(
            pictures,
            grids=grids,
            tables=self._tables,
            views=self._views(pictures, grids),
            figures=self._figures,
            formulas=self._working(stop),
            caption=caption,
            progress=progress,
            hold=hold,
            choices=self._nets,
        )

    def _working(self, stop: int) -> tuple[str, ...]:
        cell = (self._walk.working(stop),)
        return cell + self._formulas if self._knobs.show == "grid" else self._formulas + cell

    def _views(self, pictures: Mapping[str, object], grids: Mapping[str, object]) -> dict[str, tuple[str, ...]]:
        views = {"picture": tuple(pictures), "grid": tuple(title for title in grids if title != "pooled")}
        if "pooled" in grids:
            views["pooling"] = ("output", "pooled")
        views["by hand"] = tuple(self._tables)
        first = self._knobs.show
        return {first: views.pop(first), **views}


# Numbers


def _figures(layer: Layer) -> dict[str, float]:
    knobs, first, side = layer.knobs, layer.maps[0], layer.knobs.output_side
    shape = (knobs.channels, knobs.filters, knobs.kernel_size)
    figures = {
        "output_size": side,
        "params": arithmetic.conv_params(*shape, groups=knobs.groups),
        "macs": arithmetic.conv_macs(*shape, side, side, groups=knobs.groups),
        "min": float(first.min()),
        "max": float(first.max()),
        "mean": float(first.mean()),
    }
    return figures if knobs.pooling == "none" else figures | {"pooled_size": layer.rows}


def _tables(layer: Layer) -> dict[str, Table]:
    columns = range(min(CELLS_LISTED, layer.knobs.output_side))
    return {
        "the first cell by hand": _by_hand(layer),
        "the first cells": Table(
            ("row", "column", "window from", "sum", "output"),
            tuple(_cell(layer, column) for column in columns),
        ),
    }


def _by_hand(layer: Layer) -> Table:
    """Input × weight for every tap of the first window, the later ones in one line, and their sum."""
    patch, weight = _first_window(layer, 0), layer.weight[0]
    taps = [(_place(layer, *tap), float(patch[tap]), float(weight[tap])) for tap in _taps(layer)]
    rows: list[tuple[Cell, ...]] = [(place, rounded(x), rounded(w), rounded(x * w)) for place, x, w in taps]
    rest = patch.numel() - len(taps)
    if rest:
        others = _sum_of_products(patch, weight) - sum(x * w for _, x, w in taps)
        rows.append((f"{rest:,} more", None, None, rounded(others)))
    rows.append(("sum", None, None, rounded(_sum_of_products(patch, weight))))
    places = "row, column" if layer.knobs.depth == 1 else "channel: row, column"
    return Table((places, "input", "weight", "product"), tuple(rows))


def _place(layer: Layer, channel: int, row: int, column: int) -> str:
    within = f"{row + 1}, {column + 1}"
    return within if layer.knobs.depth == 1 else f"{channel + 1}: {within}"


def _taps(layer: Layer) -> list[tuple[int, int, int]]:
    size = range(layer.knobs.kernel_size)
    first_channels = range(min(layer.knobs.depth, TAPS_LISTED))
    return [(c, i, j) for c in first_channels for i in size for j in size][:TAPS_LISTED]


def _cell(layer: Layer, column: int) -> tuple[Cell, ...]:
    knobs = layer.knobs
    start = f"{-knobs.padding}, {column * knobs.stride - knobs.padding}"
    total = _sum_of_products(_first_window(layer, column), layer.weight[0])
    return 0, column, start, rounded(total), rounded(float(layer.activated[0, 0, column]))


def _first_window(layer: Layer, column: int) -> Tensor:
    """[C / groups, size, size], what the first filter sees at a place of the first row."""
    return patch_at(layer.padded[: layer.knobs.depth], layer.knobs.window, 0, column)


def _sum_of_products(patch: Tensor, weight: Tensor) -> float:
    return arithmetic.cross_correlation(patch.flatten().tolist(), weight.flatten().tolist())
