"""Listening across the app: one player, its lesson, and what is kept of it. Knows no screen.

listening = Listening(services)
await listening.put_on(topic)
listening.player.play()
while …:                       # several times a second
line = listening.tick()    # something to tell the learner, or empty
await listening.close()
"""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from cnntutor.course.cards import CardId, DemoLink
from cnntutor.course.models import Topic
from cnntutor.errors import SpeechError
from cnntutor.listen.happened import Happened
from cnntutor.listen.hearing import why_silent
from cnntutor.listen.library import Library
from cnntutor.listen.making import make_elsewhere
from cnntutor.listen.output import SilentOutput
from cnntutor.listen.player import RESUME_BACK, Lesson, Player
from cnntutor.listen.recording import Sound
from cnntutor.listen.shelf import Bookmark, Habits, Shelf
from cnntutor.listen.speaker import Speaker
from cnntutor.listen.timing import READING_WORDS_PER_MINUTE, TimedLine, Timetable, estimate
from cnntutor.services import Services

TICK = 0.1
"""Seconds between two looks at the clock."""

KEEP_EVERY = 2.0
"""Seconds between two notes of the place, so that a crash costs no more than that."""


class Listening:
    """Puts lessons on, keeps the place in them, and says why there is no sound where there is none."""

    def __init__(
        self,
        services: Services,
        *,
        clock: Callable[[], float] = time.monotonic,
        environment: Mapping[str, str] = os.environ,
    ) -> None:
        """Nothing is put on and no process started.

        Args:
            services: course and memory.
            clock: seconds that only ever grow.
            environment: variables that say what can be heard; see `why_silent`.
        """
        self._course, self._store = services.course, services.store
        self._clock = clock
        self._environment = environment
        self._shelf = Shelf(services.store)
        self._silent = SilentOutput(clock)
        self._speaker = Speaker(clock)
        self._putting_on = asyncio.Lock()
        self._kept_at = 0.0
        self._untouched: float | None = None
        self._ahead: Topic | None = None
        self._wishes: tuple[bool, str] | None = None
        self.player = Player(self._silent, clock)
        """The one player."""
        self.status = ""
        """Why there is no sound, or what is being done about it; empty when all is well."""
        self.making: float | None = None
        """Share of the sound that is made so far, while it is being made."""

    # What is on

    @property
    def topic(self) -> Topic | None:
        """The lesson that is on."""
        return self.player.lesson.topic if self.player.lesson is not None else None

    @property
    def heard(self) -> bool:
        """Whether the lesson that is on has sound."""
        return self.player.lesson is not None and self.player.lesson.sound is not None

    async def put_on(self, topic: Topic) -> None:
        """Change the lesson. It rests where the listener left it, three seconds back.

        A sound that is not there yet is made first, by a process of its own; `making` tells how far that is.
        A lesson that is on already is put on anew only if the settings for its sound have changed.

        Raises:
            StoreError: the memory cannot be read or written.
        """
        self._ahead = topic
        async with self._putting_on:
            wishes = (self._store.settings.sound, self._store.settings.piper)
            if self._ahead is not topic or (self.topic is topic and self._wishes == wishes):
                return  # another lesson was asked for meanwhile, or this one is on already
            self._wishes = wishes
            self.leave()
            sound = await self._sound(topic)
            if self._ahead is topic:
                self._put_on(topic, sound)
            elif sound is not None and self.player.lesson is not None:
                self._speaker_back_to(self.player.lesson)

    def _put_on(self, topic: Topic, sound: Sound | None) -> None:
        table = sound.timetable if sound is not None else estimate(topic.script, READING_WORDS_PER_MINUTE)
        habits = self._shelf.habits
        at = max(0.0, self._shelf.place(topic.slug, table) - RESUME_BACK)
        self.player.put_on(Lesson(topic, table, sound), self._speaker if sound is not None else self._silent, at)
        self._untouched = self.player.position
        self.player.set_speed(habits.speed)
        self.player.set_volume(habits.volume)

    def _speaker_back_to(self, lesson: Lesson) -> None:
        """The speaker has got a sound that nobody wants any more."""
        self.leave()
        self._speaker.load(lesson.sound)

    async def _sound(self, topic: Topic) -> Sound | None:
        """The lesson's sound, ready to be heard; None, and why in `status`, if it cannot be."""
        self.status = why_silent(self._environment, self._store.settings.sound)
        if self.status:
            return None
        try:
            sound = await self._find_or_make(topic)
        except SpeechError as error:
            self.status = str(error)
            return None
        finally:
            self.making = None
        if self._ahead is not topic:
            return None
        self.leave()  # it may have been played again while this one was made
        why = await self._speaker.start(sound)
        self.status = why
        return None if why else sound

    async def _find_or_make(self, topic: Topic) -> Sound:
        piper = self._store.settings.piper
        library = Library(self._course, piper)
        sound = await asyncio.to_thread(library.sound, topic)
        if sound is not None:
            return sound
        self.making = 0.0
        await make_elsewhere(self._course, topic, piper, self._note_making)
        sound = await asyncio.to_thread(library.sound, topic)
        if sound is None:
            raise SpeechError("The sound was made, but cannot be found again: is the script open in an editor?")
        return sound

    def _note_making(self, share: float) -> None:
        self.making = share

    def leave(self) -> None:
        """Rest, and keep the place."""
        self.player.pause()
        self.keep()

    async def close(self) -> None:
        """Keep the place and end the sound process."""
        self._ahead = None
        self.leave()
        await self._speaker.close()

    def keep(self) -> None:
        """Note where the listener is, and her habits. A lesson that was only looked at keeps its place.

        Raises:
            StoreError: the memory cannot be written.
        """
        topic, player = self.topic, self.player
        if topic is None:
            return
        if player.position != self._untouched:
            self._untouched = None
            self._shelf.keep_place(topic.slug, player.timetable, player.position)
        habits = Habits(player.speed, player.volume)
        if habits != self._shelf.habits:
            self._shelf.keep_habits(habits)
        self._kept_at = self._clock()

    # Controls that need more than the player

    async def toggle(self) -> None:
        """Play or pause; after a device was unplugged, look for one anew."""
        lesson = self.player.lesson
        if lesson is not None and lesson.sound is not None and not self.player.playing and not self._speaker.alive:
            why = await self._speaker.start(lesson.sound)
            self.status = why
            self._speaker.set_volume(self.player.volume)
            if why:
                self._fall_silent(lesson)
        self.player.toggle()
        if not self.player.playing:
            self.keep()

    def _fall_silent(self, lesson: Lesson) -> None:
        """Go on without the device, at the same sentence."""
        index = self.player.index
        table = estimate(lesson.topic.script, READING_WORDS_PER_MINUTE)
        self.player.put_on(Lesson(lesson.topic, table), self._silent, table.lines[index].start if table.lines else 0.0)

    def following(self, topic: Topic) -> Topic | None:
        """The lesson after this one in course order, or None."""
        topics = list(self._course.topics())
        at = next((i for i, other in enumerate(topics) if other.slug == topic.slug), len(topics))
        return topics[at + 1] if at + 1 < len(topics) else None

    @property
    def plays_on(self) -> bool:
        """Whether the next lesson begins by itself."""
        return self._store.settings.plays_on

    def set_plays_on(self, plays_on: bool) -> None:
        """Keep whether the next lesson begins by itself."""
        self._store.save_settings(replace(self._store.settings, plays_on=plays_on))

    # What a sentence offers; in the lesson that is on, where no other is named

    def cards_at(self, index: int, topic: Topic | None = None) -> tuple[CardId, ...]:
        """The cards that keep what is being said: the nearest marked at or before a sentence in its chapter."""
        line = self._marked(index, self._table(topic), lambda line: bool(line.sentence.cards))
        return line.sentence.cards if line is not None else ()

    def demo_at(self, index: int, topic: Topic | None = None) -> DemoLink | None:
        """The demo that is being spoken of: the nearest cue at or before a sentence in its chapter."""
        line = self._marked(index, self._table(topic), lambda line: line.sentence.demo is not None)
        return line.sentence.demo if line is not None else None

    def _table(self, topic: Topic | None) -> Timetable:
        """When a lesson's sentences are said, as far as that is known before it is on."""
        if topic is None or topic is self.topic:
            return self.player.timetable
        return estimate(topic.script, READING_WORDS_PER_MINUTE)

    def _marked(self, index: int, table: Timetable, holds: Callable[[TimedLine], bool]) -> TimedLine | None:
        lines = table.lines
        if not 0 <= index < len(lines):
            return None
        so_far = reversed(lines[: index + 1])
        return next((line for line in so_far if line.chapter == lines[index].chapter and holds(line)), None)

    def review(self, cards: Sequence[CardId]) -> None:
        """Put cards into today's review.

        Raises:
            StoreError: the memory cannot be written.
        """
        self._store.make_due(cards, source="listen")

    # Bookmarks

    def bookmarks(self, topic: Topic | None = None) -> list[Bookmark]:
        """The bookmarks of a lesson."""
        topic = topic or self.topic
        return self._shelf.bookmarks(topic.slug, self._table(topic)) if topic is not None else []

    def bookmark(self, index: int, note: str, topic: Topic | None = None) -> None:
        """Mark a sentence, or change the note of its mark."""
        topic = topic or self.topic
        lines = self._table(topic).lines
        if topic is None or not 0 <= index < len(lines):
            return
        others = [other for other in self.bookmarks(topic) if other.sentence != index]
        self._shelf.keep_bookmarks(topic.slug, [*others, Bookmark(index, lines[index].text, note)])

    def forget_bookmark(self, index: int, topic: Topic | None = None) -> None:
        """Take the mark off a sentence."""
        topic = topic or self.topic
        if topic is not None:
            left = [other for other in self.bookmarks(topic) if other.sentence != index]
            self._shelf.keep_bookmarks(topic.slug, left)

    # What happens by itself

    def tick(self) -> tuple[Happened, str] | None:
        """Look at the clock; call it several times a second. What happened, with a line for the learner.

        Raises:
            StoreError: the place could not be kept.
        """
        happened = self.player.tick()
        due = self.player.playing and self._clock() - self._kept_at >= KEEP_EVERY
        if happened is not None or due:
            self.keep()
        if happened is None:
            return None
        what, line = happened
        return what, line or {Happened.SLEPT: "Good night: the sleep timer paused the lesson."}.get(what, "")
