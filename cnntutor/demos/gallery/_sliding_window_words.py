"""What sliding-window says: the counting with its numbers, what to look at and to try, and the question before."""

from __future__ import annotations

from dataclasses import replace

from cnntutor.demos.gallery._sliding_window_knobs import SlidingWindowKnobs
from cnntutor.demos.protocol import Prediction, predict_number
from cnntutor.vision import windows

MOST_CHOICES = 6

MADE_UP = {
    "zeros": "zeros that nobody photographed",
    "reflect": "the row mirrored about its last pixel, which is not repeated",
    "replicate": "the last pixel again and again",
    "circular": "the other end of the row",
}


def formulas(knobs: SlidingWindowKnobs) -> tuple[str, ...]:
    """Span, room and stops; or the size of the way up, and how the copies overlap."""
    n, k, s, p, d = knobs.side, knobs.kernel_size, knobs.stride, knobs.padding, knobs.dilation
    span = f"span = {d}·({k} − 1) + 1 = {knobs.window.span}"
    if knobs.layer == "transposed":
        extra = f" + {knobs.output_padding}" if knobs.output_padding else ""
        size = f"({n} − 1)·{s} − 2·{p} + {knobs.window.span}{extra} = {knobs.output_side}"
        return span, f"output size = {size}", f"copies on a cell: {', '.join(map(str, knobs.transposed.overlaps))}"
    room = n + 2 * p - knobs.window.span
    return span, f"room = {n} + 2·{p} − {knobs.window.span} = {room}", f"stops = ⌊{room}/{s}⌋ + 1 = {knobs.output_side}"


def walking(knobs: SlidingWindowKnobs, stop: int, stops: int) -> str:
    """What is said at a stop."""
    if knobs.layer == "transposed":
        return f"Input {stop} of {stops} leaves its copy of the kernel; copies that overlap are added up."
    return f"Stop {stop} of {stops}: the pixels under the taps are read, and one cell of the output is written."


def caption(knobs: SlidingWindowKnobs) -> str:
    """What to look at and what to try next."""
    if knobs.layer == "transposed":
        return f"**Look** {_copies(knobs)}\n\n**Try** {_try_copies(knobs)}"
    return f"**Look** {_reads(knobs)}\n\n**Try** {_try_reads(knobs)}"


def predict(knobs: SlidingWindowKnobs) -> Prediction | None:
    """How many stops a row has; the wrong choices are what people forget."""
    if knobs.layer == "transposed":
        return _predict_up(knobs)
    candidates = dict.fromkeys(size for size in (knobs.output_side, *_slips(knobs)) if size > 0)
    return predict_number(
        f"A window of {knobs.kernel_size} taps{_dilated(knobs)} walks along {knobs.side} pixels with stride "
        f"{knobs.stride}, {knobs.padding} more on each side. How often does it stop?",
        "output_size",
        list(candidates)[:MOST_CHOICES],
        why=f"{formulas(knobs)[1]}; {formulas(knobs)[2]}.",
        cards=("spd-first-stop", "spd-span"),
    )


def _predict_up(knobs: SlidingWindowKnobs) -> Prediction | None:
    size, n, s = knobs.output_side, knobs.side, knobs.stride
    slips = (n * s, (n - 1) * s, size + 2 * knobs.padding, size + s, n)
    candidates = dict.fromkeys(value for value in (size, *slips) if value > 0)
    return predict_number(
        f"A transposed layer with kernel {knobs.kernel_size}{_dilated(knobs)}, stride {s}, padding {knobs.padding} and "
        f"output_padding {knobs.output_padding} reads {n} cells. How many does it write?",
        "output_size",
        list(candidates)[:MOST_CHOICES],
        why=f"The last copy starts at ({n} − 1)·{s}; {formulas(knobs)[1]}.",
        cards=("spd-transposed-size",),
    )


def _slips(knobs: SlidingWindowKnobs) -> tuple[int, ...]:
    window, n = knobs.window, knobs.side
    room = n + 2 * window.padding - window.span
    return (
        knobs.output_side - 1,  # the first stop is not counted
        replace(window, dilation=1).output_side(n),
        (room - window.padding) // window.stride + 1,  # the border on one side alone
        -(-room // window.stride) + 1,  # rounded up
        n,
        n // window.stride,
    )


def _dilated(knobs: SlidingWindowKnobs) -> str:
    return f" and dilation {knobs.dilation}" if knobs.dilation > 1 else ""


# Convolution


def _reads(knobs: SlidingWindowKnobs) -> str:
    """The most surprising thing about this walk."""
    window, side = knobs.window, knobs.side
    unread = window.unread(side)
    cases = (
        (knobs.output_side == 1, "There is room for a single stop."),
        (window.padding >= window.span, "The outermost stops see nothing but made-up pixels."),
        (window.stride > window.span, "The steps are longer than the window: pixels between two stops are never read."),
        (
            unread > window.padding,
            f"The stride does not divide the room: nobody ever reads the last {_pixels(unread - window.padding)} of"
            " the input, and no warning comes.",
        ),
        (unread > 0, f"The stride does not divide the room: nobody reads the last {_pixels(unread)} of the border."),
        (
            window.dilation > 1,
            f"The taps lie {window.dilation} apart and skip what is between: {window.span} pixels seen.",
        ),
        (
            window.padding > 0,
            f"Beyond the edge you find {MADE_UP[window.mode]}. View “counts”: how often each is read.",
        ),
    )
    rim = "In view “counts” the rim is read least: a corner by one window, the middle by up to "
    most = max(windows.reads(side, window)) ** 2
    return next((sentence for holds, sentence in cases if holds), f"{rim}{most}.")


def _try_reads(knobs: SlidingWindowKnobs) -> str:
    same = knobs.window.span // 2
    if knobs.padding and knobs.padding_mode == "zeros":
        other = 8 if knobs.side == 7 else 7
        return (
            f"Turn `padding_mode`: which numbers appear beyond the edge? Then set `side` to {other}: who reads the end?"
        )
    if knobs.dilation > 1 and knobs.window.span % 2 and knobs.padding != same:
        return f"Set `padding` to {same} and `stride` to 1: the size comes back. Then `show` the strip."
    if knobs.stride == 1:
        return "Set `stride` to 2: the stops that remain are the same. Then `dilation`: spread taps, not stops."
    return "`show` the strip for one row with all its stops, or set `layer` to transposed for the way back up."


def _pixels(count: int) -> str:
    return "pixel" if count == 1 else f"{count} pixels"


# Transposed


def _copies(knobs: SlidingWindowKnobs) -> str:
    overlaps = knobs.transposed.overlaps
    if min(overlaps) == 0:
        return "The copies do not even touch: between them are cells that stay zero, whatever comes in."
    if len(set(overlaps)) > 1:
        return (
            f"Away from the ends {_in_turn(overlaps)} copies lie on a cell along a row, in turn: in the square that is"
            " a checkerboard, before anything is learnt."
        )
    copies = "one copy lies" if overlaps[0] == 1 else f"{overlaps[0]} copies lie"
    return f"Away from the ends {copies} on every cell of a row: no checkerboard."


def _in_turn(overlaps: tuple[int, ...]) -> str:
    return f"{', '.join(map(str, overlaps[:-1]))} and {overlaps[-1]}"


def _try_copies(knobs: SlidingWindowKnobs) -> str:
    if len(set(knobs.transposed.overlaps)) > 1:
        even = -(-knobs.kernel_size // knobs.stride) * knobs.stride
        return f"Set `kernel_size` to {even}, a multiple of the stride: what becomes of the board?"
    if knobs.output_padding == 0 and knobs.stride > 1:
        return "Set `output_padding` to 1: one more cell at the far end. Which size did the map have before it shrank?"
    return "Set `layer` to convolution with the same knobs and the size that came out: back to where you began?"
