"""A run as it is seen: its frames at their pace, its recording to scrub, the guess before and the verdict after."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.css.query import NoMatches
from textual.message import Message
from textual.widgets import Static

from cnntutor.errors import CnntutorError
from cnntutor.tui.playback import Playback
from cnntutor.tui.widgets.frame_view import FrameView
from cnntutor.tui.widgets.prediction_panel import PredictionPanel
from cnntutor.tui.widgets.timeline import Moment, Timeline

if TYPE_CHECKING:
    from cnntutor.demos.client import WorkerClient
    from cnntutor.demos.prediction import Prediction
    from cnntutor.demos.session import DemoSession


class DemoStage(Vertical):
    """Plays the runs of one session; the worker process makes the frames, and this takes them one by one."""

    DEFAULT_CSS = """
    DemoStage {
        width: 1fr;
        height: 1fr;
        padding: 1 1 0 2;
        .verdict { height: auto; padding: 0 1; margin: 0 0 1 0; display: none; }
        .verdict.-right { display: block; border-left: outer $success; color: $success; }
        .verdict.-wrong { display: block; border-left: outer $warning; color: $warning; }
        &.-asking FrameView { display: none; }
    }
    """

    class Offered(Message):
        """The run said what its text knobs may be set to."""

    class Ended(Message):
        """The run is over: it came to its end, or was stopped by the learner."""

        def __init__(self, *, stopped: bool) -> None:
            super().__init__()
            self.stopped = stopped

    class Failed(Message):
        """The run ended with an error."""

        def __init__(self, line: str) -> None:
            super().__init__()
            self.line = line

    def __init__(self, worker: WorkerClient, session: DemoSession) -> None:
        super().__init__()
        self._worker = worker
        self._session = session
        self._playback = Playback()
        self._state = ""
        self._stopping = False

    def compose(self) -> ComposeResult:
        yield Static("", classes="verdict", markup=False)
        yield FrameView()
        yield Timeline()

    async def on_unmount(self) -> None:
        await self._worker.stop()

    # Running

    @property
    def in_progress(self) -> bool:
        """Whether a run is playing or paused."""
        return any(worker.node is self and worker.group == "demo" and worker.is_running for worker in self.workers)

    @property
    def device(self) -> str:
        """What the run lives on."""
        return self._worker.device_of(self._session.device)

    def run_demo(self) -> None:
        """Start a run with the session's knobs; one in progress ends."""
        self._playback.restart()
        self._stopping = False
        self._consume(self._session.begin())

    async def end(self) -> None:
        """Stop the run; what it has shown stays, and counts as its result."""
        if self.in_progress:
            self._stopping = True
            self._playback.restart()
            await self._worker.stop()

    def take_knobs(self) -> bool:
        """Let the run in progress have the session's knobs; False if that needs a new run."""
        return not self._session.needs_new_run() and self._worker.set_knobs(self._session.knobs)

    @work(exclusive=True, group="demo", exit_on_error=False)
    async def _consume(self, run: int) -> None:
        """Take the frames of one run; a new run ends it, whatever it was waiting for."""
        session = self._session
        self._say("running" if self._worker.warm else "starting torch, a moment …")
        try:
            async for frame in self._worker.run(session.demo.name, session.knobs, session.device, session.seed):
                if not session.is_current(run):
                    return
                session.take(frame)
                await self._show_newest()
                if frame.choices:
                    self.post_message(self.Offered())
                await self._playback.turn(frame.hold)
        except CnntutorError as error:
            self._say("failed")
            self.post_message(self.Failed(str(error)))
            return
        if session.is_current(run):
            self._say("stopped" if self._stopping else "done")
            self.post_message(self.Ended(stopped=self._stopping))

    async def _show_newest(self) -> None:
        recording = self._session.recording
        if recording.live and recording.frame is not None:
            try:
                await self.query_one(FrameView).show(recording.frame)
            except NoMatches:
                return  # the pane is being closed
        self._say("paused" if self._playback.paused else "running")

    def _say(self, state: str) -> None:
        """Show where the run stands."""
        self._state = state
        recording = self._session.recording
        speed = f" ×{self._playback.speed:g}" if self._playback.speed != 1 else ""
        for timeline in self.query(Timeline):
            timeline.moment = Moment(
                state=f"{self.device} · {state}{speed}",
                progress=recording.last.progress if recording.last else None,
                seconds_left=self._session.seconds_left() if state == "running" else None,
                at=recording.at,
                frames=recording.made if recording.live else len(recording),
                live=recording.live,
            )

    # Pace and place

    def pause(self) -> None:
        """Pause, or go on."""
        if self.in_progress:
            self._playback.toggle()
            if self._playback.paused:
                self._worker.pause()  # a training run rests at once, not when its frames are not taken any more
            else:
                self._worker.resume()
            self._say("paused" if self._playback.paused else "running")

    def step(self) -> None:
        """One frame more, then pause."""
        if self.in_progress:
            self._playback.step()
            self._worker.step()

    def change_pace(self, steps: int) -> None:
        """Faster, or with negative steps slower."""
        self._playback.faster(steps)
        self._say(self._state)

    async def scrub(self, frames: int) -> None:
        """Look at a frame so many further on or back; past the newest it is live again."""
        await self._seek(self._session.recording.at + frames)

    @on(Timeline.Sought)
    async def _sought(self, event: Timeline.Sought) -> None:
        event.stop()
        recording = self._session.recording
        done = (recording.last.progress if recording.last else None) or 1.0
        share = event.share / done if recording.live else event.share  # a live bar shows the whole run
        await self._seek(round(share * (len(recording) - 1)))

    async def _seek(self, at: int) -> None:
        frame = self._session.recording.seek(at)
        if frame is not None:
            await self.query_one(FrameView).show(frame)
            self._say(self._state)

    async def turn_view(self, step: int) -> None:
        """The next of the frame's views, or the one before."""
        await self.query_one(FrameView).turn_view(step)

    def scroll_words(self, step: int) -> None:
        """Scroll what is said about the pictures by pages."""
        self.query_one(FrameView).scroll_words(step)

    # Predict first

    @property
    def asking(self) -> bool:
        """Whether a guess is awaited before the run."""
        return self.has_class("-asking")

    async def ask(self, prediction: Prediction) -> None:
        """Ask what will happen; `PredictionPanel.Locked` or `Skipped` comes back."""
        await self.query(PredictionPanel).remove()
        self.say_verdict("")
        self.add_class("-asking")
        panel = PredictionPanel(prediction)
        await self.mount(panel, before=self.query_one(FrameView))
        self._say("waiting for your guess")
        self.call_after_refresh(self.take_focus)

    def take_focus(self) -> None:
        """Put the cursor on the guess."""
        self.query_one(PredictionPanel).take_focus()

    async def stop_asking(self) -> None:
        """Show the run again."""
        self.remove_class("-asking")
        await self.query(PredictionPanel).remove()

    def say_verdict(self, line: str, *, right: bool = False) -> None:
        """Say whether the guess came true; an empty line takes the verdict away."""
        verdict = self.query_one(".verdict", Static)
        verdict.update(line)
        verdict.set_class(bool(line) and right, "-right")
        verdict.set_class(bool(line) and not right, "-wrong")
