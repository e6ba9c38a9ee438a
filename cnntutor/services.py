"""What the front ends need from the other rooms, opened once and handed in."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cnntutor.course.models import Course
    from cnntutor.memory.store import Store


STAMP = "course-stamp"
"""The key under which the store keeps what the course looked like when it was loaded last."""


@dataclass(frozen=True, slots=True)
class Services:
    """The course that is taught and the memory it is kept in."""

    course: Course
    store: Store


def open_services(patience: float = 5.0) -> Services:
    """Load the course, open the learner's database and let it know the course's cards.

    Args:
        patience: seconds to wait while another program writes to the database.

    Raises:
        CourseError: the course cannot be opened.
        StoreError: the database cannot be opened.
    """
    from cnntutor import paths
    from cnntutor.course.find import find_course
    from cnntutor.course.load import load_course
    from cnntutor.memory.models import CardSlot
    from cnntutor.memory.store import Store

    course = load_course(find_course(paths.content_dir()))
    store = Store.open(paths.database_path(), course=course.slug, patience=patience)
    stamp = content_stamp(course.folder)
    store.enrol([CardSlot(c.id, c.note, t.slug) for t in course.topics() for c in t.cards])
    if store.recall(STAMP) != (known := "" if course.problems else stamp):
        store.remember(STAMP, known)
    return Services(course, store)


def open_store(complain: Callable[[str], None], patience: float = 5.0) -> Store:
    """Open the learner's database, and load the course only if it has changed since it was loaded last.

    A shell prompt that asks what is due every few seconds should not read a whole course each time.

    Args:
        complain: told in one line if the course has mistakes.
        patience: seconds to wait while another program writes to the database.

    Raises:
        CourseError: the course cannot be opened.
        StoreError: the database cannot be opened.
    """
    from cnntutor import paths
    from cnntutor.course.find import find_course
    from cnntutor.memory.store import Store

    folder = find_course(paths.content_dir())
    if paths.database_path().exists():
        store = Store.open(paths.database_path(), course=folder.resolve().name, patience=patience)
        if store.recall(STAMP) == content_stamp(folder):
            return store
        store.close()
    services = open_services(patience)
    _complain(services.course, complain)
    return services.store


def _complain(course: Course, complain: Callable[[str], None]) -> None:
    from cnntutor.course.models import problem_line

    if problems := problem_line(course):
        complain(problems)


def content_stamp(folder: Path) -> str:
    """A short text that changes when any file of a course does."""
    files = sorted(file for file in folder.rglob("*") if file.is_file())
    told = [(str(file.relative_to(folder)), stat.st_mtime_ns, stat.st_size) for file in files if (stat := file.stat())]
    return hashlib.blake2b(repr(told).encode(), digest_size=8).hexdigest()


Opener = Callable[[], Services]
"""Opens the services; the app calls it off the event loop, after the first paint."""
