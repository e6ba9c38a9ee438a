"""Symbols that an article uses in a formula without saying what they stand for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from cnntutor.course.markup import Piece, PieceKind, pieces
from cnntutor.course.models import Problem, Topic

_NO_SYMBOLS = re.compile(r"\\(?:text|mathrm|operatorname|mathbf|texttt)\s*\{[^{}]*\}")
_SYMBOL = re.compile(r"\\(?P<greek>[A-Za-z]+)|(?P<letter>[A-Za-z])")
_SUBSCRIPT = re.compile(r"_(?:\{[^{}]*\}|\\[A-Za-z]+|\w)")
_GREEK = frozenset(
    [
        "alpha",
        "beta",
        "gamma",
        "delta",
        "epsilon",
        "varepsilon",
        "zeta",
        "eta",
        "theta",
        "kappa",
        "lambda",
        "mu",
        "nu",
        "xi",
        "pi",
        "rho",
        "sigma",
        "tau",
        "phi",
        "varphi",
        "chi",
        "psi",
        "omega",
        "Gamma",
        "Delta",
        "Theta",
        "Lambda",
        "Sigma",
        "Phi",
        "Psi",
        "Omega",
    ]
)
_KNOWN = frozenset({"e", "pi"})
"""Constants that need no word."""


@dataclass(frozen=True, slots=True)
class _Use:
    """A symbol in a formula."""

    symbol: str
    offset: int
    introduces: bool
    """Whether the formula is about this symbol alone, as where prose says what it stands for."""


def check_symbols(topic: Topic) -> Iterator[Problem]:
    """Symbols that are still unexplained at the end of the section in which they are first used.

    A symbol is explained where it stands alone between dollar signs (`a kernel of side $k$`), or on the left of an
    equals sign (`$j = 2$`). Subscripts belong to their symbol: who explains $H$ has explained $H_{out}$.
    """
    file = topic.folder / "article.md"
    try:
        text = file.read_text(encoding="utf-8-sig").replace("\r\n", "\n")
    except (OSError, UnicodeDecodeError):
        return  # loading has reported it
    uses = [use for piece in pieces(text) for use in _uses(piece)]
    ends = [match.start() for match in re.finditer(r"^##+ ", text, re.MULTILINE)] + [len(text)]
    for symbol in dict.fromkeys(use.symbol for use in uses):
        own = [use for use in uses if use.symbol == symbol]
        end = next(end for end in ends if end > own[0].offset)
        if not any(use.introduces and use.offset < end for use in own):
            line = text.count("\n", 0, own[0].offset) + 1
            fix = f"say what it stands for where it is first used: `… ${symbol}$ …`"
            yield Problem(file, line, f"nobody says what “{symbol}” stands for", fix)


def _uses(piece: Piece) -> Iterator[_Use]:
    if piece.kind not in {PieceKind.FORMULA, PieceKind.FORMULA_BLOCK}:
        return
    bare = _SUBSCRIPT.sub("", _NO_SYMBOLS.sub(" ", piece.body))
    symbols = list(dict.fromkeys(_symbols(bare)))
    defined = _symbols_before_equals(bare)
    for symbol in symbols:
        alone = piece.kind is PieceKind.FORMULA and len(symbols) == 1
        yield _Use(symbol, piece.start, alone or symbol in defined)


def _symbols(latex: str) -> Iterator[str]:
    for match in _SYMBOL.finditer(latex):
        name = match["greek"] or match["letter"]
        if name in _KNOWN or (match["greek"] and name not in _GREEK):
            continue
        yield f"\\{name}" if match["greek"] else name


def _symbols_before_equals(latex: str) -> set[str]:
    left, equals, _ = latex.partition("=")
    return set(_symbols(left)) if equals else set()
