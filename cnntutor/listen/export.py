"""Lessons as files for other players: sound with a tag, transcript, chapters, and a feed that names them all."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from cnntutor.course.markup import plain
from cnntutor.course.models import Course, Topic
from cnntutor.errors import SpeechError
from cnntutor.listen.chapters_json import chapters_json
from cnntutor.listen.episode import Episode, episodes, hosts_of
from cnntutor.listen.feed import FEED_FILE, Published, base_address, feed
from cnntutor.listen.id3 import Tag, with_tag
from cnntutor.listen.recording import Sound
from cnntutor.listen.timing import Timetable
from cnntutor.listen.webvtt import webvtt

OnProgress = Callable[[float], None]
"""Told the share that is done, from 0 to 1."""

SoundOf = Callable[[Topic, OnProgress], Sound]
"""Finds or makes the sound of a lesson; raises SpeechError where it cannot."""


def episode_of(course: Course, topic: Topic) -> Episode:
    """A lesson as an episode.

    Raises:
        SpeechError: nothing is said in it.
    """
    found = next((episode for episode in episodes(course) if episode.topic.slug == topic.slug), None)
    if found is None:
        raise SpeechError(f"Nothing is said in “{topic.title}”: write its podcast.md.")
    return found


def export_lesson(episode: Episode, sound: Sound, folder: Path) -> list[Path]:
    """Write the sound of a lesson as MP3 with its tag, and its transcript beside it.

    Returns:
        The files.

    Raises:
        SpeechError: the sound cannot be read, or the folder cannot be written; no file is left half-written.
    """
    mp3 = with_tag(_as_mp3(sound), _tag(episode, sound.timetable))
    return [_write(folder / episode.sound_file, mp3), *export_transcript(episode, sound.timetable, folder)]


def export_transcript(episode: Episode, timetable: Timetable, folder: Path) -> list[Path]:
    """Write the transcript of a lesson alone.

    Returns:
        The file.

    Raises:
        SpeechError: the folder cannot be written.
    """
    text = webvtt(timetable, episode.topic.title)
    return [_write(folder / episode.transcript_file, text.encode())]


def export_course(
    course: Course, sound_of: SoundOf, folder: Path, base_url: str, on_progress: OnProgress | None = None
) -> list[Path]:
    """Write every lesson with its chapters, and last the feed, so that it never names a file that is not there.

    Args:
        course: which.
        sound_of: gives the sound of a lesson.
        folder: where to; made if it is not there.
        base_url: where the folder will be found on the web.
        on_progress: hears how much is done; called from the thread that calls this.

    Returns:
        The files.

    Raises:
        UsageError: the address is none.
        SpeechError: nothing is said in the course, a sound cannot be made, or the folder cannot be written.
    """
    base = base_address(base_url)
    lessons = spoken_lessons(course)
    files: list[Path] = []
    published = []
    for done, episode in enumerate(lessons):
        sound = sound_of(episode.topic, share_of(on_progress, done, len(lessons)))
        mp3, transcript = export_lesson(episode, sound, folder)
        chapters = _write(folder / episode.chapters_file, chapters_json(episode, sound.timetable).encode())
        files += [mp3, transcript, chapters]
        published.append(Published(episode, sound.timetable.duration, mp3.stat().st_size))
    return [*files, _write(folder / FEED_FILE, feed(course, published, base).encode())]


def spoken_lessons(course: Course) -> list[Episode]:
    """The lessons in which something is said.

    Raises:
        SpeechError: there are none.
    """
    found = episodes(course)
    if not found:
        raise SpeechError(f"Nothing is said in the course “{course.title}” yet: write a topic's podcast.md.")
    return found


def share_of(on_progress: OnProgress | None, done: int, lessons: int) -> OnProgress:
    """What one lesson tells of itself, as a share of all lessons."""

    def tell(share: float) -> None:
        if on_progress is not None:
            on_progress((done + share) / lessons)

    return tell


def _tag(episode: Episode, timetable: Timetable) -> Tag:
    topic = episode.topic
    return Tag(
        topic.title,
        hosts_of(episode.course),
        episode.course.title,
        episode.number,
        episode.of,
        timetable.duration,
        plain(topic.summary),
        _words(topic),
        timetable.chapters,
    )


def _words(topic: Topic) -> str:
    """All that is said, with its speakers, chapter by chapter."""
    return "\n\n".join(
        "\n".join([chapter.title, *(f"{line.host}: {line.text}" for line in chapter.lines)])
        for chapter in topic.script.chapters
    )


def _as_mp3(sound: Sound) -> bytes:
    from cnntutor.listen.encoding import read, write_mp3

    try:
        with TemporaryDirectory() as draft:
            file = Path(draft) / "sound.mp3"
            write_mp3(file, *read(sound.file))
            return file.read_bytes()
    except OSError as error:
        raise SpeechError(f"{sound.file} cannot become an MP3 file: {error.strerror or error}. Make room.") from None


def _write(file: Path, content: bytes) -> Path:
    """Write a file beside its place, then put it there in one step."""
    draft = file.with_name(f".{file.name}.{os.getpid()}.part")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        draft.write_bytes(content)
        draft.replace(file)
    except OSError as error:
        reason = error.strerror or error
        raise SpeechError(f"{file} cannot be written: {reason}. Choose another folder, or make room.") from None
    finally:
        with suppress(OSError):
            draft.unlink(missing_ok=True)
    return file
