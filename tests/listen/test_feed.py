"""The podcast of a course, checked against the rules of RSS, Apple Podcasts and the podcast namespace."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cnntutor.course.load import load_course
from cnntutor.course.models import Course, Script
from cnntutor.errors import UsageError
from cnntutor.listen.chapters_json import chapters_json
from cnntutor.listen.episode import episodes, hosts_of
from cnntutor.listen.feed import Published, base_address, feed, podcast_id
from cnntutor.listen.timing import estimate

BASE = "https://example.org/a-podcast/"
ITUNES = "{http://www.itunes.com/dtds/podcast-1.0.dtd}"
PODCAST = "{https://podcastindex.org/namespace/1.0}"
ATOM = "{http://www.w3.org/2005/Atom}"

ONCE_IN_CHANNEL = ("title", "link", "description", "language", f"{ATOM}link", f"{PODCAST}guid", f"{PODCAST}medium")
ONCE_IN_ITEM = ("title", "description", "guid", "pubDate", "enclosure", f"{PODCAST}chapters", f"{PODCAST}transcript")

MEDIUMS = {"podcast", "music", "video", "film", "audiobook", "newsletter", "blog", "publisher", "course"}
TRANSCRIPTS = {"text/plain", "text/html", "application/srt", "text/vtt", "application/json"}
REQUIRED = {
    "enclosure": {"url", "length", "type"},
    f"{ATOM}link": {"href", "rel", "type"},
    f"{ITUNES}category": {"text"},
    f"{PODCAST}chapters": {"url", "type"},
    f"{PODCAST}transcript": {"url", "type"},
}
"""Attributes by element."""

VALUES = {
    "language": r"en",
    "guid": r"[0-9a-f-]{36}",
    f"{ITUNES}explicit": r"true|false",
    f"{ITUNES}type": r"episodic|serial",
    f"{ITUNES}episodeType": r"full|trailer|bonus",
    f"{ITUNES}duration": r"[1-9]\d*",
    f"{ITUNES}episode": r"[1-9]\d*",
    f"{ITUNES}season": r"[1-9]\d*",
    f"{PODCAST}episode": r"\d+(\.\d+)?",
    f"{PODCAST}season": r"\d+",
    f"{PODCAST}locked": r"yes|no",
    f"{PODCAST}medium": "|".join(MEDIUMS),
    f"{PODCAST}person": r".{1,128}",
    f"{PODCAST}guid": r"[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}",
}
"""Patterns by element."""


@pytest.fixture
def course(home: Path) -> Course:
    return load_course(home.parent / "content" / "small")


def published(course: Course) -> list[Published]:
    return [Published(e, estimate(e.topic.script).duration, 1000 + e.number) for e in episodes(course)]


def channel_of(course: Course) -> Element:
    rss = ElementTree.fromstring(feed(course, published(course), BASE).encode())
    assert (rss.tag, rss.get("version")) == ("rss", "2.0")
    (channel,) = rss
    assert channel.tag == "channel"
    return channel


def texts(channel: Element, path: str) -> list[str | None]:
    return [element.text for element in channel.iterfind(path)]


def test_what_every_player_needs_is_there_once(course: Course) -> None:
    channel = channel_of(course)
    for name in ONCE_IN_CHANNEL:
        assert len(channel.findall(name)) == 1, name
    items = channel.findall("item")
    assert len(items) == 3
    for item in items:
        for name in ONCE_IN_ITEM:
            assert len(item.findall(name)) == 1, name


def test_every_element_has_the_attributes_and_values_that_its_rules_ask_for(course: Course) -> None:
    seen = set()
    for element in channel_of(course).iter():
        seen.add(element.tag)
        assert REQUIRED.get(element.tag, set()) <= set(element.attrib), element.tag
        assert element.tag not in VALUES or re.fullmatch(VALUES[element.tag], element.text or ""), element.tag
    assert set(REQUIRED) | set(VALUES) <= seen


def test_lessons_come_in_course_order_by_number_and_by_date(course: Course) -> None:
    channel = channel_of(course)
    assert texts(channel, "item/title") == ["Edges", "Pooling", "Attention and gating"]
    assert texts(channel, f"item/{ITUNES}episode") == texts(channel, f"item/{PODCAST}episode") == ["1", "2", "3"]
    assert texts(channel, f"item/{ITUNES}season") == texts(channel, f"item/{PODCAST}season") == ["1", "1", "2"]
    assert [season.get("name") for season in channel.iterfind(f"item/{PODCAST}season")][-1] == "Later"
    dates = [parsedate_to_datetime(text or "") for text in texts(channel, "item/pubDate")]
    assert all(one < two for one, two in pairwise(dates))
    assert dates[-1] < datetime.now(UTC)
    assert channel.findtext(f"{ITUNES}type") == "serial"


def test_it_points_at_the_exported_files(course: Course) -> None:
    channel = channel_of(course)
    item = channel.findall("item")[1]
    enclosure, transcript, chapters = (
        item.find(name) for name in ("enclosure", f"{PODCAST}transcript", f"{PODCAST}chapters")
    )
    assert enclosure is not None
    assert enclosure.attrib == {"url": f"{BASE}pooling.mp3", "length": "1002", "type": "audio/mpeg"}
    assert transcript is not None
    assert (transcript.get("url"), transcript.get("type")) == (f"{BASE}pooling.vtt", "text/vtt")
    assert transcript.get("type") in TRANSCRIPTS
    assert chapters is not None
    assert chapters.attrib == {"url": f"{BASE}pooling.chapters.json", "type": "application/json+chapters"}
    links = {value for element in channel.iter() for key, value in element.attrib.items() if key in {"url", "href"}}
    assert all(link.startswith(BASE) for link in links)
    itself = channel.find(f"{ATOM}link")
    assert itself is not None
    assert (itself.get("href"), itself.get("rel")) == (f"{BASE}feed.xml", "self")


def test_it_says_who_speaks_and_that_the_voices_are_made(course: Course) -> None:
    channel = channel_of(course)
    assert texts(channel, f"{PODCAST}person") == texts(channel, f"item[1]/{PODCAST}person") == ["Ada", "Ben"]
    assert {person.get("role") for person in channel.iter(f"{PODCAST}person")} == {"host"}
    assert channel.findtext(f"{ITUNES}author") == "Ada and Ben"
    assert channel.findtext("description") == (
        "3 lessons told by Ada and Ben, with synthetic voices. Start here; Later."
    )
    assert channel.findtext("item/description") == (
        "<p><strong>Edges</strong> in a few words.</p>\n<p>And a second paragraph about edges.</p>"
    )


def test_the_same_course_gives_the_same_feed(course: Course) -> None:
    assert feed(course, published(course), BASE) == feed(course, published(course), BASE)


def test_an_episode_keeps_its_id_when_title_and_address_change(course: Course) -> None:
    first = published(course)[0]
    renamed = replace(first, episode=replace(first.episode, topic=replace(first.episode.topic, title="Rims")))
    ids = {
        ElementTree.fromstring(feed(course, [lesson], base)).findtext("channel/item/guid")
        for lesson, base in ((first, BASE), (renamed, "http://localhost:8000/"))
    }
    assert len(ids) == 1
    assert len(set(texts(channel_of(course), "item/guid"))) == 3


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("https://mp3s.nashownotes.com/pc20rss.xml", "917393e3-1b1e-5cef-ace4-edaa54e1f810"),
        ("http://podnews.net/rss/", "9b024349-ccf0-5f69-a609-6b82873eab3c"),
    ],
)
def test_a_podcast_has_the_id_that_the_specification_gives_it(address: str, expected: str) -> None:
    assert podcast_id(address) == expected


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])  # a course never changes
@given(st.text(), st.text())
def test_any_letters_leave_the_feed_well_formed(course: Course, title: str, summary: str) -> None:
    first = published(course)[0]
    topic = replace(first.episode.topic, title=title, summary=summary)
    lesson = replace(first, episode=replace(first.episode, topic=topic))
    text = ElementTree.fromstring(feed(course, [lesson], BASE).encode()).findtext("channel/item/title") or ""
    kept = "".join(letter for letter in title if letter in "\t\n\r" or (letter >= " " and letter not in "\ufffe\uffff"))
    assert text.split() == kept.replace("\r", "\n").split()


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("https://example.org", "https://example.org/"),
        ("http://localhost:8000/", "http://localhost:8000/"),
        ("https://example.org/a/b//", "https://example.org/a/b/"),
    ],
)
def test_an_address_ends_with_one_slash(given: str, expected: str) -> None:
    assert base_address(given) == expected


@pytest.mark.parametrize(
    "url",
    [
        "",
        "example.org",
        "ftp://example.org/",
        "https://",
        "https:///a",
        "http://[x/",
        "https://e.org/?a",
        "https://e.o/ b",
    ],
)
def test_what_is_no_address_is_refused_with_an_example(url: str) -> None:
    with pytest.raises(UsageError, match=r"https://example\.org/podcast/"):
        base_address(url)


def test_chapters_as_json_follow_version_1_2(course: Course) -> None:
    episode = episodes(course)[0]
    timetable = estimate(episode.topic.script)
    document = json.loads(chapters_json(episode, timetable))
    assert document["version"] == "1.2.0"
    assert (document["title"], document["podcastName"]) == ("Edges", "A small course")
    assert document["fileName"] == "edges.mp3"
    assert [chapter["title"] for chapter in document["chapters"]] == ["The puzzle", "The answer"]
    starts = [chapter["startTime"] for chapter in document["chapters"]]
    assert starts == pytest.approx([start for start, _ in timetable.chapters], abs=0.001)


def test_a_lesson_that_says_nothing_is_no_episode_but_keeps_its_number(course: Course) -> None:
    silent, *others = course.parts[0].topics
    parts = (replace(course.parts[0], topics=(replace(silent, script=Script(())), *others)), *course.parts[1:])
    found = episodes(replace(course, parts=parts))
    assert [(episode.topic.slug, episode.number, episode.of) for episode in found] == [
        ("pooling", 2, 3),
        ("attention", 3, 3),
    ]


@pytest.mark.parametrize(("names", "expected"), [("Ada", "Ada"), ("Ada Ben", "Ada and Ben"), ("A B C", "A, B and C")])
def test_hosts_are_listed_as_a_person_would(course: Course, names: str, expected: str) -> None:
    assert hosts_of(replace(course, hosts=dict.fromkeys(names.split(), "asks"))) == expected


def test_files_of_an_episode_are_named_after_its_topic(course: Course) -> None:
    episode = episodes(course)[0]
    assert (episode.sound_file, episode.transcript_file, episode.chapters_file) == (
        "edges.mp3",
        "edges.vtt",
        "edges.chapters.json",
    )
