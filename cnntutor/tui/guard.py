"""Errors at the edge of the screen: said in one line, and the learner goes on where she was."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from textual.widget import Widget

from cnntutor.errors import CnntutorError


@contextmanager
def guarded(widget: Widget) -> Iterator[None]:
    """Run something that may fail to read or write; what fails is said, and nothing after it in the block is done."""
    try:
        yield
    except CnntutorError as error:
        widget.notify(str(error), severity="error", timeout=10)


def cause_of(error: BaseException) -> BaseException:
    """What made a background worker fail, or the error itself."""
    from textual.worker import WorkerFailed

    return error.error if isinstance(error, WorkerFailed) else error
