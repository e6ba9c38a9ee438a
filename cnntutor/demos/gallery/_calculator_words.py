"""What the demo `calculator` says: the working of each block, and the question before. No torch."""

from __future__ import annotations

from collections.abc import Iterator

from cnntutor.demos.gallery import _net_tables as tables
from cnntutor.demos.gallery._calculator_knobs import CalculatorKnobs
from cnntutor.demos.protocol import Frame, Prediction
from cnntutor.vision.net_bill import Bill, Row, shape_text
from cnntutor.vision.sizes import FLOAT
from cnntutor.wording import percent

BILLS = {"params": "parameters", "macs": "MACs", "bytes": "bytes"}
_COUNT = ("No", "One", "Two", "Three")
PER_WEIGHT = 4
"""Numbers kept for each weight in training: itself, its gradient, and Adam's two averages."""

MOST_CHOICES = 4


def working(row: Row) -> tuple[str, ...]:
    """A block's shape, parameters, MACs and bytes with its numbers filled in; `arithmetic` has the sources."""
    return tuple(_working(row))


def _working(row: Row) -> Iterator[str]:
    block, before, after = row.block, row.before, row.shape
    match block.name:
        case "conv":
            taps = f"{block['k']}·{block['k']}·{before[0] // block['g']}"
            bias = f"({taps} + 1)" if block["b"] else taps
            yield _side(row, block["k"], block["d"])
            yield f"parameters = {bias}·{after[0]} = {row.params:,}"
            yield f"MACs = {taps}·{_product(row)} = {row.macs:,}"
        case "pool" | "avg":
            yield _side(row, block[""], 1)
        case "linear":
            bias = f"({before[0]:,} + 1)" if block["b"] else f"{before[0]:,}"
            yield f"parameters = {bias}·{after[0]} = {row.params:,}"
            yield f"MACs = {before[0]:,}·{after[0]} = {row.macs:,}"
        case "norm":
            yield f"parameters = 2·{before[0]} = {row.params:,}"
        case "flatten":
            yield f"numbers = {'·'.join(map(str, before))} = {after[0]:,}"
    yield f"bytes = {FLOAT}·{_product(row)} = {row.bytes:,}"


def _product(row: Row) -> str:
    return "·".join(map(str, row.shape))


def _side(row: Row, kernel: int, dilation: int) -> str:
    """⌊(n + 2p − d(k − 1) − 1)/s⌋ + 1."""
    block, before, after = row.block, row.before[-1], row.shape[-1]
    return f"side = ⌊({before} + 2·{block['p']} − {dilation}·{kernel - 1} − 1)/{block['s']}⌋ + 1 = {after}"


def totals(knobs: CalculatorKnobs, made: Bill) -> tuple[str, ...]:
    """The chosen block's working, and what the whole net comes to; its bytes where these are looked at."""
    *lines, bytes_ = working(made.rows[knobs.chosen])
    if knobs.show == "bytes":
        kept = knobs.batch * made.bytes
        return bytes_, f"all maps, batch of {knobs.batch} = {knobs.batch}·{made.bytes:,} = {kept:,}"
    return (*lines, f"all FLOPs = 2·{made.macs:,} = {2 * made.macs:,}")


def training_bytes(knobs: CalculatorKnobs, made: Bill) -> tuple[int, int]:
    """In training: of the maps of the batch, and of the weights with what is kept beside them."""
    return knobs.batch * made.bytes, PER_WEIGHT * FLOAT * made.params


def passing(made: Bill, at: int) -> str:
    """What is said while the picture goes through the net."""
    row = made.rows[at]
    return f"**{tables.title(made, at)}**: {shape_text(row.before)} come in, {shape_text(row.shape)} go out."


def caption(knobs: CalculatorKnobs, made: Bill) -> str:
    """Who wins the three bills, and what to try."""
    return f"**Look** {_look(made)}\n\n**Try** {_try(knobs, made)}"


def _look(made: Bill) -> str:
    winners = {what: made.largest(what) for what in BILLS if getattr(made, what)}
    told = [
        _winner(made, at, [what for what in winners if winners[what] == at]) for at in dict.fromkeys(winners.values())
    ]
    joined = _joined(told)
    opening = f"{_COUNT[len(winners)]} bills, {_COUNT[len(told)].lower()} winners: {joined}"
    said = opening if len(told) > 1 else joined[0].upper() + joined[1:]
    return f"{said}. PyTorch's own module, built from these blocks, comes to the same numbers."


def _winner(made: Bill, at: int, bills: list[str]) -> str:
    shares = [f"{percent(getattr(made.rows[at], what) / getattr(made, what))} of the {BILLS[what]}" for what in bills]
    return f"{tables.title(made, at)}, has {_joined(shares)}"


def _joined(parts: list[str]) -> str:
    return f"{', '.join(parts[:-1])} and {parts[-1]}" if len(parts) > 1 else parts[0]


def _try(knobs: CalculatorKnobs, made: Bill) -> str:
    cases = (
        (knobs.side < 64, "Double `side`: which columns grow, and by how much? Then press enter on `net`, go to a"
         " convolution and double its filters."),
        (bool(made.params), "Press enter on `net` and put gap in front of flatten: what becomes of the parameters?"),
    )  # fmt: skip
    return next((advice for holds, advice in cases if holds), "Press enter on `net` and add a conv.")


# Predict first


def predict(knobs: CalculatorKnobs) -> Prediction | None:
    """Which block does most of the work; None where only one multiplies."""
    made = knobs.bill
    likely = [made.largest(what) for what in BILLS]
    weighing = tables.weighing(made)
    places = sorted(list(dict.fromkeys([at for at in likely if at in weighing] + weighing))[:MOST_CHOICES])
    if len(places) < 2:
        return None

    def judge(frame: Frame) -> int | None:
        busiest = int(frame.figures.get("busiest", 0)) - 1
        return places.index(busiest) if busiest in places else None

    return Prediction(
        f"{knobs.channels}×{knobs.side}×{knobs.side} go through **{knobs.net}**. Which block multiplies most?",
        tuple(tables.title(made, at) for at in places),
        judge,
        why="A convolution uses each of its weights at every position of the map that it writes, a linear layer once."
        " So the block with most parameters need not be the one with most work.",
        cards=("cost-vgg-dense",),
    )
