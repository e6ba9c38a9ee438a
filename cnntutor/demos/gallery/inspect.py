"""inspect: any net from its layers down to one number of one feature map, and the dot product that made it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import isnan
from typing import TYPE_CHECKING

from cnntutor.demos.gallery import _inspect_words as words
from cnntutor.demos.gallery._inspect_knobs import InspectKnobs, Sort
from cnntutor.demos.gallery._inspect_specimen import Section, Specimen, looks_of, section_of, specimen_of
from cnntutor.demos.protocol import Cell, Curve, Frame, Grid, Table, demo
from cnntutor.vision import colour, nets
from cnntutor.vision.heat import over

if TYPE_CHECKING:
    import torch
    from torch import Tensor

    from cnntutor.vision.profile import Row

CHANNELS_SHOWN = 16
CLASSES_LISTED = 5

LARGEST_WINDOW = 12
"""Cells on a side of a window that is still shown number by number."""

HEAT = 0.6
"""Share of the heat map's colours over the picture's."""


@demo(
    "inspect",
    topic="classics",
    title="Take a net apart",
    promise="Open any net: every layer's cost, its feature maps, and one number down to its dot product.",
    predict=words.predict,
)
def inspect(knobs: InspectKnobs, device: torch.device) -> Iterator[Frame]:
    """The table of the layers first, then the chosen layer and its cell, then where the net looks."""
    yield from _downloads(knobs)
    specimen = specimen_of(knobs, device)
    yield _opened(specimen, knobs.sort)
    section = section_of(specimen, knobs)
    yield _frame(specimen, section, knobs, None)
    yield _frame(specimen, section, knobs, looks_of(specimen))


def _downloads(knobs: InspectKnobs) -> Iterator[Frame]:
    if knobs.weights == "trained":
        for fetched in nets.fetch(knobs.model):
            yield Frame(caption=f"Downloading the weights of {knobs.model}: {fetched}.", progress=fetched.share)


# Frames


def _opened(specimen: Specimen, sort: Sort) -> Frame:
    return Frame(
        curves=_shares(specimen),
        tables={"layers": _layers(specimen, sort)},
        views={"layers": ("layers",), "cost": ("share of the whole",)},
        figures=_figures(specimen),
        caption=f"{specimen.net.title} has {len(specimen.layers)} layers. Now for the picture.",
        progress=0.3,
        choices=_choices(specimen),
    )


def _frame(
    specimen: Specimen, section: Section, knobs: InspectKnobs, looks: tuple[Mapping[str, Tensor], str] | None
) -> Frame:
    """All there is; `looks` is None until they are there."""
    picture = colour.rgb(specimen.picture)
    heats, no_look = looks or ({}, "")
    maps, grids, look = _maps(specimen, section), _grids(section), _looks(picture, heats)
    classes = _classes(specimen, section)
    seen = {"what it sees": _outlined(picture, specimen.row, section)}
    views = {
        "layers": ("layers",),
        "cost": ("share of the whole",),
        "maps": (*seen, *maps),
        "cell": tuple(title for title in grids if title != "products"),
        "sum": (*(["products"] if "products" in grids else []), "working"),
        "look": tuple(look),
        "picture": ("picture", *classes),
    }
    return Frame(
        {"picture": picture, **seen, **maps, **look},
        _shares(specimen),
        grids,
        {"layers": _layers(specimen, knobs.sort), "working": _working(section), **classes},
        {view: items for view, items in views.items() if items},
        _figures(specimen) | _figures_of_cell(specimen, section),
        words.caption(specimen, section, no_look),
        words.formulas(specimen, section),
        progress=1.0 if looks else 0.6,
        choices=_choices(specimen),
    )


def _choices(specimen: Specimen) -> dict[str, tuple[str, ...]]:
    return {"model": nets.net_names(), "layer": specimen.layers}


# The layers


def _layers(specimen: Specimen, sort: Sort) -> Table:
    profile = specimen.profile
    rows = list(profile.rows)
    if sort != "calls":
        rows.sort(key=lambda row: int(getattr(row, sort)), reverse=True)
    columns = ("", "layer", "params", "MACs", "output", "sees", "kind", "params %", "MACs %")
    return Table(columns, tuple(_line(specimen, row) for row in rows))


def _line(specimen: Specimen, row: Row) -> tuple[Cell, ...]:
    profile = specimen.profile
    chosen = "▸" if row is specimen.row else ""
    shape = "×".join(map(str, row.output_shape))
    seen = None if row.receptive_field is None else str(row.receptive_field)
    shares = (_hundredths(row.params, profile.params), _hundredths(row.macs, profile.macs))
    return (chosen, specimen.name_of(row), row.params, row.macs, shape, seen, row.kind, *shares)


def _hundredths(part: int, whole: int) -> float:
    return round(100 * part / whole, 1) if whole else 0.0


def _shares(specimen: Specimen) -> dict[str, Curve]:
    """How much of all parameters and MACs the net has up to each layer, in %."""
    profile = specimen.profile
    return {
        "parameters": _cumulative([row.params for row in profile.rows]),
        "MACs": _cumulative([row.macs for row in profile.rows]),
    }


def _cumulative(amounts: list[int]) -> Curve:
    whole, sums, total = sum(amounts) or 1, [0.0], 0
    for amount in amounts:
        total += amount
        sums.append(100 * total / whole)
    return Curve(tuple(map(float, range(len(sums)))), tuple(sums), "share of the whole", "layers", "%")


def _figures(specimen: Specimen) -> dict[str, float]:
    profile, row = specimen.profile, specimen.row
    convolutions = sum(r.params for r in profile.rows if r.kind.startswith("Conv"))
    linear = sum(r.params for r in profile.rows if r.kind == "Linear")
    figures: dict[str, float] = {
        "params": profile.params,
        "macs": profile.macs,
        "layers": len(specimen.layers),
        words.CONVOLUTIONS: convolutions,
        words.LINEAR: linear,
        words.OTHERS: profile.params - convolutions - linear,
        "layer_params": row.params,
        "layer_macs": row.macs,
    }
    if row.receptive_field is not None:
        figures["receptive_field"] = specimen.net.side if row.receptive_field.whole else row.receptive_field.size
    return figures


# The maps


def _maps(specimen: Specimen, section: Section) -> dict[str, colour.Pixels]:
    """The strongest channels side by side, and the chosen one large; a row of numbers as one sheet."""
    maps, channel = section.maps, section.at[0]
    if maps.shape[1:] == (1, 1):
        return {f"{len(maps)} numbers": colour.signed(_sheet(maps.flatten()))}
    shown = section.strongest[:CHANNELS_SHOWN]
    sheet = colour.mosaic([colour.shade(maps[index]) for index in shown], columns=min(4, len(shown)))
    return {f"{len(shown)} of {len(maps)} maps": sheet, f"channel {channel}": _marked(maps, section)}


def _marked(maps: Tensor, section: Section) -> colour.Pixels:
    channel, row, column = section.at
    return _framed(colour.shade(maps[channel]), (row, column, row + 1, column + 1))


def _sheet(numbers: Tensor) -> Tensor:
    """Numbers in rows, as square as it goes; what is left over is unknown."""
    side = -(-len(numbers) // int(len(numbers) ** 0.5))
    rows = -(-len(numbers) // side)
    sheet = numbers.new_full((rows * side,), float("nan"))
    sheet[: len(numbers)] = numbers
    return sheet.reshape(rows, side)


def _outlined(picture: colour.Pixels, row: Row, section: Section) -> colour.Pixels:
    """The picture with a frame around what the cell sees of it."""
    seen = row.receptive_field
    if seen is None:
        return picture
    height, width, _ = picture.shape
    patch = (0, 0, height, width) if seen.whole else seen.patch(*section.at[1:])
    return _framed(picture, patch)


def _framed(pixels: colour.Pixels, patch: tuple[int, int, int, int]) -> colour.Pixels:
    """A copy with a line just outside a rectangle, or along the border where that is nearer."""
    framed = pixels.copy()
    height, width, _ = pixels.shape
    top, left = max(0, patch[0] - 1), max(0, patch[1] - 1)
    bottom, right = min(height - 1, patch[2]), min(width - 1, patch[3])
    framed[[top, bottom], left : right + 1] = colour.POSITIVE
    framed[top : bottom + 1, [left, right]] = colour.POSITIVE
    return framed


# The cell


def _grids(section: Section) -> dict[str, Grid]:
    windows = section.cell.windows
    if any(max(values.shape) > LARGEST_WINDOW for values in windows.values()):
        return {}
    return {
        title: Grid(
            tuple(tuple(None if isnan(cell) else cell for cell in line) for line in values.tolist()),
            marked=section.cell.marked if title == "patch" else (),
        )
        for title, values in windows.items()
    }


def _working(section: Section) -> Table:
    cell = section.cell
    lines: list[tuple[Cell, ...]] = [(name, _round(value)) for name, value in cell.terms]
    if cell.result is not None:
        lines.append(("worked out", _round(cell.result)))
    lines.append(("the layer gave", _round(cell.value)))
    return Table(("part", "value"), tuple(lines))


def _figures_of_cell(specimen: Specimen, section: Section) -> dict[str, float]:
    channel, row, column = section.at
    figures: dict[str, float] = {
        "output_size": section.maps.shape[-1],
        "channels": len(section.maps),
        "channel": channel,
        "row": row,
        "column": column,
        "value": section.cell.value,
    }
    if section.cell.sum_of_products is not None:
        figures["sum_of_products"] = section.cell.sum_of_products
    return figures


def _round(value: float) -> float:
    return round(value, 4) + 0.0


# What the net makes of the picture


def _looks(picture: colour.Pixels, heats: Mapping[str, Tensor]) -> dict[str, colour.Pixels]:
    return {f"at {layer}": over(picture, heat, HEAT) for layer, heat in heats.items()}


def _classes(specimen: Specimen, section: Section) -> dict[str, Table]:
    """The likeliest classes; none if the net does not answer with scores."""
    if section.scores is None:
        return {}
    chances, order = section.scores.softmax(0).sort(descending=True)
    top = zip(order.tolist()[:CLASSES_LISTED], chances.tolist(), strict=False)
    return {
        "classes": Table(
            ("class", "probability"), tuple((specimen.net.name_of(index), _round(chance)) for index, chance in top)
        )
    }
