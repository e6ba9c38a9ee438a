"""A net that is being put together: a block and a number of it are chosen, and changed. No torch, no screen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from cnntutor.vision.net_text import MOST_BLOCKS, Block, Kind, write

RATE_STEP = 0.05
"""Of a number that is not whole."""


@dataclass(frozen=True, slots=True)
class Draft:
    """The blocks so far, and the cursor. Every change gives a new draft."""

    blocks: tuple[Block, ...]
    """At least one."""
    at: int = 0
    """Place of the block that is chosen."""
    place: int = 0
    """Of the number that is chosen, among the block's."""

    @property
    def block(self) -> Block:
        """The one that is chosen."""
        return self.blocks[self.at]

    @property
    def text(self) -> str:
        """As a net is written."""
        return write(self.blocks)

    def choose(self, at: int, place: int = 0) -> Draft:
        """Another block, as near as there is one, and one of its numbers."""
        at = min(max(at, 0), len(self.blocks) - 1)
        return replace(self, at=at, place=min(place, max(0, len(self.blocks[at].numbers) - 1)))

    def next_number(self, step: int = 1) -> Draft:
        """The number behind the chosen one; behind the last comes the first."""
        return replace(self, place=(self.place + step) % max(1, len(self.block.numbers)))

    def add(self, kind: Kind) -> Draft:
        """A new block behind the chosen one, which is chosen then; a convolution keeps the size of the maps."""
        if len(self.blocks) >= MOST_BLOCKS:
            return self
        block = kind.usual()
        if kind.name == "conv":
            block = block.with_number(_place(kind, "p"), block["k"] // 2)
        blocks = (*self.blocks[: self.at + 1], block, *self.blocks[self.at + 1 :])
        return Draft(blocks, self.at + 1)

    def remove(self) -> Draft:
        """Without the chosen block, unless it is the only one."""
        if len(self.blocks) == 1:
            return self
        return Draft((*self.blocks[: self.at], *self.blocks[self.at + 1 :]), max(0, self.at - 1)).choose(self.at)

    def move(self, step: int) -> Draft:
        """The chosen block so many places on, as far as there are places."""
        to = min(max(self.at + step, 0), len(self.blocks) - 1)
        rest = [*self.blocks[: self.at], *self.blocks[self.at + 1 :]]
        rest.insert(to, self.block)
        return replace(self, blocks=tuple(rest), at=to)

    def turn(self, steps: int) -> Draft:
        """The chosen number so many steps on."""
        if not self.block.numbers:
            return self
        size = 1 if self.block.kind.numbers[self.place].whole else RATE_STEP
        return self.set_to(self.block.numbers[self.place] + steps * size)

    def scale(self, doublings: int) -> Draft:
        """The chosen number doubled or halved so often."""
        if not self.block.numbers:
            return self
        return self.set_to(self.block.numbers[self.place] * 2.0**doublings)

    def set_to(self, value: float) -> Draft:
        """The chosen number at this value, or at the limit before it."""
        if not self.block.numbers:
            return self
        return self._with(self.block.with_number(self.place, value))

    def retyped(self, blocks: Sequence[Block]) -> Draft:
        """Other blocks altogether; the cursor stays as near as it can."""
        return replace(self, blocks=tuple(blocks), at=min(self.at, len(blocks) - 1)).choose(self.at, self.place)

    def _with(self, block: Block) -> Draft:
        return replace(self, blocks=(*self.blocks[: self.at], block, *self.blocks[self.at + 1 :]))


def _place(kind: Kind, letter: str) -> int:
    return next(at for at, number in enumerate(kind.numbers) if number.letter == letter)
