"""The picture, the curves and the tables of the demo `optimisers`."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from cnntutor.demos.gallery._optimisers_knobs import OptimisersKnobs
from cnntutor.demos.protocol import Cell, Curve, Table
from cnntutor.vision import colour, descent, range_test
from cnntutor.vision.descent import RACERS, Racer, Surface
from cnntutor.wording import percent

if TYPE_CHECKING:
    from torch import Tensor

    from cnntutor.demos.gallery._optimisers_work import Learnt

WINDOWS: dict[Surface, tuple[float, float, float, float]] = {
    "valley": (-5, 11, -1.3, 1.3),
    "bend": (-2, 2, -1, 3),
    "saddle": (-1.6, 1.6, -1.6, 1.6),
}
"""What the picture shows of a surface: along from … to, across from … to."""

WIDE = 64
"""Pixels of the picture in its length."""

SHARES: dict[Surface, float] = {"valley": 0.5, "bend": 0.6, "saddle": 0.6}
"""The picture's height, as a share of its length."""

COLOURS = (colour.POSITIVE, colour.NEGATIVE, (120, 220, 160), (240, 120, 170))
"""Of the racers, in their order: the colours in which a chart draws its first curves."""

BANDS = 14
"""Steps of brightness between the lowest and the highest place, so that lines of equal height can be seen."""

BRIGHTEST = 0.32
"""Of the heat map's colours; above it the paths would not stand out."""

LEAST = 1e-12
"""What lies lower is drawn as this high."""

PATHS, HEIGHT, LOSS, TEST = "paths", "height, power of ten", "loss of the nets", "loss by rate"
RACE, NETS, READING = "the race", "the nets", "what it says"


def ground(knobs: OptimisersKnobs) -> colour.Pixels:
    """The surface from above: the darker, the lower, in even steps of the height's logarithm."""
    import torch

    from cnntutor.vision.heat import heat

    left, right, low, high = WINDOWS[knobs.surface]
    rows = round(WIDE * SHARES[knobs.surface])
    across, along = torch.meshgrid(torch.linspace(high, low, rows), torch.linspace(left, right, WIDE), indexing="ij")
    heights = descent.height(knobs.surface, along, across, knobs.curvature)
    logs = (heights + heights.max() / 1e4).log()
    shares = (logs - logs.min()) / (logs.max() - logs.min())
    return heat(BRIGHTEST * (BANDS * shares).floor() / BANDS)


def drawn(knobs: OptimisersKnobs, ground: colour.Pixels, ways: Mapping[Racer, Tensor], steps: int) -> colour.Pixels:
    """The ground with every path as far as so many steps; the first racer lies on top."""
    pixels = ground.copy()
    for racer, shade in reversed(list(zip(RACERS, COLOURS, strict=True))):
        places = _pixels(knobs, pixels, ways[racer][: steps + 1])
        for start, end in pairwise(places):
            _line(pixels, start, end, shade)
        _dot(pixels, places[-1], shade, 2)
    return pixels


def _pixels(knobs: OptimisersKnobs, pixels: colour.Pixels, way: Tensor) -> list[tuple[float, float]]:
    """Row and column of each place."""
    left, right, low, high = WINDOWS[knobs.surface]
    rows, columns, _ = pixels.shape
    return [
        ((high - across) / (high - low) * (rows - 1), (along - left) / (right - left) * (columns - 1))
        for along, across in way.tolist()
    ]


def _line(
    pixels: colour.Pixels, start: tuple[float, float], end: tuple[float, float], shade: tuple[int, int, int]
) -> None:
    """One pixel wide; what lies outside is left out."""
    length = math.dist(start, end)
    for step in range(min(4 * WIDE, math.ceil(length)) + 1):
        share = step / max(1.0, math.ceil(length))
        _dot(pixels, (start[0] + share * (end[0] - start[0]), start[1] + share * (end[1] - start[1])), shade, 1)


def _dot(pixels: colour.Pixels, place: tuple[float, float], shade: tuple[int, int, int], radius: int) -> None:
    rows, columns, _ = pixels.shape
    row, column = (min(max(round(where), -radius), WIDE + radius) for where in place)
    if row < rows + radius and column < columns + radius:
        pixels[max(0, row - radius + 1) : row + radius, max(0, column - radius + 1) : column + radius] = shade


# Curves


def race_curves(heights: Mapping[Racer, Sequence[float]], steps: int) -> dict[str, Curve]:
    """The height by steps, as powers of ten."""
    found = {}
    for racer, values in heights.items():
        seen = values[: steps + 1]
        y = tuple(math.log10(max(LEAST, value)) for value in seen)
        found[f"{racer} {HEIGHT}"] = Curve(tuple(map(float, range(len(seen)))), y, HEIGHT, "step")
    return found


def net_curves(learnt: Mapping[Racer, Learnt]) -> dict[str, Curve]:
    """The loss of every net, a mean of neighbouring steps."""
    found = {}
    for racer, net in learnt.items():
        even = range_test.means(net.losses)
        if even:
            x = tuple(float(at + range_test.WIDTH) for at in range(len(even)))
            found[f"{racer} {LOSS}"] = Curve(x, tuple(even), LOSS, "step")
    return found


def test_curves(rates: Sequence[float], losses: Sequence[float]) -> dict[str, Curve]:
    """The loss by the power of ten of the rate, every step and the mean of neighbours, up to where it blows up."""
    top = range_test.BURST * losses[0] if losses else 0.0
    end = next((at for at, loss in enumerate(losses) if loss > top), len(losses))
    powers, shown = [math.log10(rate) for rate in rates], losses[:end]
    even = range_test.means(shown)
    half = range_test.WIDTH // 2
    curves = {}
    if even:
        curves["mean"] = Curve(tuple(powers[half : half + len(even)]), tuple(even), TEST, "rate, power of ten")
    if shown:
        curves["each step"] = Curve(tuple(powers[:end]), tuple(shown), TEST, "rate, power of ten")
    return curves


# Tables


def race_table(knobs: OptimisersKnobs, heights: Mapping[Racer, Sequence[float]], steps: int) -> Table:
    """Every racer's rate, the limit of the valley's sharpest direction, and how high it stands."""
    rows = []
    for racer, values in heights.items():
        limit = descent.limit(racer, knobs.curvature, knobs.momentum)
        shown = _number(limit) if math.isfinite(limit) else "none"
        lost = len(values) <= min(steps, knobs.steps)
        height = "lost" if lost else _number(values[steps])
        rate = _number(knobs.surface_rate(racer))
        rows.append((racer, rate, *((shown,) if knobs.surface == "valley" else ()), height))
    limits = ("limit",) if knobs.surface == "valley" else ()
    return Table(("", "rate", *limits, "height"), tuple(rows))


def net_table(knobs: OptimisersKnobs, learnt: Mapping[Racer, Learnt]) -> Table:
    """Every net's rate, and how many held-out digits it names right."""
    rows: list[tuple[Cell, ...]] = []
    for racer, net in learnt.items():
        lost = net.accuracy is not None and len(net.losses) < knobs.net_steps
        right = "" if net.accuracy is None else "lost" if lost else percent(net.accuracy)
        rows.append((racer, _number(knobs.net_rate(racer)), right))
    return Table(("", "rate", "right"), tuple(rows))


def reading_table(reading: range_test.Reading) -> Table:
    """The rates that the range test found."""
    bursts = "never" if reading.bursts is None else _number(reading.bursts)
    rows = (
        ("steepest", _number(reading.steepest)),
        ("lowest", _number(reading.lowest)),
        ("blows up", bursts),
    )
    return Table(("the loss", "at rate"), rows)


def _number(value: float) -> str:
    return f"{value:.3g}"
