"""Where a question is answered: choices, an order, or a line to type."""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import Input, Static

from cnntutor.course.questions import Answer, Posed, QuestionKind
from cnntutor.tui.widgets.choice_list import ChoiceList, MultipleChoice, Ordering, SingleChoice

LISTS: dict[QuestionKind, type[ChoiceList]] = {
    QuestionKind.SINGLE: SingleChoice,
    QuestionKind.MULTIPLE: MultipleChoice,
    QuestionKind.ORDER: Ordering,
}
INSTRUCTIONS = {
    QuestionKind.SINGLE: "One is right.",
    QuestionKind.MULTIPLE: "Any number may be right: space ticks, enter answers.",
    QuestionKind.ORDER: "Put them in order: space takes one up, arrows carry it, space puts it down, enter answers.",
    QuestionKind.NUMBER: "Type a number and press enter.",
    QuestionKind.PRINTS: "Type what is printed and press enter; white space does not matter.",
}


class AnswerField(Vertical):
    """Takes the answer to one question, in the way its kind asks for."""

    DEFAULT_CSS = """
    AnswerField {
        height: auto;
        .how { color: $text-muted; height: auto; margin-bottom: 1; }
        .refusal { color: $warning; height: auto; }
        Input { width: 100%; max-width: 60; margin: 0; }
    }
    """

    class Given(Message):
        """An answer was given."""

        def __init__(self, answer: Answer) -> None:
            super().__init__()
            self.answer = answer

    def compose(self) -> ComposeResult:
        yield Static("", classes="how")
        yield Vertical(classes="place")
        yield Static("", classes="refusal", markup=False)

    def on_mount(self) -> None:
        self.query_one(".place").styles.height = "auto"

    async def ask(self, posed: Posed) -> None:
        """Make room for the answer to this question."""
        self.disabled = False
        self.refuse("")
        kind = posed.question.kind
        unit = f" Unit: {posed.unit}." if posed.unit else ""
        self.query_one(".how", Static).update(INSTRUCTIONS[kind] + unit)
        place = self.query_one(".place", Vertical)
        await place.remove_children()
        if kind in LISTS:
            await place.mount(LISTS[kind](posed.options))
        else:
            await place.mount(Input(id="typed"))

    def take_focus(self) -> None:
        """Put the cursor where the answer goes."""
        self.query("ChoiceList, Input").first().focus()

    def refuse(self, line: str) -> None:
        """Say what is wrong with the answer, right below it; the learner may answer again."""
        self.query_one(".refusal", Static).update(line)

    def close(self, right: frozenset[int]) -> None:
        """Accept nothing more, and mark which choices were right."""
        self.refuse("")
        for choices in self.query(ChoiceList):
            choices.mark(right)
        self.disabled = True

    @on(ChoiceList.Submitted)
    def _chosen(self, event: ChoiceList.Submitted) -> None:
        event.stop()
        self.post_message(self.Given(Answer(picks=event.picks)))

    @on(Input.Submitted)
    def _typed(self, event: Input.Submitted) -> None:
        event.stop()
        self.post_message(self.Given(Answer(text=event.value)))
