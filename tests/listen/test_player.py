"""The player: whatever is done in whatever order, its promises hold."""

from __future__ import annotations

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from cnntutor.course.models import Article, Chapter, Line, Script, Sentence, Slug, Topic
from cnntutor.listen.happened import Happened
from cnntutor.listen.output import SilentOutput
from cnntutor.listen.player import FRESH, SPEEDS, Lesson, Player
from cnntutor.listen.sleep import OFF, SLEEPS, Sleep, SleepKind
from cnntutor.listen.timing import Timetable, estimate, timed


class Hand:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


class Machine(SilentOutput):
    """A silent device that has a volume and can be unplugged."""

    volume = 1.0

    def play(self, at: float, speed: float) -> None:
        self.trouble = ""
        super().play(at, speed)

    def set_volume(self, volume: float) -> None:
        self.volume = volume


def line(host: str, *sentences: str) -> Line:
    return Line(host, tuple(map(Sentence, sentences)))


def lesson(slug: str, *chapters: Chapter) -> Lesson:
    script = Script(chapters)
    topic = Topic(Slug(slug), slug, "Part", (), (), "", Article(slug, (), 0), script, (), (), ())
    return Lesson(topic, estimate(script))


LONG = lesson(
    "long",
    Chapter("One", (line("Ada", "One word after the other.", "And again."), line("Ben", "Then " + "more " * 60))),
    Chapter("Nothing is said here", ()),
    Chapter("Two", (line("Ada", "Why " * 30), line("Ben", "Because.", "That is all."))),
    Chapter("Three", (line("Ben", "Good night."),)),
)
SHORT = lesson("short", Chapter("Only", (line("Ada", "Short.", "Sweet."),)))
EMPTY = lesson("empty")
SPANS = [(1.0, 3.0), (4.0, 9.0), (10.0, 20.0), (22.0, 30.0), (30.5, 32.0), (32.0, 36.0), (40.0, 41.0)]
SPACED = Lesson(LONG.topic, timed(LONG.topic.script, SPANS, 42.0))
"""Its first word comes after a second."""


def chapter_end(table: Timetable, position: float) -> float:
    """Where the chapter at a position gives way to the next."""
    return min((start for start, _ in table.chapters if start > position), default=table.duration)


class AnyOrder(RuleBasedStateMachine):
    """Every control in every order, beside the simplest account of what should follow."""

    def __init__(self) -> None:
        super().__init__()
        self.clock = Hand()
        self.output = SilentOutput(self.clock)
        self.player = Player(self.output, self.clock)
        self.bedtime: float | None = None
        self.silent_from: float | None = None

    @initialize(on=st.sampled_from([LONG, SPACED, SHORT, EMPTY]), at=st.floats(-5, 80))
    def begin(self, on: Lesson, at: float) -> None:
        self.put_on(on, at)

    @property
    def duration(self) -> float:
        return self.player.timetable.duration

    def jumped(self) -> None:
        """A timer that waits for the end of a chapter waits for the one that is running now."""
        if self.player.sleep.kind is SleepKind.CHAPTER:
            self.silent_from = chapter_end(self.player.timetable, self.player.position)

    def arrives(self, at: float, playing: bool) -> None:
        assert self.player.position == pytest.approx(max(0.0, min(at, self.duration)))
        assert self.player.playing == playing
        self.jumped()

    @rule(on=st.sampled_from([LONG, SPACED, SHORT, EMPTY]), at=st.floats(-5, 80))
    def put_on(self, on: Lesson, at: float) -> None:
        self.player.put_on(on, self.output, at)
        assert self.player.lesson is on
        assert not self.player.begun
        self.arrives(at, playing=False)

    @rule(toggled=st.booleans())
    @precondition(lambda self: not self.player.playing)
    def play(self, toggled: bool) -> None:
        at = 0.0 if self.player.at_end else self.player.position
        came_to_an_end = self.player.at_end
        if self.bedtime is not None and self.clock() >= self.bedtime:
            self.bedtime = None
        (self.player.toggle if toggled else self.player.play)()
        assert self.player.playing
        assert self.player.begun
        assert self.player.position == pytest.approx(at)
        if came_to_an_end:
            self.jumped()

    @rule(toggled=st.booleans())
    @precondition(lambda self: self.player.playing)
    def pause(self, toggled: bool) -> None:
        at = self.player.position
        (self.player.toggle if toggled else self.player.pause)()
        assert not self.player.playing
        assert self.player.position == at

    @rule()
    def play_or_pause_twice(self) -> None:
        playing, at = self.player.playing, self.player.position
        (self.player.play if playing else self.player.pause)()
        assert (self.player.playing, self.player.position) == (playing, at)

    @rule(seconds=st.floats(-10, 100))
    def seek(self, seconds: float) -> None:
        playing = self.player.playing
        self.player.seek(seconds)
        self.arrives(seconds, playing)

    @rule(seconds=st.sampled_from([-15.0, 30.0, -0.5, 2.0]))
    def skip(self, seconds: float) -> None:
        playing, at = self.player.playing, self.player.position
        self.player.skip(seconds)
        self.arrives(at + seconds, playing)

    @rule(index=st.integers(-2, 9))
    @precondition(lambda self: self.player.line is not None)
    def go_to_sentence(self, index: int) -> None:
        playing, lines = self.player.playing, self.player.timetable.lines
        self.player.go_to_sentence(index)
        self.arrives(lines[max(index, 0)].start if index < len(lines) else self.duration, playing)

    @rule(step=st.sampled_from([-1, 1]))
    @precondition(lambda self: self.player.line is not None)
    def step_sentence(self, step: int) -> None:
        playing, starts = self.player.playing, list(self.player.timetable.starts)
        wanted = stepped(starts, self.duration, self.player.position, step)
        self.player.step_sentence(step)
        self.arrives(wanted, playing)

    @rule(step=st.sampled_from([-1, 1]))
    @precondition(lambda self: self.player.line is not None)
    def step_chapter(self, step: int) -> None:
        playing, starts = self.player.playing, [start for start, _ in self.player.timetable.chapters]
        wanted = stepped(starts, self.duration, self.player.position, step)
        self.player.step_chapter(step)
        self.arrives(wanted, playing)

    @rule(steps=st.integers(-3, 3))
    def change_speed(self, steps: int) -> None:
        playing, at = self.player.playing, self.player.position
        before = SPEEDS.index(self.player.speed)
        self.player.change_speed(steps)
        assert self.player.speed == SPEEDS[max(0, min(before + steps, len(SPEEDS) - 1))]
        assert (self.player.playing, self.player.position) == (playing, pytest.approx(at))

    @rule(sleep=st.sampled_from(SLEEPS))
    def set_sleep(self, sleep: Sleep) -> None:
        self.player.set_sleep(sleep)
        self.bedtime = self.clock() + 60 * sleep.minutes if sleep.kind is SleepKind.MINUTES else None
        self.silent_from = self.duration if sleep.kind is SleepKind.LESSON else None
        self.jumped()

    @rule(seconds=st.one_of(st.floats(0, 5), st.floats(0, 400)))
    def time_passes(self, seconds: float) -> None:
        at, speed = self.player.position, self.player.speed
        self.clock.now += seconds
        moved = seconds * speed if self.player.playing else 0.0
        assert self.player.position == pytest.approx(min(at + moved, self.duration))

    @rule()
    def look(self) -> None:
        position, expected = self.player.position, self.expected()
        assert self.player.tick() == (None if expected is None else (expected, ""))
        assert self.player.position == position
        if expected is not None:
            assert not self.player.playing
            assert self.player.tick() is None
        if expected is Happened.ENDED:
            assert self.player.at_end
            assert not self.player.begun
        if expected is Happened.SLEPT:
            assert self.player.sleep == OFF
            self.bedtime = self.silent_from = None

    def expected(self) -> Happened | None:
        if not self.player.playing:
            return None
        kind = self.player.sleep.kind
        if kind is SleepKind.LESSON:
            self.silent_from = self.duration
        if self.bedtime is not None and self.clock() >= self.bedtime:
            return Happened.SLEPT
        if self.silent_from is not None and self.player.position >= self.silent_from:
            return Happened.SLEPT
        return Happened.ENDED if self.player.position >= self.duration else None

    @invariant()
    def the_position_lies_within_the_lesson(self) -> None:
        assert 0 <= self.player.position <= self.duration

    @invariant()
    def the_sentence_is_the_last_that_has_begun(self) -> None:
        table = self.player.timetable
        begun = [number for number, said in enumerate(table.lines) if said.start <= self.player.position]
        assert self.player.index == (begun[-1] if begun else 0)
        assert self.player.line == (table.lines[self.player.index] if table.lines else None)

    @invariant()
    def the_timer_tells_how_long_it_still_waits(self) -> None:
        left = None if self.bedtime is None else max(0.0, self.bedtime - self.clock())
        assert self.player.sleeps_in == left


def stepped(starts: list[float], duration: float, position: float, step: int) -> float:
    """Where one step leads: on to the next start, back to the last start that is more than a moment ago."""
    if step > 0:
        begun = max((number for number, start in enumerate(starts) if start <= position), default=0)
        return starts[begun + 1] if begun + 1 < len(starts) else duration
    here = max((start for start in starts if start <= position), default=starts[0])
    earlier = [start for start in starts if start < here]
    return here if position - here > FRESH or not earlier else earlier[-1]


TestAnyOrder = AnyOrder.TestCase
TestAnyOrder.settings = settings(max_examples=120, stateful_step_count=40, deadline=None)


@pytest.fixture
def clock() -> Hand:
    return Hand()


@pytest.fixture
def machine(clock: Hand) -> Machine:
    return Machine(clock)


@pytest.fixture
def player(clock: Hand, machine: Machine) -> Player:
    player = Player(machine, clock)
    player.put_on(LONG, machine)
    return player


def test_a_lesson_runs_from_its_first_word_to_its_end_and_then_from_the_start(clock, player):
    player.play()
    clock.now += LONG.timetable.duration + 5
    assert player.tick() == (Happened.ENDED, "")
    assert player.tick() is None
    assert (player.position, player.playing, player.index) == (LONG.timetable.duration, False, 6)
    player.play()
    assert (player.position, player.playing) == (0.0, True)


def test_while_nothing_is_on_no_control_does_anything(clock, machine):
    player = Player(machine, clock)
    for control in (player.play, player.pause, player.toggle, player.tick, player.next_sleep):
        control()
    for control in (player.seek, player.skip, player.change_speed, player.set_volume):
        control(1)
    for control in (player.go_to_sentence, player.step_sentence, player.step_chapter):
        control(-1)
    clock.now += 10
    assert (player.position, player.index, player.line, player.at_end) == (0.0, 0, None, False)
    assert (player.playing, player.begun, player.lesson) == (False, False, None)


def test_an_unplugged_device_pauses_once_with_its_line_and_play_tries_again(clock, machine, player):
    player.play()
    clock.now += 2
    machine.trouble = "The sound stopped."
    assert player.tick() == (Happened.TROUBLE, "The sound stopped.")
    assert (player.tick(), player.playing, player.position) == (None, False, 2.0)
    player.play()
    clock.now += 1
    assert (player.tick(), player.position) == (None, 3.0)


@pytest.mark.parametrize(("at", "sentence", "chapter"), [(23.0, 2, 0), (24.0, 3, 3), (39.0, 5, 3), (40.0, 5, 3)])
def test_back_is_the_one_before_or_this_one_again_once_it_has_run_for_a_moment(machine, player, at, sentence, chapter):
    """Sentences start at 1, 4, 10, 22, 30.5, 32 and 40 s, chapters with those of 1, 22 and 40 s."""
    player.put_on(SPACED, machine, at)
    player.step_sentence(-1)
    assert player.index == sentence
    player.seek(at)
    player.step_chapter(-1)
    assert player.index == chapter


def test_the_lesson_before_falls_silent_and_the_volume_goes_with_the_listener(clock, machine, player):
    player.set_volume(0.3)
    player.play()
    clock.now += 2
    other = Machine(clock)
    player.put_on(SHORT, other)
    player.play()
    clock.now += 2
    assert (machine.position, other.position, other.volume) == (2.0, 2.0, 0.3)


@pytest.mark.parametrize(("asked", "volume"), [(-0.1, 0.0), (0.1 + 0.2, 0.3), (1.2, 1.0)])
def test_the_volume_goes_from_nothing_to_full(machine, player, asked, volume):
    player.set_volume(asked)
    assert player.volume == machine.volume == volume


@pytest.mark.parametrize(("asked", "speed"), [(0.1, 0.5), (1.3, 1.3), (99, 3.0)])
def test_any_speed_in_the_range_can_be_set(clock, player, asked, speed):
    player.play()
    player.set_speed(asked)
    clock.now += 2
    assert (player.speed, player.position) == (speed, pytest.approx(2 * speed))


def test_the_timer_key_goes_through_every_choice_and_back_to_off(player):
    labels = [player.next_sleep().label for _ in SLEEPS]
    assert labels == [
        *("5 min", "10 min", "15 min", "30 min", "45 min", "60 min"),
        *("end of chapter", "end of lesson", "off"),
    ]


def test_at_the_end_of_the_lesson_the_timer_speaks_so_that_no_other_lesson_begins(clock, player):
    player.set_sleep(Sleep(SleepKind.LESSON))
    player.play()
    clock.now += 1000
    assert player.tick() == (Happened.SLEPT, "")
    assert (player.at_end, player.begun, player.sleep) == (True, False, OFF)


def test_who_comes_back_after_bedtime_is_not_sent_to_bed(clock, player):
    player.set_sleep(Sleep(SleepKind.MINUTES, 5))
    clock.now += 301
    player.play()
    assert player.tick() is None
    assert (player.playing, player.sleep) == (True, OFF)


def test_the_end_of_the_chapter_is_that_of_the_lesson_that_is_on(clock, machine, player):
    player.set_sleep(Sleep(SleepKind.CHAPTER))
    player.put_on(SPACED, machine, at=23.0)
    player.play()
    clock.now += 12
    assert player.tick() is None
    clock.now += 5
    assert player.tick() == (Happened.SLEPT, "")
    assert player.position == 40.0
