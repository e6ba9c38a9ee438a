"""resources.yaml: where to go on reading."""

from __future__ import annotations

from cnntutor.course.lookup import nearest
from cnntutor.course.models import Resource
from cnntutor.course.reading import located
from cnntutor.course.reading.located import Record
from cnntutor.course.reading.source import Source

KINDS = ("paper", "chapter", "book", "course", "talk", "page", "demo", "code")


def read_resources(source: Source) -> tuple[Resource, ...]:
    """Read resources.yaml; entries that lack something are left out."""
    node = located.parse(source)
    if node is None:
        return ()
    found = (_resource(record) for record in located.records(node, source, "resource"))
    return tuple(resource for resource in found if resource)


def _resource(record: Record) -> Resource | None:
    kind = record.text("kind")
    if kind.value and kind.value not in KINDS:
        near = nearest(kind.value, KINDS)
        record.wrong(kind.line, f"“{kind.value}” is no kind of resource", f"write {near or ', '.join(KINDS)}")
    resource = Resource(
        title=record.text("title").value,
        authors=record.text("authors").value,
        year=record.whole_number("year"),
        kind=kind.value,
        url=record.text("url").value,
        minutes=record.whole_number("minutes"),
        why=record.text("why").value,
        line=record.line,
    )
    return resource if record.close() else None
