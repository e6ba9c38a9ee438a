"""Questions answered by typing: a number, or what some code prints."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from cnntutor.course.cards import DemoLink, DemoTemplate
from cnntutor.course.computed import ANSWER, Computation
from cnntutor.course.expression import Expression, ExpressionError, ImpossibleError, Value
from cnntutor.course.numerals import Number, read_number, show_number
from cnntutor.course.questions import Answer, Posed, Question, Verdict
from cnntutor.course.template import Template
from cnntutor.errors import UsageError

ROUNDING = Fraction(1, 10**9)
"""How far two floats may lie apart, relatively, and still be one number."""


@dataclass(frozen=True, slots=True)
class Tolerance:
    """How far an answer may be off."""

    amount: Fraction = Fraction(0)
    relative: bool = False
    """Whether the amount is a part of the right answer rather than an absolute number."""

    def admits(self, given: Fraction, right: Number) -> bool:
        """Whether `given` is near enough; what is shown as the right answer always is."""
        exact = Fraction(right)
        allowed = self.amount * abs(exact) if self.relative else self.amount
        rounding = ROUNDING * abs(exact) if isinstance(right, float) else Fraction(0)
        return abs(given - exact) <= max(allowed, rounding) or given == read_number(show_number(right))


@dataclass(frozen=True, slots=True)
class NumberMistake:
    """A wrong number that people give, and what went wrong."""

    value: Expression
    why: Template


@dataclass(frozen=True, slots=True)
class NumberQuestion(Question):
    """A number to work out from drawn numbers."""

    ask: Template
    computation: Computation
    tolerance: Tolerance
    unit: str
    why: Template
    mistakes: tuple[NumberMistake, ...]
    demo: DemoTemplate | None = None

    def pose(self, seed: int) -> Posed:
        """The question with this seed's numbers."""
        values = self.computation.values(seed)
        demo = self.demo.fill(values) if self.demo else None
        return _PosedNumber(self, self.ask.fill(values), (), self.unit, demo, values, self)


@dataclass(frozen=True, slots=True)
class _PosedNumber(Posed):
    values: Mapping[str, Value]
    asked: NumberQuestion

    def grade(self, answer: Answer) -> Verdict:
        """Explain the mistake that gives the very number typed, if it is a known one."""
        given = read_number(answer.text, self.unit)
        right = self.values[ANSWER]
        shown = f"{show_number(right)} {self.unit}".strip()
        why = self.asked.why.fill(self.values)
        if self.asked.tolerance.admits(given, right):
            return Verdict(True, why, shown)
        told = self._mistake(given)
        return Verdict(False, f"{told}\n\n{why}" if told else why, shown)

    def _mistake(self, given: Fraction) -> str:
        for mistake in self.asked.mistakes:
            try:
                value = mistake.value.value(self.values)
                if self.asked.tolerance.admits(given, value):
                    return mistake.why.fill(self.values)
            except (ImpossibleError, ExpressionError):
                continue
        return ""


@dataclass(frozen=True, slots=True)
class PrintsMistake:
    """A wrong output that people expect, and what went wrong."""

    value: str
    why: str


@dataclass(frozen=True, slots=True)
class PrintsQuestion(Question):
    """Some code whose output is asked for."""

    ask: str
    code: str
    answer: str
    why: str
    mistakes: tuple[PrintsMistake, ...]
    demo: DemoLink | None = None

    def pose(self, seed: int) -> Posed:
        """The same at every showing; `seed` changes nothing."""
        prompt = f"{self.ask}\n\n```python\n{self.code.rstrip()}\n```"
        return _PosedPrints(self, prompt, (), "", self.demo, self)


@dataclass(frozen=True, slots=True)
class _PosedPrints(Posed):
    asked: PrintsQuestion

    def grade(self, answer: Answer) -> Verdict:
        """Compare without regard to white space and the style of quotes."""
        given = _squeezed(answer.text)
        if not given:
            raise UsageError("Type what it prints first.")
        right = self.asked.answer.strip()
        if given == _squeezed(right):
            return Verdict(True, self.asked.why, right)
        told = next((m.why for m in self.asked.mistakes if _squeezed(m.value) == given), "")
        return Verdict(False, f"{told}\n\n{self.asked.why}" if told else self.asked.why, right)


def _squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text).translate(str.maketrans('‘’“”"', "'''''"))
