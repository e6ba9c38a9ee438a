"""Ids that learners' memories hang on: once published, an id stays, and is never given to another thing.

`ids.txt` beside course.yaml lists every card and question ever published, one id a line; `retired` behind an id says
that it is gone on purpose. A course without this file is not checked.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from cnntutor.course.models import Course, Problem

IDS = "ids.txt"
RETIRED = "retired"


def check_ids(course: Course) -> Iterator[Problem]:
    """Ids that vanished, came back from retirement, or are not written down yet."""
    file = course.folder / IDS
    if not file.is_file():
        return
    written = _written(file)
    current = set(ids_of(course))
    for name, (line, retired) in written.items():
        if name not in current and not retired:
            yield Problem(
                file, line, f"{name} is gone, and learners' memories with it", "bring it back, or write `retired`"
            )
        elif name in current and retired:
            yield Problem(file, line, f"{name} was retired, but is used again", "give the new thing a new id")
    fresh = sorted(current - written.keys())
    if fresh:
        more = f" and {len(fresh) - 1} more are" if len(fresh) > 1 else " is"
        yield Problem(file, 1, f"{fresh[0]}{more} not written down yet", "run `cnntutor course check --note-ids`")


def ids_of(course: Course) -> Iterator[str]:
    """Every card and question, in course order."""
    for topic in course.topics():
        yield from (str(card.id) for card in topic.cards)
        yield from (question.id for question in topic.questions)


def note_ids(course: Course) -> int:
    """Write the course's new ids down; the file is made where there is none.

    Returns:
        How many were new.
    """
    file = course.folder / IDS
    written = _written(file) if file.is_file() else {}
    fresh = [name for name in ids_of(course) if name not in written]
    if fresh:
        with file.open("a", encoding="utf-8") as out:
            out.writelines(f"{name}\n" for name in fresh)
    return len(fresh)


def _written(file: Path) -> dict[str, tuple[int, bool]]:
    """Id → its line, and whether it is retired."""
    found: dict[str, tuple[int, bool]] = {}
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1):
        words = line.split()
        if words and not words[0].startswith("#"):
            found[words[0]] = (number, RETIRED in words[1:])
    return found
