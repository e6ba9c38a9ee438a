"""attention: factors worked out from the picture. Every place asks all others, or every channel gets a gate."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from cnntutor.demos.gallery import _attention_words as words
from cnntutor.demos.gallery._attention_gate_frames import training
from cnntutor.demos.gallery._attention_knobs import AttentionKnobs
from cnntutor.demos.gallery._attention_map import Attention, attention_of
from cnntutor.demos.protocol import Cell, Curve, Frame, Table, demo
from cnntutor.vision import arithmetic, colour
from cnntutor.vision.attention import attention_macs
from cnntutor.vision.heat import heat, over

if TYPE_CHECKING:
    import torch

HOLD = 0.45
"""Seconds at each stop of the query's walk."""

WALK = ((15, 15), (15, 85), (60, 70), (85, 30))
"""Where else the query stands on its way: per cent down and across."""

BLEND = 0.65
KEYS_LISTED = 8
COST_SIDES = (4, 7, 8, 12, 14, 16, 20, 24, 28, 32)


@demo(
    "attention",
    topic="attention",
    title="Let the picture choose",
    promise="Point at a cell and see what it attends to, or watch gates open for one picture and close for another.",
    predict=words.predict,
)
def attention(knobs: AttentionKnobs, device: torch.device) -> Iterator[Frame]:
    """Self-attention: the query walks over the picture. Gates: they are trained until the last frame."""
    if knobs.block == "self-attention":
        yield from _walk(knobs, device)
    else:
        yield from training(knobs, device)


# Self-attention


def _walk(knobs: AttentionKnobs, device: torch.device) -> Iterator[Frame]:
    found = attention_of(knobs, device)
    last = knobs.map_side - 1
    stops = [knobs.query, *((round(last * down / 100), round(last * across / 100)) for down, across in WALK)]
    for number, query in enumerate(stops):
        yield _asked(found, query, number / len(stops), HOLD)
    yield _asked(found, knobs.query, 1.0)


def _asked(found: Attention, query: tuple[int, int], progress: float, hold: float = 0.0) -> Frame:
    """What one query attends to."""
    pictures = _pictures(found, query)
    return Frame(
        {**pictures, "a row for each query": heat((found.weights / found.weights.quantile(0.98)).sqrt())},
        curves=_costs(found.knobs),
        tables={"its keys": _keys(found, query), "million MACs by side": _cost_table(found.knobs)},
        views={
            "map": tuple(pictures),
            "keys": ("attends to", "its keys"),
            "cost": ("million MACs", "million MACs by side"),
            "matrix": ("a row for each query",),
        },
        figures=_figures(found, query),
        formulas=words.formulas(found, float(found.weights[found.index(query)].sum())),
        caption=words.caption(found, query),
        progress=progress,
        hold=hold,
    )


def _pictures(found: Attention, query: tuple[int, int]) -> dict[str, colour.Pixels]:
    """The picture with the cell that asks, and the picture under its weights."""
    from torch.nn import functional

    side, cells = found.pixels.shape[0], found.knobs.map_side
    top, left = (place * side // cells for place in query)
    row = found.row(query)
    weights = functional.interpolate((row / row.max())[None, None], (side, side))[0, 0]
    return {
        "query": colour.outlined(found.pixels, top, left, max(2, side // cells)),
        "attends to": over(found.pixels, weights, BLEND),
    }


def _figures(found: Attention, query: tuple[int, int]) -> dict[str, float]:
    knobs = found.knobs
    inside = found.inside(query)
    figures = {
        "cells": knobs.cells,
        "factors": knobs.cells**2,
        "macs": attention_macs(knobs.cells, knobs.channels),
        "conv_macs": _conv_macs(knobs.map_side, knobs.channels),
        "row_sum": float(found.weights[found.index(query)].sum()),
        "largest": float(found.row(query).max()),
        "attended": found.attended(query),
        "near": found.near(query),
        "difference": found.difference,
        "shuffled": found.shuffled,
    }
    return figures if inside is None else figures | {"inside": inside}


def _keys(found: Attention, query: tuple[int, int]) -> Table:
    """The keys that weigh most, the others in one line, and their sum."""
    row = found.row(query).flatten()
    heaviest = row.argsort(descending=True)[:KEYS_LISTED].tolist()
    rows: list[tuple[Cell, ...]] = [(_place(found, key), round(float(row[key]), 4)) for key in heaviest]
    rest = len(row) - len(heaviest)
    if rest:
        rows.append((f"{rest:,} more", round(float(row.sum() - row[heaviest].sum()), 4)))
    return Table(("row, column", "weight"), (*rows, ("sum", round(float(row.sum()), 4))))


def _place(found: Attention, key: int) -> str:
    row, column = divmod(key, found.knobs.map_side)
    return f"{row + 1}, {column + 1}"


def _conv_macs(side: int, channels: int) -> int:
    return arithmetic.conv_macs(channels, channels, 3, side, side)


def _costs(knobs: AttentionKnobs) -> dict[str, Curve]:
    sides = tuple(float(side) for side in COST_SIDES)
    labels = {"chart": "million MACs", "x_label": "side of the map"}
    attended = tuple(attention_macs(side**2, knobs.channels) / 1e6 for side in COST_SIDES)
    convolved = tuple(_conv_macs(side, knobs.channels) / 1e6 for side in COST_SIDES)
    return {"attention": Curve(sides, attended, **labels), "3×3 convolution": Curve(sides, convolved, **labels)}


def _cost_table(knobs: AttentionKnobs) -> Table:
    c = knobs.channels
    sides = sorted({7, 14, 28, knobs.map_side})
    return Table(
        ("side", "factors", "attention", "conv"),
        tuple((side, side**4, _millions(attention_macs(side**2, c)), _millions(_conv_macs(side, c))) for side in sides),
    )


def _millions(macs: int) -> float:
    return float(f"{macs / 1e6:.3g}")
