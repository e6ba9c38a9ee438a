"""The Listen tab and the bar at the foot of other screens, without a sound device: the hosts talk by a hand-moved clock."""

from __future__ import annotations

from pathlib import Path

import pytest
from driving import Drive, Seconds, click_word, player, press, settings_on_disk, settle, text_of, until
from textual.pilot import Pilot

from cnntutor.course.load import load_course
from cnntutor.course.models import Course
from cnntutor.errors import CnntutorError
from cnntutor.memory.models import Rating
from cnntutor.services import Services
from cnntutor.tui.routes import ToLesson
from cnntutor.tui.screens.lesson.listen import ListenPane
from cnntutor.tui.widgets.demo_stage import DemoStage
from cnntutor.tui.widgets.knob_panel import KnobPanel
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


async def test_space_and_its_button_play_and_pause(drive: Drive, seconds: Seconds, long: Course) -> None:
    async with drive(LISTEN, course=long) as pilot:
        assert "▶ play" in text_of(pilot)
        await press(pilot, "space")
        await seconds.forward(pilot, 7)
        assert "❚❚ pause" in text_of(pilot)
        assert "0:07" in text_of(pilot)
        await press(pilot, "space")
        await seconds.forward(pilot, 60)
        assert "▶ play" in text_of(pilot)
        assert player(pilot).position == pytest.approx(7)
        await click_word(pilot, Buttons, "play")
        await seconds.forward(pilot, 1)
        assert player(pilot).position == pytest.approx(8)
        await click_word(pilot, Buttons, "pause")
        assert not player(pilot).playing


async def test_one_jumps_by_seconds_sentences_chapters_and_on_the_bar(
    drive: Drive, seconds: Seconds, long: Course
) -> None:
    async with drive(LISTEN, course=long) as pilot:
        at = player(pilot)
        await press(pilot, "right", "right", "left")
        assert at.position == pytest.approx(45)
        await click_word(pilot, Buttons, "+30")
        await click_word(pilot, Buttons, "−15")
        assert at.position == pytest.approx(60)
        second, third = (start for start, _ in at.timetable.chapters[1:3])
        await press(pilot, "H", "L", "L")
        assert at.position == third
        assert "3/4  Part 3" in text_of(pilot)
        await click_word(pilot, Buttons, "«")
        assert at.position == second
        await click_word(pilot, Buttons, "»")
        assert at.position == third
        await press(pilot, "l")
        assert at.index == 25
        await press(pilot, "h", "h")
        assert at.index == 23
        line = pilot.app.screen.query_one(PositionBar)
        await pilot.click(line, offset=(line.size.width // 2, 0))
        assert at.position == pytest.approx(at.timetable.duration / 2, rel=0.05)
        await press(pilot, *["right"] * 9)
        assert at.position == at.timetable.duration


async def test_speed_and_volume_are_set_and_stay(drive: Drive, seconds: Seconds, long: Course) -> None:
    async with drive(LISTEN, course=long) as pilot:
        await press(pilot, "plus", "plus", "plus", "minus", "9", "9", "9", "0", "space")
        await click_word(pilot, Buttons, "×")
        await click_word(pilot, Buttons, "‹")
        assert "1.25×" in text_of(pilot)
        await seconds.forward(pilot, 8)
        assert player(pilot).position == pytest.approx(10)
    async with drive(LISTEN, course=long) as pilot:
        assert "1.25×" in text_of(pilot)
        assert player(pilot).volume == pytest.approx(0.8)


async def test_the_sleep_timer_is_gone_through_and_pauses(drive: Drive, seconds: Seconds, long: Course) -> None:
    async with drive(LISTEN, course=long) as pilot:
        assert "sleep off" in text_of(pilot)
        await press(pilot, "space", "z")
        await seconds.forward(pilot, 10)
        assert "sleep in 5 min" in text_of(pilot)
        await seconds.forward(pilot, 60)
        assert "sleep in 4 min" in text_of(pilot)
        await click_word(pilot, Buttons, "sleep")
        assert "sleep in 10 min" in text_of(pilot)
        await press(pilot, "z", "z", "z", "z", "z")
        assert "sleep end of chapter" in text_of(pilot)
        at = player(pilot)
        await seconds.forward(pilot, at.timetable.chapters[2][0] - at.position + 0.1)
        assert not at.playing
        assert at.position == pytest.approx(at.timetable.chapters[2][0], abs=0.2)
        assert "sleep off" in text_of(pilot)
        assert "Good night" in text_of(pilot)


async def test_listening_goes_on_three_seconds_back(drive: Drive, seconds: Seconds, long: Course) -> None:
    async with drive(LISTEN, course=long) as pilot:
        await press(pilot, "space")
        await seconds.forward(pilot, 20)
    async with drive(LISTEN, course=long) as pilot:
        assert player(pilot).position == pytest.approx(17, abs=0.01)
        assert not player(pilot).playing
        await press(pilot, "escape", "escape", "q")
    async with drive(LISTEN, course=long) as pilot:
        assert player(pilot).position == pytest.approx(17, abs=0.01)


# What a sentence offers


async def test_a_bookmark_is_made_shown_gone_to_and_removed(drive: Drive, seconds: Seconds, long: Course) -> None:
    async with drive(LISTEN, course=long) as pilot:
        await press(pilot, "M")
        assert "No bookmarks in this lesson yet" in text_of(pilot)
        await press(pilot, "escape", "j", "j", "m", *"why", "enter", "G", "m", "enter")
    async with drive(LISTEN, course=long) as pilot:
        assert pilot.app.screen.query_one(PositionBar).render_line(0).text.count("◆") == 2
        await press(pilot, "g", "M")
        assert "why" in text_of(pilot)
        await press(pilot, "j", "enter")
        assert player(pilot).index == len(player(pilot).timetable.lines) - 1
        await press(pilot, "M", "enter")
        assert player(pilot).index == 2
        await press(pilot, "m", *" not", "enter", "M")
        assert "why not" in text_of(pilot)
        await press(pilot, "x", "x")
        assert "No bookmarks in this lesson yet" in text_of(pilot)
        await press(pilot, "escape")
        await seconds.forward(pilot, 0)
        assert "◆" not in text_of(pilot)


async def test_a_sentences_card_comes_first_in_todays_review(drive: Drive, services: Services) -> None:
    for memory in services.store.memories("pooling"):
        services.store.answer(memory.card, Rating.AGAIN)
    async with drive(LISTEN) as pilot:
        await press(pilot, "c")
        assert "No card belongs to this sentence" in text_of(pilot)
        assert services.store.memory("edges-name").made_due_on is None
        await press(pilot, "j", "j", "c")
        assert "in today's review: edges-name" in text_of(pilot)
    assert services.store.memory("edges-name").made_due_on == services.store.today
    assert next(card for card in services.store.queue().cards if card.startswith("edges")) == "edges-name"


async def test_the_demo_is_handed_over_with_the_scripts_knobs(drive: Drive, seconds: Seconds) -> None:
    async with drive(LISTEN) as pilot:
        await press(pilot, "space")
        await seconds.forward(pilot, 1)
        await press(pilot, "j", "d")
        assert not player(pilot).playing
        knobs = pilot.app.screen.query_one(KnobPanel)
        assert [knobs.row(name).value for name in ("side", "kernel_size")] == ["20", "5"]
        await press(pilot, "escape")
        assert pilot.app.screen.query_one(ListenPane).is_on_screen
        assert player(pilot).position == pytest.approx(1)


async def test_a_cue_brings_the_demo_up_beside_the_transcript(drive: Drive, seconds: Seconds) -> None:
    async with drive(LISTEN) as pilot:
        await press(pilot, "space")
        await seconds.forward(pilot, 1)
        assert not pilot.app.screen.query(DemoStage)
        await seconds.forward(pilot, 2)
        assert pilot.app.screen.query_one(DemoStage).is_on_screen
        await until(pilot, "+ 1 = 16")
        assert "a long way" in text_of(pilot)


# Elsewhere in the app


async def test_it_goes_on_elsewhere_and_the_bar_steers_it(drive: Drive, seconds: Seconds, long: Course) -> None:
    async with drive(LISTEN, course=long) as pilot:
        await press(pilot, "t")
        assert bar(pilot) == ""
        await press(pilot, "f6")
        assert bar(pilot) == ""
        await press(pilot, "p", "f6", "space")
        await seconds.forward(pilot, 5)
        assert bar(pilot) == ""
        for keys in ("1", "r", "comma", "p", "t"):
            await press(pilot, keys)
            await seconds.forward(pilot, 1)
            assert "❚❚ Edges" in bar(pilot)
        assert "0:10 / " in bar(pilot)
        assert "First one two" in bar(pilot)
        await press(pilot, "f9", "f9", "f7", "f8")
        assert player(pilot).position == pytest.approx(55)
        await seconds.forward(pilot, 9)
        assert "▶  Edges" in bar(pilot)
        assert "f8 play" in bar(pilot)
        for word in ("play", "−15", "+30"):
            await click_bar(pilot, word)
        assert player(pilot).playing
        assert player(pilot).position == pytest.approx(70)
        await click_bar(pilot, "Edges")
        assert pilot.app.screen.query_one(ListenPane).is_on_screen
        assert bar(pilot) == ""


async def test_the_lesson_that_plays_is_one_key_away_in_its_own_tabs(drive: Drive, long: Course) -> None:
    async with drive(ToLesson("edges"), course=long) as pilot:
        depth = len(pilot.app.screen_stack)
        await press(pilot, "2", "space", "3", "f6")
        assert pilot.app.screen.query_one(ListenPane).is_on_screen
        assert len(pilot.app.screen_stack) == depth


async def test_another_lesson_waits_for_space(drive: Drive, seconds: Seconds, long: Course) -> None:
    async with drive(LISTEN, course=long) as pilot:
        await press(pilot, "space")
        await seconds.forward(pilot, 9)
        pilot.app._open(ToLesson("pooling", tab="listen"))  # type: ignore[attr-defined]
        await seconds.forward(pilot, 1)
        assert (on(pilot), player(pilot).playing) == ("edges", True)
        assert "“Edges” is on; space plays this lesson instead" in text_of(pilot)
        assert "❚❚ Edges" in bar(pilot)
        await press(pilot, "right", "l", "z", "j", "m", *"mine", "enter")
        assert player(pilot).position == pytest.approx(10)
        await press(pilot, "space")
        await seconds.forward(pilot, 1)
        assert (on(pilot), player(pilot).playing) == ("pooling", True)
        assert player(pilot).position == pytest.approx(1)
        assert bar(pilot) == ""
        await press(pilot, "M")
        assert "mine" in text_of(pilot)


async def test_the_next_lesson_begins_by_itself_only_if_wanted(
    drive: Drive, seconds: Seconds, services: Services
) -> None:
    async with drive(LISTEN) as pilot:
        await press(pilot, "space")
        await seconds.forward(pilot, 60)
        assert (on(pilot), player(pilot).playing) == ("edges", False)
        assert "Next: Pooling (n)" in text_of(pilot)
        await click_word(pilot, Buttons, "autoplay")
        await seconds.forward(pilot, 0)
        assert "autoplay on" in text_of(pilot)
        await press(pilot, "n")
        assert (on(pilot), player(pilot).playing) == ("pooling", True)
        await press(pilot, "t")
        await seconds.forward(pilot, 60)
        assert "❚❚ Attention" in bar(pilot)
        await seconds.forward(pilot, 60)
        assert (on(pilot), player(pilot).playing) == ("attention", False)
        assert bar(pilot) == ""
    assert settings_on_disk(services).plays_on


async def test_the_next_lesson_comes_onto_the_screen_of_whoever_watched_the_last(
    drive: Drive, seconds: Seconds
) -> None:
    async with drive(LISTEN) as pilot:
        depth = len(pilot.app.screen_stack)
        await press(pilot, "a", "space", "m", *"late")
        await seconds.forward(pilot, 1)
        await press(pilot, "escape")
        await seconds.forward(pilot, 60)
        assert (on(pilot), player(pilot).playing) == ("pooling", True)
        assert "What is pooling?" in text_of(pilot)
        assert len(pilot.app.screen_stack) == depth
        await press(pilot, "n", "n")
        assert on(pilot) == "attention"
        assert "last lesson" in text_of(pilot)


async def test_a_note_typed_while_the_next_lesson_begins_stays_where_it_belongs(drive: Drive, seconds: Seconds) -> None:
    async with drive(LISTEN) as pilot:
        await press(pilot, "a", "space", "m", *"mine")
        await seconds.forward(pilot, 60)
        assert on(pilot) == "pooling"
        await press(pilot, "enter", "M")
        assert "mine" in text_of(pilot)
        await press(pilot, "escape", "space", "M")
        assert "mine" in text_of(pilot)
        assert on(pilot) == "edges"


# Nothing to hear


async def test_a_lesson_without_script_says_so_and_its_keys_do_no_harm(drive: Drive, tmp_path: Path) -> None:
    (tmp_path / "content" / "small" / "edges" / "podcast.md").write_text("# Edges\n")
    async with drive(LISTEN, course=load_course(tmp_path / "content" / "small")) as pilot:
        assert "Nothing is said in this lesson yet" in text_of(pilot)
        await press(pilot, *"fmMcz9hL", "space", "left", "plus", "f8")
        assert "Nothing is said in this lesson yet" in text_of(pilot)
        await press(pilot, "n")
        assert on(pilot) == "pooling"


@pytest.mark.parametrize("size", [(80, 24), (120, 36)])
async def test_why_nothing_is_heard_is_one_line(drive: Drive, size: tuple[int, int]) -> None:
    async with drive(LISTEN, size=size) as pilot:
        assert "Sound is off, so the transcript runs at reading speed." in text_of(pilot)
