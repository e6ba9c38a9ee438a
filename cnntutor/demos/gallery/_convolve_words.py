"""What convolve says: the working with its numbers, what to look at and to try, and the question before the run."""

from __future__ import annotations

from dataclasses import replace

from cnntutor.demos.gallery._convolve_knobs import ConvolveKnobs
from cnntutor.demos.protocol import Prediction, predict_number
from cnntutor.vision import arithmetic


def formulas(knobs: ConvolveKnobs) -> tuple[str, ...]:
    """Sizes and costs, worked out with these knobs."""
    k, f, side = knobs.kernel_size, knobs.filters, knobs.output_side
    depth = f"{knobs.channels}" if knobs.groups == 1 else f"{knobs.channels}/{knobs.groups}"
    params = arithmetic.conv_params(knobs.channels, f, k, groups=knobs.groups)
    macs = arithmetic.conv_macs(knobs.channels, f, k, side, side, groups=knobs.groups)
    return (
        _size_formula(knobs),
        *_pooling_formula(knobs),
        f"parameters = ({k}·{k}·{depth} + 1)·{f} = {params:,}",
        f"MACs = {k}·{k}·{depth}·{f}·{side}·{side} = {macs:,}",
    )


def caption(knobs: ConvolveKnobs) -> str:
    """What to look at in the view that is opened first, and what to try next."""
    if knobs.show == "grid":
        return f"**Look** {' '.join(filter(None, [_GRID, _grid_note(knobs)]))}\n\n**Try** {_grid_try(knobs)}"
    look = " ".join(filter(None, [_LOOK[knobs.kernel], _situation(knobs)]))
    return f"**Look** {look}\n\n**Try** {_TRY[knobs.kernel]}"


def filling(knobs: ConvolveKnobs, done: int, rows: int) -> str:
    """What is said while the feature map fills."""
    return f"Row {done} of {rows}: the same {knobs.kernel_size}×{knobs.kernel_size} weights at every place."


MOST_CHOICES = 6


def predict(knobs: ConvolveKnobs) -> Prediction | None:
    """How wide the feature map will be; the wrong choices are what people forget."""
    widths = dict.fromkeys(width for width in (knobs.output_side, *_usual_mistakes(knobs)) if width > 0)
    dilated = f", dilation {knobs.dilation}" if knobs.dilation > 1 else ""
    return predict_number(
        f"A {knobs.side}×{knobs.side} picture meets a {knobs.kernel_size}×{knobs.kernel_size} kernel with stride "
        f"{knobs.stride}, padding {knobs.padding} on each side{dilated}. How many cells wide is the feature map?",
        "output_size",
        list(widths)[:MOST_CHOICES],
        why=_size_formula(knobs),
        cards=("map-size",),
    )


def _usual_mistakes(knobs: ConvolveKnobs) -> tuple[int, ...]:
    window, side = knobs.window, knobs.side
    free = side + 2 * window.padding - window.span
    return (
        knobs.output_side - 1,  # the first place is not counted
        replace(window, dilation=1).output_side(side),
        (free - window.padding) // window.stride + 1,  # the border on one side alone
        (free - 2 * window.padding) // window.stride + 1,  # no border at all
        -(-free // window.stride) + 1,  # rounded up
        side,
        side + 2 * window.padding,  # what the kernel itself takes is forgotten
    )


def _size_formula(knobs: ConvolveKnobs) -> str:
    return (
        f"output size = ⌊({knobs.side} + 2·{knobs.padding} − {knobs.dilation}·({knobs.kernel_size} − 1) − 1)"
        f"/{knobs.stride}⌋ + 1 = {knobs.output_side}"
    )


def _pooling_formula(knobs: ConvolveKnobs) -> tuple[str, ...]:
    if knobs.pooling == "none":
        return ()
    size, side = knobs.pool_size, knobs.output_side
    return (f"pooled size = ⌊({side} − {size})/{size}⌋ + 1 = {side // size}",)


def _situation(knobs: ConvolveKnobs) -> str:
    """The most surprising thing about these knobs, if there is one."""
    window, output = knobs.window, knobs.output_side
    unread = window.unread(knobs.side)
    cases = (
        (output == 1, "Only one place is left for the window, so the feature map is a single cell."),
        (
            window.stride > window.span,
            "The stride is larger than the window: the pixels between two windows are never read.",
        ),
        (
            window.padding >= window.span,
            "The outermost cells see nothing but the border, whatever the picture shows.",
        ),
        (
            unread > 0,
            f"The stride does not divide evenly, so the window never reaches the last {_lines(unread)}.",
        ),
        (
            knobs.groups == knobs.channels > 1,
            "Every channel has filters of its own (a depthwise convolution): nothing is mixed across channels.",
        ),
        (knobs.groups > 1, f"Every filter reads only {knobs.depth} of the {knobs.channels} channels: its own group."),
        (window.dilation > 1, f"The taps lie {window.dilation} pixels apart, and what is between them is skipped."),
        (
            knobs.pooling == "max",
            f"Of every {knobs.pool_size}×{knobs.pool_size} cells only the largest is kept.",
        ),
        (
            knobs.pooling == "average",
            f"Every {knobs.pool_size}×{knobs.pool_size} cells became their mean, and fine answers blur together.",
        ),
        (knobs.activation != "none", _ACTIVATED.get(knobs.activation, "")),
    )
    return next((sentence for holds, sentence in cases if holds), "")


def _lines(count: int) -> str:
    return "row and column" if count == 1 else f"{count} rows and columns"


_ACTIVATED = {
    "relu": "ReLU set all that was negative to zero.",
    "leaky-relu": "The leaky ReLU left a hundredth of all that was negative.",
    "tanh": "tanh pressed every sum between −1 and 1.",
    "sigmoid": "The sigmoid pressed every sum between 0 and 1; what was zero is now a half.",
    "gelu": "GELU kept what is large, and let a little of what is just below zero through.",
}

_LOOK = {
    "identity": "The one weight copies the pixel under it, so the map is the picture itself.",
    "box": "Every cell is the mean of its window: fine hair and noise are gone, large shapes stay.",
    "gaussian": "A mean that trusts the middle most: smooth, and without the box's square traces.",
    "sobel-x": "Orange: brighter to the right; blue: darker. Upright edges answer, level ones do not.",
    "sobel-y": "Orange: brighter downwards; blue: darker. Level edges answer, upright ones do not.",
    "laplacian": "It answers to spots and both sides of an edge, in any direction, and is dark on even slopes.",
    "sharpen": "The picture with its edges overdrawn: a dark and a bright rim along each of them.",
    "emboss": "The picture pressed in metal, lit from one corner.",
    "gabor": "Stripes of one slant and one width answer; this is much like what first layers learn.",
    "random": "Nobody chose these weights, and yet some edges come out. Training starts from here.",
    "own": "Your own weights at work. Where the picture looks like them, the sum is largest.",
    "learnt": "Nobody wrote these weights: training found them. Compare them with the ones made by hand.",
}
_TRY = {
    "identity": "Set `stride` to 2: each cell still copies one pixel, but of every four three are never read.",
    "box": "Raise `kernel_size` to 9, then compare `kernel` gaussian at the same size.",
    "gaussian": "Raise `padding` to 8 and try each `padding_mode`: the border is where they differ.",
    "sobel-x": "Set `kernel` to sobel-y, then `activation` to relu: which half of the answers is lost?",
    "sobel-y": "Set `image` to brick, and compare with `kernel` sobel-x.",
    "laplacian": "Raise `kernel_size` to 7: the finest hairs fall silent first. Why?",
    "sharpen": "Watch `min` and `max`: they leave the range from 0 to 1 that the picture had.",
    "emboss": "Set `dilation` to 3: the same nine weights now reach over a 7×7 window.",
    "gabor": "Raise `kernel_size` from 3 to 11: wider stripes answer.",
    "random": "Set `filters` to 8, and `channels` to 3: count the parameters before you look.",
    "own": "Edit `weights` until their sum is zero: what becomes of even surfaces?",
    "learnt": "Turn `learnt_filter`: which filters are edge detectors, and in which direction?",
}

_GRID = (
    "The marked cells of the patch lie under the weights. Multiply the numbers that lie on each other; "
    "the products add up to the marked cell of the output."
)


def _grid_note(knobs: ConvolveKnobs) -> str:
    """What the grid leaves out, or where it is from."""
    if knobs.channels > 1:
        return f"It shows the first channel of the first filter alone; the layer adds up all {knobs.depth} it reads."
    if knobs.patch == "picture":
        return "The numbers are the picture's brightness, from 0 for black to 9 for white."
    return ""


def _grid_try(knobs: ConvolveKnobs) -> str:
    if knobs.pooling != "none":
        return "Guess which outputs survive the pooling before they are filled in."
    if knobs.patch == "own":
        return "Edit `numbers`, or set `stride` to 2: which stops are left out?"
    return "Turn `patch_row` and `patch_column` to walk over another place, or set `patch` to own and edit `numbers`."
