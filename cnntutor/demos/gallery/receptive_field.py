"""receptive-field: the pixels that reach a unit, by the formula and by the gradient, and those that really count."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from cnntutor.demos.gallery import _receptive_field_look as look
from cnntutor.demos.gallery import _receptive_field_words as words
from cnntutor.demos.gallery._receptive_field_knobs import ReceptiveFieldKnobs
from cnntutor.demos.protocol import Frame, demo

if TYPE_CHECKING:
    import torch
    from torch import Tensor

STOPS = 10
"""Frames of the walk up through the layers, at most."""

PACE = 0.35
"""Seconds at each of them."""


@demo(
    "receptive-field",
    topic="receptive-field",
    title="See what a unit sees",
    promise="Light up the pixels that can reach one unit, then let the gradient tell which of them count.",
    predict=words.predict,
)
def receptive_field(knobs: ReceptiveFieldKnobs, device: torch.device) -> Iterator[Frame]:
    """The field grows layer by layer; then gradients show how much of it counts."""
    from cnntutor.demos.gallery._receptive_field_net import measured

    layers = len(knobs.layers)
    stops = sorted({round(layers * stop / STOPS) for stop in range(STOPS + 1)})
    for depth in stops:
        yield _walking(knobs, depth, 0.5 * depth / layers)
    nets = 1 if knobs.weights == "equal" else knobs.nets
    for number, amounts in enumerate(measured(knobs, device), 1):
        yield _measured(knobs, amounts, 0.5 + 0.5 * number / nets)


def _walking(knobs: ReceptiveFieldKnobs, depth: int, progress: float) -> Frame:
    images = {"it sees": look.lit(knobs, depth), "influence": look.hidden(knobs.patch)}
    return Frame(
        images,
        tables={"layers": look.table(knobs, depth)},
        views={"field": tuple(images), "layers": ("layers",)},
        caption=words.walking(knobs, depth),
        progress=progress,
        hold=PACE,
    )


def _measured(knobs: ReceptiveFieldKnobs, amounts: Tensor, progress: float) -> Frame:
    figures, patch = _figures(knobs, amounts), knobs.patch
    images = {
        "it sees": look.lit(knobs, len(knobs.layers)),
        "influence": look.glow(amounts, patch, int(figures["square_95"])),
    }
    curves = look.curves(amounts, patch)
    return Frame(
        images,
        curves,
        tables={"layers": look.table(knobs, len(knobs.layers))},
        views={"field": tuple(images), "bell": ("influence by column",), "layers": ("layers",)},
        figures=figures,
        formulas=words.formulas(knobs, figures),
        caption=words.caption(knobs, figures),
        progress=progress,
    )


def _figures(knobs: ReceptiveFieldKnobs, amounts: Tensor) -> dict[str, float]:
    from cnntutor.vision.influence import middle_square, middle_strip, reach

    patch = knobs.patch
    reached, read = reach(amounts)
    square = middle_square(amounts, patch)
    outside = min(patch.top, patch.left) < 0 or max(patch.bottom, patch.right) > knobs.side
    return {
        "field": patch.side,
        "jump": knobs.field.jump,
        "reached": reached,
        "columns_read": read,
        "square_95": square,
        "strip_95": middle_strip(amounts, patch),
        "share": square**2 / patch.side**2,
        "outside": int(outside),
    }
