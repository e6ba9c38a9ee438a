"""flip: convolution and cross-correlation with the same kernel, side by side, by hand and by torch."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import isnan
from typing import TYPE_CHECKING

from cnntutor.demos.gallery import _flip_words as words
from cnntutor.demos.gallery._flip_knobs import LARGEST_INPUT, LARGEST_KERNEL, FlipKnobs
from cnntutor.demos.gallery._flip_sums import OPERATIONS, Sums, laws, rivals, same, sums_of
from cnntutor.demos.protocol import Cell, Frame, Grid, Table, demo
from cnntutor.vision import colour, kernels, matrices
from cnntutor.vision.flips import bordered, flipped

if TYPE_CHECKING:
    import torch
    from torch import Tensor

PACE = 0.25
"""Seconds at each stop."""

LONGEST = 36
"""Stops that are shown one by one; the cells beyond them come with the last."""


def _constants(knobs: FlipKnobs, seed: int) -> Mapping[str, object]:
    numbers = matrices.read(knobs.numbers, "numbers", LARGEST_INPUT)
    if knobs.kernel == "own":
        return {"KERNEL": matrices.read(knobs.weights, "weights", LARGEST_KERNEL), "NUMBERS": numbers}
    return {"KERNEL": kernels.kernel(knobs.kernel, knobs.kernel_size, seed=seed), "NUMBERS": numbers}


@demo(
    "flip",
    topic="cross-correlation",
    title="To flip or not to flip",
    promise="The same nine numbers, two operations: see when a half-turn of the kernel matters, and when it does not.",
    constants=_constants,
    predict=words.predict,
)
def flip(knobs: FlipKnobs, device: torch.device) -> Iterator[Frame]:
    """Cell by cell, or copy by copy, both results fill beside each other."""
    sums = sums_of(knobs, device)
    run = _Run(sums)
    stops = run.count
    for number in (*range(min(stops, LONGEST) - 1), stops - 1):
        last = number == stops - 1
        yield run.frame(number, words.caption(sums) if last else words.walking(sums), (number + 1) / stops, last)


class _Run:
    """What stays the same in every frame."""

    def __init__(self, sums: Sums) -> None:
        self._sums = sums
        self._stops = sums.stops
        self._states = {operation: sums.states(operation) for operation in OPERATIONS}
        self._images = _images(sums)
        self._turns = _turns(sums.kernel)
        self._tables = _tables(sums)
        self._figures = _figures(sums)

    @property
    def count(self) -> int:
        """How many stops there are."""
        return len(self._stops)

    def frame(self, number: int, caption: str, progress: float, last: bool) -> Frame:
        """One stop."""
        stop = self._sums.telling if last and self._sums.knobs.way == "lay" else self._stops[number]
        walk = self._walk(number, stop)
        views = {
            "grid": tuple(walk),
            "picture": tuple(self._images),
            "turns": ("kernel", *self._turns),
            **{title: (title,) for title in self._tables},
        }
        first = self._sums.knobs.show
        return Frame(
            self._images,
            grids=walk | self._turns,
            tables=self._tables,
            views={first: views.pop(first), **views},
            figures=self._figures,
            formulas=words.working(self._sums, stop) + words.formulas(),
            caption=caption,
            progress=progress,
            hold=0.0 if last else PACE,
        )

    def _walk(self, number: int, stop: int) -> dict[str, Grid]:
        sums = self._sums
        marked = _window(sums, stop) if sums.knobs.way == "lay" else (divmod(stop, len(sums.inputs)),)
        inputs = sums.inputs
        if sums.knobs.way == "lay":
            inputs = bordered(inputs, len(sums.kernel), sums.knobs.extent, "cross-correlation")
        cell = (divmod(stop, len(sums.results["convolution"])),) if sums.knobs.way == "lay" else ()
        results = {operation: Grid(_rows(states[number]), cell) for operation, states in self._states.items()}
        return {"input": Grid(_rows(inputs), marked), "kernel": Grid(_rows(sums.kernel))} | results


def _window(sums: Sums, stop: int) -> tuple[tuple[int, int], ...]:
    top, left = divmod(stop, len(sums.results["convolution"]))
    taps = range(len(sums.kernel))
    return tuple((top + u, left + v) for u in taps for v in taps)


def _rows(values: Tensor) -> tuple[tuple[float | None, ...], ...]:
    """Numbers as they are shown: without a point where they are whole; None where nothing is known."""
    rows = [[None if isnan(cell) else round(cell, 4) + 0.0 for cell in row] for row in values.tolist()]
    whole = all(cell is None or cell.is_integer() for row in rows for cell in row)
    return tuple(tuple(int(cell) if whole and cell is not None else cell for cell in row) for row in rows)


def _turns(kernel: Tensor) -> dict[str, Grid]:
    """The half-turn, and the two things that are taken for it."""
    turned = {"half-turn": flipped(kernel), "mirrored": kernel.flip(-1), "transposed": kernel.T}
    return {title: Grid(_rows(values)) for title, values in turned.items()}


def _images(sums: Sums) -> dict[str, colour.Pixels]:
    both = {"correlated": sums.maps["cross-correlation"], "convolved": sums.maps["convolution"]}
    return {"picture": colour.rgb(sums.picture)} | {title: colour.shade(values) for title, values in both.items()}


# Numbers


def _tables(sums: Sums) -> dict[str, Table]:
    agree: list[tuple[Cell, ...]] = [
        (name, *(same(values, sums.results[operation]) for operation in OPERATIONS))
        for name, values in rivals(sums).items()
    ]
    held: list[tuple[Cell, ...]] = [(law, *holds.values()) for law, holds in laws(sums).items()]
    return {
        "torch": Table(("torch's", "corr.", "conv."), tuple(agree)),
        "laws": Table(("law", "corr.", "conv."), tuple(held)),
    }


def _figures(sums: Sums) -> dict[str, float]:
    cell = divmod(sums.telling, len(sums.results["convolution"]))
    both = rivals(sums)
    apart = (
        both["conv2d(x, w)"] - sums.results["cross-correlation"],
        both["conv_transpose2d(x, w)"] - sums.results["convolution"],
    )
    return {
        "correlation": float(sums.results["cross-correlation"][cell]),
        "convolution": float(sums.results["convolution"][cell]),
        "symmetric": int(sums.symmetric),
        "picture_difference": sums.apart,
        "picture_sum": sums.apart_but_for_the_sign,
        "off_from_torch": max(float(difference.abs().max()) for difference in apart),
    }
