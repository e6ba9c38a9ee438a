"""The pictures and tables of the demo `separable`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from cnntutor.demos.gallery._separable_knobs import Cost, SeparableKnobs
from cnntutor.demos.protocol import Cell, Table
from cnntutor.vision import colour
from cnntutor.wording import percent

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from torch import Tensor

    Wiring = NDArray[np.float32]
    """[outputs, inputs], how many weights join them."""

KERNELS = 4
"""Output and input channels whose kernels are drawn."""

WIRES = 8
"""Output and input channels whose wiring is drawn; of more, some at equal distances."""


def costs(knobs: SeparableKnobs) -> dict[str, Cost]:
    """What is compared, by the names of the figures."""
    return {
        "ordinary": knobs.ordinary,
        "grouped": knobs.grouped,
        "depthwise": knobs.depthwise,
        "pointwise": knobs.pointwise,
        "separable": knobs.separable,
    }


def wirings(knobs: SeparableKnobs) -> dict[str, colour.Pixels]:
    """Which input (across) each output (down) reads, bright for a whole kernel, dim for a single weight."""
    k = knobs.kernel_size
    return {
        f"ordinary {k}×{k}": _drawn(_wiring(knobs.channels, knobs.filters, 1), k * k),
        f"depthwise {k}×{k}": _drawn(_wiring(knobs.channels, knobs.channels, knobs.channels), k * k),
        "then 1×1": _drawn(_wiring(knobs.channels, knobs.filters, 1), 1),
    }


def meetings(knobs: SeparableKnobs) -> dict[str, colour.Pixels]:
    """What grouped layers read of the input: one of them, two in a row, and two with a shuffle between."""
    return {
        f"{knobs.groups} groups": _drawn(_wiring(knobs.channels, knobs.filters, knobs.groups), 9),
        "twice": _drawn(reach_of_two(knobs, shuffled=False), 9),
        "shuffled": _drawn(reach_of_two(knobs, shuffled=True), 9),
    }


def reach_of_two(knobs: SeparableKnobs, *, shuffled: bool) -> Wiring:
    """1 where an output of the second of two grouped layers depends on an input of the first: [outputs, inputs]."""
    import numpy as np

    first = _wiring(knobs.channels, knobs.filters, knobs.groups)
    if shuffled:
        # Zhang et al. (2018), arXiv:1707.01083: dealt out like cards, one to each group in turn.
        first = first.reshape(knobs.groups, -1, knobs.channels).transpose(1, 0, 2).reshape(-1, knobs.channels)
    second = _wiring(knobs.filters, knobs.filters, knobs.groups)
    reached: Wiring = (second @ first > 0).astype(np.float32)
    return reached


def kernels(weight: Tensor) -> colour.Pixels:
    """The kernels from the first inputs (across) to the first outputs (down); weight is [C_out, C_in, k, k]."""
    shown = weight[:KERNELS, :KERNELS]
    pictures = [colour.signed(kernel, like=shown.flatten(1)) for row in shown for kernel in row]
    return colour.mosaic(pictures, columns=shown.shape[1])


def cost_table(knobs: SeparableKnobs, times: Mapping[str, float]) -> Table:
    """Counted, and timed where there are times already: what shares of the ordinary layer's each takes."""
    whole, rows = knobs.ordinary.macs, []
    for name, cost in costs(knobs).items():
        taken = times.get(name)
        measured: tuple[Cell, ...] = (None, None, None)
        if taken is not None:
            speed = float(f"{cost.macs / taken / 1e6:.2g}")
            measured = (float(f"{taken:.2g}"), percent(taken / times["ordinary"]), speed)
        rows.append((_title(knobs, name), round(cost.macs / 1e6, 1), percent(cost.macs / whole), *measured))
    return Table(("layer", "MMACs", "share", "ms", "time", "GMAC/s"), tuple(rows))


def traffic_table(knobs: SeparableKnobs) -> Table:
    """Weights, numbers moved to and fro, and how much is done with each of them."""
    rows = [
        (_title(knobs, name), cost.weights, cost.moved, round(cost.macs / cost.moved, 1))
        for name, cost in costs(knobs).items()
    ]
    return Table(("layer", "weights", "numbers moved", "MACs each"), tuple(rows))


def _title(knobs: SeparableKnobs, name: str) -> str:
    return {"grouped": f"{knobs.groups} groups", "pointwise": "then 1×1"}.get(name, name)


def _wiring(inputs: int, outputs: int, groups: int) -> Wiring:
    """1 where an output reads an input: [outputs, inputs]."""
    import numpy as np

    ours = np.arange(outputs)[:, None] * groups // outputs
    theirs = np.arange(inputs)[None] * groups // inputs
    wiring: Wiring = (ours == theirs).astype(np.float32)
    return wiring


def _drawn(wiring: Wiring, taps: int) -> colour.Pixels:
    import numpy as np
    import torch

    outputs, inputs = (np.arange(min(WIRES, count)) * count // min(WIRES, count) for count in wiring.shape)
    strength = 1.0 if taps > 1 else 0.4
    pixels = colour.signed(torch.from_numpy(strength * wiring[outputs][:, inputs]), like=torch.ones(1, 1))
    points = [
        pixels[row : row + 1, column : column + 1] for row in range(len(outputs)) for column in range(len(inputs))
    ]
    return colour.mosaic(points, columns=len(inputs))
