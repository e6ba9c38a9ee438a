"""Python source that can be edited by its syntax tree: what is not replaced stays as it was written, to the byte."""

from __future__ import annotations

import ast
import io
import tokenize
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import accumulate

_LAYOUT = {
    tokenize.COMMENT,
    tokenize.NL,
    tokenize.NEWLINE,
    tokenize.INDENT,
    tokenize.DEDENT,
    tokenize.ENDMARKER,
}


@dataclass(frozen=True, slots=True, order=True)
class Edit:
    """Characters `start` to `end` are to become `text`."""

    start: int
    end: int
    text: str = ""


@dataclass(frozen=True, slots=True)
class Token:
    """A word or a sign of the code; comments and line ends are none."""

    text: str
    start: int
    end: int


class SourceText:
    """A script, its tree, and where in the text everything stands. Places are characters from 0, lines count from 1."""

    def __init__(self, text: str) -> None:
        """Read a script.

        Args:
            text: Python source; lines end with a line feed.

        Raises:
            SyntaxError: it is no Python.
        """
        self.text = text
        self.tree = ast.parse(text)
        # str.splitlines would also break at characters that Python takes for white space within a string.
        self._lines = text.split("\n")
        self._starts = [0, *accumulate(len(line) + 1 for line in self._lines)]
        found = list(tokenize.generate_tokens(io.StringIO(text).readline))
        self._tokens = [self._token(token) for token in found if token.type not in _LAYOUT]
        self._token_starts = [token.start for token in self._tokens]
        self._within_strings = {line for token in found for line in range(token.start[0] + 1, token.end[0] + 1)}

    def span(self, node: ast.expr | ast.stmt | ast.alias) -> tuple[int, int]:
        """Where a node starts and ends."""
        end_line, end_column = node.end_lineno or node.lineno, node.end_col_offset or node.col_offset
        return self._place(node.lineno, node.col_offset), self._place(end_line, end_column)

    def of(self, node: ast.expr | ast.alias) -> str:
        """The text of a node."""
        start, end = self.span(node)
        return self.text[start:end]

    # Lines

    def line(self, number: int) -> str:
        """A line without its end; empty beyond the last."""
        return self._lines[number - 1] if 1 <= number <= len(self._lines) else ""

    def line_of(self, place: int) -> int:
        """The line in which a place lies."""
        return bisect_right(self._starts, place)

    def indent(self, line: int) -> int:
        """Blanks at the beginning of a line."""
        text = self.line(line)
        return len(text) - len(text.lstrip(" "))

    def start_of(self, line: int) -> int:
        """Where a line begins; beyond the last, the end of the text."""
        return min(self._starts[line - 1], len(self.text))

    def is_blank(self, line: int) -> bool:
        """Whether a line holds nothing, and no string goes through it."""
        there = 1 <= line <= len(self._lines) and line not in self._within_strings
        return there and not self.line(line).strip()

    def is_comment(self, line: int) -> bool:
        """Whether a line holds a comment alone."""
        return self.line(line).lstrip().startswith("#") and line not in self._within_strings

    def dedented(self, lines: Iterable[int], columns: int) -> list[str]:
        """Lines moved to the left; those that begin within a string stay, for their blanks are part of it."""
        return [self._dedented(line, 0 if line in self._within_strings else columns) for line in lines]

    # Tokens

    def before(self, place: int) -> Token:
        """The last token that ends at a place or before it; an empty one at the beginning."""
        number = bisect_left(self._token_starts, place) - 1
        return self._tokens[number] if number >= 0 else Token("", 0, 0)

    def after(self, place: int) -> Token:
        """The first token that starts at a place or after it; an empty one at the end."""
        return next(self._tokens_from(place), Token("", len(self.text), len(self.text)))

    def find(self, text: str, place: int) -> Token:
        """The first token of this text that starts at a place or after it."""
        return next(token for token in self._tokens_from(place) if token.text == text)

    def _tokens_from(self, place: int) -> Iterator[Token]:
        first = bisect_left(self._token_starts, place)
        return (self._tokens[number] for number in range(first, len(self._tokens)))

    def _token(self, token: tokenize.TokenInfo) -> Token:
        (line, column), (end_line, end_column) = token.start, token.end
        return Token(token.string, self._starts[line - 1] + column, self._starts[end_line - 1] + end_column)

    def _place(self, line: int, column: int) -> int:
        # ast counts columns in bytes of UTF-8.
        return self._starts[line - 1] + len(self.line(line).encode()[:column].decode())

    def _dedented(self, line: int, columns: int) -> str:
        return self.line(line)[min(columns, self.indent(line)) :]


def edited(text: str, edits: Iterable[Edit]) -> str:
    """A text after edits, no two of which overlap."""
    for edit in sorted(edits, reverse=True):
        text = text[: edit.start] + edit.text + text[edit.end :]
    return text


def gaps_closed(source: SourceText, edits: Iterable[Edit]) -> Iterator[Edit]:
    """The edits; where whole lines go, the blank ones above and below them do not add up."""
    gone: Edit | None = None
    for edit in sorted(edits):
        if gone and (edit.text or edit.start != gone.end):
            yield _closed(source, gone)
            gone = None
        if edit.text:
            yield edit
        else:
            gone = Edit(gone.start if gone else edit.start, edit.end)
    if gone:
        yield _closed(source, gone)


def _closed(source: SourceText, gone: Edit) -> Edit:
    above, end = source.line_of(gone.start) - 1, source.line_of(gone.end)
    while source.is_blank(above) and source.is_blank(end):
        above, end = above - 1, end + 1
    return Edit(gone.start, source.start_of(end))


def assigned(tree: ast.Module) -> Iterator[tuple[str, ast.expr]]:
    """The names and values of a script's own assignments in capitals, in the order of the text.

    `WIDTH = 16` gives one, `WIDTH, KERNEL = 16, 3` two.
    """
    for statement in tree.body:
        match statement:
            case ast.Assign(targets=[ast.Tuple(elts=names)], value=ast.Tuple(elts=values)) if len(names) == len(values):
                pairs = list(zip(names, values, strict=True))
            case ast.Assign(targets=[name], value=value):
                pairs = [(name, value)]
            case _:
                continue
        yield from ((name.id, value) for name, value in pairs if isinstance(name, ast.Name) and name.id.isupper())


def is_literal(value: ast.expr) -> bool:
    """Whether an expression is a plain value as it stands: a number, a text, or a collection of such."""
    try:
        ast.literal_eval(value)
    except ValueError:
        return False
    return True
