"""The player: one lesson on the turntable, its controls, and what happens by itself. Knows no screen and no device."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from cnntutor.course.models import Topic
from cnntutor.listen.happened import Happened
from cnntutor.listen.output import Output
from cnntutor.listen.recording import Sound
from cnntutor.listen.sleep import OFF, SLEEPS, Sleep, SleepKind
from cnntutor.listen.timing import TimedLine, Timetable

BACK, ON = -15.0, 30.0
"""What the arrows jump, in seconds."""

SPEEDS = (0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.1, 1.25, 1.4, 1.5, 1.75, 2.0, 2.25, 2.5, 3.0)
"""Times the pace at which it was spoken."""

LOUDER = 0.1
"""A step of the volume, which goes from 0 to 1."""

RESUME_BACK = 3.0
"""Seconds before the place where one left off at which listening goes on."""

FRESH = 1.5
"""Seconds into a sentence up to which “back” means the sentence before; later it means this one again."""


@dataclass(frozen=True, slots=True)
class Lesson:
    """What is put on: a topic, when each sentence is said, and its sound if there is one."""

    topic: Topic
    timetable: Timetable
    sound: Sound | None = None


class Player:
    """Plays one lesson at a time through an output."""

    def __init__(self, output: Output, clock: Callable[[], float]) -> None:
        """An empty player.

        Args:
            output: where it plays.
            clock: seconds that only ever grow (`time.monotonic`), for the sleep timer.
        """
        self._output = output
        self._clock = clock
        self._lesson: Lesson | None = None
        self._rest = 0.0
        self._sleep = OFF
        self._wakes_until = 0.0
        self.playing = False
        """Whether the hosts are talking."""
        self.begun = False
        """Whether the lesson has been played since it was put on, and not to its end."""
        self.speed = 1.0
        """Times the pace at which it was spoken."""
        self.volume = 1.0
        """From 0 to 1."""

    # What is on

    @property
    def lesson(self) -> Lesson | None:
        """The lesson that is on, or None."""
        return self._lesson

    @property
    def timetable(self) -> Timetable:
        """When each sentence of the lesson is said; empty while none is on."""
        return self._lesson.timetable if self._lesson is not None else Timetable((), (), 0.0)

    @property
    def position(self) -> float:
        """Seconds into the lesson."""
        return self._within(self._output.position) if self.playing else self._rest

    @property
    def index(self) -> int:
        """Index of the sentence that is being said."""
        return self.timetable.index_at(self.position)

    def index_soon(self, seconds: float) -> int:
        """Index of the sentence that will be said so many seconds of real time from now."""
        ahead = seconds * self.speed if self.playing else 0.0
        return self.timetable.index_at(self.position + ahead)

    @property
    def line(self) -> TimedLine | None:
        """The sentence that is being said, or None where nothing is said."""
        lines = self.timetable.lines
        return lines[self.index] if lines else None

    @property
    def at_end(self) -> bool:
        """Whether all has been said."""
        return self._lesson is not None and self.position >= self.timetable.duration

    def put_on(self, lesson: Lesson, output: Output, at: float = 0.0) -> None:
        """Change the lesson; it rests at a position.

        Args:
            lesson: what to play.
            output: where: a device for a lesson that has a sound, else the clock.
            at: seconds into the lesson.
        """
        self.pause()
        self._lesson, self._output = lesson, output
        self._rest = self._within(at)
        self.begun = False
        self._follow_chapter()
        output.load(lesson.sound)
        output.set_volume(self.volume)

    # Controls

    def play(self) -> None:
        """Go on, or begin again after the end."""
        if self._lesson is None or self.playing:
            return
        if self.at_end:
            self._rest = 0.0
            self._follow_chapter()
        if self.sleeps_in == 0:  # it ran out while the hosts were silent anyway
            self._sleep = OFF
        self.playing = self.begun = True
        self._output.play(self._rest, self.speed)

    def pause(self) -> None:
        """Rest here."""
        if not self.playing:
            return
        self._rest = self.position
        self.playing = False
        self._output.pause(self._rest)

    def toggle(self) -> None:
        """Play or pause."""
        if self.playing:
            self.pause()
        else:
            self.play()

    def seek(self, seconds: float) -> None:
        """Go to a position; what played goes on playing from there."""
        self._rest = self._within(seconds)
        if self.playing:
            self._output.play(self._rest, self.speed)
        else:
            self._output.pause(self._rest)
        self._follow_chapter()

    def skip(self, seconds: float) -> None:
        """Go back (negative) or on."""
        self.seek(self.position + seconds)

    def go_to_sentence(self, index: int) -> None:
        """Go to the beginning of a sentence; beyond the last is the end."""
        lines = self.timetable.lines
        if lines:
            self.seek(lines[max(index, 0)].start if index < len(lines) else self.timetable.duration)

    def step_sentence(self, step: int) -> None:
        """One sentence back or on."""
        if self.line is None:
            return
        again = step < 0 and self.position - self.line.start > FRESH
        self.go_to_sentence(self.index if again else self.index + step)

    def step_chapter(self, step: int) -> None:
        """One chapter back or on."""
        starts = [start for start, _ in self.timetable.chapters]
        if not starts:
            return
        at = self.timetable.chapter_at(self.position)
        again = step < 0 and self.position - starts[at] > FRESH
        wanted = at if again else at + step
        self.seek(starts[max(wanted, 0)] if wanted < len(starts) else self.timetable.duration)

    def change_speed(self, steps: int) -> None:
        """Faster, or by negative steps slower; the pitch stays."""
        nearest = min(range(len(SPEEDS)), key=lambda i: abs(SPEEDS[i] - self.speed))
        self.set_speed(SPEEDS[max(0, min(nearest + steps, len(SPEEDS) - 1))])

    def set_speed(self, speed: float) -> None:
        """Set the pace, within the range of `SPEEDS`."""
        at = self.position
        self.speed = max(SPEEDS[0], min(speed, SPEEDS[-1]))
        if self.playing:
            self._output.play(at, self.speed)

    def set_volume(self, volume: float) -> None:
        """Set how loud it is, from 0 to 1."""
        self.volume = round(max(0.0, min(volume, 1.0)), 2)
        self._output.set_volume(self.volume)

    # The sleep timer

    @property
    def sleep(self) -> Sleep:
        """How the timer is set."""
        return self._sleep

    @property
    def sleeps_in(self) -> float | None:
        """Seconds until the hosts fall silent; None while the timer is off or waits for an end."""
        return max(0.0, self._wakes_until - self._clock()) if self._sleep.kind is SleepKind.MINUTES else None

    def set_sleep(self, sleep: Sleep) -> None:
        """Set the timer; minutes count from now, a chapter is the one that is running, also after a jump."""
        self._sleep = sleep
        if sleep.kind is SleepKind.MINUTES:
            self._wakes_until = self._clock() + sleep.minutes * 60
        elif sleep.kind is SleepKind.CHAPTER:
            starts = [start for start, _ in self.timetable.chapters]
            following = starts[self.timetable.chapter_at(self.position) + 1 :]
            self._wakes_until = following[0] if following else self.timetable.duration

    def next_sleep(self) -> Sleep:
        """Set the timer to its next choice."""
        self.set_sleep(SLEEPS[(SLEEPS.index(self._sleep) + 1) % len(SLEEPS)])
        return self._sleep

    # What happens by itself

    def tick(self) -> tuple[Happened, str] | None:
        """Look at the clock, several times a second while it plays; what happened, with a line about trouble."""
        if not self.playing:
            return None
        if self._output.trouble:
            line = self._output.trouble
            self.pause()
            return Happened.TROUBLE, line
        if self._is_bedtime():
            self._sleep = OFF
            self.pause()
            self.begun = not self.at_end
            return Happened.SLEPT, ""
        if self.position >= self.timetable.duration:
            self.pause()
            self._rest = self.timetable.duration
            self.begun = False
            return Happened.ENDED, ""
        return None

    def _is_bedtime(self) -> bool:
        match self._sleep.kind:
            case SleepKind.MINUTES:
                return self._clock() >= self._wakes_until
            case SleepKind.CHAPTER:
                return self.position >= self._wakes_until
            case SleepKind.LESSON:
                return self.position >= self.timetable.duration
            case _:
                return False

    def _follow_chapter(self) -> None:
        """After a jump, “end of chapter” means the one that is running now."""
        if self._sleep.kind is SleepKind.CHAPTER:
            self.set_sleep(self._sleep)

    def _within(self, seconds: float) -> float:
        return max(0.0, min(seconds, self.timetable.duration))
