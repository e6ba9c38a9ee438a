"""Draws and the answer worked out from them: what computed cards and number questions share."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass

from cnntutor.course.draw import Source
from cnntutor.course.expression import Expression, ImpossibleError, Value
from cnntutor.errors import CourseError

ATTEMPTS = 1000
"""Draws tried for one showing; the loader refuses items that need more than a tenth of them."""

ANSWER = "answer"
"""The name of the answer in a text's holes."""


@dataclass(frozen=True, slots=True)
class Computation:
    """Numbers to draw, and what is worked out from them."""

    draws: Mapping[str, Source]
    answer: Expression | None = None
    others: tuple[Expression, ...] = ()
    """What the texts work out besides; a draw must admit these too."""

    @property
    def names(self) -> frozenset[str]:
        """Every name a text may use."""
        return frozenset(self.draws) | ({ANSWER} if self.answer else set())

    def values(self, seed: int, attempts: int = ATTEMPTS) -> dict[str, Value]:
        """The values of one showing, `answer` among them; impossible draws are drawn again.

        Args:
            seed: the same seed gives the same values.
            attempts: draws to try before giving up.

        Raises:
            CourseError: every draw was impossible.
            ExpressionError: an expression cannot be worked out, whatever is drawn.
        """
        chance = random.Random(seed)
        reason = ""
        for _ in range(attempts):
            try:
                return self._worked_out({name: source.draw(chance) for name, source in self.draws.items()})
            except ImpossibleError as error:
                reason = str(error)
        raise CourseError(f"every draw is impossible: {reason}")

    def _worked_out(self, values: dict[str, Value]) -> dict[str, Value]:
        if self.answer is not None:
            values[ANSWER] = self.answer.value(values)
        for expression in self.others:
            expression.value(values)
        return values
