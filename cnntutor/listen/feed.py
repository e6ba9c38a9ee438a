"""A course as a podcast that any player can subscribe to: one RSS feed. Pure.

RSS 2.0 (https://www.rssboard.org/rss-specification) with the tags of Apple Podcasts
(https://podcasters.apple.com/support/823-podcast-requirements) and the podcast namespace
(https://podcastindex.org/namespace/1.0), which brings transcripts and chapters. The same course gives the same feed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from urllib.parse import quote, urlsplit
from uuid import NAMESPACE_URL, UUID, uuid5
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from cnntutor.course.models import Course
from cnntutor.errors import UsageError
from cnntutor.listen.episode import Episode, hosts_of
from cnntutor.wording import plural, sentence

FEED_FILE = "feed.xml"
"""What the feed is called."""

_LANGUAGE = "en"
_FIRST = datetime(2025, 1, 1, 6, tzinfo=UTC)
"""When the first lesson came out, as far as players are concerned: they sort by date and hide what is to come."""

_STEP = timedelta(hours=1)

_PODCASTS = UUID("ead4c236-bf58-58c6-a2c6-a6b28d128cb6")
"""The namespace of podcasts' ids, given by the specification of podcast:guid."""

_NAMESPACES = {
    "xmlns:atom": "http://www.w3.org/2005/Atom",
    "xmlns:itunes": "http://www.itunes.com/dtds/podcast-1.0.dtd",
    "xmlns:podcast": "https://podcastindex.org/namespace/1.0",
}
_FORBIDDEN_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Published:
    """An episode whose sound lies there for everybody to fetch."""

    episode: Episode
    seconds: float
    """How long it lasts."""
    size: int
    """Bytes of its sound file."""


def feed(course: Course, published: Sequence[Published], base_url: str) -> str:
    """The feed of a course.

    Args:
        course: which.
        published: its episodes in course order.
        base_url: where the exported files will be found, as `base_address` gives it.
    """
    rss = Element("rss", {"version": "2.0", **_NAMESPACES})
    channel = SubElement(rss, "channel")
    _describe(channel, course, base_url)
    for lesson in published:
        _describe_episode(SubElement(channel, "item"), lesson, base_url)
    indent(rss)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{tostring(rss, encoding="unicode")}\n'


def base_address(url: str) -> str:
    """The address of a folder on the web, with its last slash.

    Raises:
        UsageError: it is none.
    """
    try:
        parts = urlsplit(url)
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in {"http", "https"} or not parts.hostname or re.search(r"[?#\s]", url):
        raise UsageError(f"“{url}” is no address of a folder: write it like https://example.org/podcast/.")
    return url.rstrip("/") + "/"


def podcast_id(feed_url: str) -> str:
    """The podcast:guid of a feed: made from its address without scheme and last slashes."""
    return str(uuid5(_PODCASTS, re.sub(r"^\w+://", "", feed_url).rstrip("/")))


def _describe(channel: Element, course: Course, base: str) -> None:
    lessons = plural(sum(1 for _ in course.topics()), "lesson")
    parts = sentence("; ".join(part.title for part in course.parts))
    _add(channel, "title", course.title)
    _add(channel, "link", base)
    _add(channel, "description", f"{lessons} told by {hosts_of(course)}, with synthetic voices. {parts}")
    _add(channel, "language", _LANGUAGE)
    _add(channel, "generator", "cnntutor")
    _add(channel, "atom:link", href=base + FEED_FILE, rel="self", type="application/rss+xml")
    _add(channel, "itunes:author", hosts_of(course))
    _add(channel, "itunes:explicit", "false")
    _add(channel, "itunes:type", "serial")
    _add(_add(channel, "itunes:category", text="Education"), "itunes:category", text="Courses")
    _add(channel, "podcast:guid", podcast_id(base + FEED_FILE))
    _add(channel, "podcast:locked", "no")
    _add(channel, "podcast:medium", "course")
    for host in course.hosts:
        _add(channel, "podcast:person", host, role="host")


def _describe_episode(item: Element, lesson: Published, base: str) -> None:
    episode, number = lesson.episode, str(lesson.episode.number)
    topic, part = episode.topic, str(episode.part)
    _add(item, "title", topic.title)
    _add(item, "guid", _episode_id(episode), isPermaLink="false")
    _add(item, "pubDate", format_datetime(_FIRST + (episode.number - 1) * _STEP, usegmt=True))
    _add(item, "description", _as_html(topic.summary))
    _add(item, "enclosure", url=base + quote(episode.sound_file), length=str(lesson.size), type="audio/mpeg")
    _add(item, "itunes:duration", str(round(lesson.seconds)))
    _add(item, "itunes:episode", number)
    _add(item, "itunes:season", part)
    _add(item, "itunes:episodeType", "full")
    _add(item, "itunes:explicit", "false")
    _add(item, "podcast:episode", number)
    _add(item, "podcast:season", part, name=topic.part)
    _add(item, "podcast:transcript", url=base + quote(episode.transcript_file), type="text/vtt", rel="captions")
    _add(item, "podcast:chapters", url=base + quote(episode.chapters_file), type="application/json+chapters")
    for host in _speakers(episode):
        _add(item, "podcast:person", host, role="host")


def _episode_id(episode: Episode) -> str:
    """Stays when the feed moves or a title changes: a player would take another id for a new episode."""
    return str(uuid5(NAMESPACE_URL, f"cnntutor:{episode.course.slug}/{episode.topic.slug}"))


def _speakers(episode: Episode) -> dict[str, None]:
    """Who speaks, each once, in the order in which they begin."""
    return dict.fromkeys(line.host for chapter in episode.topic.script.chapters for line in chapter.lines)


def _as_html(markdown: str) -> str:
    from markdown_it import MarkdownIt

    html: str = MarkdownIt("js-default").render(markdown)
    return html


def _add(parent: Element, name: str, content: str | None = None, /, **attributes: str) -> Element:
    """One more element in a parent."""
    child = SubElement(parent, name, {key: _allowed(value) for key, value in attributes.items()})
    child.text = _allowed(content) if content is not None else None
    return child


def _allowed(text: str) -> str:
    return _FORBIDDEN_IN_XML.sub("", text).strip()
