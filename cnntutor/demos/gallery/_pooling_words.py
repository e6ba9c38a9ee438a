"""What pooling says: the working with its numbers, what to look at and to try, and the question before the run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnntutor.demos.gallery._pooling_knobs import PoolingKnobs
from cnntutor.demos.protocol import Frame, Grid, Prediction, predict_number
from cnntutor.vision.pools import adaptive_windows
from cnntutor.wording import percent, plural

if TYPE_CHECKING:
    from collections.abc import Mapping

WAYS = {"max": "max pooling", "average": "average pooling", "strided": "the strided convolution"}

TERMS = 9
"""Cells that are written out in the working of a mean."""

SAME = 1e-6
"""Smaller changes are rounding."""


def formulas(knobs: PoolingKnobs, grids: Mapping[str, Grid]) -> tuple[str, ...]:
    """Sizes and costs, worked out with these knobs; first what the view that is opened first is about."""
    kept = knobs.window.output_side(knobs.side)
    cells = f"cells handed on = {kept}²/{knobs.side}² = {100 * kept**2 / knobs.side**2:.3g} %"
    sizes = (_size(knobs), cells)
    if knobs.show == "adaptive":
        return (_adaptive(knobs), *sizes)
    return (_by_hand(knobs, grids), *sizes) if knobs.show in ("grid", "back") else sizes


def _size(knobs: PoolingKnobs) -> str:
    side, kept = knobs.side, knobs.window.output_side(knobs.side)
    low, high = "⌈⌉" if knobs.ceil_mode else "⌊⌋"
    fraction = f"{low}({side} + 2·{knobs.padding} − {knobs.pool_size})/{knobs.window.step}{high}"
    return f"output size = {fraction} + 1 = {kept}{_left_out(knobs, kept)}"


def _by_hand(knobs: PoolingKnobs, grids: Mapping[str, Grid]) -> str:
    """The first window, or what comes back to it."""
    size = knobs.pool_size
    if knobs.show == "back":
        return f"a cell gets from each mean {knobs.gradient:g}/{size**2} = {knobs.gradient / size**2:.4g}"
    inside = max(0, size - knobs.padding)
    cells = [cell for row in grids["patch"].rows[:inside] for cell in row[:inside]]
    numbers = " + ".join(f"{cell:g}" for cell in cells[:TERMS] if cell is not None)
    more = " + …" if len(cells) > TERMS else ""
    count = size**2 if knobs.count_border else len(cells)
    return (
        f"first window: max {grids['max'].rows[0][0]:g}, mean ({numbers}{more})/{count} = {grids['mean'].rows[0][0]:g}"
    )


def _left_out(knobs: PoolingKnobs, kept: int) -> str:
    """In ceil mode a window that would start in the far border is taken off again."""
    stops = -(-(knobs.side + 2 * knobs.padding - knobs.pool_size) // knobs.window.step) + 1
    return ", one less as it starts beyond the map" if knobs.ceil_mode and stops > kept else ""


def _adaptive(knobs: PoolingKnobs) -> str:
    n, m = knobs.side, knobs.adaptive
    window = adaptive_windows(n, m)[m // 2]
    return f"adaptive window {m // 2} = ⌊{m // 2}·{n}/{m}⌋ … ⌈{m // 2 + 1}·{n}/{m}⌉ − 1 = {window[0]} … {window[-1]}"


def moving(shift: int) -> str:
    """What is said while the picture moves."""
    if not shift:
        return "The map, and three ways to have fewer cells. Now the picture begins to move."
    return f"Moved by {plural(shift, 'pixel')}: the same cells as before, compared."


def caption(knobs: PoolingKnobs, figures: Mapping[str, float]) -> str:
    """What to look at in the view that is opened first, and what to try next."""
    look, try_ = _LOOK[knobs.show](knobs, figures), _TRY[knobs.show]
    return f"**Look** {look}\n\n**Try** {try_}"


def _look_maps(knobs: PoolingKnobs, figures: Mapping[str, float]) -> str:
    side, kept = knobs.side, int(figures["output_size"])
    return (
        f"{side}×{side} cells became {kept}×{kept}. Max keeps every strong answer, the average dims lone ones, and a"
        f" strided convolution has only what its stops happen to hit. {_look_move(knobs, figures)}"
    )


def _look_move(knobs: PoolingKnobs, figures: Mapping[str, float]) -> str:
    if not knobs.shift:
        return "The picture did not move."
    changes = ", ".join(f"{WAYS[way]} {percent(figures[f'change_{way}'])}" for way in WAYS)
    return f"Moved by {plural(knobs.shift, 'pixel')}, the answers change: {changes}."


def _look_grid(knobs: PoolingKnobs, figures: Mapping[str, float]) -> str:
    del figures
    scale = "" if knobs.patch == "own" else " The numbers are the map's, from 0 to 9 for its strongest cell."
    return f"The marked cells won their windows: max hands on them alone, and only they get a gradient back.{scale}"


def _look_adaptive(knobs: PoolingKnobs, figures: Mapping[str, float]) -> str:
    del figures
    windows = adaptive_windows(knobs.side, knobs.adaptive)
    shared = sum(windows[i][-1] >= windows[i + 1][0] for i in range(len(windows) - 1))
    share = "no two of them share a cell" if not shared else f"{plural(shared, 'pair')} of neighbours share a cell"
    return (
        f"You named {knobs.adaptive}×{knobs.adaptive}, and the layer worked out the windows: {share}. With one window"
        " it is global pooling."
    )


def _look_back(knobs: PoolingKnobs, figures: Mapping[str, float]) -> str:
    del figures
    return (
        f"{knobs.gradient:g} came back to every pooled cell. Max gives it to the winner alone; the mean gives each cell"
        " of the window an equal share."
    )


_LOOK = {
    "maps": _look_maps,
    "change": _look_move,
    "grid": _look_grid,
    "back": _look_back,
    "adaptive": _look_adaptive,
}
_TRY = {
    "maps": "Raise `pool_size` to 8: which way forgives the move best now? Then set `relu` to off: what becomes of"
    " the average, and why?",
    "change": "Set `shift` to 2, a whole window, and to 8. Then raise `pool_size`: which curve sinks, which stays?",
    "grid": "Set `patch` to own and edit `numbers`: can a peak move so that max does not notice, but `skip` does?",
    "back": "Make two cells of a window equal in `numbers`. Then set `stride` to 1: who gets more than one share?",
    "adaptive": "Set `adaptive` to 1, and compare with `global_mean`. Then to a number that divides `side`.",
}


def predict(knobs: PoolingKnobs) -> Prediction | None:
    """Which way changes most when the picture moves; without a move, how large the map will be."""
    if not knobs.shift:
        return _predict_size(knobs)

    def judge(frame: Frame) -> int | None:
        changes = [frame.figures.get(f"change_{way}") for way in WAYS]
        if None in changes:
            return None
        known = [change for change in changes if change is not None]
        return len(known) if max(known) < SAME else known.index(max(known))

    ordinary = f"with windows of {knobs.pool_size}×{knobs.pool_size}, {knobs.window.step} apart"
    return Prediction(
        f"A map is made smaller in three ways, {ordinary}. Then the picture moves by {plural(knobs.shift, 'pixel')}."
        " Whose answer changes most, for its size?",
        ("max pooling's", "average pooling's", "the strided convolution's", "none: small moves are forgiven"),
        judge,
        why="A strided convolution looks at one place in each window and is blind to the rest. Pooling looks at all of"
        " it, so what stays inside a window is forgiven; what crosses its border is not.",
        cards=("pool-shift",),
    )


def _predict_size(knobs: PoolingKnobs) -> Prediction | None:
    side, size, step = knobs.side, knobs.pool_size, knobs.window.step
    candidates = (knobs.window.output_side(side), side // size, -(-side // size), side // step, side - size + 1, side)
    return predict_number(
        f"A map of {side}×{side} cells meets `MaxPool2d({size}{_options(knobs)})`. How wide is the result?",
        "output_size",
        [number for number in candidates if number > 0],
        why=_size(knobs),
        cards=("pool-default", "pool-repeated"),
    )


def _options(knobs: PoolingKnobs) -> str:
    given = {"stride": knobs.stride, "padding": knobs.padding, "ceil_mode": knobs.ceil_mode}
    return "".join(f", {name}={value}" for name, value in given.items() if value)
