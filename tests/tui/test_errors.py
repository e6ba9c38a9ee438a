"""Errors while the app runs: one line at the end, nothing lost before it."""

from __future__ import annotations

import pytest
from driving import Drive, press, text_of

from cnntutor.errors import StoreError
from cnntutor.memory.store import Store
from cnntutor.services import Services
from cnntutor.tui.app import CnntutorApp
from cnntutor.tui.routes import ToReview


def full(*args: object, **kwargs: object) -> None:
    raise StoreError("the disk is full")


async def test_an_answer_that_cannot_be_written_is_said_and_the_card_stays(
    drive: Drive, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with drive(ToReview()) as pilot:
        monkeypatch.setattr(Store, "answer", full)
        await press(pilot, "space", "4")
        assert "the disk is full" in text_of(pilot)
        assert "small block of weights called in edges" in text_of(pilot)


async def test_services_that_cannot_be_opened_end_the_app(services: Services) -> None:
    def opener() -> Services:
        raise StoreError("no database of ours")

    app = CnntutorApp(opener)
    async with app.run_test() as pilot:
        await pilot.pause()
        await app.workers.wait_for_complete()
        await pilot.pause()
    assert str(app.return_value) == "no database of ours"
