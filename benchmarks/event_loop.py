"""How fluid the screen stays while a net trains beside it: the longest pause of the app's event loop.

A heartbeat on the loop that is due every 5 ms notes how late it comes: with the demo at rest (the reference), during a
training run, and during one whose views are gone through meanwhile.
"""

from __future__ import annotations

import asyncio
import os
import tempfile
import time
from statistics import quantiles
from typing import Any

from benchmarks import Row

BEAT = 0.005
SIZES = ((80, 24), (120, 36), (200, 60))


def run() -> list[Row]:
    """Train in the app at every size."""
    return [row for size in SIZES for row in asyncio.run(_measure(size))]


async def _measure(size: tuple[int, int]) -> list[Row]:
    from cnntutor.course.cards import DemoLink
    from cnntutor.services import open_services
    from cnntutor.tui.app import CnntutorApp
    from cnntutor.tui.routes import ToLesson

    link = DemoLink("train", {"epochs": "60"})
    with tempfile.TemporaryDirectory() as home:
        os.environ["CNNTUTOR_HOME"] = home
        app = CnntutorApp(open_services, start=ToLesson("what-is-a-cnn", tab="demo", demo=link))
        async with app.run_test(size=size) as pilot:
            await _until_done(app)
            rest = await _late_while(asyncio.sleep(2))
            await pilot.press("a")
            watched = await _late_while(_until_done(app))
            await pilot.press("a")
            browsed = await _late_while(_go_through_the_views(app))
    title = f"event loop, {size[0]}×{size[1]}: longest pause"
    return [
        (f"{title} at rest", f"{max(rest):.0f} ms", "reference"),
        (f"{title} while a net trains", f"{max(watched):.0f} ms", f"{_usual(watched)} (aim: longest < 50 ms)"),
        (f"{title} and its views are gone through", f"{max(browsed):.0f} ms", _usual(browsed)),
    ]


def _usual(late: list[float]) -> str:
    return f"99 % below {quantiles(late, n=100)[98]:.0f} ms"


async def _go_through_the_views(app: Any) -> None:
    pane = app.screen.query_one("DemoPane")
    while not app.screen.query(".demo-done"):
        await asyncio.sleep(0.7)
        await pane.action_view(1)


async def _late_while(work: Any) -> list[float]:
    late: list[float] = []
    heart = asyncio.create_task(_beat(late))
    try:
        await work
    finally:
        heart.cancel()
    return late


async def _beat(late: list[float]) -> None:
    while True:
        due = time.perf_counter() + BEAT
        await asyncio.sleep(BEAT)
        late.append((time.perf_counter() - due) * 1000)


async def _until_done(app: Any) -> None:
    async with asyncio.timeout(90):
        while not app.screen.query(".demo-done"):
            await asyncio.sleep(0.1)
