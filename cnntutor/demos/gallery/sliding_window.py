"""sliding-window: a window walks over a square and one counts its stops; or copies of a kernel are laid out again."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from cnntutor.demos.gallery import _sliding_window_words as words
from cnntutor.demos.gallery._sliding_window_knobs import SlidingWindowKnobs
from cnntutor.demos.gallery._sliding_window_walk import Walk, walk_of
from cnntutor.demos.protocol import Frame, demo
from cnntutor.vision import windows

if TYPE_CHECKING:
    import torch

PACE = 0.3
"""Seconds at each stop."""

MOST_STOPS = 25
"""Stops that are shown; of longer walks an even choice."""


@demo(
    "sliding-window",
    topic="stride-padding-dilation",
    title="Count the stops of a window",
    promise="Stride, padding and dilation on squares you can count, and the checkerboard on the way back up.",
    predict=words.predict,
)
def sliding_window(knobs: SlidingWindowKnobs, device: torch.device) -> Iterator[Frame]:
    """Stop by stop over the square; the strip and the counts are there from the start."""
    walk = walk_of(knobs)
    figures, formulas = _figures(knobs, walk), words.formulas(knobs)
    stops = walk.side**2
    for stop in _chosen(stops):
        last = stop == stops
        square = walk.grids(*divmod(stop - 1, walk.side))
        counts, strip = walk.counts(), walk.strip()
        yield Frame(
            grids=square | counts,
            tables={"one row": strip},
            views=_views(knobs, tuple(square), tuple(counts)),
            figures=figures,
            formulas=formulas,
            caption=words.caption(knobs) if last else words.walking(knobs, stop, stops),
            progress=stop / stops,
            hold=0.0 if last else PACE,
        )


def _chosen(stops: int) -> list[int]:
    """Stops to show, counted from 1; the last is always among them."""
    shown = min(stops, MOST_STOPS)
    return [round(stops * number / shown) for number in range(1, shown + 1)]


def _views(knobs: SlidingWindowKnobs, square: tuple[str, ...], counts: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    views = {"square": square, "strip": ("one row",), "counts": counts}
    return {knobs.show: views.pop(knobs.show), **views}


def _figures(knobs: SlidingWindowKnobs, walk: Walk) -> dict[str, float]:
    figures: dict[str, float] = {"output_size": knobs.output_side, "stops": walk.side**2, "span": knobs.window.span}
    if knobs.layer == "transposed":
        copies = knobs.transposed.copies()
        return figures | {
            "fewest_copies": min(copies) ** 2,
            "most_copies": max(copies) ** 2,
            "even": int(len(set(knobs.transposed.overlaps)) == 1),
        }
    return figures | _reading(knobs)


def _reading(knobs: SlidingWindowKnobs) -> dict[str, float]:
    reads = windows.reads(knobs.side, knobs.window)
    inside = reads[knobs.padding : knobs.padding + knobs.side]
    return {
        "unread": knobs.window.unread(knobs.side),
        "reads_of_a_corner": inside[0] ** 2,
        "most_reads": max(reads) ** 2,
        "made_up_share": 1 - (sum(inside) / sum(reads)) ** 2,
    }
