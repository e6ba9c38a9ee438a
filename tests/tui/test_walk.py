"""The guided walk on the screen, with the real worker process."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from driving import Drive, press, settle, text_of, until
from textual.pilot import Pilot
from textual.widgets import Input

from cnntutor.demos.client import WorkerClient
from cnntutor.errors import CnntutorError
from cnntutor.services import Services
from cnntutor.tui.routes import ToGallery, ToWalk
from cnntutor.tui.screens.gallery import GalleryScreen
from cnntutor.tui.screens.lesson.demo import DemoPane
from cnntutor.tui.screens.today import TodayScreen
from cnntutor.tui.screens.walk import PLACE, WalkPane, WalkScreen
from cnntutor.tui.widgets.knob_row import KnobRow

pytestmark = pytest.mark.asyncio(loop_scope="module")

SMALL = (80, 24)

WALK = """\
title: A small walk
stops:
  - {demo: convolve side=20, minutes: 4, say: Look at the edges., ask: Which are gone?}
  - {demo: receptive-field side=16 nets=1, minutes: 4, say: Look at the square.}
  - {demo: convolve side=24, minutes: 2, say: Look once more.}
"""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def worker() -> AsyncIterator[WorkerClient]:
    client = WorkerClient()
    yield client
    await client.close()


@pytest.fixture
def file(services: Services) -> Path:
    path = services.course.folder / "walk.yaml"
    path.write_text(WALK)
    return path


def demo_of(pilot: Pilot[CnntutorError]) -> tuple[str, object]:
    session = pilot.app.screen.query_one(WalkPane)._session
    assert session is not None
    return session.demo.name, session.values["side"]


async def test_stops_follow_each_other_with_their_words_and_their_knobs(drive: Drive, file: Path) -> None:
    async with drive(ToWalk(), size=SMALL) as pilot:
        assert "Tour 1/3 · about 10 minutes left" in text_of(pilot)
        assert "Look at the edges." in text_of(pilot)
        assert "Which are gone?" in text_of(pilot)
        assert demo_of(pilot) == ("convolve", 20)
        await until(pilot, "frame ")
        await press(pilot, "n")
        assert "Tour 2/3 · about 6 minutes left" in text_of(pilot)
        assert "Which are gone?" not in text_of(pilot)
        assert demo_of(pilot) == ("receptive-field", 16)
        await until(pilot, "done")
        await press(pilot, "b")
        assert demo_of(pilot) == ("convolve", 20)
        await press(pilot, "b")
        assert "Tour 1/3" in text_of(pilot)


async def test_a_later_walk_goes_on_where_one_left_off_unless_it_begins_again(
    drive: Drive, file: Path, services: Services
) -> None:
    async with drive(ToWalk(), size=SMALL) as pilot:
        await press(pilot, "n", "n", "escape")
        assert isinstance(pilot.app.screen, TodayScreen)
    assert services.store.recall(PLACE) == 2
    async with drive(ToWalk(), size=SMALL) as pilot:
        assert "Tour 3/3 · about 2 minutes left" in text_of(pilot)
        await press(pilot, "n")  # behind the last stop it is over
        assert isinstance(pilot.app.screen, TodayScreen)
        assert "That was the tour" in next(iter(pilot.app._notifications)).message
    assert services.store.recall(PLACE) == 0
    services.store.remember(PLACE, 1)
    async with drive(ToWalk(again=True), size=SMALL) as pilot:
        assert "Tour 1/3" in text_of(pilot)


async def test_what_is_typed_into_a_knob_is_no_step_of_the_walk(drive: Drive, file: Path) -> None:
    async with drive(ToWalk(), size=SMALL) as pilot:
        rows = {row.knob.name: row for row in pilot.app.screen.query(KnobRow)}
        rows["side"].focus()
        await press(pilot, "enter")
        pilot.app.screen.query_one(Input).value = ""
        await press(pilot, "n", "b")
        assert "Tour 1/3" in text_of(pilot)
        assert demo_of(pilot) == ("convolve", 20)


async def test_every_key_of_the_demo_tab_is_still_there_and_none_is_taken_twice() -> None:
    own = {binding.action: binding.key for binding in WalkPane.BINDINGS}  # type: ignore[union-attr]
    tab = {binding.action: binding.key for binding in DemoPane.BINDINGS}  # type: ignore[union-attr]
    assert tab.keys() - own.keys() == {"next_demo"}
    keys = [key for written in own.values() for key in written.split(",")]
    assert len(set(keys)) == len(keys)
    assert not {"n", "b"} & set(keys)
    taken = {key for binding in KnobRow.BINDINGS for key in binding.key.split(",")}  # type: ignore[union-attr]
    assert not {"n", "b", "N", "g"} & taken


async def test_the_gallery_has_a_line_and_a_key_for_it(drive: Drive, file: Path) -> None:
    async with drive(ToGallery(), size=SMALL) as pilot:
        assert "A guided walk: 3 demos in about 10 minutes" in text_of(pilot)
        await press(pilot, "w")
        assert isinstance(pilot.app.screen, WalkScreen)


async def test_a_course_without_a_walk_offers_none(drive: Drive, services: Services) -> None:
    async with drive(ToGallery(), size=SMALL) as pilot:
        assert "guided walk" not in text_of(pilot)
        await press(pilot, "w")
        assert isinstance(pilot.app.screen, GalleryScreen)
    async with drive(ToWalk(), size=SMALL) as pilot:
        await settle(pilot)
        assert isinstance(pilot.app.screen, TodayScreen)
        assert "no guided walk" in next(iter(pilot.app._notifications)).message
