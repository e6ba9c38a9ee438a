"""The tables of the demo `tour`, and the chart of what becomes less on the way and what more."""

from __future__ import annotations

from math import log2

from cnntutor.demos.gallery._tour_way import Way
from cnntutor.demos.protocol import Cell, Curve, Table

BEHIND, AHEAD = 2, 7
"""Rows of the table before and after the layer that is visited, which even a small screen then shows."""

CLASSES_LISTED = 8
BAR = 9
"""Blocks of a bar for 100 %."""

CHART = "where and what"


def answer(way: Way) -> Table:
    """The likeliest classes; the walk has to arrive."""
    assert way.scores is not None
    chances, order = way.scores.softmax(0).sort(descending=True)
    top = zip(order.tolist()[:CLASSES_LISTED], chances.tolist(), strict=False)
    rows = tuple((way.net.name_of(index), round(100 * chance, 1), "█" * round(BAR * chance)) for index, chance in top)
    return Table(("class", "%", ""), rows)


def layers_near(way: Way, place: int) -> Table:
    """The layers around the one that is visited, which is marked."""
    start = max(0, place - BEHIND)
    places = range(start, min(len(way.stops), start + BEHIND + AHEAD + 1))
    rows = (("▸" if at == place else "", *_row(way, at)) for at in places)
    return Table(("", *_COLUMNS), tuple(rows))


def all_layers(way: Way) -> Table:
    """The whole way."""
    return Table(_COLUMNS, tuple(_row(way, at) for at in range(len(way.stops))))


_COLUMNS = ("layer", "gives", "params", "sees", "MACs", "kind")


def _row(way: Way, place: int) -> tuple[Cell, ...]:
    row = way.stops[place].row
    shape, seen = "×".join(map(str, row.output_shape)), row.receptive_field
    sees = None if seen is None else str(seen)
    return row.name or way.net.title, shape, row.params, sees, row.macs, row.kind


def where_and_what(way: Way) -> dict[str, Curve]:
    """Places and channels behind every layer, as powers of two: less where, more what."""
    sizes = [(way.x.shape[1] * way.x.shape[2], len(way.x))]
    for place in range(len(way.stops)):
        channels, height, width = way.maps_at(place).shape
        sizes.append((height * width, channels))
    layers = tuple(map(float, range(len(sizes))))
    return {
        name: Curve(layers, tuple(log2(size[index]) for size in sizes), CHART, "layer", "log₂")
        for index, name in enumerate(("places, log₂", "channels, log₂"))
    }
