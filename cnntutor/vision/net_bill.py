"""What every block of a net costs and sees, worked out by hand from `arithmetic`; and what cannot be. No torch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import prod

from cnntutor.errors import UsageError
from cnntutor.vision.arithmetic import conv_macs, conv_params, dense_params, output_size, receptive_field
from cnntutor.vision.net_text import MOST_BLOCKS, Block, NetTextError, parse
from cnntutor.vision.sizes import FLOAT

Shape = tuple[int, ...]
"""(channels, height, width) of maps, or (numbers,) of a flat row."""

Window = tuple[int, int, int, int]
"""Kernel, stride, padding, dilation."""

WEIGHING = ("conv", "linear")
"""Kinds that multiply by what they have learnt."""


@dataclass(frozen=True, slots=True)
class Task:
    """What a net is for."""

    channels: int
    """Of the picture."""
    side: int
    """Of the picture, in pixels."""
    classes: int = 0
    """Scores that the net must end with; 0: it may end with anything."""
    most_macs: int = 0
    """For one picture; 0: as many as it likes."""
    most_blocks: int = MOST_BLOCKS

    @property
    def picture(self) -> Shape:
        """Its shape."""
        return self.channels, self.side, self.side


@dataclass(frozen=True, slots=True)
class Sees:
    """What one number of a block's output sees of the picture."""

    size: int
    """Side of the patch in pixels, also where it is larger than the picture."""
    whole: bool
    """Each of them sees all of the picture."""

    def __str__(self) -> str:
        return "whole input" if self.whole else f"{self.size}×{self.size}"


@dataclass(frozen=True, slots=True)
class Row:
    """One block."""

    block: Block
    before: Shape
    """Of what it takes; empty where that is not known."""
    shape: Shape = ()
    """Of what it gives; empty where it cannot be, or nobody knows what reaches it."""
    params: int = 0
    macs: int = 0
    """For one picture."""
    sees: Sees | None = None
    fault: str = ""
    """Why it cannot be, and what to do."""

    @property
    def bytes(self) -> int:
        """Of what it gives, for one picture."""
        return FLOAT * prod(self.shape) if self.shape else 0


@dataclass(frozen=True, slots=True)
class Bill:
    """A net, block by block."""

    task: Task
    rows: tuple[Row, ...]
    end_fault: str = ""
    """What the net as a whole lacks; empty where one of its blocks cannot be."""

    @property
    def params(self) -> int:
        """Learnt numbers."""
        return sum(row.params for row in self.rows)

    @property
    def macs(self) -> int:
        """For one picture."""
        return sum(row.macs for row in self.rows)

    @property
    def bytes(self) -> int:
        """Of all that its blocks give, for one picture."""
        return sum(row.bytes for row in self.rows)

    @property
    def shape(self) -> Shape:
        """Of what the net gives."""
        return self.rows[-1].shape

    @property
    def receptive_field(self) -> int:
        """Side of what a cell of the last maps sees, before they are averaged or flattened."""
        sizes = [1]
        for row in self.rows:
            if len(row.shape) != 3 or row.block.name == "gap" or row.sees is None:
                break
            sizes.append(row.sees.size)
        return sizes[-1]

    @property
    def faulty(self) -> int | None:
        """Place of the block that cannot be; `len(rows)` for the end; None where the net is sound."""
        at = next((at for at, row in enumerate(self.rows) if row.fault), None)
        return len(self.rows) if at is None and self.end_fault else at

    @property
    def fault(self) -> str:
        """What is wrong first, and where; empty where the net is sound."""
        at = self.faulty
        if at is None or at == len(self.rows):
            return self.end_fault
        return f"block {at + 1} ({self.rows[at].block}): {self.rows[at].fault}"

    def largest(self, what: str) -> int:
        """Place of the block that has most `params`, `macs` or `bytes`."""
        return max(range(len(self.rows)), key=lambda at: (getattr(self.rows[at], what), -at))


def bill(blocks: Sequence[Block], task: Task) -> Bill:
    """Work out what each block gives, costs and sees; behind one that cannot be, nothing is known.

    Args:
        blocks: at least one.
        task: what the net is for.
    """
    walk, rows = _Walk(task, task.picture), []
    for block in blocks:
        row, walk = walk.through(block)
        rows.append(row)
    made = Bill(task, tuple(rows))
    return made if made.fault else replace(made, end_fault=_end_fault(made))


def sound(text: str, task: Task, knob: str = "net") -> Bill:
    """The bill of a net that can be.

    Args:
        text: as `net_text` has it.
        task: what the net is for.
        knob: that holds it.

    Raises:
        UsageError: the text is no net, or a block of it cannot be; the line begins with the knob.
    """
    try:
        made = bill(parse(text), task)
    except NetTextError as error:
        raise UsageError(f"{knob}: {error}") from None
    if made.fault:
        raise UsageError(f"{knob}: {made.fault}")
    return made


@dataclass(frozen=True, slots=True)
class _Walk:
    """How far one has come through a net."""

    task: Task
    shape: Shape
    windows: tuple[Window, ...] = ()
    whole: bool = False

    def through(self, block: Block) -> tuple[Row, _Walk]:
        """The block's row, and the way behind it."""
        if not self.shape:
            return Row(block, ()), self
        try:
            shape = _shape(block, self.shape)
        except ValueError as error:
            return Row(block, self.shape, fault=str(error)), replace(self, shape=())
        behind = self._behind(block, shape)
        params, macs = _costs(block, self.shape, shape)
        return Row(block, self.shape, shape, params, macs, behind.sees), behind

    @property
    def sees(self) -> Sees:
        """Of a number here."""
        return Sees(receptive_field(self.windows).size, self.whole)

    def _behind(self, block: Block, shape: Shape) -> _Walk:
        walk = replace(self, shape=shape)
        if len(self.shape) == 1:
            return walk
        match block.name:
            case "conv":
                return walk._onto((block["k"], block["s"], block["p"], block["d"]))
            case "pool" | "avg":
                return walk._onto((block[""], block["s"], block["p"], 1))
            case "gap" | "flatten":
                return walk._all_together(self.shape[-1])
        return walk

    def _onto(self, window: Window) -> _Walk:
        return replace(self, windows=(*self.windows, window))

    def _all_together(self, cells: int) -> _Walk:
        """All cells of a map at once: one window as long as the map is."""
        walk = self._onto((cells, cells, 0, 1))
        seen = receptive_field(walk.windows)
        low = seen.start - seen.size / 2
        return replace(walk, whole=self.whole or (low <= 0 and low + seen.size >= self.task.side))


def _shape(block: Block, before: Shape) -> Shape:
    """What the block makes of this; a ValueError says why it cannot, and what to do."""
    flat = len(before) == 1
    match block.name:
        case "conv" | "pool" | "avg" | "gap" if flat:
            raise ValueError("no maps are left here, only a row of numbers: put it before flatten")
        case "conv":
            return _convolved(block, before)
        case "pool" | "avg":
            return _pooled(block, before)
        case "gap":
            return before[0], 1, 1
        case "flatten":
            return (prod(before),)
        case "linear" if not flat:
            raise ValueError("it needs one row of numbers, not maps: put flatten before it")
        case "linear":
            return (block[""],)
    return before


def _convolved(block: Block, before: Shape) -> Shape:
    channels, filters, groups = before[0], block[""], block["g"]
    if channels % groups or filters % groups:
        raise ValueError(f"g{groups} must divide both the {channels} channels that come in and the {filters} filters")
    side = _side(block, before[-1], block["k"], block["d"])
    return filters, side, side


def _pooled(block: Block, before: Shape) -> Shape:
    if block["p"] > block[""] // 2:
        raise ValueError(f"a pooling may pad at most half its kernel, {block[''] // 2}: set p to that")
    side = _side(block, before[-1], block[""], 1)
    return before[0], side, side


def _side(block: Block, side: int, kernel: int, dilation: int) -> int:
    try:
        return output_size(side, kernel, stride=block["s"], padding=block["p"], dilation=dilation)
    except ValueError:
        span, padded = dilation * (kernel - 1) + 1, side + 2 * block["p"]
        raise ValueError(
            f"its window spans {span}, and the padded map has only {padded}: a smaller kernel, more p, or less pooling"
            " before it"
        ) from None


def _costs(block: Block, before: Shape, after: Shape) -> tuple[int, int]:
    """Parameters, and MACs for one picture; what multiplies by nothing learnt counts 0, as in `vision.macs`."""
    match block.name:
        case "conv":
            channels, filters, kernel, groups = before[0], block[""], block["k"], block["g"]
            params = conv_params(channels, filters, kernel, groups=groups, bias=bool(block["b"]))
            return params, conv_macs(channels, filters, kernel, *after[1:], groups=groups)
        case "linear":
            return dense_params(*before, *after, bias=bool(block["b"])), before[0] * after[0]
        case "norm":
            return 2 * before[0], 0
    return 0, 0


def _end_fault(made: Bill) -> str:
    task, shape = made.task, made.shape
    if task.classes and shape != (task.classes,):
        return f"{_ending(shape)}, but there are {task.classes} classes: {_mend(shape, task.classes)}"
    if task.classes and not made.params:
        return f"nothing here can learn: end with flatten and linear {task.classes}"
    if len(made.rows) > task.most_blocks:
        return f"{len(made.rows)} blocks are too many here: at most {task.most_blocks}"
    if task.most_macs and made.macs > task.most_macs:
        return (
            f"{made.macs:,} MACs a picture would be learnt too slowly here, at most {task.most_macs:,}:"
            " fewer filters, or pool sooner"
        )
    return ""


def _ending(shape: Shape) -> str:
    return f"the net ends with {shape_text(shape)}" + (" numbers" if len(shape) == 1 else "")


def _mend(shape: Shape, classes: int) -> str:
    return f"end with linear {classes}" if len(shape) == 1 else f"end with flatten and linear {classes}"


def shape_text(shape: Shape) -> str:
    """`16×8×8`; `–` where it is not known."""
    return "×".join(map(str, shape)) or "–"
