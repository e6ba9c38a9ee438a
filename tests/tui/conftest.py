"""The real app on the small course, driven by Pilot."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC
from pathlib import Path

import pytest
from driving import Drive, Seconds, settle
from textual.pilot import Pilot

from cnntutor.course.load import load_course
from cnntutor.course.models import Course
from cnntutor.demos.client import WorkerClient
from cnntutor.errors import CnntutorError
from cnntutor.memory.clock import Clock
from cnntutor.memory.store import Store
from cnntutor.services import Services
from cnntutor.tui.app import CnntutorApp
from cnntutor.tui.routes import Route
from cnntutor.tui.screens.lesson.screen import LessonScreen


@pytest.fixture(autouse=True)
def silent(monkeypatch: pytest.MonkeyPatch) -> None:
    """No sound process starts: transcripts run by the clock."""
    monkeypatch.setenv("CNNTUTOR_SOUND", "off")


@pytest.fixture(autouse=True)
def cold(monkeypatch: pytest.MonkeyPatch) -> None:
    """Torch is imported where a demo runs, not whenever a lesson opens: that would cost seconds a test."""
    monkeypatch.setattr(LessonScreen, "on_mount", lambda _: None)


@pytest.fixture
def seconds() -> Seconds:
    """The clock that the hosts talk by."""
    return Seconds()


WORDS = "one two three four five six seven eight nine ten"


@pytest.fixture
def long(services: Services, tmp_path: Path) -> Course:
    """The small course with a long script: four chapters of eight sentences, twelve words each."""
    turns = "\n\n".join(f"{host}: First {WORDS} done. Second {WORDS} done." for host in ("Ada", "Ben") * 2)
    chapters = [f"## Part {number}\n\n{turns}" for number in range(1, 5)]
    folder = tmp_path / "content" / "small"
    (folder / "edges" / "podcast.md").write_text("# Edges\n\n" + "\n\n".join(chapters) + "\n")
    return load_course(folder)


@pytest.fixture
def worker() -> WorkerClient | None:
    """The process that runs the demos; None lets every app start its own. Modules that run many share one."""
    return None


@pytest.fixture
def drive(services: Services, home: Path, clock: Clock, seconds: Seconds, worker: WorkerClient | None) -> Drive:
    """`async with drive(route, size=…) as pilot:` runs the app until everything is on the screen.

    The app opens a store of its own, which it closes; the test's looks at the same file.
    """

    @asynccontextmanager
    async def run(
        start: Route | None = None, *, size: tuple[int, int] = (120, 36), course: Course | None = None
    ) -> AsyncIterator[Pilot[CnntutorError]]:
        def opener() -> Services:
            store = Store.open(home / "memory.sqlite3", clock=clock, tz=UTC, course=services.course.slug)
            return Services(course or services.course, store)

        app = CnntutorApp(opener, start=start, worker=worker, clock=seconds)
        async with app.run_test(size=size, notifications=True) as pilot:
            await settle(pilot)
            yield pilot

    return run
