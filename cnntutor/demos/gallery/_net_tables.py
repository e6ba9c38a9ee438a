"""Tables of a net's bill, for the demos that take a net apart block by block. No torch."""

from __future__ import annotations

from cnntutor.demos.protocol import Table
from cnntutor.vision.net_bill import WEIGHING, Bill, Row, shape_text
from cnntutor.vision.net_build import code
from cnntutor.wording import percent

BAR = 6
"""Blocks of a bar for 100 %."""


def costs(made: Bill) -> Table:
    """Each block's shape, parameters and MACs, exactly, and their sums."""
    blocks = zip(names(made), made.rows, strict=True)
    rows = [(name, shape_text(row.shape), row.params, row.macs) for name, row in blocks]
    return Table(("block", "gives", "params", "MACs"), (*rows, ("  all", "", made.params, made.macs)))


def shares(made: Bill) -> Table:
    """Each block's share of the three bills, as bars."""
    columns = {"parameters": "params", "MACs": "macs", "bytes": "bytes"}
    rows = [(row.block.short, *(_share(made, row, what) for what in columns.values())) for row in made.rows]
    return Table(("block", *columns), tuple(rows))


def fields(made: Bill) -> Table:
    """What each block sees, and how much of the picture that is."""
    blocks = zip(names(made), made.rows, strict=True)
    rows = [(name, str(row.sees or ""), _covered(made, row)) for name, row in blocks]
    return Table(("block", "a number sees", "of the side"), tuple(rows))


def lines(made: Bill) -> Table:
    """The net in PyTorch, line by line."""
    return Table(("PyTorch",), tuple((line,) for line in code(made)))


def bar(share: float) -> str:
    """`███ 48 %`."""
    return f"{'█' * round(BAR * share)} {percent(share)}".strip()


def title(made: Bill, at: int) -> str:
    """A block by its place: `block 3, conv 32 k3`."""
    return f"block {at + 1}, {made.rows[at].block}"


def weighing(made: Bill) -> list[int]:
    """Places of the blocks that multiply by what they have learnt."""
    return [at for at, row in enumerate(made.rows) if row.block.name in WEIGHING]


def names(made: Bill) -> list[str]:
    """The blocks with their numbers before them."""
    return [f"{at} {row.block}" for at, row in enumerate(made.rows, 1)]


def _share(made: Bill, row: Row, what: str) -> str:
    return bar(getattr(row, what) / total) if (total := getattr(made, what)) and getattr(row, what) else "–"


def _covered(made: Bill, row: Row) -> str:
    """How much of the picture's side a number of the row sees."""
    if row.sees is None:
        return ""
    return bar(1.0 if row.sees.whole else min(1.0, row.sees.size / made.task.side))
