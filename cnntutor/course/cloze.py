r"""Sentences with gaps, in Anki's notation: `{{c1::what is asked::a hint}}`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from cnntutor.course.formula import render_formulas

_OPENING = re.compile(r"\{\{c(\d{1,3})::")
_BOLD = "\ue000"
"""Stands for the marks of bold type while formulas are rendered, so that a gap may lie inside one."""


class ClozeError(ValueError):
    """The sentence has no gaps, or one that is never closed; the message says which."""


@dataclass(frozen=True, slots=True)
class Gap:
    """One gap: where it stands in the source, what fills it, and what is shown in its place."""

    number: int
    start: int
    end: int
    text: str
    hint: str


@dataclass(frozen=True, slots=True)
class Cloze:
    """A sentence with numbered gaps; gaps of one number are asked together."""

    text: str
    gaps: tuple[Gap, ...]

    @classmethod
    def parse(cls, text: str) -> Cloze:
        """Find the gaps.

        Raises:
            ClozeError: there are none, one is empty or never closed, or one stands inside another.
        """
        gaps = tuple(_gaps(text))
        if not gaps:
            raise ClozeError("the sentence has no gap")
        return cls(text, gaps)

    @property
    def numbers(self) -> tuple[int, ...]:
        """The numbers of the gaps, each once, in ascending order."""
        return tuple(sorted({gap.number for gap in self.gaps}))

    def front(self, number: int) -> str:
        """The sentence with the gaps of this number open: **[…]** or **[hint]**."""
        return self._shown(number, lambda gap: f"[{gap.hint or '…'}]")

    def back(self, number: int) -> str:
        """The sentence in full, what was asked in bold."""
        return self._shown(number, lambda gap: gap.text)

    def asked(self, number: int) -> str:
        """What fills the gaps of this number, as written."""
        return " ".join(gap.text for gap in self.gaps if gap.number == number)

    def _shown(self, number: int, asked: Callable[[Gap], str]) -> str:
        parts, done = [], 0
        for gap in self.gaps:
            shown = _bold(asked(gap)) if gap.number == number else gap.text
            parts += [self.text[done : gap.start], shown]
            done = gap.end
        rendered = render_formulas("".join([*parts, self.text[done:]]))
        return rendered.replace(_BOLD, "**")


def _bold(text: str) -> str:
    """Marked bold, marks of bold inside it left out."""
    return f"{_BOLD}{text.strip().replace('**', '')}{_BOLD}"


def _gaps(text: str) -> Iterator[Gap]:
    done = 0
    for opening in _OPENING.finditer(text):
        if opening.start() < done:
            raise ClozeError(f"gap {opening[1]} stands inside another gap")
        end = _closing(text, opening.end())
        if end is None:
            raise ClozeError(f"gap {opening[1]} is never closed with }}}}")
        answer, _, hint = text[opening.end() : end].partition("::")
        if not answer.strip():
            raise ClozeError(f"gap {opening[1]} has nothing to ask for")
        done = end + 2
        yield Gap(int(opening[1]), opening.start(), done, answer, hint.strip())


def _closing(text: str, start: int) -> int | None:
    """Where the }} of a gap stands; braces inside it, as LaTeX has them, come in pairs."""
    depth = 0
    for at in range(start, len(text)):
        if text[at] == "{":
            depth += 1
        elif text[at] == "}":
            if not depth and text.startswith("}}", at):
                return at
            depth -= 1
    return None
