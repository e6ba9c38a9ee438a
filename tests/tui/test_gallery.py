"""All demos on one screen."""

from __future__ import annotations

from driving import Drive, press, text_of
from textual.widgets import Input

from cnntutor.demos.catalogue import names
from cnntutor.tui.routes import ToGallery
from cnntutor.tui.screens.lesson.demo import DemoPane
from cnntutor.tui.widgets.prediction_panel import PredictionPanel
from cnntutor.tui.widgets.scroller import Options


async def test_demos_are_listed_found_and_opened(drive: Drive) -> None:
    async with drive() as pilot:
        await press(pilot, "D")
        assert pilot.app.screen.query_one(Options).option_count == len(names())
        assert f"{len(names())} demos" in text_of(pilot)
        await press(pilot, "slash", *"grad-cam")
        assert "See where a net looks" in text_of(pilot)
        await press(pilot, "enter")
        assert pilot.app.screen.query_one(DemoPane)._session.demo.name == "grad-cam"  # type: ignore[union-attr]
        assert pilot.app.screen.query(PredictionPanel)  # it brings no numbers, so a guess comes first
        await press(pilot, "escape", "escape")
        assert pilot.app.screen.query_one(Input).value == "grad-cam"


async def test_what_no_demo_is_about_is_said(drive: Drive) -> None:
    async with drive(ToGallery("zebra")) as pilot:
        assert "No demo is about “zebra”" in text_of(pilot)
        await press(pilot, "enter", "down", "enter")
        assert "zebra" in text_of(pilot)
