"""The pictures, curves and tables of the demo `activations`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import log10
from typing import TYPE_CHECKING

from cnntutor.demos.gallery._activations_knobs import ActivationsKnobs
from cnntutor.demos.protocol import Cell, Curve, Table
from cnntutor.vision import activations, colour
from cnntutor.vision.activations import ActivationName
from cnntutor.wording import percent

if TYPE_CHECKING:
    from torch import Tensor

    from cnntutor.demos.gallery._activations_work import Trained

ENDS = 5
"""The curves go from minus this to this."""

POINTS = 101
FAMILY_AT = (-4, -1, 0, 1, 4)
"""Where the table reads the whole family off, as the lesson does."""

LEAST = 1e-30
"""What is smaller counts as this much in a chart of powers of ten."""

VALUE, SLOPE, DEPTH, DEAD = "value", "slope", "gradient, power of ten", "dead units, %"


def curves(knobs: ActivationsKnobs) -> dict[str, Curve]:
    """Values and slopes."""
    import torch

    x = torch.linspace(-ENDS, ENDS, POINTS, dtype=torch.float64)
    drawn: dict[str, Curve] = {}
    for name in knobs.names:
        values, slopes = activations.value(name, x, knobs.leak), activations.slope(name, x, knobs.leak)
        drawn[f"{name} {VALUE}"] = Curve(tuple(x.tolist()), tuple(values.tolist()), VALUE, "x")
        drawn[f"{name} {SLOPE}"] = Curve(tuple(x.tolist()), tuple(slopes.tolist()), SLOPE, "x")
    return drawn


def depth_curves(arriving: Mapping[ActivationName, Sequence[float]]) -> dict[str, Curve]:
    """What is left of a gradient by the layers that it has passed."""
    return {
        f"{name} {DEPTH}": Curve(
            tuple(map(float, range(1, len(sizes) + 1))),
            tuple(log10(max(size, LEAST)) for size in sizes),
            DEPTH,
            "layers passed",
        )
        for name, sizes in arriving.items()
    }


def dead_curves(trained: Sequence[Trained]) -> dict[str, Curve]:
    """The share of dead units by the learning rate, as far as the trainings have come."""
    names = dict.fromkeys(each.activation for each in trained)
    drawn = {}
    for name in names:
        own = [each for each in trained if each.activation == name]
        rates, shares = tuple(each.learning_rate for each in own), tuple(100 * each.dead for each in own)
        if len(own) > 1:
            drawn[f"{name} {DEAD}"] = Curve(rates, shares, DEAD, "learning rate")
    return drawn


def maps(knobs: ActivationsKnobs, sums: Tensor) -> dict[str, colour.Pixels]:
    """The feature map before and behind each activation, in one range of colours."""
    shown = {"sums": colour.signed(sums)}
    for name in knobs.names:
        shown[name] = colour.signed(activations.value(name, sums, knobs.leak), like=sums)
    return shown


def family(knobs: ActivationsKnobs) -> Table:
    """Every activation at a few places."""
    import torch

    x = torch.tensor(FAMILY_AT, dtype=torch.float64)
    rows = [
        (name, *(round(value, 2) + 0.0 for value in activations.value(name, x, knobs.leak).tolist()))
        for name in activations.NAMES
    ]
    return Table(("x =", *(f"{place}".replace("-", "−") for place in FAMILY_AT)), tuple(rows))


def dead_table(trained: Sequence[Trained]) -> Table:
    """Every net that was trained, a row for each rate: how many units are dead, and the last loss, ∞ if it ran away."""
    names = tuple(dict.fromkeys(each.activation for each in trained))
    rows: list[tuple[Cell, ...]] = []
    for rate in dict.fromkeys(each.learning_rate for each in trained):
        cells = {each.activation: _cells(each) for each in trained if each.learning_rate == rate}
        rows.append((float(f"{rate:.3g}"), *(cell for name in names for cell in cells.get(name, ("", "")))))
    return Table(("rate", *(title for name in names for title in (name, "loss"))), tuple(rows))


def _cells(trained: Trained) -> tuple[str, str]:
    return percent(trained.dead), "∞" if trained.ran_away else f"{trained.loss:.2f}"
