"""pooling: one number for a window, three ways to choose it, and what each makes of a picture that moves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from cnntutor.demos.gallery import _pooling_words as words
from cnntutor.demos.gallery._pooling_knobs import PoolingKnobs
from cnntutor.demos.gallery._pooling_maps import KERNEL_SIZE, Maps, grids, run_maps
from cnntutor.demos.protocol import Curve, Frame, Table, demo
from cnntutor.vision import colour, kernels
from cnntutor.vision.pools import adaptive_windows

if TYPE_CHECKING:
    import torch

PACE = 0.35
"""Seconds at each pixel of the move."""

CHART = "change in %"

VIEWS = {
    "maps": ("picture", "feature map", "max pooled"),
    "ways": ("max pooled", "average pooled", "strided conv"),
    "change": (CHART, "after the move"),
    "grid": ("patch", "max", "mean", "skip"),
    "moved": ("patch moved", "its max", "its mean", "its skip"),
    "back": ("patch", "from max", "from mean"),
    "adaptive": ("adaptive max", "adaptive mean", "its windows"),
}
"""What is seen together."""


def _constants(knobs: PoolingKnobs, seed: int) -> Mapping[str, object]:
    return {"KERNEL": kernels.kernel(knobs.kernel, KERNEL_SIZE, seed=seed)}


@demo(
    "pooling",
    topic="pooling",
    title="Pool a feature map",
    promise="Keep the largest, the mean, or every other cell, then nudge the picture and see who notices.",
    constants=_constants,
    predict=words.predict,
)
def pooling(knobs: PoolingKnobs, device: torch.device) -> Iterator[Frame]:
    """The picture moves pixel by pixel; the last frame is back at the move that the knobs ask for."""
    run = _Run(run_maps(knobs, device))
    shifts = range(len(run.maps.by_shift))
    for shift in shifts:
        yield run.frame(shift, shift, words.moving(shift), hold=PACE)
    yield run.frame(knobs.shift, shifts[-1], words.caption(knobs, run.figures), progress=1.0)


class _Run:
    """What stays the same in every frame of a run."""

    def __init__(self, maps: Maps) -> None:
        knobs = maps.knobs
        self.maps = maps
        self._changes = maps.changes()
        self._grids = grids(maps)
        self.figures = _figures(maps, self._changes)
        self._formulas = words.formulas(knobs, self._grids)
        self._adaptive, self._windows = _adaptive(maps)

    def frame(self, shift: int, known: int, caption: str, progress: float | None = None, hold: float = 0.0) -> Frame:
        """The picture moved by `shift`, the curves known up to `known`."""
        knobs = self.maps.knobs
        return Frame(
            {**_pictures(self.maps, shift), **self._adaptive},
            curves={way: _curve(changes, known) for way, changes in self._changes.items()},
            grids=self._grids,
            tables={"after the move": _table(self._changes, shift), "its windows": self._windows},
            views=_views(knobs.show),
            figures=self.figures,
            formulas=self._formulas,
            caption=caption,
            progress=known / (len(self.maps.by_shift)) if progress is None else progress,
            hold=hold,
        )


def _views(first: str) -> dict[str, tuple[str, ...]]:
    return {first: VIEWS[first], **VIEWS}


def _pictures(maps: Maps, shift: int) -> dict[str, colour.Pixels]:
    """All maps in the colours of the full one, so that what is dimmed looks dimmer."""
    full, left = maps.by_shift[shift], maps.summaries(shift)
    like = full[0]
    return {
        "feature map": colour.signed(full[0]),
        "max pooled": colour.signed(left["max"][0], like),
        "average pooled": colour.signed(left["average"][0], like),
        "strided conv": colour.signed(left["strided"][0], like),
        "picture": maps.pictures[shift],
    }


def _adaptive(maps: Maps) -> tuple[dict[str, colour.Pixels], Table]:
    from torch.nn import functional

    knobs, full = maps.knobs, maps.by_shift[0]
    pictures = {
        "adaptive max": colour.signed(functional.adaptive_max_pool2d(full, knobs.adaptive)[0], full[0]),
        "adaptive mean": colour.signed(functional.adaptive_avg_pool2d(full, knobs.adaptive)[0], full[0]),
    }
    windows = adaptive_windows(knobs.side, knobs.adaptive)
    rows = tuple((number, f"{window[0]}–{window[-1]}", len(window)) for number, window in enumerate(windows))
    return pictures, Table(("window", "cells", "how many"), rows)


def _curve(changes: list[float], known: int) -> Curve:
    moves = tuple(float(move) for move in range(known + 1))
    shown = tuple(100 * change for change in changes[: known + 1])
    return Curve(moves, shown, CHART, x_label="pixels moved", y_label="%")


# Numbers


def _figures(maps: Maps, changes: dict[str, list[float]]) -> dict[str, float]:
    knobs, full = maps.knobs, maps.by_shift[0]
    return {
        "output_size": knobs.window.output_side(knobs.side),
        **{f"change_{way}": found[knobs.shift] for way, found in changes.items()},
        "global_max": float(full.max()),
        "global_mean": float(full.mean()),
    }


def _table(changes: dict[str, list[float]], shift: int) -> Table:
    rows = tuple((way, f"{100 * found[shift]:.1f} %") for way, found in changes.items())
    return Table(("way", "change"), rows)
