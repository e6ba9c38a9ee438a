"""The pictures, curves and tables of the demo `kernels`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from cnntutor.demos.gallery import _kernels_answers as answers
from cnntutor.demos.gallery._kernels_answers import Learnt
from cnntutor.demos.protocol import Curve, Table
from cnntutor.vision import colour, kernels, spectrum
from cnntutor.vision.heat import heat

if TYPE_CHECKING:
    from torch import Tensor

MOST_SHOWN = 16
"""Learnt filters that are drawn and listed."""

ALIKE: dict[kernels.KernelName, str] = {"gaussian": "blur", "laplacian": "bend", "gabor": "stripes at 45°"}
"""Kernels by hand that learnt ones are held against beside edges, and what they look for."""


def weights(learnt: Learnt) -> colour.Pixels:
    """The learnt filters as pictures: in colour where they have three channels, else by sign."""
    shown = learnt.weight[:MOST_SHOWN]
    limit = shown.abs().max()
    pictures = [
        colour.rgb(0.5 + 0.5 * each / limit)
        if each.shape[0] == 3
        else colour.signed(each.sum(0), like=shown.flatten(1))
        for each in shown
    ]
    return colour.mosaic(pictures, columns=4)


def by_hand(size: int) -> colour.Pixels:
    """The kernels by hand, each in its own range of colours, in the order of the table."""
    import torch

    pictures = [colour.signed(torch.from_numpy(kernels.kernel(name, size))) for name in answers.HAND_MADE]
    return colour.mosaic(pictures, columns=3)


def hand_made_answers(grey: Tensor, size: int) -> colour.Pixels:
    """What they answer to the picture."""
    maps = [answers.answer(grey, kernels.kernel(name, size)) for name in answers.HAND_MADE]
    return colour.mosaic([colour.shade(each) for each in maps], columns=3)


def learnt_answers(maps: Tensor) -> colour.Pixels:
    """What the learnt filters answer, [F, side, side]."""
    return colour.mosaic([colour.signed(each) for each in maps[:MOST_SHOWN]], columns=4)


def gains(kernel: kernels.Kernel) -> colour.Pixels:
    """The kernel's gain for every wave, slow ones in the middle."""
    import torch

    found = torch.from_numpy(spectrum.gains(kernel))
    return heat(found / found.max().clamp(min=1e-12))


def gain_curves(kernel: kernels.Kernel) -> dict[str, Curve]:
    """The gain of waves that run across and down, by their frequency."""
    x, across, down = (tuple(each.tolist()) for each in spectrum.along_the_axes(kernel))
    axes = {"chart": "gain", "x_label": "waves a pixel"}
    return {"across": Curve(x, across, **axes), "down": Curve(x, down, **axes)}


def energy_curve(energies: Sequence[float]) -> dict[str, Curve]:
    """How strongly the turning wave was answered so far; 1 is the strongest."""
    if len(energies) < 2:
        return {}
    x = tuple(map(float, answers.ANGLES[: len(energies)]))
    most = max(energies) or 1.0
    return {"energy": Curve(x, tuple(energy / most for energy in energies), "answer by angle", "degrees")}


def tiny_table(size: int) -> Table:
    """The lesson's table: each kernel by hand on an even surface, a ramp and a spot."""
    rows = []
    for name in answers.HAND_MADE:
        found = answers.to_tiny_pictures(kernels.kernel(name, size))
        rows.append((name, *(float(f"{value:.3g}") for value in found.values())))
    return Table(("kernel", "sum", "even", "ramp", "spot"), tuple(rows))


def learnt_table(learnt: Learnt) -> Table:
    """The learnt filters: their sum, and what by hand each is most like."""
    rows = [(number, *_row(each)) for number, each in enumerate(learnt.grey[:MOST_SHOWN], 1)]
    return Table(("filter", "sum", "most like", "likeness"), tuple(rows))


def most_like(grey: Tensor) -> tuple[str, float]:
    """What a learnt kernel resembles most, whatever its sign, and how much, 0 to 1; a single weight is a blur."""
    size = grey.shape[-1]
    if size < kernels.least_size("sobel-x"):
        return "blur", 1.0
    edge, angle = answers.edge_likeness(grey)
    found = {ALIKE[name]: abs(answers.likeness(grey, kernels.kernel(name, size))) for name in ALIKE}
    found[f"edge at {angle}°"] = edge
    name = max(found, key=found.__getitem__)
    return name, found[name]


def _row(grey: Tensor) -> tuple[float, str, float]:
    name, score = most_like(grey)
    return round(float(grey.sum()), 2), name, round(score, 2)
