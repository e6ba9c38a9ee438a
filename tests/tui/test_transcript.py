"""What the hosts say: lit as it is said, followed until the reader scrolls by hand."""

from __future__ import annotations

import pytest
from driving import Drive, Seconds, player, press, settle, text_of, type_keys
from textual.events import MouseScrollDown
from textual.pilot import Pilot

from cnntutor.course.models import Course
from cnntutor.errors import CnntutorError
from cnntutor.tui.routes import ToLesson
from cnntutor.tui.widgets.transcript import SentenceRow, Transcript

LISTEN = ToLesson("edges", tab="listen")


def transcript(pilot: Pilot[CnntutorError]) -> Transcript:
    return pilot.app.screen.query_one(Transcript)


def lit(pilot: Pilot[CnntutorError]) -> int:
    """The one sentence that is lit."""
    (row,) = transcript(pilot).query(".-lit").results(SentenceRow)
    return row.number


def seen(pilot: Pilot[CnntutorError]) -> list[int]:
    """The sentences that are wholly in sight, from the top."""
    window = transcript(pilot).content_region
    return [row.number for row in transcript(pilot).query(SentenceRow) if row.region in window and row.region.area]


async def scroll(pilot: Pilot[CnntutorError], how: str) -> None:
    """Scroll by a key, with the wheel, or by a click above the handle of the scroll bar."""
    area = transcript(pilot)
    if how == "wheel":
        x, y = area.region.x + 5, area.region.y + 5
        wheel = MouseScrollDown(area, x, y, 0, 0, button=0, shift=False, meta=False, ctrl=False, screen_x=x, screen_y=y)
        pilot.app.screen._forward_event(wheel)
        await settle(pilot)
    elif how == "scroll bar":
        await pilot.click(area.vertical_scrollbar, offset=(0, 0))
        await settle(pilot)
    else:
        await press(pilot, how)


async def test_the_lit_sentence_and_the_cursor_follow_until_one_scrolls(
    drive: Drive, seconds: Seconds, long: Course
) -> None:
    async with drive(LISTEN, course=long, size=(80, 24)) as pilot:
        area = transcript(pilot)
        await press(pilot, "space")
        starts = player(pilot).timetable.starts
        for index in (4, 15):
            await seconds.forward(pilot, starts[index] - player(pilot).position + 0.5)
            assert lit(pilot) == area.cursor == index
            assert index in seen(pilot)
        for how in ("pageup", "G", "k", "wheel", "scroll bar"):
            await scroll(pilot, how)
            stood, cursor = area.scroll_y, area.cursor
            await seconds.forward(pilot, 4)
            assert "scrolled by hand · f follows again" in text_of(pilot), how
            assert (area.scroll_y, area.cursor) == (stood, cursor), how
            assert lit(pilot) == player(pilot).index
            await press(pilot, "f")
            await seconds.forward(pilot, 4)
            assert lit(pilot) == area.cursor == player(pilot).index
            assert lit(pilot) in seen(pilot)
            assert "scrolled by hand" not in text_of(pilot)


async def test_it_follows_behind_another_tab_and_when_the_window_changes(
    drive: Drive, seconds: Seconds, long: Course
) -> None:
    async with drive(LISTEN, course=long, size=(120, 36)) as pilot:
        await press(pilot, "space", "1")
        await seconds.forward(pilot, 50)
        await press(pilot, "2")
        assert player(pilot).index in seen(pilot)
        await pilot.resize_terminal(60, 20)
        await settle(pilot)
        assert player(pilot).index in seen(pilot)
        await press(pilot, "g", "pagedown")
        first = seen(pilot)[0]
        await pilot.resize_terminal(100, 30)
        await settle(pilot)
        assert seen(pilot)[0] == first


async def test_enter_and_a_click_play_from_a_sentence(drive: Drive, seconds: Seconds, long: Course) -> None:
    async with drive(LISTEN, course=long) as pilot:
        await type_keys(pilot, "j", "j", "j", "enter")
        assert (player(pilot).index, player(pilot).playing) == (3, True)
        assert transcript(pilot).following
        await press(pilot, "space")
        await pilot.click(list(transcript(pilot).query(SentenceRow))[6], offset=(20, 0))
        await seconds.forward(pilot, 1)
        assert (lit(pilot), player(pilot).playing) == (6, True)
        assert player(pilot).position == pytest.approx(player(pilot).timetable.starts[6] + 1)
