"""Lessons as files: what is in them, and that nothing half-written stays."""

from __future__ import annotations

import contextlib
import json
import sys
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
import soundfile
from mutagen.mp3 import MP3

from cnntutor.course.load import load_course
from cnntutor.course.models import Course, Topic
from cnntutor.errors import SpeechError, UsageError
from cnntutor.listen.export import episode_of, export_course, export_lesson, export_transcript
from cnntutor.listen.recording import Sound
from cnntutor.listen.timing import estimate
from cnntutor.listen.webvtt import webvtt

RATE = 16_000
PITCHES = {"Ada": 220.0, "Ben": 110.0}
BASE = "https://example.org/podcast/"


@pytest.fixture
def course(home: Path) -> Course:
    return load_course(home.parent / "content" / "small")


@pytest.fixture
def sound_of(tmp_path: Path) -> Callable[..., Sound]:
    """Speaks a lesson in two tones, one for each host."""

    def make(topic: Topic, on_progress: Callable[[float], None] = lambda _: None) -> Sound:
        timetable = estimate(topic.script)
        samples = np.zeros(round(timetable.duration * RATE) + 1, dtype=np.float32)
        for line in timetable.lines:
            start, end = round(line.start * RATE), round(line.end * RATE)
            samples[start:end] = 0.3 * np.sin(2 * np.pi * PITCHES[line.host] * np.arange(end - start) / RATE)
        file = tmp_path / f"{topic.slug}.ogg"
        soundfile.write(file, samples, RATE, format="OGG", subtype="VORBIS")
        on_progress(0.5)
        on_progress(1.0)
        return Sound(file, timetable, "two tones")

    return make


def pitch(samples: np.ndarray, rate: int) -> float:
    return float(np.argmax(np.abs(np.fft.rfft(samples))) * rate / len(samples))


def test_a_lesson_becomes_sound_and_transcript(course: Course, sound_of: Callable[..., Sound], tmp_path: Path) -> None:
    topic = course.topic("pooling")
    sound = sound_of(topic)
    files = export_lesson(episode_of(course, topic), sound, tmp_path / "new" / "out")
    assert [file.name for file in files] == ["pooling.mp3", "pooling.vtt"]
    assert sorted(file.name for file in (tmp_path / "new" / "out").iterdir()) == ["pooling.mp3", "pooling.vtt"]
    assert files[1].read_text("utf-8") == webvtt(sound.timetable, "Pooling")


def test_each_sentence_is_heard_when_the_transcript_says(
    course: Course, sound_of: Callable[..., Sound], tmp_path: Path
) -> None:
    topic = course.topic("edges")
    sound = sound_of(topic)
    samples, rate = soundfile.read(export_lesson(episode_of(course, topic), sound, tmp_path / "out")[0])
    assert len(samples) / rate == pytest.approx(sound.timetable.duration, abs=0.1)
    for line in sound.timetable.lines:
        middle = samples[round((line.start + 0.1) * rate) : round((line.end - 0.1) * rate)]
        assert pitch(middle, rate) == pytest.approx(PITCHES[line.host], abs=6)


def test_the_tag_names_lesson_course_and_chapters(
    course: Course, sound_of: Callable[..., Sound], tmp_path: Path
) -> None:
    topic = course.topic("pooling")
    sound = sound_of(topic)
    file = MP3(export_lesson(episode_of(course, topic), sound, tmp_path / "out")[0])
    tags = file.tags
    found = [str(tags[name]) for name in ("TIT2", "TPE1", "TALB", "TRCK")]
    assert found == ["Pooling", "Ada and Ben", "A small course", "2/3"]
    assert int(str(tags["TLEN"])) == pytest.approx(1000 * file.info.length, abs=100)
    assert tags.getall("COMM")[0].text[0] == "Pooling in a few words. And a second paragraph about pooling."
    assert tags.getall("USLT")[0].text.splitlines()[:2] == [
        "The puzzle",
        "Ada: What is pooling? I have always wondered.",
    ]
    starts = [round(start * 1000) for start, _ in sound.timetable.chapters]
    assert [(c.start_time, str(c.sub_frames["TIT2"])) for c in tags.getall("CHAP")] == [
        (starts[0], "The puzzle"),
        (starts[1], "The answer"),
    ]


def test_a_course_becomes_a_folder_to_subscribe_to(
    course: Course, sound_of: Callable[..., Sound], tmp_path: Path
) -> None:
    out = tmp_path / "out"
    files = export_course(course, sound_of, out, BASE)
    slugs = [topic.slug for topic in course.topics()]
    expected = [f"{slug}{kind}" for slug in slugs for kind in (".mp3", ".vtt", ".chapters.json")]
    assert [file.name for file in files] == [*expected, "feed.xml"]
    assert {file.name for file in out.iterdir()} == {file.name for file in files}
    channel = ElementTree.parse(out / "feed.xml").getroot()[0]
    for enclosure in channel.iterfind("item/enclosure"):
        file = out / enclosure.attrib["url"].removeprefix(BASE)
        assert int(enclosure.attrib["length"]) == file.stat().st_size
    linked = {url.removeprefix(BASE) for element in channel.iter() if (url := element.get("url"))}
    assert linked == set(expected)
    chapters = json.loads((out / "edges.chapters.json").read_text("utf-8"))["chapters"]
    assert [chapter["title"] for chapter in chapters] == ["The puzzle", "The answer"]


def test_exporting_again_gives_the_same_bytes(course: Course, sound_of: Callable[..., Sound], tmp_path: Path) -> None:
    first = [file.read_bytes() for file in export_course(course, sound_of, tmp_path / "out", BASE)]
    assert [file.read_bytes() for file in export_course(course, sound_of, tmp_path / "out", BASE)] == first


def test_progress_grows_from_lesson_to_lesson_up_to_the_whole(
    course: Course, sound_of: Callable[..., Sound], tmp_path: Path
) -> None:
    told: list[float] = []
    export_course(course, sound_of, tmp_path / "out", BASE, told.append)
    assert all(one <= two for one, two in pairwise(told))
    assert told == pytest.approx([1 / 6, 2 / 6, 3 / 6, 4 / 6, 5 / 6, 1])


def test_a_wrong_address_is_refused_before_anything_is_spoken(course: Course, tmp_path: Path) -> None:
    def never(topic: Topic, _: Callable[[float], None]) -> Sound:
        raise AssertionError(topic.slug)

    with pytest.raises(UsageError, match="no address"):
        export_course(course, never, tmp_path / "out", "example.org")
    assert not (tmp_path / "out").exists()


def test_a_lesson_that_cannot_be_spoken_leaves_whole_files_and_no_feed(
    course: Course, sound_of: Callable[..., Sound], tmp_path: Path
) -> None:
    def until_pooling(topic: Topic, on_progress: Callable[[float], None]) -> Sound:
        if topic.slug == "pooling":
            raise SpeechError("No engine.")
        return sound_of(topic, on_progress)

    with pytest.raises(SpeechError, match=r"No engine\."):
        export_course(course, until_pooling, tmp_path / "out", BASE)
    assert {file.name for file in (tmp_path / "out").iterdir()} == {"edges.mp3", "edges.vtt", "edges.chapters.json"}


def test_a_file_where_the_folder_should_be_is_one_line(course: Course, tmp_path: Path) -> None:
    (tmp_path / "out").write_text("Dear diary,")
    topic = course.topic("edges")
    with pytest.raises(SpeechError, match=r"out/edges\.vtt cannot be written: .*Choose another folder") as refused:
        export_transcript(episode_of(course, topic), estimate(topic.script), tmp_path / "out")
    assert "\n" not in str(refused.value)
    assert (tmp_path / "out").read_text() == "Dear diary,"


@contextlib.contextmanager
def no_file_may_exceed(size: int) -> Iterator[None]:
    """As good as a full disk, for this process."""
    import resource

    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, limits[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)


@pytest.mark.skipif(sys.platform == "win32", reason="limits are POSIX's")
@pytest.mark.parametrize("limit", [100, 6_000])
def test_a_disk_that_runs_full_leaves_what_was_there(
    course: Course, sound_of: Callable[..., Sound], tmp_path: Path, limit: int
) -> None:
    episode = episode_of(course, course.topic("edges"))
    sound, out = sound_of(episode.topic), tmp_path / "out"
    out.mkdir()
    (out / "edges.mp3").write_bytes(b"an older one")
    with no_file_may_exceed(limit), pytest.raises(SpeechError) as refused:
        export_lesson(episode, sound, out)
    assert "\n" not in str(refused.value)
    assert [file.name for file in out.iterdir()] == ["edges.mp3"]
    assert (out / "edges.mp3").read_bytes() == b"an older one"


def test_a_lesson_that_says_nothing_is_named(course: Course, home: Path) -> None:
    (home.parent / "content" / "small" / "edges" / "podcast.md").write_text("# Edges\n")
    silent = load_course(course.folder)
    with pytest.raises(SpeechError, match=r"Nothing is said in “Edges”: write its podcast\.md\."):
        episode_of(silent, silent.topic("edges"))


def test_a_course_that_says_nothing_is_named(course: Course, sound_of: Callable[..., Sound], tmp_path: Path) -> None:
    for topic in course.topics():
        (topic.folder / "podcast.md").unlink()
    with pytest.raises(SpeechError, match="Nothing is said in the course “A small course” yet"):
        export_course(load_course(course.folder), sound_of, tmp_path / "out", BASE)
