"""`cnntutor podcast …`: lessons to listen to, here or in another player."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cnntutor.command_line import AsJson, CommandGroup, load_the_course, path_given, print_json
from cnntutor.progress_bar import ProgressBar
from cnntutor.start import has_terminal, run_app
from cnntutor.wording import clock

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnntutor.course.models import Course, Topic
    from cnntutor.listen.episode import Episode
    from cnntutor.listen.export import OnProgress
    from cnntutor.listen.library import Library
    from cnntutor.listen.recording import Sound

HERE = "http://localhost:8000/"
"""Where Python's own web server shows a folder."""

podcast_app = typer.Typer(help="The podcast: play, build, export.", cls=CommandGroup, rich_markup_mode=None)

Lesson = Annotated[str, typer.Argument(help="The topic's slug; `cnntutor course list` gives them.")]
OneOrAll = Annotated[str | None, typer.Argument(help="The topic's slug; all topics by default.")]
Plain = Annotated[bool, typer.Option("--plain", help="Append-only text without redraws, for screen readers.")]
Again = Annotated[bool, typer.Option("--again", help="Make what is there already anew.")]
To = Annotated[str | None, typer.Option(help="The folder to write to; the current one by default.")]
Url = Annotated[str, typer.Option(help="Where the folder will be on the web; the feed needs to know.")]
NoSound = Annotated[bool, typer.Option("--no-sound", help="Transcripts alone.")]


@podcast_app.command("play")
def podcast_play(context: typer.Context, topic: Lesson, plain: Plain = False) -> None:
    """Play a lesson.

    In a terminal this opens the app; with --plain, or without a terminal, it prints the transcript in its own time.
    """
    if plain or context.obj or not has_terminal():
        from cnntutor.plain.listen import play_plainly
        from cnntutor.services import open_services

        play_plainly(open_services(), topic)
        return
    from cnntutor.tui.routes import ToLesson

    run_app(ToLesson(load_the_course().topic(topic).slug, tab="listen", play=True))


@podcast_app.command("build")
def podcast_build(topic: OneOrAll = None, again: Again = False, as_json: AsJson = False) -> None:
    """Make the sound of one lesson or of all.

    It is kept, and there when you listen; a lesson whose script changes is made anew.
    """
    course, library = _open()
    lessons = _lessons(course, topic)
    with ProgressBar("speaking") as bar:
        sounds = _build(library, lessons, again, bar.show)
    if as_json:
        _print_document([sound.file for sound in sounds], sum(sound.timetable.duration for sound in sounds))
        return
    for sound in sounds:
        print(f"{clock(sound.timetable.duration)}  {sound.file}")


@podcast_app.command("export")
def podcast_export(
    topic: OneOrAll = None, to: To = None, url: Url = HERE, no_sound: NoSound = False, as_json: AsJson = False
) -> None:
    """Write lessons for other players.

    One topic: TOPIC.mp3 with chapters, and its transcript TOPIC.vtt. The whole course: these for every topic, their
    chapters as JSON, and feed.xml, which podcast players subscribe to.
    """
    folder = path_given("--to", to) or Path()
    course, library = _open()
    lessons = _lessons(course, topic)
    if no_sound:
        files = _export_transcripts(library, lessons, folder)
    elif topic is not None:
        files = _export_lesson(library, lessons[0], folder)
    else:
        files = _export_course(library, course, folder, url)
    if as_json:
        _print_document(files, sum(library.seconds(episode.topic) for episode in lessons))
    else:
        for file in files:
            print(f"saved {file}")
    if topic is None and not no_sound:
        _tell_where(folder, url)


def _open() -> tuple[Course, Library]:
    """The course, and its sounds in the voices that the learner chose."""
    from cnntutor.listen.library import Library
    from cnntutor.services import open_services

    services = open_services()
    with services.store:
        return services.course, Library(services.course, services.store.settings.piper)


def _lessons(course: Course, slug: str | None) -> list[Episode]:
    """The lesson that is named, or all."""
    from cnntutor.listen.export import episode_of, spoken_lessons

    return spoken_lessons(course) if slug is None else [episode_of(course, course.topic(slug))]


def _build(library: Library, lessons: Sequence[Episode], again: bool, on_progress: OnProgress) -> list[Sound]:
    from cnntutor.listen.export import share_of

    sounds = []
    for done, episode in enumerate(lessons):
        tell = share_of(on_progress, done, len(lessons))
        sounds.append(library.make(episode.topic, tell) if again else _sound(library, episode.topic, tell))
        tell(1.0)
    return sounds


def _sound(library: Library, topic: Topic, on_progress: OnProgress) -> Sound:
    """The sound of a lesson, made if it is not there."""
    return library.sound(topic) or library.make(topic, on_progress)


def _export_transcripts(library: Library, lessons: Sequence[Episode], folder: Path) -> list[Path]:
    from cnntutor.listen.export import export_transcript

    return [
        file for episode in lessons for file in export_transcript(episode, library.timetable(episode.topic), folder)
    ]


def _export_lesson(library: Library, episode: Episode, folder: Path) -> list[Path]:
    from cnntutor.listen.export import export_lesson

    with ProgressBar("speaking") as bar:
        return export_lesson(episode, _sound(library, episode.topic, bar.show), folder)


def _export_course(library: Library, course: Course, folder: Path, url: str) -> list[Path]:
    from cnntutor.listen.export import export_course

    with ProgressBar("exporting") as bar:
        return export_course(course, lambda topic, tell: _sound(library, topic, tell), folder, url, bar.show)


def _print_document(files: Sequence[Path], seconds: float) -> None:
    print_json({"files": [str(file) for file in files], "seconds": round(seconds, 3)})


def _tell_where(folder: Path, url: str) -> None:
    from cnntutor.listen.feed import FEED_FILE, base_address

    address = base_address(url)
    if address == HERE:
        serving = f"python -m http.server --directory {shlex.quote(str(folder))} 8000"
        print(f"Serve it with `{serving}`; the feed is {address}{FEED_FILE}", file=sys.stderr)
    else:
        print(f"Put these files at {address}; the feed is {address}{FEED_FILE}", file=sys.stderr)
