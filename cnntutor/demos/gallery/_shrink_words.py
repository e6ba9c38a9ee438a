"""What the demo `shrink` says: the working, the findings, and the question before the run. No torch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnntutor.demos.gallery._shrink_knobs import CLASSES, LAYERS, ShrinkKnobs, Size
from cnntutor.demos.protocol import Frame, Prediction
from cnntutor.vision import sizes
from cnntutor.wording import percent

if TYPE_CHECKING:
    from cnntutor.demos.gallery._shrink_nets import Workshop

EQUAL = 1.15
"""Within this factor, times are called equal."""

SAME, CLEARLY = 1.25, 10
"""The same for the question, which a restless machine may not decide; so many points are a clear loss."""

CUT_ENOUGH = 0.3
"""A smaller share would hardly be seen on the clock, even if zeros were skipped."""


def formulas(knobs: ShrinkKnobs) -> tuple[str, ...]:
    """The sizes, worked out; those that the view opened first is about."""
    size = knobs.size
    whole = f"float32 = 4·({size.weights:,} + {size.biases:,}) = {size.bytes:,} bytes"
    if knobs.show == "student":
        taught = knobs.taught
        return (whole, f"student = 4·({taught.weights:,} + {taught.biases}) = {taught.bytes:,} bytes")
    if knobs.show == "cut":
        return _cut(knobs)
    if knobs.show == "weights":
        return (f"weights = {_products(size)} = {size.weights:,}", whole)
    return (whole, _bits(knobs))


def _products(size: Size) -> str:
    return f"9·{size.first} + 9·{size.first}·{size.second} + {size.second}·{CLASSES}"


def _bits(knobs: ShrinkKnobs) -> str:
    size = knobs.size
    steps = size.biases if knobs.scales == "per channel" else LAYERS
    found = sizes.quantised_bytes(size.weights, size.biases, LAYERS, knobs.bits, knobs.scales)
    return (
        f"{knobs.bits} bits = {knobs.bits}/8·{size.weights:,} + 4·({size.biases} biases + {steps} scales)"
        f" + 5·{LAYERS + 1} = {found:,}"
    )


def _cut(knobs: ShrinkKnobs) -> tuple[str, str]:
    size, slim = knobs.size, knobs.slim
    kept = sizes.weights_left(size.weights, knobs.cut)
    packed = sizes.packed_bytes(size.weights, kept, size.biases)
    return (
        f"weights cut = {size.weights:,}/8 + 4·({kept:,} + {size.biases}) = {packed:,} bytes",
        f"filters cut = 4·({slim.weights:,} + {slim.biases}) = {slim.bytes:,} bytes",
    )


# While it runs


def opening(knobs: ShrinkKnobs) -> str:
    """Before the first step."""
    return (
        f"**Look** The sizes are known before anything is learnt: {knobs.size.bytes:,} bytes as float32. Now the net"
        " learns to read digits.\n\n**Try** Watch the column of digits that are named right."
    )


def meanwhile(shop: Workshop, piece: str) -> str:
    """What goes on, piece by piece."""
    look = {
        "float": f"The net learns: {percent(shop.right['float'])} of the held-out digits are right.",
        "bits": f"The net is rounded, to 2 bits, to 3, up to 8: {percent(shop.right.get('bits', 0))} right with"
        f" {shop.knobs.bits}.",
        "cut": "More and more of the smallest weights become zero, and the rest learns on.",
        "student": f"The small student learns from the teacher: {percent(shop.right.get('student', 0))} right.",
    }
    return f"**Look** {look[piece]}\n\n**Try** Guess what comes out before it is there."


# At the end


def caption(shop: Workshop) -> str:
    """What came out in the view that is opened first, and what to try."""
    knobs = shop.knobs
    look = {
        "costs": _look_costs,
        "time": _look_clock,
        "bits": _look_bits,
        "cut": _look_cut,
        "student": _look_student,
        "weights": _look_weights,
    }
    noisy = knobs.calibrate == "noise"
    return f"**Look** {look[knobs.show](shop)}\n\n**Try** {_TRY_NOISY if noisy else _TRY[knobs.show]}"


def _look_costs(shop: Workshop) -> str:
    knobs, right, times = shop.knobs, shop.right, shop.times[shop.knobs.batch]
    thinner = _points(right["filters"] - right["float"])
    return (
        f"{knobs.bits} bits: {_points(right['bits'] - right['float'])}. {percent(knobs.cut)} of the weights cut:"
        f" {_points(right['cut'] - right['float'])}, and it takes {_as_long(times['cut'] / times['float'])}: zeros are"
        f" multiplied like other numbers. Filters cut: {_as_long(times['filters'] / times['float'])},"
        f" {'but' if thinner.endswith('fewer') else 'and'} {thinner}."
    )


def _look_clock(shop: Workshop) -> str:
    batch = shop.knobs.batch
    alone, many = (shop.times[count]["bits"] / shop.times[count]["float"] for count in (1, batch))
    return (
        f"With {batch} digits at once, whole numbers take {_as_long(many)}; with one alone, {_as_long(alone)}."
        f"{_OVERHEAD if alone > many else ''}"
    )


def _look_bits(shop: Workshop) -> str:
    knobs, right = shop.knobs, shop.right
    fewest = {scales: dict(found)[2] for scales, found in shop.by_bits.items()}
    noise = " The ranges were measured on noise, so what lay outside was cut off." if knobs.calibrate == "noise" else ""
    return (
        f"{knobs.bits} bits name {percent(right['bits'])} right, float32 {percent(right['float'])}.{noise} With 2 bits"
        f" a weight is −s, 0 or s: {percent(fewest['per channel'])} with a step s for each filter,"
        f" {percent(fewest['per layer'])} with one a layer."
    )


def _look_cut(shop: Workshop) -> str:
    knobs, right = shop.knobs, shop.right
    return (
        f"With {percent(knobs.cut)} of the weights zero, {percent(right['cut_once'])} are right, and"
        f" {percent(right['cut'])} after learning on."
        f" The same share of filters: {percent(right['filters_once'])}, then {percent(right['filters'])}."
    )


def _look_student(shop: Workshop) -> str:
    knobs, right = shop.knobs, shop.right
    share = knobs.taught.bytes / knobs.size.bytes
    return (
        f"The taught student saw no label, takes {percent(share)} of the bytes, and names {percent(right['student'])}"
        f" right. Its twin had {knobs.labels} labels and no teacher: {percent(right['alone'])}."
    )


def _look_weights(shop: Workshop) -> str:
    return (
        f"Orange adds, blue takes away. {shop.knobs.bits} bits leave {2**shop.knobs.bits - 1} values; cutting leaves"
        " dark holes where weights were close to zero."
    )


_OVERHEAD = " With little to multiply, the calls themselves take longest, and rounding the picture adds some."

_TRY = {
    "costs": "Set `cut` to 0.9, then `again` to 10. Then go through the views: the clock has a surprise.",
    "time": "Set `batch` to 360, and `width` to 96: where do eight bits pay most?",
    "bits": "Set `calibrate` to noise. Then back, and `bits` to 3 with `scales` per layer.",
    "cut": "Set `again` to 0: what has the learning on been worth? Then to 10 with `cut` 0.9.",
    "student": "Set `temperature` to 1, then `labels` to 1437. How small may `student` be?",
    "weights": "Set `bits` to 2, then `cut` to 0.9: which of the two would you rather ship?",
}


_TRY_NOISY = "Set `calibrate` back to digits. How few will do as `calibration`?"


def _points(change: float) -> str:
    points = 100 * change
    return "no digit lost" if abs(points) < 0.05 else f"{abs(points):.1f} points {'more' if points > 0 else 'fewer'}"


def _as_long(ratio: float) -> str:
    return "as long as before" if 1 / EQUAL < ratio < EQUAL else f"{ratio:.2g} times as long"


# Predict first


def predict(knobs: ShrinkKnobs) -> Prediction:
    """How long a net with many zeros takes; or how well fewer bits do, where these are unusual."""
    usual = knobs.bits == ShrinkKnobs.model_fields["bits"].default and knobs.calibrate == "digits"
    return _time_of_zeros(knobs) if usual and knobs.cut >= CUT_ENOUGH else _loss_by_rounding(knobs)


def _time_of_zeros(knobs: ShrinkKnobs) -> Prediction:
    def judge(frame: Frame) -> int | None:
        cut, whole = (frame.figures.get(f"ms_{name}") for name in ("cut", "float"))
        if cut is None or whole is None:
            return None
        return 1 + (cut > SAME * whole) - (cut * SAME < whole)

    return Prediction(
        f"{percent(knobs.cut)} of all weights become zero, the smallest ones. How long does the net take for"
        f" {knobs.batch} digits on this machine, compared with before?",
        ("clearly less: there is less to multiply", "about as long", "clearly longer"),
        judge,
        why="Zeros that lie scattered are fetched and multiplied like other numbers. Only whole filters that go make"
        " the layer smaller, and so faster.",
        cards=("dep-scattered-zeros",),
    )


def _loss_by_rounding(knobs: ShrinkKnobs) -> Prediction:
    def judge(frame: Frame) -> int | None:
        rounded, whole = (frame.figures.get(f"right_{name}") for name in ("bits", "float"))
        if rounded is None or whole is None:
            return None
        lost = 100 * (whole - rounded)
        return 0 if lost <= 1 else 1 if lost <= CLEARLY else 2

    ranges = "on random numbers" if knobs.calibrate == "noise" else "on typical digits"
    return Prediction(
        f"The weights are rounded to {knobs.bits} bits; the ranges of the activations were measured {ranges}. How many"
        " of 100 digits that the net named right does it name wrong now?",
        ("at most one", f"two to {CLEARLY}", f"more than {CLEARLY}"),
        judge,
        why="Eight bits are plenty if the ranges fit: each step is a 127th of the largest weight. Ranges from pictures"
        " that look different cut real activations off.",
        cards=("dep-calibration", "dep-outlier"),
    )
