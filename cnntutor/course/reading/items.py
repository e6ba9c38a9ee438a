"""What cards and questions share: sections, demo links, draws and texts with holes."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from pathlib import Path

from cnntutor.course.cards import CardId, DemoLink, DemoTemplate
from cnntutor.course.computed import ANSWER, ATTEMPTS, Computation
from cnntutor.course.draw import DrawError, parse_source
from cnntutor.course.draw import Source as DrawSource
from cnntutor.course.expression import Expression, ExpressionError, functions
from cnntutor.course.lookup import nearest
from cnntutor.course.models import Article
from cnntutor.course.reading.located import Text
from cnntutor.course.reading.source import SLUG, Source
from cnntutor.course.template import Template, show_value
from cnntutor.errors import CourseError

_DEMO_PART = re.compile(r'(?:\{[^}]*\}|"[^"]*"|\S)+')
"""A value may hold blanks between quotes or braces: `weights="1 0; 0 1"`, `side={= 2 * out}`."""
TRIAL_SEEDS = (0, 1, 2)
"""Showings that every computed item is tried with."""


@dataclass(slots=True)
class Surroundings:
    """What a file's items may refer to."""

    source: Source
    article: Article
    demos: Set[str]
    """Every demo named in the course."""
    ids: dict[str, tuple[Path, int]]
    """Ids of notes, cards and questions that are taken, and where."""
    notes: Mapping[str, Sequence[CardId]] = field(default_factory=dict)
    """Note or card id → the cards it stands for."""

    def claim_id(self, written: Text, what: str) -> bool:
        """Whether an id is well formed and free; then it is taken."""
        if not SLUG.fullmatch(written.value):
            fix = "use lower-case letters, digits and single dashes"
            self.source.problem(written.line, f"“{written.value}” is no id for a {what}", fix)
            return False
        if written.value in self.ids:
            path, line = self.ids[written.value]
            fix = "give this one another id; ids are never used twice"
            self.source.problem(written.line, f"the id {written.value} is taken ({path}:{line})", fix)
            return False
        self.ids[written.value] = (self.source.path, written.line)
        return True

    def section(self, written: Text, what: str) -> str:
        """The anchor, reported if the article has no such section."""
        known = [section.id for section in self.article.sections]
        if not written.value:
            self.source.problem(
                written.line, f"the {what} names no section", f"add `section: {known[0] if known else '…'}`"
            )
        elif known and written.value not in known:
            near = nearest(written.value, known)
            fix = f"write {near}" if near else f"the article has {', '.join(known)}"
            self.source.problem(written.line, f"the article has no section “{written.value}”", fix)
        return written.value

    def demo(self, written: Text, known: Set[str] = frozenset()) -> DemoTemplate | None:
        """A demo link, whose knobs may hold drawn numbers; None, and a problem reported, if it cannot be read."""
        if not written.value:
            return None
        name, *settings = _DEMO_PART.findall(written.value)
        if name not in self.demos:
            near = nearest(name, self.demos)
            fix = f"write {near}" if near else "name it under `demos` of a topic in course.yaml"
            self.source.problem(written.line, f"no topic has a demo “{name}”", fix)
            return None
        knobs = {}
        for setting in settings:
            knob, equals, value = setting.partition("=")
            if not (knob and equals and value):
                self.source.problem(written.line, f"“{setting}” sets no knob", "write `knob=value`")
                return None
            knobs[knob] = self.template(Text(_unquoted(value), written.line), known)
        return DemoTemplate(name, knobs)

    def fixed_demo(self, written: Text) -> DemoLink | None:
        """A demo link with nothing drawn."""
        template = self.demo(written)
        return template.fill({}) if template else None

    def markdown(self, written: Text) -> str:
        """A text without draws, its formulas in Unicode; a hole in it is reported."""
        self._holes(written, frozenset())
        return self.source.markdown(written.value, written.line)

    def template(self, written: Text, known: Set[str]) -> Template:
        """A text with holes; names nobody draws and broken formulas are reported."""
        template = self._holes(written, known)
        self.source.markdown(written.value, written.line)
        return template

    def _holes(self, written: Text, known: Set[str]) -> Template:
        template = Template.parse(written.value, known)
        instead = f"use {', '.join(sorted(known))}" if known else "draw it under `draw:`"
        for fault in template.faults:
            line = written.line + written.value.count("\n", 0, fault.offset)
            self.source.problem(line, fault.message, f"{instead}, or write \\{{ for a brace")
        return template

    # Computed items

    def computation(self, draws: Sequence[tuple[Text, Text]], answer: Text | None) -> Computation | None:
        """Draws and answer; None, and every mistake reported, if one cannot be read."""
        sources: dict[str, DrawSource] = {}
        sound = True
        for name, text in draws:
            source = self._draw(name, text, sources)
            sound = sound and source is not None
            if source is not None:
                sources[name.value] = source
        expression = self.expression(answer, frozenset(sources)) if answer and sound else None
        if not sound or (answer is not None and expression is None):
            return None
        return Computation(sources, expression)

    def _draw(self, name: Text, text: Text, taken: Mapping[str, DrawSource]) -> DrawSource | None:
        reason = ""
        if not name.value.isidentifier():
            reason = "is no name: use letters, digits and _"
        elif name.value in taken:
            reason = "is drawn twice"
        elif name.value == ANSWER or name.value in functions():
            reason = "already means something else"
        if reason:
            self.source.problem(name.line, f"“{name.value}” {reason}", "draw it under another name")
            return None
        try:
            return parse_source(text.value)
        except DrawError as error:
            self.source.problem(text.line, str(error), "write 5..64, or 1, 3, 5, or grid 3x3 0..5")
            return None

    def expression(self, written: Text, known: Set[str]) -> Expression | None:
        """An expression over known names; None, and a problem reported, if it is none."""
        try:
            expression = Expression.parse(written.value)
        except ExpressionError as error:
            self.source.problem(written.line, str(error), "write arithmetic over the drawn names")
            return None
        missing = sorted(expression.names - known)
        if missing:
            near = nearest(missing[0], known)
            fix = f"write {near}" if near else f"draw it, or use {', '.join(sorted(known)) or 'numbers alone'}"
            self.source.problem(written.line, f"nothing is drawn under the name “{missing[0]}”", fix)
            return None
        return expression

    def completed(
        self, computation: Computation, texts: Sequence[Template], line: int, *, number: bool = False
    ) -> Computation | None:
        """The computation with all that its texts work out, tried; None, and a problem reported, if it fails.

        Args:
            computation: draws and answer.
            texts: every text of the item, its demo's knobs among them.
            line: where a failure is reported.
            number: whether the answer must be a number.
        """
        others = tuple(expression for text in texts for expression in text.expressions)
        whole = replace(computation, others=others)
        used = {name for expression in (*others, *filter(None, [computation.answer])) for name in expression.names}
        for name in computation.draws.keys() - used:
            self.source.problem(line, f"“{name}” is drawn but never used", "use it or take it out")
        try:
            for seed in TRIAL_SEEDS:
                _try_once(whole, texts, seed, number)
        except (CourseError, ExpressionError) as error:
            self.source.problem(line, str(error), "mend the draws or the expression")
            return None
        return whole


def _unquoted(value: str) -> str:
    return value[1:-1] if len(value) > 1 and value[0] == value[-1] == '"' else value


def _try_once(computation: Computation, texts: Sequence[Template], seed: int, number: bool) -> None:
    values = computation.values(seed, ATTEMPTS // 10)
    for text in texts:
        text.fill_raw(values)
    if number and isinstance(values[ANSWER], tuple):
        raise ExpressionError("the answer is a list, but a number is asked for")
    if ANSWER in values:
        show_value(values[ANSWER])
