"""podcast.md: what the hosts say, by chapters."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from cnntutor.course.lookup import nearest
from cnntutor.course.markup import plain
from cnntutor.course.models import Chapter, Line, Script
from cnntutor.course.reading.article import headings
from cnntutor.course.reading.source import Source

_TURN = re.compile(r"(?P<host>[^:\n]{1,40}):\s+(?P<text>.+)", re.DOTALL)
_PARAGRAPH = re.compile(r"(?:[^\n]*\S[^\n]*\n?)+")
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)


def read_script(source: Source, hosts: Collection[str]) -> Script:
    """Read podcast.md; turns of hosts that nobody knows are left out.

    Args:
        source: the file.
        hosts: the names of the course's hosts.
    """
    source.text = _COMMENT.sub(lambda comment: "\n" * comment[0].count("\n"), source.text)
    chapters = []
    found = list(headings(source))
    first = next((heading.line for heading in found if heading.level == 2), None)
    if first is None:
        source.problem(1, "the script has no chapters", "open each with `## Title`")
    _check_opening(source, first)
    for heading in found:
        if heading.level != 2:
            continue
        lines = tuple(_lines(source, heading.body, heading.line, hosts))
        if not lines:
            source.problem(
                heading.line, f"the chapter “{heading.title}” is empty", "write `Host: what is said` below it"
            )
        chapters.append(Chapter(plain(heading.title), lines, heading.line))
    return Script(tuple(chapters))


def _check_opening(source: Source, first: int | None) -> None:
    """Report what is said before the first chapter."""
    for number, line in enumerate(source.text.split("\n"), start=1):
        if number == first:
            return
        if line.strip() and not line.startswith("#"):
            source.problem(number, "something is said before the first chapter", "open a chapter above it: `## Title`")
            return


def _lines(source: Source, body: str, start: int, hosts: Collection[str]) -> Iterator[Line]:
    for paragraph in _PARAGRAPH.finditer(body):
        number = start + body.count("\n", 0, paragraph.start())
        line = _line(source, " ".join(paragraph[0].split()), number, hosts)
        if line is not None:
            yield line


def _line(source: Source, paragraph: str, number: int, hosts: Collection[str]) -> Line | None:
    turn = _TURN.fullmatch(paragraph)
    if turn is None:
        source.problem(number, "nobody says this", f"start it with {' or '.join(f'`{host}: `' for host in hosts)}")
        return None
    host = turn["host"].strip("* ")
    if host not in hosts:
        near = nearest(host, hosts) or " or ".join(hosts)
        source.problem(number, f"“{host}” is no host of this course", f"write {near}")
        return None
    return Line(host, turn["text"].strip())
