"""Demo: the lesson's claim as a live experiment, its knobs on the left, what it shows on the right."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.css.query import NoMatches
from textual.widgets import ProgressBar, Static

from cnntutor.course.cards import DemoLink
from cnntutor.course.models import Topic
from cnntutor.demos.catalogue import load, parse_knobs
from cnntutor.demos.knobs import values_of
from cnntutor.demos.protocol import Demo, Knobs
from cnntutor.errors import CnntutorError
from cnntutor.tui.screens.lesson.pane import Pane
from cnntutor.tui.widgets.frame_view import FrameView
from cnntutor.tui.widgets.knob_row import KnobRow
from cnntutor.tui.widgets.scroller import Scroller
from cnntutor.wording import plural

if TYPE_CHECKING:
    from cnntutor.demos.client import WorkerClient
    from cnntutor.demos.frame import Frame


class DemoPane(Horizontal, Pane):
    """A demo with its knobs. Turning one runs it again; an impossible setting is refused beside the knob."""

    DEFAULT_CSS = """
    DemoPane {
        height: 1fr;
        .controls { width: 36; height: 1fr; border-right: solid $border-blurred; padding: 1 1 0 1; }
        .title { color: $primary; text-style: bold; height: auto; padding: 0 1; }
        .promise { color: $text-muted; height: auto; padding: 0 1; margin-bottom: 1; }
        .refusal { color: $error; height: auto; padding: 0 1; margin-top: 1; }
        .state { color: $text-muted; height: 1; padding: 0 1; margin-top: 1; }
        .stage { width: 1fr; height: 1fr; padding: 1 1 0 2; }
        ProgressBar { height: 1; width: 100%; }
        ProgressBar Bar { width: 1fr; }
        ProgressBar Bar > .bar--bar, ProgressBar Bar > .bar--complete { color: $primary; }
        .none { padding: 2; color: $text-muted; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "pause", "Pause"),
        Binding("a", "again", "Run again"),
        Binding("x", "reset", "Reset"),
        Binding("c", "code", "Show code"),
        Binding("pagedown", "words(1)", "Scroll the text", show=False),
        Binding("pageup", "words(-1)", "Scroll the text back", show=False),
    ]

    def __init__(self, topic: Topic, worker: WorkerClient, link: DemoLink | None = None) -> None:
        super().__init__()
        self._worker = worker
        self._link = link if link is not None else _first_demo(topic)
        self._demo: Demo | None = None
        self._knobs: Knobs | None = None
        self._complaint = ""
        self._seed = 0
        self._paused = False

    def _load(self) -> None:
        """Load the linked demo; what is impossible about the link is said, and the demo stands at its defaults."""
        if self._link is None:
            return
        try:
            self._demo = load(self._link.demo)
            self._knobs = parse_knobs(self._demo, {})
            self._knobs = parse_knobs(self._demo, self._link.knobs)
        except CnntutorError as error:
            self._complaint = str(error)

    def compose(self) -> ComposeResult:
        self._load()
        if self._demo is None:
            yield Static(self._complaint or "This topic has no demo yet.", classes="none", markup=False)
            return
        with Scroller(classes="controls", can_focus=False):
            yield Static(self._demo.title, classes="title", markup=False)
            yield Static(self._demo.promise, classes="promise", markup=False)
            for knob in self._demo.controls:
                yield KnobRow(knob)
            yield Static("", classes="refusal", markup=False)
            yield Static("", classes="state", markup=False)
        with Vertical(classes="stage"):
            yield ProgressBar(total=1.0, show_percentage=False, show_eta=False)
            yield FrameView()

    def on_mount(self) -> None:
        if self._demo is not None:
            self._show_knobs()
            self._run()
            self._refuse(self._complaint)

    async def on_unmount(self) -> None:
        await self._worker.stop()

    # Running

    def _run(self) -> None:
        self._paused = False
        self._refuse("")
        self.remove_class("demo-done")
        self._consume()

    @work(exclusive=True, group="demo")
    async def _consume(self) -> None:
        """Take the frames of one run; a new run ends it."""
        if self._demo is None or self._knobs is None:
            return
        self._say_state("running" if self._worker.warm else "starting torch, a moment …")
        frames = 0
        try:
            async for frame in self._worker.run(self._demo.name, self._knobs, seed=self._seed):
                frames += 1
                await self._show(frame, frames)
        except CnntutorError as error:
            self._refuse(str(error))
            self._say_state("stopped")
            return
        self._say_state(f"done, {plural(frames, 'frame')}")
        self.add_class("demo-done")

    async def _show(self, frame: Frame, number: int) -> None:
        try:
            await self.query_one(FrameView).show(frame)
        except NoMatches:
            return  # the pane is being closed
        bar = self.query_one(ProgressBar)
        bar.update(progress=frame.progress if frame.progress is not None else 0.0)
        self._say_state(f"{'paused' if self._paused else 'running'}, frame {number}")

    def _say_state(self, text: str) -> None:
        for state in self.query(".state").results(Static):
            state.update(text)

    def _refuse(self, line: str) -> None:
        for refusal in self.query(".refusal").results(Static):
            refusal.update(line)

    # Knobs

    def _show_knobs(self) -> None:
        if self._knobs is not None:
            values = values_of(self._knobs)
            for row in self.query(KnobRow):
                row.show(values[row.knob.name])
        self._refuse("")

    @on(KnobRow.Turned)
    def _turned(self, event: KnobRow.Turned) -> None:
        """Try the new value. What is impossible is refused, and the last good picture stays."""
        event.stop()
        if self._demo is None or self._knobs is None:
            return
        wanted = values_of(self._knobs) | {event.row.knob.name: event.value}
        try:
            knobs = parse_knobs(self._demo, wanted)
        except CnntutorError as error:
            self._refuse(str(error))
            return
        self._knobs = knobs
        self._show_knobs()
        if not self._worker.set_knobs(knobs):
            self._run()

    def action_reset(self) -> None:
        if self._demo is not None:
            self._knobs = parse_knobs(self._demo, {})
            self._show_knobs()
            self._run()

    def action_again(self) -> None:
        self._seed += 1
        self._run()

    def action_pause(self) -> None:
        if self.has_class("demo-done"):
            return
        self._paused = not self._paused
        if self._paused:
            self._worker.pause()
        else:
            self._worker.resume()
        self._say_state("paused" if self._paused else "running")

    def action_words(self, step: int) -> None:
        """Scroll what is said about the pictures without leaving the knobs."""
        words = self.query_one(".words", Scroller)
        words.scroll_relative(y=step * max(1, words.size.height - 1), animate=False)

    def action_code(self) -> None:
        from cnntutor.demos.show_code import show_code
        from cnntutor.tui.screens.code import CodeScreen

        if self._demo is not None and self._knobs is not None:
            self.app.push_screen(CodeScreen(self._demo.title, show_code(self._demo, self._knobs, self._seed)))


def _first_demo(topic: Topic) -> DemoLink | None:
    return DemoLink(topic.demos[0], {}) if topic.demos else None
