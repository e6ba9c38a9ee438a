"""The Listen tab and the bar at the foot of other screens; without sound, the hosts talk by a hand-moved clock."""

from __future__ import annotations

from pathlib import Path

import pytest
from driving import Drive, Seconds, click_word, player, press, settings_on_disk, settle, text_of, type_keys, until
from textual.pilot import Pilot

from cnntutor.course.load import load_course
from cnntutor.course.models import Course
from cnntutor.errors import CnntutorError
from cnntutor.services import Services
from cnntutor.tui.routes import ToLesson
from cnntutor.tui.screens.lesson.demo import DemoPane
from cnntutor.tui.screens.lesson.listen import ListenPane
from cnntutor.tui.widgets.demo_stage import DemoStage
from cnntutor.tui.widgets.player_bar import PlayerBar
from cnntutor.tui.widgets.player_panel import Buttons
from cnntutor.tui.widgets.position_bar import PositionBar

LISTEN = ToLesson("edges", tab="listen")


def on(pilot: Pilot[CnntutorError]) -> str:
    """The lesson that is on."""
    lesson = player(pilot).lesson
    return lesson.topic.slug if lesson is not None else ""


def bar(pilot: Pilot[CnntutorError]) -> str:
    """What the bar of this screen shows; empty where there is none."""
    bars = [bar for bar in pilot.app.screen.query(PlayerBar) if bar.display]
    return "  ".join(part.render_line(0).text for bar in bars for part in bar.children)


async def click_bar(pilot: Pilot[CnntutorError], word: str) -> None:
    """Click a word of the bar."""
    for part in pilot.app.screen.query_one(PlayerBar).children:
        line = part.render_line(0).text
        if word in line:
            await pilot.click(part, offset=(line.index(word) + 1, 0))
            await settle(pilot)


# The controls


async def test_the_hosts_talk_pause_and_jump_by_key_and_by_mouse(drive: Drive, seconds: Seconds, long: Course) -> None:
    async with drive(LISTEN, course=long) as pilot:
        at = player(pilot)
        assert "▶ play" in text_of(pilot)
        await press(pilot, "space")
        await seconds.forward(pilot, 7)
        assert "❚❚ pause" in text_of(pilot)
        assert "0:07" in text_of(pilot)
        await click_word(pilot, Buttons, "pause")
        await seconds.forward(pilot, 60)
        assert "▶ play" in text_of(pilot)
        assert at.position == pytest.approx(7)
        await type_keys(pilot, "right", "right", "left")
        assert at.position == pytest.approx(52)
        await click_word(pilot, Buttons, "−15")
        assert at.position == pytest.approx(37)
        second, third = (start for start, _ in at.timetable.chapters[1:3])
        await type_keys(pilot, "g", "enter", "space", "L", "L")
        assert at.position == third
        assert "3/4  Part 3" in text_of(pilot)
        await click_word(pilot, Buttons, "«")
        assert at.position == second
        await type_keys(pilot, "l", "h", "h")
        assert at.index == 7
        line = pilot.app.screen.query_one(PositionBar)
        await pilot.click(line, offset=(line.size.width // 2, 0))
        assert at.position == pytest.approx(at.timetable.duration / 2, rel=0.05)
        await type_keys(pilot, *["right"] * 9)
        assert at.position == at.timetable.duration


async def test_speed_volume_and_place_are_there_again_three_seconds_back(
    drive: Drive, seconds: Seconds, long: Course
) -> None:
    async with drive(LISTEN, course=long) as pilot:
        await type_keys(pilot, "plus", "plus", "plus", "minus", "9", "9", "9", "0", "space")
        await click_word(pilot, Buttons, "‹")
        await click_word(pilot, Buttons, "×")
        assert "1.25×" in text_of(pilot)
        await seconds.forward(pilot, 16)
        assert player(pilot).position == pytest.approx(20)
    async with drive(LISTEN, course=long) as pilot:
        assert "1.25×" in text_of(pilot)
        assert player(pilot).volume == pytest.approx(0.8)
        assert player(pilot).position == pytest.approx(17, abs=0.01)
        assert not player(pilot).playing


async def test_the_sleep_timer_is_gone_through_and_pauses(drive: Drive, seconds: Seconds, long: Course) -> None:
    async with drive(LISTEN, course=long) as pilot:
        at = player(pilot)
        assert "sleep off" in text_of(pilot)
        await type_keys(pilot, "space", "z")
        await seconds.forward(pilot, 31)
        assert "sleep in 4 min" in text_of(pilot)
        await click_word(pilot, Buttons, "sleep")
        await seconds.forward(pilot, 0)
        assert "sleep in 10 min" in text_of(pilot)
        await type_keys(pilot, *"zzzzz")
        await seconds.forward(pilot, 0)
        assert "sleep end of chapter" in text_of(pilot)
        end = at.timetable.chapters[2][0]
        await seconds.forward(pilot, end - at.position + 0.1)
        assert (at.playing, at.position) == (False, pytest.approx(end, abs=0.2))
        assert "sleep off" in text_of(pilot)
        assert "Good night" in text_of(pilot)


# What a sentence offers


async def test_a_bookmark_is_made_shown_gone_to_and_removed(drive: Drive, seconds: Seconds, long: Course) -> None:
    async with drive(LISTEN, course=long) as pilot:
        await type_keys(pilot, "j", "j", "m")
        await type_keys(pilot, *"why", "enter")
        await press(pilot, "G", "m", "enter")
    async with drive(LISTEN, course=long) as pilot:
        assert pilot.app.screen.query_one(PositionBar).render_line(0).text.count("◆") == 2
        await press(pilot, "M")
        assert "why" in text_of(pilot)
        await type_keys(pilot, "j", "enter")
        assert player(pilot).index == len(player(pilot).timetable.lines) - 1
        await press(pilot, "M", "enter")
        assert player(pilot).index == 2
        await press(pilot, "m")
        await type_keys(pilot, "end", *" not", "enter")
        await press(pilot, "M")
        assert "why not" in text_of(pilot)
        await type_keys(pilot, "x", "x")
        assert "No bookmarks in this lesson yet" in text_of(pilot)
        await press(pilot, "escape")
        await seconds.forward(pilot, 0)
        assert "◆" not in text_of(pilot)


async def test_a_sentences_card_comes_first_in_todays_review(drive: Drive, services: Services) -> None:
    for memory in services.store.memories():
        if memory.card != "edges-name":
            services.store.suspend(memory.card)
    services.store.resume("pooling-name")
    async with drive(LISTEN) as pilot:
        await press(pilot, "c")
        assert "No card belongs to this sentence" in text_of(pilot)
        assert services.store.memory("edges-name").made_due_on is None
        await type_keys(pilot, "j", "j", "c")
        assert "in today's review: edges-name" in text_of(pilot)
    assert services.store.queue().cards[0] == "edges-name"
    assert services.store.memory("edges-name").made_due_on is not None


async def test_the_demo_is_handed_over_with_the_scripts_knobs(drive: Drive, seconds: Seconds) -> None:
    async with drive(LISTEN) as pilot:
        await press(pilot, "space")
        await seconds.forward(pilot, 1)
        await type_keys(pilot, "j", "d")
        assert not player(pilot).playing
        session = pilot.app.screen.query_one(DemoPane)._session
        assert session is not None
        assert [session.values[name] for name in ("side", "kernel_size", "padding")] == [20, 5, 0]
        await press(pilot, "escape")
        assert pilot.app.screen.query_one(ListenPane).is_on_screen
        assert player(pilot).position == pytest.approx(1)


async def test_a_cue_brings_the_demo_up_beside_the_transcript(drive: Drive, seconds: Seconds) -> None:
    async with drive(LISTEN) as pilot:
        await press(pilot, "space")
        await seconds.forward(pilot, 1)
        assert not pilot.app.screen.query(DemoStage)
        await press(pilot, "1")
        await seconds.forward(pilot, 2)
        assert not pilot.app.screen.query(DemoStage), "it would take the worker from a demo of the learner's"
        await press(pilot, "2")
        await until(pilot, "+ 1 = 16")
        assert "a long way" in text_of(pilot)


# Elsewhere in the app


async def test_it_goes_on_elsewhere_and_the_bar_steers_it(drive: Drive, seconds: Seconds, long: Course) -> None:
    async with drive(LISTEN, course=long) as pilot:
        await press(pilot, "t")
        assert bar(pilot) == ""
        await press(pilot, "f6", "space")
        await seconds.forward(pilot, 5)
        assert bar(pilot) == ""
        for key in ("1", "r", "comma", "t"):
            await press(pilot, key)
            await seconds.forward(pilot, 1)
            assert "❚❚ Edges" in bar(pilot)
        assert "0:09 / 1:46" in bar(pilot)
        assert "one two three" in bar(pilot)
        await type_keys(pilot, "f9", "f9", "f7", "f8")
        await seconds.forward(pilot, 9)
        assert player(pilot).position == pytest.approx(54)
        assert "f8 play" in bar(pilot)
        for word in ("play", "−15", "+30"):
            await click_bar(pilot, word)
        assert (player(pilot).playing, player(pilot).position) == (True, pytest.approx(69))
        await click_bar(pilot, "Edges")
        assert pilot.app.screen.query_one(ListenPane).is_on_screen
        assert bar(pilot) == ""
        depth = len(pilot.app.screen_stack)
        await press(pilot, "3", "f6")
        assert pilot.app.screen.query_one(ListenPane).is_on_screen
        assert len(pilot.app.screen_stack) == depth


async def test_another_lesson_waits_for_space(drive: Drive, seconds: Seconds, long: Course) -> None:
    async with drive(LISTEN, course=long) as pilot:
        await press(pilot, "space")
        await seconds.forward(pilot, 9)
        pilot.app._open(ToLesson("pooling", tab="listen"))  # type: ignore[attr-defined]
        await settle(pilot)
        await seconds.forward(pilot, 1)
        assert (on(pilot), player(pilot).playing) == ("edges", True)
        assert "space plays this lesson instead of “Edges”" in text_of(pilot)
        assert "❚❚ Edges" in bar(pilot)
        await type_keys(pilot, "right", "l", "z", "j", "m")
        await type_keys(pilot, *"mine", "enter")
        assert player(pilot).position == pytest.approx(10)
        assert "◆" in text_of(pilot)
        await press(pilot, "space")
        await seconds.forward(pilot, 1)
        assert (on(pilot), player(pilot).playing) == ("pooling", True)
        assert player(pilot).position == pytest.approx(1)
        assert bar(pilot) == ""
        await press(pilot, "escape")
        assert "◆" not in text_of(pilot)
        assert "❚❚ Pooling" in bar(pilot)


async def test_the_next_lesson_begins_by_itself_only_if_wanted(
    drive: Drive, seconds: Seconds, services: Services
) -> None:
    async with drive(LISTEN) as pilot:
        depth = len(pilot.app.screen_stack)
        await press(pilot, "space")
        await seconds.forward(pilot, 60)
        assert (on(pilot), player(pilot).playing) == ("edges", False)
        assert "Next: Pooling (n)" in text_of(pilot)
        await type_keys(pilot, "a", "space")
        await seconds.forward(pilot, 60)
        assert (on(pilot), player(pilot).playing) == ("pooling", True)
        assert "What is pooling?" in text_of(pilot)
        assert "autoplay on" in text_of(pilot)
        assert len(pilot.app.screen_stack) == depth
        await press(pilot, "t")
        await seconds.forward(pilot, 60)
        await seconds.forward(pilot, 0)
        assert "❚❚ Attention" in bar(pilot)
        await seconds.forward(pilot, 60)
        assert (on(pilot), player(pilot).playing) == ("attention", False)
        assert bar(pilot) == ""
        await press(pilot, "f6", "n")
        assert "This is the last lesson" in text_of(pilot)
    assert settings_on_disk(services).plays_on


async def test_a_note_typed_while_the_next_lesson_begins_stays_where_it_belongs(
    drive: Drive, seconds: Seconds, services: Services
) -> None:
    async with drive(LISTEN) as pilot:
        await type_keys(pilot, "a", "space", "m")
        await type_keys(pilot, *"mine")
        await seconds.forward(pilot, 60)
        assert on(pilot) == "pooling"
        await press(pilot, "enter")
        assert "instead of “Pooling”" in text_of(pilot)
        assert "◆" in text_of(pilot)
        await press(pilot, "n")
        assert "◆" not in text_of(pilot)


# Nothing to hear


async def test_a_lesson_without_script_says_so_and_its_keys_do_no_harm(drive: Drive, tmp_path: Path) -> None:
    (tmp_path / "content" / "small" / "edges" / "podcast.md").write_text("# Edges\n")
    async with drive(LISTEN, course=load_course(tmp_path / "content" / "small")) as pilot:
        assert "Nothing is said in this lesson yet" in text_of(pilot)
        await type_keys(pilot, *"fmMcdz9hL", "space", "left", "enter", "f8")
        assert "Nothing is said in this lesson yet" in text_of(pilot)
        await press(pilot, "n")
        assert (on(pilot), player(pilot).playing) == ("pooling", True)


async def test_why_nothing_is_heard_is_one_line(drive: Drive) -> None:
    async with drive(LISTEN, size=(80, 24)) as pilot:
        assert "Sound is off, so the transcript runs at reading speed." in text_of(pilot)
