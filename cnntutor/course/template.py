r"""Texts with holes for drawn numbers: `{size}`, `{answer}`, `{= size * size}`.

LaTeX and code have braces of their own. So only a brace that holds nothing but a known name, or starts with `=`, is
a hole; `\{` never is. A number that lands in a formula keeps its braces (`2^{n}` → `2^{12}`), so that scripts take
all of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass
from fractions import Fraction

from cnntutor.course.draw import Grid
from cnntutor.course.expression import Expression, ExpressionError, Value
from cnntutor.course.formula import render_formulas
from cnntutor.course.lookup import nearest
from cnntutor.course.markup import Piece, PieceKind, pieces
from cnntutor.course.numerals import show_grid_raw, show_number, show_raw

_BRACES = re.compile(r"(?<!\\)\{(?:=\s*(?P<sum>[^{}\s][^{}]*)|(?P<name>[A-Za-z_]\w*))\}")
_FORMULAS = (PieceKind.FORMULA, PieceKind.FORMULA_BLOCK)
_CODE = (PieceKind.CODE, PieceKind.FENCE)


@dataclass(frozen=True, slots=True)
class Hole:
    """A place for a value."""

    expression: Expression
    place: PieceKind
    """What the hole stands in; prose, code and formulas show numbers each in their own way."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong in a template, and where."""

    offset: int
    message: str


@dataclass(frozen=True, slots=True)
class Template:
    """A Markdown text with holes."""

    parts: tuple[str | Hole, ...]
    faults: tuple[Fault, ...] = ()
    """Names that nothing is drawn under, and sums that cannot be read; such braces stay as they are."""

    @classmethod
    def parse(cls, markdown: str, known: Set[str]) -> Template:
        """Find the holes.

        Args:
            markdown: the text as its author wrote it.
            known: the drawn names, and `answer` where there is one.
        """
        parts: list[str | Hole] = []
        faults: list[Fault] = []
        for piece in pieces(markdown):
            for part in _parts(piece, known):
                if isinstance(part, Fault):
                    faults.append(part)
                else:
                    parts.append(part)
        return cls(tuple(parts), tuple(faults))

    @property
    def expressions(self) -> tuple[Expression, ...]:
        """What must be worked out to fill the holes."""
        return tuple(part.expression for part in self.parts if isinstance(part, Hole))

    def fill(self, values: Mapping[str, Value]) -> str:
        """The text with these values in it, formulas in Unicode.

        Raises:
            ImpossibleError: a sum has no result for these values.
            ExpressionError: a value cannot be shown.
        """
        shown = [part if isinstance(part, str) else _shown(part, values) for part in self.parts]
        text = "".join(shown)
        if any("```text\n" in part for part in shown):
            text = re.sub(r"\n{3,}", "\n\n", text)
        return render_formulas(text).strip()

    def fill_raw(self, values: Mapping[str, Value]) -> str:
        """The text with plain numbers in it, for a demo's knobs: a grid on one line, as in `1 0; 0 1`."""
        return "".join(part if isinstance(part, str) else _raw(part.expression.value(values)) for part in self.parts)


def _parts(piece: Piece, known: Set[str]) -> Iterator[str | Hole | Fault]:
    done = 0
    for match in _BRACES.finditer(piece.source):
        found = _hole(match, piece, known)
        if isinstance(found, Fault):
            yield found
        elif found is not None:
            yield piece.source[done : match.start()]
            yield found
            done = match.end()
    yield piece.source[done:]


def _hole(match: re.Match[str], piece: Piece, known: Set[str]) -> Hole | Fault | None:
    """The hole these braces are, a fault, or None if they belong to LaTeX or to code."""
    name, offset = match["name"], piece.start + match.start()
    if name is not None:
        if name in known:
            return Hole(Expression.parse(name), piece.kind)
        return Fault(offset, _unknown(name, known)) if _looks_meant(match, piece) else None
    if piece.kind in _CODE and not known:
        return None
    try:
        expression = Expression.parse(match["sum"])
    except ExpressionError as error:
        return Fault(offset, str(error))
    missing = sorted(expression.names - known)
    return Fault(offset, _unknown(missing[0], known)) if missing else Hole(expression, piece.kind)


def _looks_meant(match: re.Match[str], piece: Piece) -> bool:
    """Whether braces round an unknown name were meant as a hole: never in code, rarely in LaTeX."""
    if piece.kind in _CODE:
        return False
    before = piece.source[: match.start()]
    return piece.kind is PieceKind.PROSE or not re.search(r"(?:[_^}\]]|\\[A-Za-z]+)\s*$", before)


def _unknown(name: str, known: Set[str]) -> str:
    near = nearest(name, known)
    return f"nothing is drawn under the name “{name}”" + (f"; did you mean {near}?" if near else "")


def _shown(hole: Hole, values: Mapping[str, Value]) -> str:
    return show_value(hole.expression.value(values), hole.place)


def show_value(value: Value, place: PieceKind = PieceKind.PROSE) -> str:
    """A value as it reads in prose, in code or in a formula.

    Raises:
        ExpressionError: it is no number, list or grid.
    """
    if isinstance(value, Grid):
        return _show_grid(value, place)
    if isinstance(value, tuple):
        return ", ".join(show_value(part, place) for part in value)
    if isinstance(value, bool) or not isinstance(value, int | float | Fraction):
        raise ExpressionError(f"a {type(value).__name__} cannot be shown; name the part that is meant, such as .size")
    if place in _CODE:
        return show_raw(value)
    return f"{{{show_number(value)}}}" if place in _FORMULAS else show_number(value)


def _raw(value: Value) -> str:
    return show_grid_raw(value.rows) if isinstance(value, Grid) else show_value(value, PieceKind.CODE)


def _show_grid(grid: Grid, place: PieceKind) -> str:
    cells = [[show_raw(cell) for cell in row] for row in grid.rows]
    if place in _FORMULAS:
        return r"\begin{bmatrix}" + r"\\".join("&".join(row) for row in cells) + r"\end{bmatrix}"
    width = max(len(cell) for row in cells for cell in row)
    lines = "\n".join("  ".join(cell.rjust(width) for cell in row) for row in cells)
    return lines if place in _CODE else f"\n\n```text\n{lines}\n```\n\n"
