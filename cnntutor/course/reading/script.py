"""podcast.md: what the hosts say, by chapters, with marks behind the sentences they belong to.

Ada: It visits every position. {card: kernel} {demo: convolve kernel=sobel-x}
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from cnntutor.course.cards import CardId, DemoLink
from cnntutor.course.lookup import nearest
from cnntutor.course.markup import plain
from cnntutor.course.models import Chapter, Line, Script, Sentence
from cnntutor.course.reading.article import headings
from cnntutor.course.reading.items import Surroundings
from cnntutor.course.reading.located import Text
from cnntutor.course.reading.source import Source
from cnntutor.course.sentences import located_sentences

_TURN = re.compile(r"(?P<host>[^:\n]{1,40}):\s+(?P<text>.+)", re.DOTALL)
_PARAGRAPH = re.compile(r"(?:[^\n]*\S[^\n]*\n?)+")
_MARK = re.compile(r"\{(?P<kind>[^{}:]*):?(?P<value>[^{}]*)\}")
_GAP = re.compile(r" (?=[.,;:?!…])")
"""What a mark before a full stop leaves behind."""
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)


def read_script(around: Surroundings, hosts: Collection[str]) -> Script:
    """Read podcast.md; turns of hosts that nobody knows are left out.

    Args:
        around: the file, and what its marks may name.
        hosts: the names of the course's hosts.
    """
    source = around.source
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
        lines = tuple(_lines(around, heading.body, heading.line, hosts))
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


def _lines(around: Surroundings, body: str, start: int, hosts: Collection[str]) -> Iterator[Line]:
    for paragraph in _PARAGRAPH.finditer(body):
        number = start + body.count("\n", 0, paragraph.start())
        line = _line(around, paragraph[0], number, hosts)
        if line is not None:
            yield line


def _line(around: Surroundings, paragraph: str, number: int, hosts: Collection[str]) -> Line | None:
    turn = _TURN.fullmatch(paragraph)
    if turn is None:
        around.source.problem(
            number, "nobody says this", f"start it with {' or '.join(f'`{host}: `' for host in hosts)}"
        )
        return None
    host = turn["host"].strip("* ")
    if host not in hosts:
        near = nearest(host, hosts) or " or ".join(hosts)
        around.source.problem(number, f"“{host}” is no host of this course", f"write {near}")
        return None
    said = tuple(_sentences(around, turn["text"], number + paragraph.count("\n", 0, turn.start("text"))))
    return Line(host, said) if said else None


def _sentences(around: Surroundings, text: str, number: int) -> Iterator[Sentence]:
    """The sentences of a turn, each with the marks that stand in it or right behind it."""
    marks = list(_MARK.finditer(text))
    said = list(located_sentences(_MARK.sub(lambda mark: " " * len(mark[0]), text)))
    if marks and not (said and said[0][0] < marks[0].start()):
        around.source.problem(number, "a mark stands before the first sentence", "put it behind the sentence it is for")
    ends = [*(start for start, _ in said[1:]), len(text)]
    for (start, words), end in zip(said, ends, strict=False):
        line = number + text.count("\n", 0, start)
        own = [(mark["kind"].strip(), mark["value"].strip()) for mark in marks if start < mark.start() < end]
        yield Sentence(_GAP.sub("", words), _cards(around, own, line), _demo(around, own, line), line)


def _cards(around: Surroundings, marks: list[tuple[str, str]], line: int) -> tuple[CardId, ...]:
    named: list[CardId] = []
    for kind, value in marks:
        if kind not in {"card", "demo"}:
            around.source.problem(line, f"“{kind}” is no mark", "write {card: …} or {demo: …}")
        elif kind == "card" and value in around.notes:
            named += around.notes[value]
        elif kind == "card":
            near = nearest(value, around.notes)
            around.source.problem(line, f"there is no card “{value}”", f"write {near}" if near else "name a card")
    return tuple(dict.fromkeys(named))


def _demo(around: Surroundings, marks: list[tuple[str, str]], line: int) -> DemoLink | None:
    values = [value for kind, value in marks if kind == "demo"]
    if len(values) > 1:
        around.source.problem(line, "two demos for one sentence", "keep one of them")
    if "" in values:
        around.source.problem(line, "a mark names no demo", "write {demo: name knob=value}")
    return around.fixed_demo(Text(values[0], line)) if values else None
