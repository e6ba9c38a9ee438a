"""The real app on the small course, driven by Pilot."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC
from pathlib import Path

import pytest
from driving import Drive, settle
from textual.pilot import Pilot

from cnntutor.course.models import Course
from cnntutor.errors import CnntutorError
from cnntutor.memory.clock import Clock
from cnntutor.memory.store import Store
from cnntutor.services import Services
from cnntutor.tui.app import CnntutorApp
from cnntutor.tui.routes import Route


@pytest.fixture
def drive(services: Services, home: Path, clock: Clock) -> Drive:
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

        app = CnntutorApp(opener, start=start)
        async with app.run_test(size=size, notifications=True) as pilot:
            await settle(pilot)
            yield pilot

    return run
