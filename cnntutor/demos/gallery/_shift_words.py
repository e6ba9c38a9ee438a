"""What shift says: the working with its numbers, what to look at and to try, and the question before the run."""

from __future__ import annotations

from cnntutor.demos.gallery._shift_knobs import ShiftKnobs, Way
from cnntutor.demos.gallery._shift_slide import Slide
from cnntutor.demos.protocol import Prediction, predict_number

EXACT = 1e-5
"""An error below this is rounding."""


def whole_shifts(knobs: ShiftKnobs) -> range:
    """The shifts of the run, in pixels, that are whole cells of the watched map."""
    return range(knobs.total_stride, knobs.most + 1, knobs.total_stride)


def formulas(knobs: ShiftKnobs, found: Slide) -> tuple[str, ...]:
    """The total stride, and the error of one pixel and of a whole cell."""
    strides = " · ".join(map(str, knobs.strides[: knobs.layer]))
    shifts = dict.fromkeys((1, *whole_shifts(knobs)[:1]))
    errors = [f"‖f(Tx) − T f(x)‖/‖f(x)‖ = {found.errors[pixels]:.4f} at {pixels} px" for pixels in shifts]
    return f"total stride = {strides} = {knobs.total_stride} pixels a cell", *errors


def measuring(way: Way) -> str:
    """What is said while the net looks at every place of the picture."""
    return f"Every place of the slide goes through the net, with `{way}`."


def sliding(knobs: ShiftKnobs, found: Slide, pixels: int) -> str:
    """What is said at a place of the slide."""
    error, stride = found.errors[pixels], knobs.total_stride
    if pixels == 0:
        return "The picture stands still. Now it starts to slide."
    if pixels % stride == 0:
        return (
            f"**{pixels} px** are exactly {pixels // stride} of the map's cells: it has moved along, error {error:.3f}."
        )
    return f"**{pixels} px** are {pixels}/{stride} of a cell: no whole move of the old map fits, error {error:.3f}."


def caption(knobs: ShiftKnobs, found: Slide, blurred: Slide) -> str:
    """What to look at and what to try next."""
    return f"**Look** {_look(knobs, found, blurred)}\n\n**Try** {_try(knobs, found)}"


def _look(knobs: ShiftKnobs, found: Slide, blurred: Slide) -> str:
    if knobs.total_stride == 1:
        return "No stride, so the map moves along with every pixel; what is left is rounding, or the border."
    one, points, flips = found.errors[1], 100 * found.wobble, _flips(found)
    if knobs.shrink == "blurpool":
        return (
            f"“left over” is what no move of the old map explains. After a blur one pixel leaves {one:.2f}, and the "
            f"probabilities moved by {points:.1f} points at most. Smaller, not gone; view “error” has the other ways."
            f"{flips}"
        )
    return (
        "“left over” is what no move of the old map explains. In view “error” it falls to 0 only at multiples of "
        f"{knobs.total_stride} pixels; one pixel leaves {one:.2f}, with blurpool {blurred.errors[1]:.2f}. View "
        f"“scores”: nothing but the place changed, and probabilities moved by up to {points:.0f} points.{flips}"
    )


def _flips(found: Slide) -> str:
    count = found.label_changes
    return f" The label changed {count} time{'' if count == 1 else 's'}." if count else ""


def _try(knobs: ShiftKnobs, found: Slide) -> str:
    if knobs.padding_mode == "circular" and knobs.edge == "camera":
        return "New pixels change the scores even without a stride: set `edge` to joined to leave the shift alone."
    if knobs.padding_mode != "circular":
        whole = whole_shifts(knobs)
        border = max((found.bordered[pixels] for pixels in whole), default=0.0)
        return f"With the border counted, even whole cells are off by {border:.2f}. Compare `padding_mode` circular."
    if knobs.weights == "random":
        return "Random weights behave alike: it is the wiring. Set `layer` to 1: how many pixels is a cell now?"
    if knobs.shrink == "blurpool":
        return "Raise `blur_taps` to 5. Then set `padding_mode` to zeros: who breaks the whole shifts now?"
    return "Set `shrink` to blurpool, then `padding_mode` to zeros, or `weights` to random: is it learnt?"


def predict(knobs: ShiftKnobs) -> Prediction | None:
    """The smallest shift that comes through whole; the wrong choices are what people compute instead."""
    strides = knobs.strides[: knobs.layer]
    total = knobs.total_stride
    listed = ", ".join(map(str, strides))
    blocks = f"Blocks with strides {listed}" if len(strides) > 1 else f"A block with stride {listed}"
    return predict_number(
        f"{blocks}, and a picture that slides pixel by pixel, its edges aside. After how many pixels is the map, for "
        "the first time, exactly the old map moved along?",
        "total_stride",
        {total, 1, sum(strides), max(strides), 2 * total},
        why=f"Strides multiply: {' · '.join(map(str, strides))} = {total} pixels are one cell.",
        cards=("equi-total-stride",),
    )
