"""What heads says: the counts with their numbers, what to look at and to try, and the question before the run."""

from __future__ import annotations

from collections.abc import Mapping

from cnntutor.demos.gallery._heads_knobs import HeadsKnobs
from cnntutor.demos.protocol import Frame, Prediction
from cnntutor.vision.arithmetic import dense_params
from cnntutor.vision.mosaics import SIDE
from cnntutor.wording import percent

CLASSES = 7
"""Surfaces."""


def formulas(knobs: HeadsKnobs, refusal: str = "") -> tuple[str, ...]:
    """What the view that is opened first is about, worked out."""
    if knobs.show == "counts":
        return _counts(knobs.channels, knobs.map_side, knobs.classes)
    if knobs.show == "sizes":
        return (f"flatten on {2 * knobs.side}×{2 * knobs.side} pixels: {refusal}",)
    if knobs.show == "map":
        cells, last = knobs.cells(SIDE), knobs.last_side
        return (f"score map = {cells} cells − {last} + 1 = {cells - last + 1} stops",)
    return _counts(2 * knobs.width, knobs.last_side, CLASSES)


def _counts(channels: int, side: int, classes: int) -> tuple[str, str]:
    flat, mean = dense_params(channels * side**2, classes), dense_params(channels, classes)
    return (
        f"flatten = ({channels:,}·{side}·{side} + 1)·{classes:,} = {flat:,} parameters",
        f"gap = ({channels:,} + 1)·{classes:,} = {mean:,} parameters",
    )


def learning(knobs: HeadsKnobs, epoch: int) -> str:
    """What is said while the nets learn."""
    if not epoch:
        return f"Two nets with one body. Both shall learn surfaces from pieces of {knobs.side}×{knobs.side} pixels."
    return f"Epoch {epoch} of {knobs.epochs}: the mosaic, as the net that is learning would name its windows."


def caption(knobs: HeadsKnobs, figures: Mapping[str, float]) -> str:
    """What to look at in the view that is opened first, and what to try next."""
    return f"**Look** {_LOOK[knobs.show](knobs, figures)}\n\n**Try** {_TRY[knobs.show]}"


def _look_map(knobs: HeadsKnobs, figures: Mapping[str, float]) -> str:
    rows = int(figures["map_rows"])
    return (
        f"The net learnt pieces of {knobs.side} pixels and nothing of places. Its dense layer, rewritten as"
        f" {'an' if knobs.last_side == 8 else 'a'} {knobs.last_side}×{knobs.last_side} convolution, walks over the"
        f" mosaic: {rows}×{rows} answers in one pass,"
        f" {percent(figures['map_right'])} of them right where the window lies in one surface."
    )


def _look_heads(knobs: HeadsKnobs, figures: Mapping[str, float]) -> str:
    del knobs
    flat, mean = (f"{figures[f'parameters_{head}']:,.0f} parameters" for head in ("flatten", "gap"))
    return (
        f"{flat} under flatten, {mean} under the mean. Now all cells of the last maps change places:"
        f" {percent(figures['renamed_flatten'])} of the pieces get another name from flatten,"
        f" {percent(figures['renamed_gap'])} from the mean."
    )


def _look_sizes(knobs: HeadsKnobs, figures: Mapping[str, float]) -> str:
    return (
        f"Flatten takes {knobs.side} pixels and refuses the rest. The mean takes any size, and of a surface more is"
        f" better: {percent(figures['gap_16'])} at 16 pixels, {percent(figures['gap_96'])} at 96."
    )


def _look_evidence(knobs: HeadsKnobs, figures: Mapping[str, float]) -> str:
    del figures
    return (
        f"Score every cell first, average afterwards: the same score, and a map on the way. Orange cells speak for"
        f" {knobs.first} in the one, for {knobs.second} in the other; the class whose map is larger wins."
    )


def _look_counts(knobs: HeadsKnobs, figures: Mapping[str, float]) -> str:
    times = figures["count_flatten"] / figures["count_gap"]
    return f"A weight for every cell, or for every channel: {times:,.0f} times as many for flatten."


_LOOK = {
    "map": _look_map,
    "learning": _look_heads,
    "heads": _look_heads,
    "sizes": _look_sizes,
    "evidence": _look_evidence,
    "counts": _look_counts,
}
_TRY = {
    "map": "Choose other surfaces as `first` and `second`: brick and gravel, both grey, are harder. Set `side` to"
    " 40: why has the map fewer cells now?",
    "learning": "Lower `pieces` to 140, then raise `width`: which net learns by heart first?",
    "heads": "Raise `side` to 48: which head grows, which does not?",
    "sizes": "Set `side` to 48, and look at the small sizes: a net that runs need not be right.",
    "evidence": "Set `layout` to stacked, then turn `number`. Which cells speak for the wrong surface?",
    "counts": "Set `map_side` to 14: what does each head pay for a picture twice as wide?",
}


def predict(knobs: HeadsKnobs) -> Prediction:
    """Which of the two nets runs on a picture of twice the size."""

    def judge(frame: Frame) -> int | None:
        runs = frame.figures.get("flatten_runs"), frame.figures.get("gap_runs")
        return (
            None if None in runs else {(1, 1): 0, (1, 0): 1, (0, 1): 2, (0, 0): 3}[int(runs[0] or 0), int(runs[1] or 0)]
        )

    return Prediction(
        f"Both nets learn pieces of {knobs.side}×{knobs.side} pixels. Then they are shown some of"
        f" {2 * knobs.side}×{2 * knobs.side}. Which of them answer?",
        ("both: convolutions take any size", "only the one that flattens", "only the one that takes means", "neither"),
        judge,
        why="Behind a flatten, the linear layer has one weight for each cell, and now there are more cells."
        " The mean leaves one number a channel, however large the map.",
        cards=("head-fixed", "head-size-trap"),
    )
