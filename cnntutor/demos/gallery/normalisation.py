"""normalisation: the same net with two norms, and batches that get smaller until one of them breaks."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from cnntutor import paths
from cnntutor.demos.gallery import _normalisation_words as words
from cnntutor.demos.gallery._normalisation_knobs import NormalisationKnobs
from cnntutor.demos.protocol import Cell, Curve, Frame, Grid, Table, demo
from cnntutor.vision import colour
from cnntutor.vision.norms import NAMES, NormName

if TYPE_CHECKING:
    import torch

    from cnntutor.demos.gallery._normalisation_race import Company, Race

SHOWN_EVERY = 0.15
"""Seconds from one frame to the next."""

MOST_SHOWN = 4
"""Pictures and channels of the table of who shares a mean."""

SMOOTHED = 40
"""Points of a loss curve."""

ERRORS, TABLE, LOSS = "wrong in %", "by batch size", "loss"


def _constants(knobs: NormalisationKnobs, seed: int) -> Mapping[str, object]:
    del seed
    data = paths.assets_dir() / "data" / "digits.npz"
    return {"DATA": str(data), "SIZES": list(knobs.sizes), "STRIDES": list(knobs.strides)}


@demo(
    "normalisation",
    topic="normalisation",
    title="Shrink the batch",
    promise="Two nets, alike but for the norm, learn from ever smaller batches, until one of them breaks.",
    constants=_constants,
    predict=words.predict,
)
def normalisation(knobs: NormalisationKnobs, device: torch.device) -> Iterator[Frame]:
    """A frame at the start, by the clock, after every round, and one with everything."""
    from cnntutor.demos.gallery import _normalisation_race as racing

    race = racing.start(knobs)
    yield _frame(race, (), words.waiting(knobs, 0))
    shown = time.perf_counter()
    for _ in racing.run(race, device):
        if time.perf_counter() - shown >= SHOWN_EVERY:
            yield _frame(race, (), words.waiting(knobs, race.size))
            shown = time.perf_counter()
    yield _frame(race, tuple(racing.companies(race)))


def _frame(race: Race, companies: tuple[Company, ...], caption: str = "") -> Frame:
    knobs, figures = race.knobs, _figures(race, companies)
    with_losses = {"learning": (LOSS,)} if race.size else {}
    views: dict[str, tuple[str, ...]] = {"errors": (ERRORS, TABLE) if _curves(race) else (TABLE,), **with_losses}
    views |= {"sets": NAMES, "counts": ("numbers and means",), "company": ("the digit", "in company")}
    return Frame(
        {"the digit": colour.rgb(race.data.held_out.x[knobs.picture])},
        curves=_curves(race) | _losses(race),
        grids={norm: _sets(knobs, norm) for norm in NAMES},
        tables={TABLE: _errors(race), "numbers and means": _counts(knobs), "in company": _company(race, companies)},
        views={knobs.show: views[knobs.show], **views},
        figures=figures,
        formulas=words.formulas(knobs),
        caption=caption or words.caption(knobs, figures),
        progress=race.steps / race.total_steps,
    )


# The race


def _curves(race: Race) -> dict[str, Curve]:
    """Errors by batch size; the sizes double, so that their logarithms lie evenly."""
    found = {}
    for norm, errors in race.errors.items():
        sizes = sorted(errors)
        if sizes:
            x = tuple(math.log2(size) for size in sizes)
            y = tuple(100 * errors[size] for size in sizes)
            found[f"{norm} norm"] = Curve(x, y, ERRORS, x_label="log₂ of the batch size", y_label="%")
    return found


def _losses(race: Race) -> dict[str, Curve]:
    """Of the round that runs, each point a mean over neighbouring steps."""
    found = {}
    for norm, losses in race.losses.items():
        width = max(1, race.knobs.config(race.size, 0).steps(len(race.data.train)) // SMOOTHED)
        means = [sum(part) / len(part) for part in _parts(losses, width)]
        x = tuple(float(min(len(losses), (place + 1) * width)) for place in range(len(means)))
        if means:
            found[f"{norm} norm, {race.size} a batch"] = Curve(x, tuple(means), LOSS, x_label="step", y_label="loss")
    return found


def _parts(values: list[float], width: int) -> list[list[float]]:
    return [values[start : start + width] for start in range(0, len(values), width)]


def _errors(race: Race) -> Table:
    """In per cent."""
    rows: list[tuple[Cell, ...]] = [
        (size, *(_rounded(race.errors[norm].get(size)) for norm in race.knobs.norms)) for size in race.knobs.sizes
    ]
    return Table(("size", *race.knobs.norms), tuple(rows))


def _rounded(share: float | None) -> float | None:
    return None if share is None else round(100 * share, 1)


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"


# Who shares a mean, and with whom


def _sets(knobs: NormalisationKnobs, norm: NormName) -> Grid:
    """The first pictures (rows) and channels (columns), each map with the number of its mean; the first is marked."""
    batch = knobs.table
    rows, columns = range(min(batch.pictures, MOST_SHOWN)), range(min(batch.channels, MOST_SHOWN))
    numbers = [[batch.set_of(norm, row, column) + 1 for column in columns] for row in rows]
    marked = tuple((row, column) for row in rows for column in columns if numbers[row][column] == 1)
    return Grid(tuple(map(tuple, numbers)), marked=marked)


def _counts(knobs: NormalisationKnobs) -> Table:
    batch = knobs.table
    rows = tuple((norm, batch.numbers(norm), batch.means(norm)) for norm in NAMES)
    return Table(("norm", "numbers to a mean", "means"), rows)


def _company(race: Race, companies: tuple[Company, ...]) -> Table:
    """The chance of the right digit in each company."""
    rows: list[tuple[Cell, ...]] = [
        (_listed(company.others), *(_percent(company.chances[answer]) for answer in ("train", "eval", "rival")))
        for company in companies
    ]
    return Table(("beside", "train", "eval", race.knobs.rival), tuple(rows))


def _listed(digits: tuple[int, ...]) -> str:
    shown = " ".join(map(str, digits[:MOST_SHOWN]))
    return f"{shown} …" if len(digits) > MOST_SHOWN else shown


def _figures(race: Race, companies: tuple[Company, ...]) -> dict[str, float]:
    from cnntutor.demos.gallery._normalisation_race import swing

    batch = race.knobs.table
    errors = {f"error_{norm}_{size}": error for norm, found in race.errors.items() for size, error in found.items()}
    swings = {f"swing_{answer}": swing(list(companies), answer) for answer in ("train", "eval", "rival")}
    counts = {f"numbers_{norm}": batch.numbers(norm) for norm in NAMES}
    return errors | (swings if companies else {}) | counts | {f"means_{norm}": batch.means(norm) for norm in NAMES}
