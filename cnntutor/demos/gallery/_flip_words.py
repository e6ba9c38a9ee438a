"""What flip says: the working of a cell, what to look at and to try, and the question before the run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnntutor.demos.frame import Frame
from cnntutor.demos.gallery._flip_knobs import FlipKnobs
from cnntutor.demos.gallery._flip_sums import OPERATIONS, Sums
from cnntutor.demos.protocol import Prediction
from cnntutor.vision.flips import Operation, as_laid, bordered

if TYPE_CHECKING:
    from torch import Tensor

TERMS = 4
"""Products that are written out."""

SMALL = 1e-5
"""What rounding may leave of a difference between two maps of a picture."""

LOOK = {
    "same": "The kernel looks the same after a half-turn, so both operations agree, everywhere.",
    "sign": "A half-turn puts this kernel's minus where its plus was: the two maps differ in every sign.",
    "other": "The picture stays as it is, only the kernel is turned. Turned round, this one is another filter.",
}
DOT = (
    "One single 1. Convolution leaves the kernel as it is written, cross-correlation leaves it turned by 180°: the "
    "test for any library."
)


def relation(sums: Sums) -> str:
    """How the two maps of the picture stand to each other: same, sign, or other."""
    if sums.apart < SMALL:
        return "same"
    return "sign" if sums.apart_but_for_the_sign < SMALL else "other"


def working(sums: Sums, stop: int) -> tuple[str, ...]:
    """The marked cell in both operations, or the copy that has just been left."""
    if sums.knobs.way == "stamp":
        return (_stamped(sums, stop),)
    return tuple(_cell(sums, stop, operation) for operation in OPERATIONS)


def formulas() -> tuple[str, ...]:
    """The two definitions."""
    return "correlation[i, j] = Σ w[u, v]·x[i+u, j+v]", "convolution[i, j] = Σ w[u, v]·x[i−u, j−v]"


def caption(sums: Sums) -> str:
    """What to look at and what to try next."""
    look = LOOK[relation(sums)]
    if sums.knobs.under == "dot" and sums.knobs.show == "grid" and not sums.symmetric:
        look = DOT
    return f"**Look** {look}\n\n**Try** {_try(sums)}"


def walking(sums: Sums) -> str:
    """What is said while the results fill."""
    if sums.knobs.way == "stamp":
        return (
            "Every number leaves a copy of the kernel, and copies add up: convolution stamps it as written, "
            "cross-correlation turned round."
        )
    return "The marked numbers meet the kernel as it is written, and once more turned by 180°. Compare the two sums."


def predict(knobs: FlipKnobs) -> Prediction | None:
    """How the two maps of the picture compare; people expect a mirrored picture, or nothing at all."""
    choices = (
        "They are the same.",
        "They differ in every sign.",
        "One is the other, turned by 180°.",
        "They are maps of two different filters.",
    )
    name = "your own kernel" if knobs.kernel == "own" else f"the kernel {knobs.kernel}"
    return Prediction(
        f"The picture meets {name}, once in a cross-correlation and once in a true convolution. How do the two maps "
        "compare?",
        choices,
        _judge,
        why="The picture stays; only the kernel is turned by 180°. So it matters what a half-turn makes of the kernel.",
        cards=("xcorr-symmetric", "xcorr-half-turn"),
    )


def _judge(frame: Frame) -> int | None:
    if "picture_difference" not in frame.figures:
        return None
    if frame.figures["picture_difference"] < SMALL:
        return 0
    return 1 if frame.figures["picture_sum"] < SMALL else 3


def _try(sums: Sums) -> str:
    knobs = sums.knobs
    if knobs.show == "picture":
        return "Choose `kernel` gaussian, laplacian and emboss: for which do the maps agree? Then `show` the grid."
    if knobs.way == "stamp":
        return "Set `extent` to full and look at the table “laws”: who may be swapped?"
    if sums.symmetric and knobs.kernel == "own":
        return "Change a corner of `weights`: only a kernel that a half-turn changes tells the two apart."
    if sums.symmetric:
        return "A blur proves nothing: set `kernel` to own, and `under` to dot."
    if knobs.kernel == "own":
        return "Set `kernel` to sobel-x and `show` the picture: what became of the signs? Or `way` to stamp."
    return "Set `kernel` to own for your own numbers, `way` to stamp, or `show` the picture."


def _cell(sums: Sums, stop: int, operation: Operation) -> str:
    row, column = divmod(stop, len(sums.results[operation]))
    taps = len(sums.kernel)
    padded = bordered(sums.inputs, taps, sums.knobs.extent, operation)
    seen = padded[row : row + taps, column : column + taps]
    total = show(float(sums.results[operation][row, column]))
    products = _products(seen, as_laid(sums.kernel, operation), total)
    return f"{operation.removeprefix('cross-')}[{row}, {column}] = {products}"


def _products(seen: Tensor, weight: Tensor, total: str) -> str:
    pairs = zip(seen.flatten().tolist(), weight.flatten().tolist(), strict=True)
    terms = [f"{show(x)}·{_factor(w)}" for x, w in pairs if x and w]
    if not terms:
        return "0"
    shown = terms[:TERMS] + (["…"] if len(terms) > TERMS else [])
    return f"{' + '.join(shown)} = {total}"


def _stamped(sums: Sums, stop: int) -> str:
    row, column = divmod(stop, len(sums.inputs))
    return f"x[{row}, {column}] = {show(float(sums.inputs[row, column]))} leaves a copy of the kernel, times that"


def _factor(value: float) -> str:
    return f"({show(value)})" if value < 0 else show(value)


def show(value: float) -> str:
    """A number with at most three digits after the point."""
    return f"{round(value, 3) + 0.0:g}".replace("-", "−")
