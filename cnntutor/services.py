"""What the front ends need from the other rooms, opened once and handed in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cnntutor.course.models import Course
    from cnntutor.memory.store import Store


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
    from cnntutor.course.load import find_course, load_course
    from cnntutor.memory.models import CardSlot
    from cnntutor.memory.store import Store

    course = load_course(find_course(paths.content_dir()))
    store = Store.open(paths.database_path(), course=course.slug, patience=patience)
    store.enrol([CardSlot(c.id, c.note, t.slug) for t in course.topics() for c in t.cards])
    return Services(course, store)


Opener = Callable[[], Services]
"""Opens the services; the app calls it off the event loop, after the first paint."""
