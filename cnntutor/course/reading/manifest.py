"""course.yaml: the title, the hosts, and the tree of parts and topics."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from yaml.nodes import MappingNode

from cnntutor.course.lookup import nearest
from cnntutor.course.models import Problem
from cnntutor.course.reading import located
from cnntutor.course.reading.located import Record, Text
from cnntutor.course.reading.source import SLUG, Report, Source, open_source
from cnntutor.errors import CourseError

ROLES = ("asks", "builds")


@dataclass(frozen=True, slots=True)
class TopicEntry:
    """A topic as the tree lists it."""

    slug: str
    needs: tuple[Text, ...]
    demos: tuple[str, ...]
    line: int


@dataclass(frozen=True, slots=True)
class PartEntry:
    """A part as the tree lists it."""

    title: str
    topics: tuple[TopicEntry, ...]


@dataclass(frozen=True, slots=True)
class Manifest:
    """What course.yaml says."""

    title: str
    hosts: Mapping[str, str]
    parts: tuple[PartEntry, ...]

    def topics(self) -> Iterator[TopicEntry]:
        """Every topic in course order."""
        for part in self.parts:
            yield from part.topics


def read_manifest(path: Path, report: Report) -> Manifest:
    """Read course.yaml.

    Raises:
        CourseError: the file as a whole cannot be used.
    """
    problems: list[Problem] = []
    source = open_source(path, problems.append)
    node = located.parse(source) if source else None
    if source is None or not isinstance(node, MappingNode):
        reason = str(problems[0]) if problems else f"{path}:1: keys are expected here → write `title: …` and `parts: …`"
        raise CourseError(f"The course cannot be opened. {reason}")
    for problem in problems:
        report(problem)
    source = Source(path, source.text, report)
    record = Record(node, source, "course")
    title = record.text("title").value or path.parent.name
    hosts = _hosts(record)
    seen: dict[str, int] = {}
    parts = tuple(_part(part, seen) for part in record.records("parts", "part"))
    record.close()
    return _with_known_needs(Manifest(title, hosts, parts), source)


def _hosts(record: Record) -> dict[str, str]:
    hosts = {}
    for name, role in record.pairs("hosts"):
        if role.value not in ROLES:
            record.source.problem(role.line, f"a host {' or '.join(ROLES)}, not “{role.value}”", "write asks or builds")
        hosts[name.value] = role.value
    return hosts


def _part(record: Record, seen: dict[str, int]) -> PartEntry:
    title = record.text("title").value
    entries = (_topic(topic, seen) for topic in record.records("topics", "topic"))
    topics = tuple(entry for entry in entries if entry)
    record.close()
    return PartEntry(title, topics)


def _topic(record: Record, seen: dict[str, int]) -> TopicEntry | None:
    slug = record.text("slug")
    needs, demos = record.texts("needs"), record.texts("demos")
    if slug.value and not SLUG.fullmatch(slug.value):
        record.wrong(slug.line, f"“{slug.value}” is no slug", "use lower-case letters, digits and single dashes")
    elif slug.value in seen:
        first = seen[slug.value]
        record.wrong(slug.line, f"the topic {slug.value} is listed twice (first on line {first})", "keep one of them")
    if not record.close():
        return None
    seen[slug.value] = slug.line
    return TopicEntry(slug.value, tuple(needs), tuple(demo.value for demo in demos), record.line)


def _with_known_needs(manifest: Manifest, source: Source) -> Manifest:
    """The manifest without needs that nobody can meet: unknown topics, and circles."""
    kept: dict[str, tuple[Text, ...]] = {}
    known = {topic.slug for topic in manifest.topics()}
    for topic in manifest.topics():
        kept[topic.slug] = ()
        for need in topic.needs:
            if _is_met(topic.slug, need, known, kept, source):
                kept[topic.slug] += (need,)
    parts = (
        replace(part, topics=tuple(replace(topic, needs=kept[topic.slug]) for topic in part.topics))
        for part in manifest.parts
    )
    return replace(manifest, parts=tuple(parts))


def _is_met(slug: str, need: Text, known: set[str], kept: dict[str, tuple[Text, ...]], source: Source) -> bool:
    if need.value not in known:
        near = nearest(need.value, known)
        fix = f"write {near}" if near else "name a topic of this course"
        source.problem(need.line, f"{slug} needs “{need.value}”, which is no topic", fix)
        return False
    way = _way(need.value, slug, kept)
    if way:
        circle = " → ".join((slug, *way))
        source.problem(need.line, f"the needs form a circle: {circle}", "take one of them out")
    return not way


def _way(start: str, goal: str, needs: Mapping[str, tuple[Text, ...]]) -> tuple[str, ...]:
    """The topics from `start` to `goal` along what they need; empty if there is no way."""
    if start == goal:
        return (goal,)
    for need in needs.get(start, ()):
        if way := _way(need.value, goal, needs):
            return (start, *way)
    return ()
