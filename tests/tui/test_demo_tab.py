"""The Demo tab with the real worker process."""

from __future__ import annotations

import asyncio

import pytest
from driving import Drive, press, settle, text_of
from textual.pilot import Pilot

from cnntutor.course.cards import DemoLink
from cnntutor.errors import CnntutorError
from cnntutor.services import Services
from cnntutor.tui.routes import ToLesson, ToReview
from cnntutor.tui.screens.lesson.demo import DemoPane

SMALL = DemoLink("convolve", {"side": "20", "kernel_size": "3"})


async def finished(pilot: Pilot[CnntutorError], *, then: str = "") -> None:
    """Wait for the run to end and for `then` to stand on the screen."""
    async with asyncio.timeout(60):
        while not (pilot.app.screen.query(".demo-done") and then in text_of(pilot)):
            await pilot.pause(0.05)


async def test_a_card_opens_the_demo_with_its_own_numbers(drive: Drive, services: Services) -> None:
    for card in ("edges-name", "edges-gaps/1", "edges-gaps/2"):
        services.store.suspend(card)
    async with drive(ToReview(topic="edges", limit=1)) as pilot:
        face = pilot.app.screen._face  # type: ignore[attr-defined]
        await press(pilot, "space", "d")
        side, size = (int(face.demo.knobs[name]) for name in ("side", "kernel_size"))
        await finished(pilot, then=f"= {side - size + 1}")
        pane = pilot.app.screen.query_one(DemoPane)
        assert f"({side} + 2·0 − 1·({size} − 1) − 1)/1⌋ + 1 = {side - size + 1}" in text_of(pilot)
        assert pane is not None


async def test_turning_a_knob_runs_it_again(drive: Drive) -> None:
    async with drive(ToLesson("edges", tab="demo", demo=SMALL)) as pilot:
        await finished(pilot, then="+ 1 = 20")
        row = next(r for r in pilot.app.screen.query("KnobRow") if r.knob.name == "stride")  # type: ignore[attr-defined]
        row.focus()
        await press(pilot, "right")
        await finished(pilot, then="+ 1 = 10")
        await press(pilot, "x")
        await finished(pilot, then="+ 1 = 64")


async def test_an_impossible_value_is_refused_and_the_last_picture_stays(drive: Drive) -> None:
    async with drive(ToLesson("edges", tab="demo", demo=SMALL)) as pilot:
        await finished(pilot, then="+ 1 = 20")
        row = next(r for r in pilot.app.screen.query("KnobRow") if r.knob.name == "stride")  # type: ignore[attr-defined]
        row.focus()
        await press(pilot, "9", "9", "enter")
        assert "at most" in text_of(pilot)
        assert "+ 1 = 20" in text_of(pilot)


async def test_the_code_behind_it_is_shown_and_copied(drive: Drive) -> None:
    async with drive(ToLesson("edges", tab="demo", demo=SMALL)) as pilot:
        await finished(pilot)
        await press(pilot, "c")
        assert "import torch" in text_of(pilot)
        await press(pilot, "y")
        assert "SIDE = 20" in pilot.app.clipboard
        await settle(pilot)


async def test_pictures_show_without_colour(drive: Drive, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with drive(ToLesson("edges", tab="demo", demo=SMALL)) as pilot:
        await finished(pilot, then="▀▀▀")


async def test_a_link_that_cannot_be_is_said_and_the_demo_stands_at_its_defaults(drive: Drive) -> None:
    impossible = DemoLink("convolve", {"side": "8", "kernel_size": "11", "padding": "0"})
    async with drive(ToLesson("edges", tab="demo", demo=impossible)) as pilot:
        await finished(pilot, then="+ 1 = 64")
        assert "kernel" in pilot.app.screen.query_one(DemoPane)._complaint
