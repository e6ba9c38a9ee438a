"""What your-memory shows: recall by interval beside the curve, the losses, the surface with the path, the tables."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cnntutor.demos.gallery._your_memory_fit import HIGHEST, LOWEST, Descent, surface
from cnntutor.demos.gallery._your_memory_log import START, Log
from cnntutor.demos.protocol import Curve, Table
from cnntutor.vision import colour
from cnntutor.vision.heat import heat
from cnntutor.vision.recall import Shape, days_until, recall, wilson
from cnntutor.wording import DAY, distance, percent

if TYPE_CHECKING:
    from torch import Tensor

BINS = 9
"""Of answers with like intervals, equally many in each."""

GROUPS = 5
"""Of held-out answers for the calibration."""

POINTS = 60
ROWS, COLUMNS = 72, 108
"""Of the loss surface."""

BANDS, BRIGHTEST = 14, 0.6
STABILITIES = (1, 3, 10, 30, 100)
KEPT = (0.9, 0.8, 0.7, 0.5)
LONGEST_TOLD = 3650

TRUTH, PATH = (120, 220, 160), (150, 200, 255)


@dataclass(frozen=True, slots=True)
class Bin:
    """Answers with like intervals."""

    ratio: float
    """Their geometric mean of days ÷ stability."""
    least: float
    most: float
    recalled: int
    count: int

    @property
    def share(self) -> float:
        """Of them that were recalled."""
        return self.recalled / self.count


def bins(log: Log) -> list[Bin]:
    """The answers in groups of equal size, by days ÷ stability."""
    order = log.ratio.argsort()
    parts = zip(*(part[order].tensor_split(BINS) for part in (log.ratio, log.recalled)), strict=True)
    return [
        Bin(float(r.log().mean().exp()), float(r.min()), float(r.max()), int(hits.sum()), len(r)) for r, hits in parts
    ]


def recall_curves(groups: list[Bin], shape: Shape, logs: Tensor, chart: str) -> dict[str, Curve]:
    """The curve, what was observed with its 95 % range, and FSRS as it comes."""
    import torch

    low, high = math.log2(groups[0].ratio) - 0.5, math.log2(groups[-1].ratio) + 0.5
    x = torch.linspace(low, high, POINTS, dtype=torch.float64)
    at = tuple(math.log2(group.ratio) for group in groups)
    ranges = [wilson(group.recalled, group.count) for group in groups]
    start = torch.tensor(START, dtype=torch.float64)

    def line(places: tuple[float, ...], values: tuple[float, ...]) -> Curve:
        return Curve(places, values, chart, "log₂(days ÷ stability)", "recalled")

    along = tuple(x.tolist())
    return {
        "curve": line(along, tuple(recall(shape, 2**x, logs).tolist())),
        "observed": line(at, tuple(group.share for group in groups)),
        "low": line(at, tuple(low for low, _ in ranges)),
        "FSRS": line(along, tuple(recall("power", 2**x, start).tolist())),
        "high": line(at, tuple(high for _, high in ranges)),
    }


def bin_table(groups: list[Bin], shape: Shape, logs: Tensor) -> Table:
    """Each bin with its counts, its 95 % range and what the curve says."""
    import torch

    said = recall(shape, torch.tensor([group.ratio for group in groups], dtype=torch.float64), logs).tolist()
    rows = [
        (f"{g.least:.2g} to {g.most:.2g}", f"{g.recalled} of {g.count}", percent(g.share), _range(g), percent(chance))
        for g, chance in zip(groups, said, strict=True)
    ]
    return Table(("days ÷ S", "recalled", "share", "95 %", "curve"), tuple(rows))


def _range(group: Bin | Group) -> str:
    low, high = wilson(group.recalled, group.count)
    return f"{100 * low:.0f}–{100 * high:.0f} %"


def loss_curves(descent: Descent, chart: str, rates: str) -> dict[str, Curve]:
    """The loss at each step, on the answers that are fitted and on those held out; and the rate of each step."""
    steps = tuple(map(float, range(len(descent.losses))))
    return {
        "fitted": Curve(steps, tuple(descent.losses), chart, "step", "log loss"),
        "held out": Curve(steps, tuple(descent.held_losses), chart, "step", "log loss"),
        "learning rate": Curve(tuple(steps[: len(descent.rates)]), tuple(descent.rates), rates, "step", "rate"),
    }


# The surface


def ground(shape: Shape, train: Log) -> colour.Pixels:
    """The loss from above, the darker the lower, in even steps of the height's logarithm above the lowest."""
    losses = surface(shape, train, ROWS, COLUMNS)
    heights = (losses - losses.min() + 1e-3 * (losses.max() - losses.min())).log()
    shares = (heights - heights.min()) / (heights.max() - heights.min())
    return heat(BRIGHTEST * (BANDS * shares).floor() / BANDS)


def with_path(ground: colour.Pixels, descent: Descent, truth: tuple[float, float] | None) -> colour.Pixels:
    """The surface with the way of the descent in blue, where it stands in orange, and the truth as a green cross."""
    pixels = ground.copy()
    if truth is not None:
        row, column = _place(*truth)
        _fill(pixels, row, column, 1, 4, TRUTH)
        _fill(pixels, row, column, 4, 1, TRUTH)
    for start, end in zip(descent.path, descent.path[1:], strict=False):
        _line(pixels, _place(*start), _place(*end))
    _fill(pixels, *_place(*descent.path[-1]), 2, 2, colour.POSITIVE)
    return pixels


def _fill(pixels: colour.Pixels, row: int, column: int, height: int, width: int, paint: tuple[int, int, int]) -> None:
    """A rectangle around a pixel, so many pixels to each side."""
    pixels[max(0, row - height) : row + height + 1, max(0, column - width) : column + width + 1] = paint


def _line(pixels: colour.Pixels, start: tuple[int, int], end: tuple[int, int]) -> None:
    count = 1 + max(abs(end[0] - start[0]), abs(end[1] - start[1]))
    for at in range(count):
        row, column = (round(a + (b - a) * at / count) for a, b in zip(start, end, strict=True))
        _fill(pixels, row, column, 1, 1, PATH)


def _place(decay: float, scale: float) -> tuple[int, int]:
    """Row and column of ln decay and ln scale; what lies beyond stands at the edge."""
    across = (HIGHEST[1] - scale) / (HIGHEST[1] - LOWEST[1])
    along = (decay - LOWEST[0]) / (HIGHEST[0] - LOWEST[0])
    return round((ROWS - 1) * min(max(across, 0), 1)), round((COLUMNS - 1) * min(max(along, 0), 1))


# What it means


def meaning(shape: Shape, decay: float, scale: float) -> Table:
    """For how many days a card of some stability is kept, by the curve."""
    rows = [
        (f"{stability} d", *(_long(stability * days_until(shape, kept, decay, scale)) for kept in KEPT))
        for stability in STABILITIES
    ]
    return Table(("stability", *(percent(kept) for kept in KEPT)), tuple(rows))


def _long(days: float) -> str:
    """A stretch of time; nobody's log says anything about more than ten years."""
    return "over 10 y" if days > LONGEST_TOLD else distance(DAY * days)


@dataclass(frozen=True, slots=True)
class Group:
    """Held-out answers that were given like chances."""

    said: float
    """Their mean chance."""
    recalled: int
    count: int


def calibration(descent: Descent) -> list[Group]:
    """The held-out answers in groups of equal size, by the chance that the curve gave them."""
    held = descent.held
    chances = recall(descent.shape, held.ratio, descent.logs)
    order = chances.argsort()
    parts = zip(*(part[order].tensor_split(min(GROUPS, len(held))) for part in (chances, held.recalled)), strict=True)
    return [Group(float(said.mean()), int(hits.sum()), len(said)) for said, hits in parts]


def calibration_table(groups: list[Group]) -> Table:
    """Said and came, group by group."""
    rows = [(percent(each.said), percent(each.recalled / each.count), _range(each), each.count) for each in groups]
    return Table(("curve says", "came true", "95 %", "answers"), tuple(rows))


def calibration_curves(groups: list[Group], chart: str) -> dict[str, Curve]:
    """Came over said, beside the line on which both are equal."""
    said = tuple(each.said for each in groups)
    ends = (min(said), max(said))
    came = tuple(each.recalled / each.count for each in groups)
    return {
        "came true": Curve(said, came, chart, "chance said", "came true"),
        "said = came": Curve(ends, ends, chart, "chance said", "came true"),
    }
