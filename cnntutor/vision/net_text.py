"""A net as a line of text: read with errors that say where, and written back. No torch.

    conv 64 k3 s2 p1 | relu | pool 2 | gap | flatten | linear 10
    c64k3s2p1 r p2 g f l10

A block is its name, then its main number, then others behind their letters; what is left out has its usual value.
Bars part the blocks. Blanks do too, where a number cannot belong to the block before: a name that is written out takes
numbers behind blanks, a short one only those that are written together with it.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from cnntutor.errors import UsageError

MOST_BLOCKS = 40
"""Of a net."""

STRIDE = "s"


class NetTextError(UsageError):
    """A text is no net."""

    def __init__(self, at: int, line: str) -> None:
        """Say what is wrong where.

        Args:
            at: 0 for the first character.
            line: what is wrong there, and what to write instead.
        """
        super().__init__(f"at character {at + 1}: {line}")
        self.at = at


@dataclass(frozen=True, slots=True)
class Number:
    """A number of a block."""

    letter: str
    """That it stands behind; empty for the main number."""
    name: str
    low: int
    high: float
    usual: float | None
    """None: as the main number."""
    whole: bool = True
    always: bool = False
    """Whether it is written although it has its usual value."""


@dataclass(frozen=True, slots=True)
class Kind:
    """What a block may be."""

    name: str
    short: str
    about: str
    """What it does, in a few words."""
    numbers: tuple[Number, ...] = ()
    others: tuple[str, ...] = ()
    """Further names that are understood."""

    @property
    def letters(self) -> str:
        """Of its numbers, but for the main one."""
        return "".join(number.letter for number in self.numbers)

    def usual(self) -> Block:
        """A block of this kind as it is when nothing is said about it."""
        return _block(self, {})


_BIAS = Number("b", "bias", 0, 1, 1)
_WINDOW = (
    Number("", "kernel", 1, 32, 2),
    Number(STRIDE, "stride", 1, 32, None),
    Number("p", "padding", 0, 16, 0),
)

KINDS: tuple[Kind, ...] = (
    Kind(
        "conv",
        "c",
        "filters that slide over the maps",
        (
            Number("", "filters", 1, 4096, 16),
            Number("k", "kernel", 1, 31, 3, always=True),
            Number(STRIDE, "stride", 1, 16, 1),
            Number("p", "padding", 0, 32, 0),
            Number("d", "dilation", 1, 16, 1),
            Number("g", "groups", 1, 4096, 1),
            _BIAS,
        ),
        ("conv2d",),
    ),
    Kind("norm", "n", "batch normalisation", others=("bn", "batchnorm", "batchnorm2d")),
    Kind("relu", "r", "what is below zero becomes zero"),
    Kind("pool", "p", "the largest of each window", _WINDOW, ("max", "maxpool")),
    Kind("avg", "a", "the mean of each window", _WINDOW, ("mean", "avgpool")),
    Kind("gap", "g", "the mean of each whole map", others=("global",)),
    Kind("flatten", "f", "maps become one row of numbers"),
    Kind("linear", "l", "every number to every output", (Number("", "outputs", 1, 20_000, 10), _BIAS), ("dense", "fc")),
    Kind("dropout", "d", "silences this share in training", (Number("", "rate", 0, 0.9, 0.5, whole=False),), ("drop",)),
    Kind("gelu", "gelu", "a smooth relu"),
    Kind("silu", "silu", "another smooth relu", others=("swish",)),
    Kind("tanh", "tanh", "squeezed between −1 and 1"),
    Kind("sigmoid", "sigmoid", "squeezed between 0 and 1"),
)
"""In the order in which one puts a net together."""

_BY_NAME = {name: kind for kind in KINDS for name in (kind.name, kind.short, *kind.others)}


@dataclass(frozen=True, slots=True)
class Block:
    """One block of a net."""

    kind: Kind
    numbers: tuple[float, ...] = ()
    """In the order of the kind's."""

    @property
    def name(self) -> str:
        """Of its kind."""
        return self.kind.name

    def __getitem__(self, letter: str) -> int:
        """A whole number of it; the main one has no letter."""
        return int(self.numbers[self._place(letter)])

    def with_number(self, place: int, value: float) -> Block:
        """The block with one number moved, within its limits; a stride that was the kernel's length stays so.

        Args:
            place: among the kind's numbers.
            value: the new one.
        """
        number = self.kind.numbers[place]
        moved = min(max(value, number.low), number.high)
        values = list(self.numbers)
        values[place] = int(moved) if number.whole else round(moved, 2)
        if not place and self.follows:
            values[self._place(STRIDE)] = values[place]
        return replace(self, numbers=tuple(values))

    @property
    def follows(self) -> bool:
        """Whether its stride is as long as its kernel because nothing else was said."""
        strides = [at for at, number in enumerate(self.kind.numbers) if number.usual is None]
        return any(self.numbers[at] == self.numbers[0] for at in strides)

    def __str__(self) -> str:
        return " ".join(self._parts(self.kind.name))

    @property
    def short(self) -> str:
        """As it is written in the short form."""
        return "".join(self._parts(self.kind.short))

    def _parts(self, name: str) -> Iterator[str]:
        yield name
        for number, value in zip(self.kind.numbers, self.numbers, strict=True):
            usual = self.numbers[0] if number.usual is None else number.usual
            if not number.letter or number.always or value != usual:
                yield f"{number.letter}{value:g}"

    def _place(self, letter: str) -> int:
        return next(at for at, number in enumerate(self.kind.numbers) if number.letter == letter)


def kind(name: str) -> Kind:
    """The kind of this name, long or short."""
    return _BY_NAME[name]


def write(blocks: Iterable[Block], *, short: bool = False) -> str:
    """A net as text; `parse` reads it back.

    Args:
        blocks: from the picture up.
        short: in the short form, where blanks part the blocks.
    """
    return " ".join(block.short for block in blocks) if short else " | ".join(map(str, blocks))


def parse(text: str) -> tuple[Block, ...]:
    """The blocks of a net.

    Args:
        text: in the long form, in the short one, or mixed.

    Raises:
        NetTextError: it is no net; `at` is where, and the line says what to write instead.
    """
    return tuple(_Reader(text).blocks())


# Reading


@dataclass(frozen=True, slots=True)
class _Token:
    text: str
    at: int
    glued: bool
    """Nothing stands between it and the one before."""

    @property
    def is_number(self) -> bool:
        return self.text[0].isdigit()

    @property
    def is_bar(self) -> bool:
        return self.text == "|"


_TOKEN = re.compile(r"(?i:conv|batchnorm)2d(?!\d)|[A-Za-z]+|\d+(?:\.\d+)?|\||\s+|.")


def _tokens(text: str) -> Iterator[_Token]:
    glued = False
    for found in _TOKEN.finditer(text):
        token = found.group()
        if token.isspace():
            glued = False
            continue
        if not (token == "|" or (token.isascii() and token[0].isalnum())):
            raise NetTextError(found.start(), f"“{token}” means nothing in a net: part the blocks by bars, |")
        yield _Token(token, found.start(), glued)
        glued = token != "|"


class _Reader:
    """Goes through the tokens of one text."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens = list(_tokens(text))
        self._at = 0

    def blocks(self) -> Iterator[Block]:
        """All of them."""
        count = 0
        while self._next is not None:
            if self._next.is_bar:
                self._at += 1
                continue
            if count == MOST_BLOCKS:
                raise NetTextError(self._next.at, f"a net has at most {MOST_BLOCKS} blocks here: take some out")
            yield self._block()
            count += 1
        if not count:
            raise NetTextError(0, "the net has no block: begin with conv 16 k3 p1, say")

    @property
    def _next(self) -> _Token | None:
        return self._peek(0)

    def _peek(self, ahead: int) -> _Token | None:
        place = self._at + ahead
        return self._tokens[place] if place < len(self._tokens) else None

    def _block(self) -> Block:
        token = self._tokens[self._at]
        found = _kind_of(token)
        self._at += 1
        is_long = token.text.lower() != found.short
        given: dict[str, float] = {}
        while (letter := self._letter(found, is_long, given)) is not None:
            given[letter] = self._number(found, letter, given)
        return _block(found, given)

    def _letter(self, found: Kind, is_long: bool, given: dict[str, float]) -> str | None:
        """Of the number that comes next; None where the next block begins."""
        token = self._next
        if token is None or token.is_bar:
            return None
        if token.is_number:
            self._refuse_number(token, found, given)
            return ""
        behind = self._peek(1)
        has_number = behind is not None and behind.is_number and behind.glued
        letter = token.text.lower()
        if not has_number and letter in found.letters and letter not in _BY_NAME:
            raise NetTextError(token.at, f"{letter} needs its number behind it: {letter}3, say")
        if not has_number or not (is_long or token.glued):
            return None
        if letter not in found.letters:
            if token.glued:
                raise NetTextError(token.at, f"{found.name} has no number {token.text}: {_signature(found)}")
            return None
        self._at += 1
        return letter

    def _refuse_number(self, token: _Token, found: Kind, given: dict[str, float]) -> None:
        if not found.numbers:
            raise NetTextError(token.at, f"{found.name} has no numbers: leave {token.text} out")
        if given:
            raise NetTextError(token.at, f"{token.text} stands alone: give it its letter, or a bar before a new block")

    def _number(self, found: Kind, letter: str, given: dict[str, float]) -> float:
        token = self._tokens[self._at]
        self._at += 1
        number = next(number for number in found.numbers if number.letter == letter)
        value = float(token.text)
        if letter in given:
            raise NetTextError(token.at, f"{number.name} is given twice: leave one out")
        if number.whole and not value.is_integer():
            raise NetTextError(token.at, f"{number.name} is a whole number, not {token.text}")
        if not number.low <= value <= number.high:
            raise NetTextError(
                token.at, f"{number.name} goes from {number.low} to {number.high:g}, not {token.text}: change it"
            )
        return int(value) if number.whole else round(value, 2)


def _kind_of(token: _Token) -> Kind:
    name = token.text.lower()
    if token.is_number:
        raise NetTextError(token.at, f"{token.text} belongs to no block: write a name before it, such as conv")
    if name not in _BY_NAME:
        close = difflib.get_close_matches(name, _BY_NAME, 1)
        hint = (
            f"did you mean {_BY_NAME[close[0]].name}?"
            if close
            else f"there are {', '.join(kind.name for kind in KINDS)}"
        )
        raise NetTextError(token.at, f"there is no block “{token.text}”: {hint}")
    return _BY_NAME[name]


def _signature(found: Kind) -> str:
    """What a block may have, in words."""
    letters = [f"{number.letter} ({number.name})" for number in found.numbers if number.letter]
    return f"it may have {', '.join(letters)}" if letters else "a bar or a blank begins a new block"


def _block(found: Kind, given: dict[str, float]) -> Block:
    """The block with its usual numbers where none are given."""
    values: list[float] = []
    for number in found.numbers:
        usual = values[0] if number.usual is None else number.usual
        values.append(given.get(number.letter, usual))
    return Block(found, tuple(values))
