r"""Formulas for people without a typesetter: LaTeX → readable Unicode, alone or in a Markdown text.

`H_{out} = \lfloor (H + 2p - k)/s \rfloor + 1` becomes `Hₒᵤₜ = ⌊(H + 2p − k)/s⌋ + 1`. What Unicode cannot lower or
raise is spelt out: `C_{model}` gives `C_model`, `x_{i,j}` gives `x[i, j]`, `2^{k/3}` gives `2^(k/3)`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache

from cnntutor.course.markup import PieceKind, pieces

_MARKDOWN_SIGNS = re.compile(r"([\\`*_\[\]<~|])")


@lru_cache(maxsize=4096)
def _read(latex: str) -> tuple[str, tuple[str, ...]]:
    from cnntutor.course.latex import Reader

    reader = Reader(latex.strip())
    try:
        return reader.read(), tuple(reader.faults)
    except RecursionError:
        return latex, ("the braces are nested too deeply",)


def to_unicode(latex: str) -> str:
    """One formula, without its dollar signs, in Unicode; what nobody knows stays as its name."""
    return _read(latex)[0]


def faults(latex: str) -> tuple[str, ...]:
    """What is wrong with a formula, one line each: unbalanced braces, commands we cannot show."""
    return _read(latex)[1]


def render_formulas(markdown: str, report: Callable[[int, str], None] | None = None) -> str:
    r"""A Markdown text with its formulas in Unicode.

    `$…$` becomes emphasised text (plain text if it has no letters), `$$…$$` a fence marked `math`. Code spans,
    fences and `\$` stay as they are; no sign of a formula is taken for a mark of Markdown.

    Args:
        markdown: the text as its author wrote it.
        report: called with the offset and a line on what is wrong, for each formula that has a fault.
    """
    out: list[str] = []
    for piece in pieces(markdown):
        if piece.kind is PieceKind.FORMULA:
            end = piece.start + len(piece.source)
            out.append(_inline(piece.body, out[-1][-3:] if out else "", markdown[end : end + 3]))
        elif piece.kind is PieceKind.FORMULA_BLOCK:
            out.append(_block(piece.body, markdown, piece.start, piece.start + len(piece.source)))
        else:
            out.append(piece.source)
            continue
        if report is not None:
            for fault in faults(piece.body):
                report(piece.start, fault)
    return "".join(out)


def _inline(latex: str, before: str, after: str) -> str:
    text = to_unicode(latex).replace("\n", "; ")
    escaped = _MARKDOWN_SIGNS.sub(r"\\\1", text)
    if any(c.isalpha() for c in text) and _can_emphasise(text, before, after):
        return f"*{escaped}*"
    return "\\" + escaped if before[-1:] in ("", "\n") and re.match(r"[#+=>]", escaped) else escaped


def _can_emphasise(text: str, before: str, after: str) -> bool:
    """Whether `*…*` would be read as emphasis here (CommonMark 0.31, left- and right-flanking runs)."""
    opens = not _is_mark(text[0]) or _is_open(before[-1:])
    closes = not _is_mark(text[-1]) or _is_open(after[:1])
    stars = (len(before) - len(before.rstrip("*")), len(after) - len(after.lstrip("*")))
    return opens and closes and all(count in (0, 2) for count in stars) and not before.endswith("\\")


def _is_mark(char: str) -> bool:
    return unicodedata.category(char)[0] in "PS"


def _is_open(char: str) -> bool:
    return not char or char.isspace() or unicodedata.category(char)[0] == "P"


def _block(latex: str, markdown: str, start: int, end: int) -> str:
    """The fence, on lines of its own, as deep as the `$$` stood."""
    line_start = markdown.rfind("\n", 0, start) + 1
    indent = markdown[line_start:start]
    alone = not indent.strip(" \t>")
    lead = indent if alone else ""
    lines = ["```math", *to_unicode(latex).splitlines(), "```"]
    head = "" if alone else "\n\n"
    tail = "" if markdown[end : end + 1] in ("", "\n") else "\n\n"
    return head + f"\n{lead}".join(lines) + tail
