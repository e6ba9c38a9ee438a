"""Where a lesson's sound comes from: it ships with the course, lies in the learner's cache, or is made now."""

from __future__ import annotations

import json
from collections.abc import Callable

from cnntutor import paths
from cnntutor.course.models import Course, Topic
from cnntutor.course.spoken import entries_used
from cnntutor.errors import SpeechError
from cnntutor.listen.recording import Sound
from cnntutor.listen.sound_folder import SoundFolder, digest
from cnntutor.listen.timing import Timetable, estimate

VERSION = 3
"""Raise it when the same script should sound different: every recording is then made anew."""


class Library:
    """The sounds of one course."""

    def __init__(self, course: Course, piper: str = "") -> None:
        """Open it; nothing is read yet.

        Args:
            course: whose lessons.
            piper: the learner's Piper voices, as the setting has them; empty for the voices that ship.
        """
        self._course = course
        self._piper = piper
        self._shipped = SoundFolder(paths.assets_dir() / "sounds" / course.slug)
        self._made = SoundFolder(paths.cache_dir() / "sounds" / course.slug)

    def sound(self, topic: Topic) -> Sound | None:
        """The sound of a lesson if it is there, whole, and says what the script says now."""
        if not any(chapter.lines for chapter in topic.script.chapters):
            return None
        if not self._piper and (sound := self.shipped_sound(topic)):
            return sound
        mark = fingerprint(self._course, topic)
        return self._made.find(topic.slug, topic.script, mark, self._wanted_voices())

    def shipped_sound(self, topic: Topic) -> Sound | None:
        """The sound of a lesson as it ships, if it is there and says what the script says now."""
        return self._shipped.find(topic.slug, topic.script, fingerprint(self._course, topic))

    def make(self, topic: Topic, on_progress: Callable[[float], None] | None = None) -> Sound:
        """Speak a lesson into the learner's cache.

        Args:
            topic: which.
            on_progress: told the share that is done, from 0 to 1; called from the thread that calls this.

        Raises:
            SpeechError: there is no engine, it failed, or the cache cannot be written.
        """
        return self.speak_into(self._made, topic, on_progress)

    def ship(self, topic: Topic) -> Sound:
        """Speak a lesson into the folder that ships with the app; see `make`."""
        return self.speak_into(self._shipped, topic)

    def speak_into(
        self, folder: SoundFolder, topic: Topic, on_progress: Callable[[float], None] | None = None
    ) -> Sound:
        """Speak a lesson into a folder; see `make`."""
        from cnntutor.listen.engines.choose import choose_engine
        from cnntutor.listen.synthesis import synthesise

        if not any(chapter.lines for chapter in topic.script.chapters):
            raise SpeechError(f"Nothing is said in “{topic.title}”: write its podcast.md.")
        with choose_engine(self._piper) as engine:
            table = self._course.pronunciation
            recording = synthesise(topic.script, self._course.hosts, table, engine, on_progress)
        mark = fingerprint(self._course, topic)
        folder.keep(topic.slug, mark, recording)
        sound = folder.find(topic.slug, topic.script, mark)
        if sound is None:
            raise SpeechError(f"The sound in {folder.path} was damaged while it was written: try again.")
        return sound

    def timetable(self, topic: Topic) -> Timetable:
        """When each sentence is said: exact where there is a sound, else estimated from its words."""
        sound = self.sound(topic)
        return sound.timetable if sound is not None else estimate(topic.script)

    def seconds(self, topic: Topic) -> float:
        """How long a lesson lasts."""
        return self.timetable(topic).duration

    def _wanted_voices(self) -> str | None:
        """The voices that a sound of the cache must have; None where nothing could make it anew."""
        from cnntutor.listen.engines.choose import choose_engine

        try:
            return choose_engine(self._piper).name
        except SpeechError:
            return None


def fingerprint(course: Course, topic: Topic) -> str:
    """What a lesson sounds like, apart from the engine: hosts, sentences, chapters and how their symbols are said."""
    turns = [
        [[course.hosts.get(line.host, ""), [sentence.text for sentence in line.sentences]] for line in chapter.lines]
        for chapter in topic.script.chapters
    ]
    said = [line.text for chapter in topic.script.chapters for line in chapter.lines]
    table = sorted(entries_used(said, course.pronunciation).items())
    return digest(json.dumps([VERSION, turns, table]).encode())
