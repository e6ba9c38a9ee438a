"""quiz.yaml: questions of five kinds."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import TypedDict

from cnntutor.course.cards import CardId
from cnntutor.course.choice import Choice, ChoiceQuestion
from cnntutor.course.computed import ANSWER, Computation
from cnntutor.course.expression import ExpressionError, ImpossibleError
from cnntutor.course.lookup import nearest
from cnntutor.course.ordering import Item, OrderQuestion
from cnntutor.course.questions import Question, QuestionId, QuestionKind
from cnntutor.course.reading import located
from cnntutor.course.reading.items import TRIAL_SEEDS, Surroundings
from cnntutor.course.reading.located import Record, Text
from cnntutor.course.template import show_value
from cnntutor.course.typed import (
    NumberMistake,
    NumberQuestion,
    PrintsMistake,
    PrintsQuestion,
    Tolerance,
)

_TOLERANCE = re.compile(r"(\d+(?:\.\d+)?|\.\d+)\s*(%?)")


class _Common(TypedDict):
    """What every question has."""

    id: QuestionId
    kind: QuestionKind
    skill: str
    section: str
    cards: tuple[CardId, ...]
    line: int


def read_quiz(around: Surroundings) -> tuple[Question, ...]:
    """Read quiz.yaml; a question that cannot be used is left out, and the others stay."""
    node = located.parse(around.source)
    if node is None:
        return ()
    found = (_question(record, around) for record in located.records(node, around.source, "question"))
    return tuple(question for question in found if question)


def _question(record: Record, around: Surroundings) -> Question | None:
    written_id, written_kind = record.text("id"), record.text("kind")
    kinds = [kind.value for kind in QuestionKind]
    if written_kind.value and written_kind.value not in kinds:
        near = nearest(written_kind.value, kinds)
        fix = f"write {near or ', '.join(kinds)}"
        record.wrong(written_kind.line, f"“{written_kind.value}” is no kind of question", fix)
    if written_id.value and not around.claim_id(written_id, "question"):
        record.sound = False
    if not record.sound:
        return None
    kind = QuestionKind(written_kind.value)
    common = _Common(
        id=QuestionId(written_id.value),
        kind=kind,
        skill=record.text("skill").value,
        section=around.section(_section(record), "question"),
        cards=_cards(record, around),
        line=record.line,
    )
    question = _READERS[kind](record, common, around)
    return question if record.close() else None


def _section(record: Record) -> Text:
    written = record.text("section", required=False)
    return Text(written.value, written.line if written.value else record.line_of("section"))


def _cards(record: Record, around: Surroundings) -> tuple[CardId, ...]:
    cards: list[CardId] = []
    for name in record.texts("cards"):
        if name.value in around.notes:
            cards += around.notes[name.value]
            continue
        near = nearest(name.value, around.notes)
        fix = f"write {near}" if near else "name a note of cards.md"
        around.source.problem(name.line, f"there is no card “{name.value}”", fix)
    return tuple(dict.fromkeys(cards))


def _choice_question(record: Record, common: _Common, around: Surroundings) -> Question | None:
    ask, demo = around.markdown(record.text("ask")), around.fixed_demo(record.text("demo", required=False))
    choices = [_choice(choice, around) for choice in record.records("choices", "choice")]
    sound = tuple(choice for choice in choices if choice)
    rights = sum(choice.right for choice in sound)
    line = record.line_of("choices")
    if record.sound and len(sound) < len(choices):
        record.sound = False
    elif record.sound and len(sound) < 2:
        record.wrong(line, "a question needs two choices at least", "add a mistake that people make, as `wrong:`")
    elif record.sound and not rights:
        record.wrong(line, "no choice is right", "mark the right one with `right:`")
    elif record.sound and rights > 1 and common["kind"] is QuestionKind.SINGLE:
        record.wrong(line, f"{rights} choices are right, but `single` has one", "write `kind: multiple`")
    if len({choice.text for choice in sound}) < len(sound):
        record.wrong(line, "two choices read the same", "change one of them")
    return ChoiceQuestion(**common, ask=ask, choices=sound, demo=demo)


def _choice(record: Record, around: Surroundings) -> Choice | None:
    is_right, is_wrong = record.has("right"), record.has("wrong")
    if is_right == is_wrong:
        record.wrong(record.line, "a choice is either `right:` or `wrong:`", "start it with one of the two")
        return None
    text = around.markdown(record.text("right" if is_right else "wrong"))
    why = around.markdown(record.text("why"))
    return Choice(text, is_right, why) if record.close() else None


def _order_question(record: Record, common: _Common, around: Surroundings) -> Question | None:
    ask, demo = around.markdown(record.text("ask")), around.fixed_demo(record.text("demo", required=False))
    items = []
    for entry in record.records("items", "item"):
        item = Item(around.markdown(entry.text("text")), around.markdown(entry.text("why")))
        record.sound = entry.close() and record.sound
        items.append(item)
    if record.sound and len({item.text for item in items}) < max(2, len(items)):
        record.wrong(record.line_of("items"), "an order needs two different items at least", "add one or change one")
    return OrderQuestion(**common, ask=ask, items=tuple(items), demo=demo)


def _number_question(record: Record, common: _Common, around: Surroundings) -> Question | None:
    ask, why, answer = record.text("ask"), record.text("why"), record.text("answer")
    written_demo = record.text("demo", required=False)
    unit, tolerance = record.text("unit", required=False).value, _tolerance(record)
    draws = record.pairs("draw", required=False)
    mistakes = record.records("mistakes", "mistake", required=False)
    begun = around.computation(draws, answer) if record.sound else None
    if begun is None:
        record.sound = False
        return None
    read = [_mistake(mistake, begun, around) for mistake in mistakes]
    known = tuple(mistake for mistake in read if mistake)
    ask_text, why_text = around.template(ask, begun.names), around.template(why, begun.names)
    demo = around.demo(written_demo, begun.names)
    texts = [ask_text, why_text, *(m.why for m in known), *(demo.knobs.values() if demo else ())]
    computation = around.completed(begun, texts, answer.line, number=True)
    if computation is None or len(known) < len(read):
        record.sound = False
        return None
    pairs = zip(known, mistakes, strict=True)
    known = tuple(mistake for mistake, entry in pairs if _is_usable(mistake, entry, computation, around))
    return NumberQuestion(
        **common,
        ask=ask_text,
        computation=computation,
        tolerance=tolerance,
        unit=unit,
        why=why_text,
        mistakes=known,
        demo=demo,
    )


def _tolerance(record: Record) -> Tolerance:
    written = record.text("tolerance", required=False)
    if not written.value:
        return Tolerance()
    match = _TOLERANCE.fullmatch(written.value)
    if match is None:
        record.wrong(written.line, f"“{written.value}” is no tolerance", "write 0.5, or 1% of the right answer")
        return Tolerance()
    amount = Fraction(match[1])
    return Tolerance(amount / 100, relative=True) if match[2] else Tolerance(amount)


def _mistake(record: Record, computation: Computation, around: Surroundings) -> NumberMistake | None:
    value, why = record.text("value"), record.text("why")
    if not record.close():
        return None
    expression = around.expression(value, computation.names)
    if expression is None:
        return None
    return NumberMistake(expression, around.template(why, computation.names))


def _is_usable(mistake: NumberMistake, record: Record, computation: Computation, around: Surroundings) -> bool:
    """Whether a mistake works out to a number, and to another than the right answer; reported if not."""
    line, same = record.line_of("value"), 0
    for seed in TRIAL_SEEDS:
        values = computation.values(seed)
        try:
            value = mistake.value.value(values)
            if isinstance(value, tuple):
                raise ExpressionError("the mistake is a list, but a number is asked for")
            show_value(value)
        except ImpossibleError:
            continue
        except ExpressionError as error:
            around.source.problem(line, str(error), "mend the expression")
            return False
        same += value == values[ANSWER]
    if same == len(TRIAL_SEEDS):
        around.source.problem(line, "this mistake is the right answer", "write what people get wrong")
    return same < len(TRIAL_SEEDS)


def _prints_question(record: Record, common: _Common, around: Surroundings) -> Question | None:
    mistakes = []
    for entry in record.records("mistakes", "mistake", required=False):
        mistakes.append(PrintsMistake(entry.text("value").value, around.markdown(entry.text("why"))))
        record.sound = entry.close() and record.sound
    return PrintsQuestion(
        **common,
        ask=around.markdown(record.text("ask")),
        code=record.text("code").value,
        answer=record.text("answer").value,
        why=around.markdown(record.text("why")),
        mistakes=tuple(mistakes),
        demo=around.fixed_demo(record.text("demo", required=False)),
    )


_Reader = Callable[[Record, _Common, Surroundings], Question | None]
_READERS: Mapping[QuestionKind, _Reader] = {
    QuestionKind.SINGLE: _choice_question,
    QuestionKind.MULTIPLE: _choice_question,
    QuestionKind.ORDER: _order_question,
    QuestionKind.NUMBER: _number_question,
    QuestionKind.PRINTS: _prints_question,
}
