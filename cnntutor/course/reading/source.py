"""One file of a course: its text, and the problems found in it."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from cnntutor.course.formula import render_formulas
from cnntutor.course.markup import PieceKind, is_closed, pieces
from cnntutor.course.models import Problem

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x80-\x9f\ufeff]")
SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
"""How ids, slugs and anchors are written."""

Report = Callable[[Problem], None]


class Source:
    """The text of one file, its line ends made equal, and where to report what is wrong in it."""

    def __init__(self, path: Path, text: str, report: Report) -> None:
        self.path = path
        self.text = text
        self._report = report

    def problem(self, line: int, message: str, fix: str) -> None:
        """Report a mistake at a line, counted from 1."""
        self._report(Problem(self.path, line, message, fix))

    def line_at(self, offset: int) -> int:
        """The line of an offset in the text."""
        return self.text.count("\n", 0, offset) + 1

    def markdown(self, text: str, line: int) -> str:
        """A stretch of Markdown with its formulas in Unicode; its faults are reported.

        Args:
            text: the stretch as written.
            line: the line on which it starts.
        """
        return render_formulas(text, lambda offset, fault: self._formula(text, line, offset, fault)).strip()

    def check_fences(self) -> None:
        """Report a fence that is never closed, and a `$$` without its partner."""
        for piece in pieces(self.text):
            line = self.line_at(piece.start)
            if piece.kind is PieceKind.FENCE and not is_closed(piece):
                self.problem(line, "a fence is never closed", "end it with ``` on a line of its own")
            elif piece.kind is PieceKind.PROSE and "$$" in piece.source:
                at = self.line_at(piece.start + piece.source.index("$$"))
                self.problem(at, "a formula is never closed", "end it with $$")

    def _formula(self, text: str, line: int, offset: int, fault: str) -> None:
        fix = "see which commands formula.py shows, or write the name as \\text{name}"
        if "brace" in fault:
            fix = "pair the braces"
        self.problem(line + text.count("\n", 0, offset), f"in a formula, {fault}", fix)


def open_source(path: Path, report: Report) -> Source | None:
    """Read a file; None, and a problem reported, if it is missing, unreadable or empty."""

    def failed(message: str, fix: str, line: int = 1) -> None:
        report(Problem(path, line, message, fix))

    try:
        data = path.read_bytes()
    except FileNotFoundError:
        failed(f"there is no {path.name}", "write it; CONTRIBUTING.md shows the format")
        return None
    except OSError as error:
        failed(f"{path.name} cannot be read: {error.strerror or error}", "make it a readable file")
        return None
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        failed("this is not UTF-8", "save the file in UTF-8", data.count(b"\n", 0, error.start) + 1)
        return None
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not text.strip():
        failed(f"{path.name} is empty", "write it; CONTRIBUTING.md shows the format")
        return None
    source = Source(path, text, report)
    _drop_controls(source)
    return source


def _drop_controls(source: Source) -> None:
    """Leave out characters that would steer a terminal."""
    for match in _CONTROL.finditer(source.text):
        name = f"U+{ord(match[0]):04X}"
        source.problem(source.line_at(match.start()), f"the control character {name} stands here", "delete it")
    source.text = _CONTROL.sub("", source.text)
