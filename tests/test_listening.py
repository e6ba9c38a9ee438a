"""Listening across the app, over a real memory; time passes when a test says so."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from importlib.util import find_spec
from pathlib import Path

import pytest

from cnntutor.course.load import load_course
from cnntutor.errors import SpeechError
from cnntutor.listen.happened import Happened
from cnntutor.listen.hearing import PACKAGES
from cnntutor.listen.library import Library
from cnntutor.listen.player import RESUME_BACK
from cnntutor.listen.shelf import Bookmark
from cnntutor.listen.sleep import Sleep, SleepKind
from cnntutor.listening import KEEP_EVERY, TICK, Listening
from cnntutor.services import Services

SILENT = {"CNNTUTOR_SOUND": "off"}

plays = pytest.mark.skipif(
    any(find_spec(module) is None for module in (*PACKAGES, "espeakng_loader")), reason="no wheels here"
)

PODCAST = """\
# Edges

## The puzzle

Ada: What is an edge? {card: edges-name} I have always wondered about it, day and night, for many a long year.

Ben: It is a small thing that goes a long way. {demo: convolve kernel=sobel-x} It really does. {card: edges-gaps}

## The answer

Ada: I see. Then I shall think about it all night long and tell you in the morning what I found.

Ben: Good. {demo: convolve kernel=identity} Think about it tonight.
"""


class Hand:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def hand() -> Hand:
    return Hand()


@pytest.fixture
def services(services: Services, home: Path) -> Services:
    """The small course, with a lesson on edges that has marks; read silently, it lasts 16 s, its first chapter 9 s."""
    folder = home.parent / "content" / "small"
    (folder / "edges" / "podcast.md").write_text(PODCAST, encoding="utf-8")
    course = load_course(folder)
    assert course.problems == ()
    return Services(course, services.store)


Open = Callable[[], Listening]


@pytest.fixture
def open_anew(services: Services, hand: Hand) -> Open:
    """Opens the app's listening over the same memory, as after a restart."""
    return lambda: Listening(services, clock=hand, environment=SILENT)


@pytest.fixture
async def listening(open_anew: Open) -> AsyncIterator[Listening]:
    listening = open_anew()
    yield listening
    await listening.close()


def run_for(listening: Listening, hand: Hand, seconds: float) -> None:
    """Let time pass, with a look at the clock every tenth of a second."""
    for _ in range(round(seconds / TICK)):
        hand.now += TICK
        listening.tick()


async def until(holds: Callable[[], bool]) -> None:
    """Wait for something that another process brings about."""
    async with asyncio.timeout(10):
        while not holds():
            await asyncio.sleep(0.005)


# The place


async def test_who_comes_back_hears_the_last_three_seconds_again(services, hand, listening, open_anew):
    await listening.put_on(services.course.topic("edges"))
    assert (listening.player.position, listening.player.playing) == (0.0, False)
    await listening.toggle()
    run_for(listening, hand, 7.0)
    await listening.close()
    again = open_anew()
    await again.put_on(services.course.topic("edges"))
    assert again.player.position == pytest.approx(7.0 - RESUME_BACK, abs=0.02)
    assert not again.player.playing


async def test_a_crash_costs_no_more_than_two_seconds(services, hand, listening, open_anew):
    await listening.put_on(services.course.topic("edges"))
    await listening.toggle()
    run_for(listening, hand, 9.5)
    after_the_crash = open_anew()
    await after_the_crash.put_on(services.course.topic("edges"))
    lost = listening.player.position - RESUME_BACK - after_the_crash.player.position
    assert -0.02 <= lost <= KEEP_EVERY + TICK + 0.02


async def test_a_pause_keeps_the_place_at_once(services, hand, listening, open_anew):
    await listening.put_on(services.course.topic("edges"))
    await listening.toggle()
    hand.now += 4.0
    await listening.toggle()
    again = open_anew()
    await again.put_on(services.course.topic("edges"))
    assert again.player.position == pytest.approx(4.0 - RESUME_BACK, abs=0.02)


async def test_another_lesson_keeps_the_place_in_the_first(services, hand, listening):
    await listening.put_on(services.course.topic("edges"))
    await listening.toggle()
    run_for(listening, hand, 6.0)
    await listening.put_on(services.course.topic("pooling"))
    assert (listening.topic, listening.player.playing) == (services.course.topic("pooling"), False)
    await listening.put_on(services.course.topic("edges"))
    assert listening.player.position == pytest.approx(6.0 - RESUME_BACK, abs=0.02)


async def test_a_lesson_that_is_only_looked_at_keeps_its_place(services, hand, listening, open_anew):
    await listening.put_on(services.course.topic("edges"))
    await listening.toggle()
    run_for(listening, hand, 12.0)
    await listening.close()
    for _ in range(3):
        again = open_anew()
        await again.put_on(services.course.topic("edges"))
        assert again.player.position == pytest.approx(12.0 - RESUME_BACK, abs=0.02)
        await again.close()


async def test_a_lesson_that_is_on_goes_on_where_it_is(services, hand, listening):
    await listening.put_on(services.course.topic("edges"))
    await listening.toggle()
    hand.now += 4.0
    await listening.put_on(services.course.topic("edges"))
    assert listening.player.playing
    assert listening.player.position == pytest.approx(4.0)


async def test_going_back_to_the_beginning_is_kept_too(services, hand, listening, open_anew):
    await listening.put_on(services.course.topic("edges"))
    await listening.toggle()
    run_for(listening, hand, 8.0)
    await listening.toggle()
    listening.player.seek(0.0)
    await listening.close()
    again = open_anew()
    await again.put_on(services.course.topic("edges"))
    assert again.player.position == 0.0


async def test_a_lesson_heard_to_its_end_begins_anew(services, hand, listening, open_anew):
    await listening.put_on(services.course.topic("edges"))
    await listening.toggle()
    hand.now += 1000.0
    assert listening.tick() == (Happened.ENDED, "")
    assert listening.tick() is None
    again = open_anew()
    await again.put_on(services.course.topic("edges"))
    assert (again.player.position, again.player.at_end) == (0.0, False)


async def test_speed_and_volume_stay_for_the_next_lesson_and_the_next_day(services, listening, open_anew):
    await listening.put_on(services.course.topic("edges"))
    listening.player.set_speed(1.5)
    listening.player.set_volume(0.4)
    await listening.put_on(services.course.topic("pooling"))
    assert (listening.player.speed, listening.player.volume) == (1.5, 0.4)
    again = open_anew()
    await again.put_on(services.course.topic("attention"))
    assert (again.player.speed, again.player.volume) == (1.5, 0.4)


# What a sentence offers


async def test_a_sentence_offers_the_card_marked_last_in_its_chapter(services, listening):
    await listening.put_on(services.course.topic("edges"))
    assert len(listening.player.timetable.lines) == 8
    gaps = ("edges-gaps/1", "edges-gaps/2")
    wanted = [*[("edges-name",)] * 3, gaps, (), (), (), ()]
    assert [listening.cards_at(index) for index in range(8)] == wanted
    assert listening.cards_at(-1) == listening.cards_at(8) == ()


async def test_a_sentence_offers_the_demo_marked_last_in_its_chapter(services, listening):
    await listening.put_on(services.course.topic("edges"))
    links = [listening.demo_at(index) for index in range(8)]
    assert [link and link.knobs["kernel"] for link in links] == [
        *(None, None, "sobel-x", "sobel-x"),
        *(None, None, "identity", "identity"),
    ]


async def test_its_cards_come_first_in_todays_review(services, listening):
    await listening.put_on(services.course.topic("edges"))
    assert services.store.queue().cards[0] != "edges-gaps/1"
    listening.review(listening.cards_at(3))
    assert services.store.queue().cards[0] == "edges-gaps/1"
    assert {row.source for row in services.store.events()} == {"listen"}


async def test_bookmarks_are_kept_changed_and_taken_off(services, listening, open_anew):
    await listening.put_on(services.course.topic("edges"))
    lines = listening.player.timetable.lines
    listening.bookmark(4, "later")
    listening.bookmark(1, "")
    listening.bookmark(4, "ask Ben")
    marks = [Bookmark(1, lines[1].text, ""), Bookmark(4, lines[4].text, "ask Ben")]
    assert listening.bookmarks() == marks
    again = open_anew()
    await again.put_on(services.course.topic("edges"))
    assert again.bookmarks() == marks
    again.forget_bookmark(1)
    assert again.bookmarks() == marks[1:]
    await again.put_on(services.course.topic("pooling"))
    assert again.bookmarks() == []


async def test_a_sentence_that_is_not_there_cannot_be_marked(services, listening):
    listening.bookmark(0, "nothing is on")
    listening.forget_bookmark(0)
    assert listening.bookmarks() == []
    await listening.put_on(services.course.topic("edges"))
    for index in (-1, 8):
        listening.bookmark(index, "")
    assert listening.bookmarks() == []


# What comes next


def test_lessons_follow_one_another_in_course_order(services, listening):
    topics = list(services.course.topics())
    assert [listening.following(topic) for topic in topics] == [*topics[1:], None]


def test_whether_the_next_lesson_begins_by_itself_is_a_setting(services, listening, open_anew):
    assert not listening.plays_on
    listening.set_plays_on(True)
    assert open_anew().plays_on
    assert services.store.settings.plays_on


async def test_the_sleep_timer_says_good_night_and_keeps_the_place(services, hand, listening, open_anew):
    await listening.put_on(services.course.topic("edges"))
    listening.player.set_sleep(Sleep(SleepKind.CHAPTER))
    await listening.toggle()
    hand.now += 9.5
    happened = listening.tick()
    assert happened is not None
    assert happened[0] is Happened.SLEPT
    assert "sleep timer" in happened[1]
    assert listening.tick() is None
    again = open_anew()
    await again.put_on(services.course.topic("edges"))
    assert again.player.position == pytest.approx(listening.player.position - RESUME_BACK, abs=0.02)


# Sound, or why there is none


async def test_without_sound_the_transcript_runs_at_reading_speed_and_says_so(services, listening):
    topic = services.course.topic("edges")
    await listening.put_on(topic)
    assert "reading speed" in listening.status
    assert not listening.heard
    assert listening.player.timetable.duration < 0.75 * Library(services.course).seconds(topic)


async def test_a_lesson_without_a_script_can_be_put_on(services, listening, home):
    folder = home.parent / "content" / "small"
    (folder / "pooling" / "podcast.md").write_text("# Pooling\n", encoding="utf-8")
    await listening.put_on(load_course(folder).topic("pooling"))
    await listening.toggle()
    assert listening.tick() == (Happened.ENDED, "")
    assert listening.bookmarks() == []


def test_closing_what_was_never_used_is_nothing(listening):
    listening.keep()
    assert (listening.topic, listening.heard, listening.tick()) == (None, False, None)


@pytest.fixture
async def heard(services: Services, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Listening]:
    """Listening that plays into a device that nobody hears, by the real clock."""
    monkeypatch.setenv("CNNTUTOR_SOUND", "null")
    listening = Listening(services)
    yield listening
    await listening.close()


@plays
async def test_a_lesson_without_sound_is_spoken_first(services, heard):
    topic = services.course.topic("pooling")
    putting_on = asyncio.ensure_future(heard.put_on(topic))
    await until(lambda: heard.making is not None)
    await putting_on
    assert (heard.status, heard.making, heard.heard) == ("", None, True)
    assert heard.player.timetable == Library(services.course).timetable(topic)
    await heard.toggle()
    await until(lambda: heard.player.position > 0.2)
    assert heard.tick() is None


@plays
async def test_who_goes_back_while_the_next_lesson_is_made_hears_the_first_go_on(services, heard):
    edges, pooling = services.course.topic("edges"), services.course.topic("pooling")
    Library(services.course).make(edges)
    await heard.put_on(edges)
    next_one = asyncio.ensure_future(heard.put_on(pooling))
    await until(lambda: heard.making is not None)
    back = asyncio.ensure_future(heard.put_on(edges))
    await heard.toggle()
    await until(lambda: heard.player.position > 0.1)
    at = heard.player.position
    await asyncio.gather(next_one, back)
    assert (heard.topic, heard.player.playing) == (edges, True)
    assert heard.player.position >= at


@plays
async def test_where_nothing_can_speak_the_reason_is_the_status(services, heard, monkeypatch):
    async def fail(*_: object) -> None:
        raise SpeechError("There is no speech engine here.")

    monkeypatch.setattr("cnntutor.listening.make_elsewhere", fail)
    await heard.put_on(services.course.topic("edges"))
    assert (heard.status, heard.making, heard.heard) == ("There is no speech engine here.", None, False)
    await heard.toggle()
    assert heard.player.playing
