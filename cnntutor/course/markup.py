"""Where code and formulas stand in a Markdown text. Everything else is prose."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum


class PieceKind(StrEnum):
    """What a stretch of Markdown is."""

    PROSE = "prose"
    FENCE = "fence"
    CODE = "code"
    FORMULA = "formula"
    FORMULA_BLOCK = "formula block"


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of one kind; the pieces of a text, joined, are the text."""

    kind: PieceKind
    source: str
    """As written, marks included."""
    body: str
    """Without the marks: the code, or the LaTeX."""
    start: int
    """Offset of `source` in the text."""
    info: str = ""
    """The word after the ticks of a fence, e.g. `python`."""


_SPECIAL = re.compile(
    r"""
    (?P<escape> \\[\\$`] )
  | (?P<fence> ^[ \t>]* (?P<ticks> `{3,} | ~{3,} ) [ \t]* (?P<info> [^\n`]* ) \n
        (?P<fenced> .*? )
        (?: ^[ \t>]* (?P=ticks) [`~]* [ \t]* $ | \Z ) )
  | (?P<code> (?<!`) (?P<quote> `+ ) (?!`) (?P<coded> (?: (?!\n[ \t]*\n) . )+? ) (?<!`) (?P=quote) (?!`) )
  | (?P<block> \$\$ (?P<display> (?: (?!\n[ \t]*\n) . )+? ) \$\$ )
  | (?P<inline> \$ (?![\s$]) (?P<latex> (?: \\. | [^$\\\n] | \n(?![ \t]*\n) )+? ) (?<!\s) \$ (?!\d) )
    """,
    re.MULTILINE | re.DOTALL | re.VERBOSE,
)
_MAY_BE_SPECIAL = re.compile(r"[$`]|~~~")
_KINDS = {
    "fence": (PieceKind.FENCE, "fenced"),
    "code": (PieceKind.CODE, "coded"),
    "block": (PieceKind.FORMULA_BLOCK, "display"),
    "inline": (PieceKind.FORMULA, "latex"),
}
_LINK_TARGET = re.compile(r"\]\([^)]*\)|\{#[^}]*\}")
_WORD = re.compile(r"\w[\w'’.,:/×-]*")


def pieces(markdown: str) -> Iterator[Piece]:
    r"""The text as a row of prose, code and formulas.

    A `$` opens a formula when no space follows it, and closes one when no space precedes it and no digit follows,
    so that prices stay prose; `\$` is always a dollar.
    """
    if not _MAY_BE_SPECIAL.search(markdown):  # most texts of a course are prose alone
        if markdown:
            yield _prose(markdown, 0, len(markdown))
        return
    done = 0
    for match in _SPECIAL.finditer(markdown):
        name = _which(match)
        if name == "escape":
            continue
        if match.start() > done:
            yield _prose(markdown, done, match.start())
        kind, body = _KINDS[name]
        yield Piece(kind, match[0], match[body], match.start(), (match["info"] or "").strip())
        done = match.end()
    if done < len(markdown):
        yield _prose(markdown, done, len(markdown))


def _which(match: re.Match[str]) -> str:
    return next(name for name in ("escape", *_KINDS) if match[name] is not None)


def _prose(markdown: str, start: int, end: int) -> Piece:
    text = markdown[start:end]
    return Piece(PieceKind.PROSE, text, text, start)


def blank_fences(markdown: str) -> str:
    """The text with every fence blanked out, character for character, so that lines and offsets stay."""
    return "".join(
        re.sub(r"[^\n]", " ", piece.source) if piece.kind is PieceKind.FENCE else piece.source
        for piece in pieces(markdown)
    )


def is_closed(fence: Piece) -> bool:
    """Whether the fence ends in a line of ticks rather than with the text."""
    lines = fence.source.rstrip().splitlines()
    return len(lines) > 1 and bool(re.fullmatch(r"[ \t>]*(`{3,}|~{3,})", lines[-1]))


def count_words(markdown: str) -> int:
    """Words of prose; code, formulas, link addresses and marks are not counted."""
    prose = " ".join(piece.source for piece in pieces(markdown) if piece.kind is PieceKind.PROSE)
    return len(_WORD.findall(_LINK_TARGET.sub(" ", prose)))


def plain(markdown: str) -> str:
    """One line of Markdown without its marks: for titles, and for comparing what two texts say."""
    from cnntutor.course.formula import to_unicode

    formulas = (PieceKind.FORMULA, PieceKind.FORMULA_BLOCK)
    parts = []
    for piece in pieces(markdown):
        if piece.kind in formulas:
            parts.append(to_unicode(piece.body))
        elif piece.kind is PieceKind.PROSE:
            parts.append(_without_marks(piece.source))
        else:
            parts.append(piece.body)
    return " ".join("".join(parts).split())


def _without_marks(prose: str) -> str:
    linked = re.sub(r"!?\[([^\]]*)\]\([^)]*\)", r"\1", prose)
    bare = re.sub(r"(?<!\\)\*+|(?<![\w\\])_+(?=\w)|(?<=\w)_+(?!\w)", "", linked)
    return re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", bare)
