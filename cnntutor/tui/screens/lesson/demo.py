"""Demo: the lesson's claim as a live experiment, its knobs on the left, what it shows on the right."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.events import Paste
from textual.widgets import Static

from cnntutor import paths
from cnntutor.course.cards import DemoLink
from cnntutor.course.models import Topic
from cnntutor.demos.catalogue import load
from cnntutor.demos.history import History, PastRun
from cnntutor.demos.knobs import KnobKind
from cnntutor.demos.session import RUN_KNOBS, DemoSession
from cnntutor.errors import CnntutorError, UsageError
from cnntutor.tui.guard import guarded
from cnntutor.tui.pasted import pasted_file
from cnntutor.tui.screens.lesson.demo_files import DemoFiles
from cnntutor.tui.screens.lesson.demo_memory import DemoMemory
from cnntutor.tui.screens.lesson.pane import Pane
from cnntutor.tui.widgets.demo_stage import DemoStage
from cnntutor.tui.widgets.knob_panel import KnobPanel
from cnntutor.tui.widgets.knob_row import KnobRow
from cnntutor.tui.widgets.prediction_panel import PredictionPanel
from cnntutor.tui.widgets.table_view import TableView

if TYPE_CHECKING:
    from cnntutor.demos.client import WorkerClient
    from cnntutor.memory.store import Store

DONE = "demo-done"
"""Class of a pane whose run has ended by itself."""


class DemoPane(Horizontal, Pane):
    """A demo with its knobs. Turning one runs it again; an impossible setting is refused beside the knob."""

    ASKS: ClassVar[bool] = True
    """Whether a guess is asked for before the first run of a demo."""

    DEFAULT_CSS = """
    DemoPane {
        height: 1fr;
        .none { padding: 2; color: $text-muted; }
        &.-roomy KnobPanel { display: none; }
        &.-bare FrameWords, &.-drawing FrameWords { display: none; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "pause", "Pause"),
        Binding("s", "step", "Step"),
        Binding("v", "view(1)", "View"),
        Binding("V", "view(-1)", "View before", show=False),
        Binding("e", "end", "End"),
        Binding("a", "again", "Again"),
        Binding("c", "code", "Code"),
        Binding("plus,equals_sign", "pace(1)", "Faster", show=False, key_display="+"),
        Binding("minus", "pace(-1)", "Slower", show=False, key_display="-"),
        Binding("b", "scrub(-1)", "A frame back", show=False),
        Binding("f", "scrub(1)", "A frame on", show=False),
        Binding("B", "scrub(-10)", "Ten frames back", show=False),
        Binding("F", "scrub(10)", "Ten frames on", show=False),
        Binding("x", "reset", "Reset the knobs", show=False),
        Binding("w", "write", "Write files", show=False),
        Binding("o", "runs", "Older runs", show=False),
        Binding("n", "keep", "Name and keep the result", show=False),
        Binding("y", "predict", "Predict first; the next case", show=False),
        Binding("z", "room", "More room for the picture", show=False),
        Binding("i", "into", "Into the table", show=False),
        Binding("d", "next_demo", "Next demo of the topic", show=False),
        Binding("pagedown", "words(1)", "Scroll the text", show=False),
        Binding("pageup", "words(-1)", "Scroll the text back", show=False),
    ]

    def __init__(
        self, topic: Topic, worker: WorkerClient, store: Store, link: DemoLink | None = None, card: str = ""
    ) -> None:
        """Show a demo.

        Args:
            topic: whose Demo tab this is.
            worker: runs it.
            store: the learner's memory, for predictions.
            link: demo and knobs to open with; the topic's first demo by default.
            card: the card that it was opened from, or empty.
        """
        super().__init__()
        self._topic = topic
        self._worker = worker
        self._memory = DemoMemory(topic, store, card)
        self._link = link
        self._may_ask = self.ASKS and (link is None or not _own_numbers(link))
        self._session: DemoSession | None = None
        self._complaint = ""
        self._trusted: set[Path] = set()
        self._turned_row: KnobRow | None = None

    # What is on the bench

    def _load(self, link: DemoLink | None) -> None:
        """Put a demo on the bench; what is impossible about a link is said, and the demo stands at its defaults."""
        self._session, self._complaint = None, ""
        wanted = link or (DemoLink(self._topic.demos[0], {}) if self._topic.demos else None)
        if wanted is None:
            return
        try:
            demo = load(wanted.demo)
            if demo.grade is not None and not wanted.knobs:
                wanted = self._memory.next_case(demo.name) or wanted
            self._session = DemoSession(demo, History(paths.runs_dir(), demo.name))
            self._session.turn(wanted.knobs)
        except CnntutorError as error:
            self._complaint = str(error)

    def compose(self) -> ComposeResult:
        self._load(self._link)
        if self._session is None:
            yield Static(self._complaint or "This topic has no demo yet.", classes="none", markup=False)
            return
        demo = self._session.demo
        yield KnobPanel(demo.title, demo.promise, self._session.controls)
        yield DemoStage(self._worker, self._session)

    async def on_mount(self) -> None:
        """Show the knobs; ask first where that was not done yet, else run at once."""
        if self._session is None:
            return
        self._show_knobs()
        if self._may_ask and not self._memory.was_asked(self._session.demo.name) and await self._ask_first():
            return
        self._run()
        self._panel.refuse(self._complaint)

    def focus_first(self) -> None:
        """The cursor goes to the guess where one is awaited, else to the first knob."""
        if any(stage.asking for stage in self.query(DemoStage)):
            self._stage.take_focus()
        elif turned := self._turned_by_link():
            self._panel.row(turned[0]).focus()
        else:
            super().focus_first()

    def _turned_by_link(self) -> list[str]:
        """The knobs that the card or question brought its own numbers for."""
        if self._session is None or self._link is None:
            return []
        values = self._session.values
        knobs = [knob for knob in self._session.controls if knob.name in self._link.knobs]
        return [knob.name for knob in knobs if values[knob.name] != knob.default]

    @property
    def _panel(self) -> KnobPanel:
        return self.query_one(KnobPanel)

    @property
    def _stage(self) -> DemoStage:
        return self.query_one(DemoStage)

    # Running

    def _run(self) -> None:
        """Start a run with the knobs as they stand; one that would execute the learner's file is asked about first."""
        if self._session is None:
            return
        code = self._session.knobs.code_to_run
        if code is not None and code not in self._trusted:
            self._ask_consent(code)
            return
        self._panel.refuse("")
        self.remove_class(DONE)
        self._stage.run_demo()

    @on(DemoStage.Ended)
    def _ended(self, event: DemoStage.Ended) -> None:
        event.stop()
        if self._session is not None and not self.has_class("-drawing"):  # half a digit is no result to keep
            with guarded(self):
                self._session.finish(self._stage.device, stopped=event.stopped)
        if not event.stopped:
            self._settle()
        elif self._memory.has_guess:
            self._stage.say_verdict("Stopped before the end, so your guess is still open: run it again (a).")
        self.add_class(DONE)

    @on(DemoStage.Failed)
    def _failed(self, event: DemoStage.Failed) -> None:
        event.stop()
        self._panel.refuse(event.line, self._panel.named_in(event.line) or self._turned_row)

    @on(DemoStage.Offered)
    def _offered(self, event: DemoStage.Offered) -> None:
        event.stop()
        if self._session is not None:
            self._panel.show(self._session.values, self._session.offered)

    # Knobs

    def _show_knobs(self) -> None:
        if self._session is not None:
            self._panel.show(self._session.values, self._session.offered)
            self._panel.refuse("")

    @on(KnobRow.Turned)
    def _turned(self, event: KnobRow.Turned) -> None:
        event.stop()
        self._turned_row = event.row
        name = event.row.knob.name
        can_be = (value for value in (event.value, *event.further) if self._can_be({name: value}))
        self._turn({name: next(can_be, event.value)}, event.row)

    def _can_be(self, settings: dict[str, object]) -> bool:
        return self._session is not None and self._session.can_turn(settings)

    def _turn(self, settings: dict[str, object], row: KnobRow | None = None) -> None:
        """Try new values. What is impossible is refused, and the last good picture stays."""
        if self._session is None:
            return
        try:
            self._session.turn(settings)
        except CnntutorError as error:
            self._panel.refuse(str(error), row)
            return
        self._show_knobs()
        if self._stage.asking:
            self.run_worker(self._ask_first(), exclusive=True, group="ask")
        elif not self._stage.take_knobs():
            self._memory.drop_guess()  # it was about other knobs
            self._run()

    @on(KnobRow.EditWanted)
    def _edit(self, event: KnobRow.EditWanted) -> None:
        from cnntutor.tui.screens.editors import editor

        event.stop()
        if self._session is None:
            return
        knob = event.row.knob

        def turn(text: str) -> None:
            self._turn({knob.name: text}, event.row)

        def take(text: str | None) -> None:
            self.remove_class("-drawing")
            if text is not None:
                turn(text)

        self.set_class(knob.kind is KnobKind.DRAWING, "-drawing")
        self.app.push_screen(editor(knob, self._session, turn), take)

    def on_paste(self, event: Paste) -> None:
        """A picture's path, pasted or dropped into the terminal, becomes the picture."""
        picture = pasted_file(event.text)
        if self._session is None or picture is None:
            return
        event.stop()
        try:
            self._session.show_picture(picture)
        except UsageError as error:
            self._panel.refuse(str(error))
            return
        self._show_knobs()
        self._run()

    # Predict first

    async def _ask_first(self) -> bool:
        """Ask what will happen, if the demo has a question for these knobs; whether it has."""
        prediction = self._session.prediction if self._session else None
        if prediction is None:
            await self._stop_asking()
            return False
        await self._stage.ask(prediction)
        return True

    async def _stop_asking(self) -> None:
        await self._stage.stop_asking()
        if self._session is not None:
            with guarded(self):
                self._memory.note_asked(self._session.demo.name)

    @on(PredictionPanel.Locked)
    async def _lock(self, event: PredictionPanel.Locked) -> None:
        event.stop()
        self._memory.lock(event.prediction, event.choice, event.confidence)
        await self._run_after_asking()

    @on(PredictionPanel.Skipped)
    async def _skip(self, event: PredictionPanel.Skipped) -> None:
        event.stop()
        self._memory.drop_guess()
        await self._run_after_asking()

    async def _run_after_asking(self) -> None:
        await self._stop_asking()
        self._run()
        self._panel.take_focus()

    def _settle(self) -> None:
        """The run has answered the guess that was locked for it, or says whether the learner knows a card."""
        last = self._session.recording.last if self._session else None
        if self._session is None or last is None:
            return
        with guarded(self):
            settled = self._memory.settle(last) or self._memory.grade(self._session)
            if settled is not None:
                self._stage.say_verdict(settled.line, right=settled.right)

    # Keys

    def action_pause(self) -> None:
        self._stage.pause()

    def action_step(self) -> None:
        self._stage.step()

    def action_pace(self, steps: int) -> None:
        self._stage.change_pace(steps)

    async def action_end(self) -> None:
        await self._stage.end()

    async def action_view(self, step: int) -> None:
        await self._stage.turn_view(step)

    async def action_scrub(self, frames: int) -> None:
        await self._stage.scrub(frames)

    def action_words(self, step: int) -> None:
        """Scroll what is said about the pictures without leaving the knobs."""
        self._stage.scroll_words(step)

    def action_room(self) -> None:
        """Without the knobs; without the words too; both again."""
        knobs, words = not self.has_class("-roomy"), not self.has_class("-bare")
        self.set_class(knobs or words, "-roomy")
        self.set_class(not knobs and words, "-bare")

    def action_into(self) -> None:
        """Put the cursor into the table, to scroll it; or back to the knobs."""
        tables = self.query(TableView)
        if not tables or any(table.has_focus for table in tables):
            self._panel.take_focus()
        else:
            tables.first().focus()

    def action_again(self) -> None:
        """The same knobs, another seed."""
        if self._session is not None:
            self._turn({"seed": self._session.seed + 1})

    def action_reset(self) -> None:
        if self._session is not None:
            self._session.reset()
            self._show_knobs()
            self._run()

    async def action_predict(self) -> None:
        """Guess before a run; a demo that grades has a next case instead."""
        if self._session is not None and self._session.demo.grade is not None:
            if (link := self._memory.next_case(self._session.demo.name)) is not None:
                self._session.reset()
                self._turn(dict(link.knobs))
        elif self._session is not None and self._session.prediction is not None:
            self._memory.drop_guess()
            await self._stage.end()
            await self._ask_first()

    async def action_next_demo(self) -> None:
        """The next of the topic's demos."""
        names = self._topic.demos
        if self._session is None or len(names) < 2:
            return
        at = names.index(self._session.demo.name) if self._session.demo.name in names else -1
        self._turned_row = None
        self._link = DemoLink(names[(at + 1) % len(names)], {})
        self._memory.left_card()
        self._may_ask = True
        self.remove_class(DONE)
        await self.recompose()
        await self.on_mount()
        if not self._stage.asking:
            self.call_after_refresh(self._panel.take_focus)

    # What leaves the bench

    def action_code(self) -> None:
        if self._session is not None:
            DemoFiles(self, self._session).show_code()

    def action_write(self) -> None:
        if self._session is not None:
            DemoFiles(self, self._session).ask_where_to_write()

    def action_keep(self) -> None:
        if self._session is not None:
            DemoFiles(self, self._session).ask_for_a_name()

    def action_runs(self) -> None:
        from cnntutor.tui.screens.runs import RunsScreen

        if self._session is not None:
            screen = RunsScreen(self._session.demo.title, self._session.past_runs())
            self.app.push_screen(screen, self._go_back_to)

    def _go_back_to(self, run: PastRun | None) -> None:
        if self._session is None or run is None:
            return
        try:
            self._session.go_back_to(run)
        except CnntutorError as error:
            self._panel.refuse(str(error))
            return
        self._show_knobs()
        self._run()

    def _ask_consent(self, code: Path) -> None:
        from cnntutor.tui.screens.confirm import ConfirmScreen

        question = f"This runs the Python code in {code}, with all that it may do to your files. Do you trust it?"

        def answered(yes: bool | None) -> None:
            if yes:
                self._trusted.add(code)
                self._run()
            else:
                self._panel.refuse(f"{code.name} was not run.")

        self.app.push_screen(ConfirmScreen("Run this file?", question, "Run it"), answered)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Keys that do nothing for this demo are not offered."""
        session = self._session
        asking = any(stage.asking for stage in self.query(DemoStage))
        if action in {"room", "words"} or session is None:
            return session is not None
        match action:
            case "keep":
                return session.demo.keep is not None
            case "predict":
                return (session.demo.predict or session.demo.grade) is not None and not asking
            case "next_demo":
                return len(self._topic.demos) > 1
            case "pause" | "step" | "end" | "view" | "scrub":
                return not asking
            case _:
                return True


def _own_numbers(link: DemoLink) -> bool:
    """Whether a link turns knobs of the demo: whoever comes with numbers of her own wants to see them at once."""
    return bool(set(link.knobs) - {knob.name for knob in RUN_KNOBS})
