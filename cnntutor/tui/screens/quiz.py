"""Quiz: say how sure you are, answer, and learn from the very choice you made."""

from __future__ import annotations

import random
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Static

from cnntutor.assessment import Assessment, outcome_of
from cnntutor.course.questions import Answer, Posed
from cnntutor.course.quiz import Confidence
from cnntutor.errors import CnntutorError
from cnntutor.services import Services
from cnntutor.tui.guard import guarded
from cnntutor.tui.routes import Go, ToLesson, ToQuiz
from cnntutor.tui.screens.room import EVERYWHERE, Room
from cnntutor.tui.widgets.answer_field import AnswerField
from cnntutor.tui.widgets.confidence_bar import ConfidenceBar
from cnntutor.tui.widgets.prose import Prose
from cnntutor.tui.widgets.quiz_score import QuizScore
from cnntutor.tui.widgets.scroller import Scroller


class QuizScreen(Room):
    """One question after the other: confidence, answer, explanation; then a score by skill."""

    HERE = "path"
    DEFAULT_CSS = """
    QuizScreen {
        .head { height: 1; background: $surface; padding: 0 2; color: $text-muted; }
        .question { height: 1fr; align-horizontal: center; padding: 1 2; }
        .column { width: 100%; max-width: 88; height: auto; }
        .skill { color: $text-muted; height: 1; margin-bottom: 1; }
        .verdict { height: auto; margin: 1 0; padding: 0 1; display: none; }
        .outcome { text-style: bold; height: auto; margin-bottom: 1; }
        &.-graded .verdict { display: block; }
        &.-right .verdict { border-left: outer $success; }
        &.-right .outcome { color: $success; }
        &.-wrong .verdict { border-left: outer $error; }
        &.-wrong .outcome { color: $error; }
        QuizScore { display: none; }
        &.-finished QuizScore { display: block; }
        &.-finished .head, &.-finished .question { display: none; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "go_on", "Next"),
        Binding("y", "claim", "I was right"),
        Binding("e", "source", "Explain"),
        Binding("d", "demo", "Demo"),
        Binding("enter,space", "done", "Done"),
        Binding("escape,q", "stop", "Stop", key_display="esc"),
        *EVERYWHERE,
    ]

    def __init__(self, route: ToQuiz, services: Services) -> None:
        """Start a quiz.

        Raises:
            UsageError: there is no such topic, or it has no questions.
        """
        topic = services.course.topic(route.slug)
        seed = random.randrange(2**31)
        self._assessment = Assessment(topic, services.store, seed, placement=route.placement)
        super().__init__(trail=f"{topic.title}  ·  {'placement' if route.placement else 'quiz'}")

    def body(self) -> ComposeResult:
        yield Static("", classes="head")
        with Scroller(classes="question", can_focus=False), Vertical(classes="column"):
            yield Static("", classes="skill", markup=False)
            yield Prose(classes="prompt")
            yield ConfidenceBar()
            yield AnswerField()
            with Vertical(classes="verdict"):
                yield Static("", classes="outcome", markup=False)
                yield Prose(classes="explanation")
        yield QuizScore()

    async def on_mount(self) -> None:
        await self._show()

    @property
    def _posed(self) -> Posed | None:
        return self._assessment.current

    async def _show(self) -> None:
        """Show the current question, or the score when there is none left."""
        self.remove_class("-graded", "-right", "-wrong")
        posed = self._posed
        if posed is None:
            self._finish()
            return
        done, total = self._assessment.progress
        self.query_one(".head", Static).update(f"Question [b]{done + 1}[/] of {total}")
        self.query_one(".skill", Static).update(posed.question.skill)
        await self.query_one(".prompt", Prose).update(posed.prompt)
        await self.query_one(AnswerField).ask(posed)
        bar = self.query_one(ConfidenceBar)
        bar.confidence = None
        bar.focus()
        self.query_one(".question").scroll_home(animate=False)
        self.refresh_bindings()

    @on(ConfidenceBar.Changed)
    def _sure(self) -> None:
        self.query_one(AnswerField).take_focus()

    @on(AnswerField.Given)
    async def _grade(self, event: AnswerField.Given) -> None:
        event.stop()
        confidence = self.query_one(ConfidenceBar).confidence
        if confidence is None:
            self.query_one(AnswerField).refuse("First say how sure you are: 1 to 4.")
            self.query_one(ConfidenceBar).focus()
            return
        await self._answer(event.answer, confidence)

    async def _answer(self, answer: Answer, confidence: Confidence) -> None:
        posed = self._posed
        if posed is None:
            return
        try:
            verdict = self._assessment.answer(answer, confidence)
        except CnntutorError as error:
            self.query_one(AnswerField).refuse(str(error))
            return
        self.query_one(AnswerField).close(self._assessment.right_options())
        self.add_class("-graded", "-right" if verdict.correct else "-wrong")
        self.query_one(".outcome", Static).update(outcome_of(verdict, posed.question.kind))
        await self.query_one(".explanation", Prose).update(verdict.explanation)
        question = self.query_one(".question", Scroller)
        question.can_focus = True
        question.focus()
        self.call_after_refresh(question.scroll_to_widget, self.query_one(".verdict"), animate=False)
        self.refresh_bindings()

    async def action_go_on(self) -> None:
        if not self.has_class("-graded"):
            return
        with guarded(self):
            self._assessment.advance()
        self.query_one(".question", Scroller).can_focus = False
        await self._show()

    def action_claim(self) -> None:
        """The typed answer was right after all; the learner's word counts, and is kept as a claim."""
        with guarded(self):
            self._assessment.claim()
        self.remove_class("-wrong")
        self.add_class("-right")
        self.query_one(".outcome", Static).update("Counted as right, on your word.")
        self.refresh_bindings()

    def _finish(self) -> None:
        """Show the score, at the end or on stopping early; what was answered counts either way."""
        with guarded(self):
            score = self._assessment.finish()
            self.remove_class("-graded")
            self.add_class("-finished")
            self.query_one(QuizScore).show(score, self._assessment)
        self.refresh_bindings()

    def action_stop(self) -> None:
        if self._assessment.answered and not self.has_class("-finished"):
            self._finish()
        else:
            self.dismiss()

    def action_done(self) -> None:
        self.dismiss()

    def leave(self) -> None:
        """Whatever way the quiz is left, what was missed becomes due."""
        if self._assessment.answered and not self.has_class("-finished"):
            with guarded(self):
                self._assessment.finish()

    def action_source(self) -> None:
        if self._posed is not None:
            section = self._posed.question.section
            self.post_message(Go(ToLesson(self._assessment.topic.slug, tab="read", section=section)))

    def action_demo(self) -> None:
        if self._posed is not None:
            self.post_message(Go(ToLesson(self._assessment.topic.slug, tab="demo", demo=self._posed.demo)))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        graded = self.has_class("-graded")
        match action:
            case "done":
                return self.has_class("-finished")
            case "go_on" | "source":
                return graded
            case "claim":
                return graded and self._assessment.can_claim
            case "demo":
                return graded and self._posed is not None and self._posed.demo is not None
            case _:
                return True
