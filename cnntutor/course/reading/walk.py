"""walk.yaml: the guided walk through a course's demos. Read when it is wanted, so that starting costs nothing."""

from __future__ import annotations

import re
from pathlib import Path

from yaml.nodes import MappingNode

from cnntutor.course.models import Article
from cnntutor.course.reading import located
from cnntutor.course.reading.items import Surroundings
from cnntutor.course.reading.located import Record
from cnntutor.course.reading.source import Report, Source, open_source
from cnntutor.course.walk import FILE, Stop, Walk

_MINUTES = re.compile(r"\d{1,2}(\.\d{1,2})?")

MINUTES = 10
SPARE = 1
"""A walk takes ten minutes, one more or less."""

MOST_LETTERS = 320
"""Of what is said at a stop: more hides the demo in a small terminal."""


def read_walk(folder: Path, report: Report) -> Walk:
    """Read the walk of a course; stops that lack something are left out.

    Args:
        folder: the one with course.yaml; where it has no walk.yaml, the walk has no stops.
        report: told every problem. Whether the demos exist, `cnntutor.demo_links` says.
    """
    path = folder / FILE
    if not path.exists():
        return Walk()
    source = open_source(path, report)
    node = located.parse(source) if source else None
    if source is None or node is None:
        return Walk()
    if not isinstance(node, MappingNode):
        source.problem(node.start_mark.line + 1, "a walk is expected here", "write `title: …` and `stops:`")
        return Walk()
    return _walk(Record(node, source, "walk"), source)


def _walk(record: Record, source: Source) -> Walk:
    title = record.text("title").value
    found = (_stop(stop, source) for stop in record.records("stops", "stop"))
    walk = Walk(title, tuple(stop for stop in found if stop))
    record.close()
    if record.sound and abs(walk.minutes - MINUTES) > SPARE:
        fix = f"change the stops' minutes until they sum to {MINUTES - SPARE} to {MINUTES + SPARE}"
        source.problem(record.line_of("stops"), f"the walk takes {walk.minutes:g} minutes, not ten", fix)
    return walk


def _stop(record: Record, source: Source) -> Stop | None:
    demo = record.text("demo")
    # Any name will do here: a walk may show demos that no topic names.
    link = Surroundings(source, Article("", (), 0), frozenset(demo.value.split()[:1]), {}).fixed_demo(demo)
    minutes = record.text("minutes")
    if minutes.value and not _MINUTES.fullmatch(minutes.value):
        record.wrong(minutes.line, f"“{minutes.value}” is no number of minutes", "write `minutes: 1` or `minutes: 0.5`")
    say, ask = record.text("say"), record.text("ask", required=False)
    if len(say.value) > MOST_LETTERS:
        fix = f"say it in {MOST_LETTERS}: it stands above the demo"
        source.problem(say.line, f"`say` of the stop has {len(say.value)} letters", fix)
    if not record.close() or link is None:
        return None
    return Stop(link, float(minutes.value), " ".join(say.value.split()), " ".join(ask.value.split()), record.line)
