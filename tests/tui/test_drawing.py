"""The pad of draw-and-fool: by keys, by mouse, and the scores that move meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from driving import Drive, press, text_of
from textual.pilot import Pilot

from cnntutor.course.cards import DemoLink
from cnntutor.demos.client import WorkerClient
from cnntutor.errors import CnntutorError
from cnntutor.tui.routes import ToLesson
from cnntutor.tui.screens.drawing import DrawingScreen
from cnntutor.tui.screens.lesson.demo import DONE, DemoPane
from cnntutor.tui.widgets.drawing_pad import DrawingPad
from cnntutor.tui.widgets.knob_panel import KnobPanel
from cnntutor.vision.strokes import SAMPLES, Stroke

pytestmark = pytest.mark.asyncio(loop_scope="module")

SEVEN = ToLesson("edges", tab="demo", demo=DemoLink("draw-and-fool", {"drawing": SAMPLES[7], "steps": "5"}))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def worker() -> AsyncIterator[WorkerClient]:
    client = WorkerClient()
    yield client
    await client.close()


def pane(pilot: Pilot[CnntutorError]) -> DemoPane:
    return next(screen for screen in pilot.app.screen_stack if screen.query(DemoPane)).query_one(DemoPane)


def drawing(pilot: Pilot[CnntutorError]) -> str:
    session = pane(pilot)._session
    assert session is not None
    return str(session.values["drawing"])


async def said(pilot: Pilot[CnntutorError], digit: int, *, done: bool = False) -> None:
    """Wait until the run behind the pad names this digit, or has come to its end too."""
    async with asyncio.timeout(90):
        while not (_names(pilot, digit) and (not done or pane(pilot).has_class(DONE))):
            await pilot.pause(0.05)


def _names(pilot: Pilot[CnntutorError], digit: int) -> bool:
    session = pane(pilot)._session
    last = session.recording.last if session else None
    return last is not None and last.figures.get("digit") == digit


async def opened(pilot: Pilot[CnntutorError]) -> DrawingPad:
    await said(pilot, 7)
    pilot.app.screen.query_one(KnobPanel).row("drawing").focus()
    await press(pilot, "enter")
    return pilot.app.screen.query_one(DrawingPad)


async def test_the_scores_move_while_one_draws(drive: Drive) -> None:
    async with drive(SEVEN) as pilot:
        pad = await opened(pilot)
        assert isinstance(pilot.app.screen, DrawingScreen)
        await press(pilot, "0")
        await said(pilot, 0)
        assert pilot.app.screen.query_one(DrawingPad) is pad
        assert drawing(pilot) == SAMPLES[0]
        await press(pilot, "enter")
        assert pilot.app.screen.query(DemoPane)
        assert drawing(pilot) == SAMPLES[0]
        assert "the net sees" in text_of(pilot)


async def test_keys_draw_rub_and_undo(drive: Drive) -> None:
    async with drive(SEVEN) as pilot:
        pad = await opened(pilot)
        await press(pilot, "c", "space", "right", "right", "shift+down", "space")
        assert pad.strokes == (Stroke(((16, 16), (18, 16), (18, 20))),)
        await press(pilot, "x", "space", "left", "space")
        assert pad.strokes[1] == Stroke(((18, 20), (17, 20)), rubs=True)
        await press(pilot, "u")
        assert len(pad.strokes) == 1


async def test_the_mouse_draws_and_its_right_button_rubs(drive: Drive) -> None:
    async with drive(SEVEN) as pilot:
        pad = await opened(pilot)
        await press(pilot, "c")
        await pilot.mouse_down(pad, offset=(4, 2))
        await pilot.hover(pad, offset=(14, 2))
        await pilot.mouse_up(pad, offset=(14, 2))
        assert pad.strokes == (Stroke(((4, 5), (14, 5))),)
        await pilot.mouse_down(pad, offset=(9, 2), button=3)
        await pilot.mouse_down(pad, offset=(9, 2))  # a second button changes nothing
        await pilot.mouse_up(pad, offset=(9, 2))
        assert pad.strokes[1] == Stroke(((9, 5),), rubs=True)
        assert not pad._rubs


async def test_what_is_tried_on_the_pad_is_kept_among_the_runs_only_once_it_is_taken(drive: Drive) -> None:
    async with drive(SEVEN) as pilot:
        await opened(pilot)
        session = pane(pilot)._session
        assert session is not None
        before = len(session.past_runs())
        for digit in (4, 5):
            await press(pilot, str(digit))
            await said(pilot, digit, done=True)
        assert len(session.past_runs()) == before
        await press(pilot, "enter")
        await said(pilot, 5, done=True)
        assert len(session.past_runs()) == before + 1
        assert session.past_runs()[-1].figures["digit"] == 5


async def test_never_mind_leaves_the_drawing_as_it_was(drive: Drive) -> None:
    async with drive(SEVEN) as pilot:
        await opened(pilot)
        await press(pilot, "3")
        await said(pilot, 3)
        await press(pilot, "escape")
        await said(pilot, 7)
        assert drawing(pilot) == SAMPLES[7]
        assert not pane(pilot).has_class("-drawing")
