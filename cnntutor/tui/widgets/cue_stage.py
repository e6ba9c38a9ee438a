"""The lesson's demo beside the transcript: a cue of the script opens it or moves it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Static

from cnntutor import paths
from cnntutor.course.cards import DemoLink
from cnntutor.demos.catalogue import load
from cnntutor.demos.history import History
from cnntutor.demos.session import DemoSession
from cnntutor.errors import CnntutorError
from cnntutor.tui.widgets.demo_stage import DemoStage

if TYPE_CHECKING:
    from cnntutor.demos.client import WorkerClient


class CueStage(Vertical):
    """Hidden until the first cue."""

    DEFAULT_CSS = """
    CueStage {
        display: none;
        width: 1fr;
        height: 1fr;
        border-left: solid $border-blurred;
        .title { height: 1; padding: 0 1 0 2; color: $primary; text-style: bold;
                 text-wrap: nowrap; text-overflow: ellipsis; }
        .trouble { height: auto; padding: 0 2; color: $text-muted; }
        DemoStage { padding: 0 1 0 2; }
    }
    """

    def __init__(self, worker: WorkerClient) -> None:
        super().__init__()
        self._worker = worker
        self._session: DemoSession | None = None
        self._turning = asyncio.Lock()

    def compose(self) -> ComposeResult:
        yield Static(classes="title", markup=False)
        yield Static(classes="trouble", markup=False)

    async def show(self, link: DemoLink) -> None:
        """Open a demo with a cue's knobs, or move the one that is open; what is impossible is said instead."""
        self.display = True
        async with self._turning:
            try:
                opened = await self._open(link)
            except CnntutorError as error:
                self._say(str(error))
                return
            self._run(opened)

    def _run(self, opened: bool) -> None:
        """Run the demo, or let the run in progress have the new knobs."""
        self._say("")
        assert self._session is not None
        if self._session.knobs.code_to_run is not None:
            self._say("This demo would run code of yours: d hands it over, and asks you first.")
            return
        stage = self.query_one(DemoStage)
        if opened or not stage.take_knobs():
            stage.run_demo()

    def _say(self, line: str) -> None:
        self.query_one(".trouble", Static).update(line)

    @on(DemoStage.Failed)
    def _failed(self, event: DemoStage.Failed) -> None:
        event.stop()
        self._say(event.line)

    async def _open(self, link: DemoLink) -> bool:
        """Put the demo on; whether it was not there before."""
        if self._session is not None and self._session.demo.name == link.demo:
            self._session.turn(link.knobs)
            return False
        demo = load(link.demo)
        session = DemoSession(demo, History(paths.runs_dir(), demo.name))
        session.turn(link.knobs)
        self._session = session
        self.query_one(".title", Static).update(f"{demo.title}  ·  d hands it over")
        await self.query(DemoStage).remove()
        await self.mount(DemoStage(self._worker, session))
        return True
