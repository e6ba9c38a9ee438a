"""What the hosts say: lit as it is said, followed until the reader scrolls by hand."""

from __future__ import annotations

import pytest
from driving import Drive, Seconds, player, press, settle, text_of
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
    """Scroll by a key, with the wheel, or by a click below the handle of the scroll bar."""
    area = transcript(pilot)
    if how == "wheel":
        x, y = area.region.offset + (5, 5)
        pilot.app.post_message(MouseScrollDown(None, x, y, 0, 1, 0, False, False, False, x, y))
        await settle(pilot)
    elif how == "scroll bar":
        await pilot.click(area, offset=(area.size.width + 1, area.size.height - 1))
        await settle(pilot)
    else:
        await press(pilot, how)


async def test_the_lit_sentence_and_the_cursor_follow_until_one_scrolls(
    drive: Drive, seconds: Seconds, long: Course
) -> None:
    async with drive(LISTEN, course=long, size=(80, 24)) as pilot:
        transcript = pilot.app.screen.query_one(Transcript)
        await press(pilot, "space")
        starts = player(pilot).timetable.starts
        for index in (4, 20):
            await seconds.forward(pilot, starts[index] - player(pilot).position + 0.5)
            assert (lit(pilot), transcript.cursor) == (index, index)
            assert sees(transcript, index)
        for key in ("pageup", "G", "k", "wheel", "bar"):
            await scroll(pilot, transcript, key)
            assert not transcript.following
            assert "scrolled by hand" in text_of(pilot)
            stood, cursor = transcript.scroll_y, transcript.cursor
            await seconds.forward(pilot, 8)
            assert (transcript.scroll_y, transcript.cursor) == (stood, cursor)
            assert lit(pilot) == player(pilot).index
            await press(pilot, "f")
            assert transcript.cursor == lit(pilot)
            assert sees(transcript, lit(pilot))
            await seconds.forward(pilot, 8)
            assert transcript.cursor == lit(pilot) == player(pilot).index


async def test_it_follows_behind_another_tab_and_when_the_window_changes(
    drive: Drive, seconds: Seconds, long: Course
) -> None:
    async with drive(LISTEN, course=long, size=(120, 36)) as pilot:
        transcript = pilot.app.screen.query_one(Transcript)
        await press(pilot, "space", "1")
        await seconds.forward(pilot, 60)
        await press(pilot, "2")
        await seconds.forward(pilot, 0)
        assert sees(transcript, player(pilot).index)
        await pilot.resize_terminal(60, 20)
        await seconds.forward(pilot, 0)
        assert sees(transcript, player(pilot).index)
        await press(pilot, "g", "pagedown")
        first = top(transcript)
        await pilot.resize_terminal(100, 30)
        await seconds.forward(pilot, 0)
        assert top(transcript) == first


async def test_enter_and_a_click_play_from_a_sentence(drive: Drive, seconds: Seconds, long: Course) -> None:
    async with drive(LISTEN, course=long) as pilot:
        await press(pilot, "j", "j", "j", "enter")
        assert (player(pilot).index, player(pilot).playing) == (3, True)
        transcript = pilot.app.screen.query_one(Transcript)
        assert transcript.following
        await press(pilot, "space")
        await pilot.click(transcript._row(6), offset=(20, 0))
        await seconds.forward(pilot, 1)
        assert (lit(pilot), player(pilot).playing) == (6, True)
        assert player(pilot).position == pytest.approx(player(pilot).timetable.starts[6] + 1)
