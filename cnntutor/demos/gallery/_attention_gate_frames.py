"""The frames of the demo `attention` for squeeze-and-excitation: gates, and how their training goes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from cnntutor.demos.gallery import _attention_words as words
from cnntutor.demos.gallery._attention_gates import KINDS, SIDE, WIDTH, Gates, Shown
from cnntutor.demos.gallery._attention_knobs import AttentionKnobs
from cnntutor.demos.protocol import Curve, Frame, Table
from cnntutor.vision import colour, textures
from cnntutor.vision.attention import gate_params

if TYPE_CHECKING:
    import torch
    from torch import Tensor

EVERY = 20
"""Steps of training from one frame to the next."""

CHANNELS_LISTED = 8


def training(knobs: AttentionKnobs, device: torch.device) -> Iterator[Frame]:
    """Frames of the training: the three kinds of gates side by side."""
    gates = Gates(knobs, device)
    yield _gated(knobs, gates, 0.0 if knobs.steps else 1.0)
    for step in gates.train(knobs.steps, EVERY):
        yield _gated(knobs, gates, step / knobs.steps)


def _gated(knobs: AttentionKnobs, gates: Gates, progress: float) -> Frame:
    """Both pictures and their gates, and how far the training is."""
    given = [gates.of(shown) for shown in gates.shown]
    names = [shown.name for shown in gates.shown]
    pictures = {f"{shown.name}, gates": _beside(shown, gate) for shown, gate in zip(gates.shown, given, strict=True)}
    maps = gates.shown[0].maps
    before, after = f"{names[0]}, before", f"{names[0]}, after"
    channels = {before: _mosaic(maps, maps), after: _mosaic(maps * given[0][:, None, None], maps)}
    return Frame(
        {**pictures, **channels, "gates by texture": _by_texture(gates.by_class())},
        curves={
            kind: Curve(tuple(map(float, gates.steps)), tuple(values), chart="held-out accuracy", x_label="step")
            for kind, values in gates.accuracy.items()
        },
        tables={"channels": _channels(names, given), "from the top": _textures(gates.by_class())},
        views={
            "gates": tuple(pictures),
            "race": ("held-out accuracy",),
            "textures": ("gates by texture", "from the top"),
            "maps": tuple(channels),
            "channels": ("channels",),
        },
        figures=_gate_figures(knobs, gates, given),
        formulas=words.gate_formulas(knobs, gates, given),
        caption=words.gate_caption(knobs, gates, names),
        progress=progress,
    )


def _gate_figures(knobs: AttentionKnobs, gates: Gates, given: list[Tensor]) -> dict[str, float]:
    sigmoid, softmax, fixed = (gates.accuracy[kind][-1] for kind in KINDS)
    return {
        "gates": WIDTH,
        "params": gate_params(WIDTH, knobs.reduction),
        "fresh_gate": gates.fresh,
        "mean_gate": float(given[0].mean()),
        "gate_difference": float((given[0] - given[1]).abs().mean()),
        "accuracy": sigmoid,
        "softmax_accuracy": softmax,
        "fixed_accuracy": fixed,
    }


def _beside(shown: Shown, gate: Tensor) -> colour.Pixels:
    """A picture, and beside it a square for each of its 8×8 gates: black for shut, white for open."""
    squares = colour.shade(gate.view(8, 8)).repeat(SIDE // 8, axis=0).repeat(SIDE // 8, axis=1)
    return colour.mosaic([shown.pixels, squares], columns=2)


def _by_texture(gates: Tensor) -> colour.Pixels:
    """A strip of gates for each texture, [classes, channels], each as high as it can be told apart."""
    return colour.shade(gates).repeat(64 // len(textures.NAMES), axis=0)


def _textures(gates: Tensor) -> Table:
    """The strips of `_by_texture` by name, and how many of their gates are more than half open."""
    rows = tuple((name, int((gate > 0.5).sum())) for name, gate in zip(textures.NAMES, gates, strict=True))
    return Table(("texture", "open"), rows)


def _mosaic(maps: Tensor, like: Tensor) -> colour.Pixels:
    """Sixteen channels, in one range of greys."""
    scale = like[:16].max()
    return colour.mosaic([colour.shade(map_ / scale) for map_ in maps[:16]], columns=4)


def _channels(names: list[str], given: list[Tensor]) -> Table:
    """The channels whose gates differ most between the two pictures."""
    apart = (given[0] - given[1]).abs().argsort(descending=True)[:CHANNELS_LISTED].tolist()
    rows = tuple((channel, *(round(float(gate[channel]), 3) for gate in given)) for channel in apart)
    return Table(("channel", *(f"gate: {name}" for name in names)), rows)
