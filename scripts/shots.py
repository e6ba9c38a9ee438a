"""`make shots`: the README's pictures, taken of the real app with the real course.

The app runs headless at the size given; what a terminal would show is saved as SVG in docs/.
"""

from __future__ import annotations

import asyncio
import os
import random
import sys
import tempfile
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

DOCS = Path(__file__).parent.parent / "docs"
NOW = datetime(2026, 3, 10, 9, 30, tzinfo=UTC)
SIZE = (120, 36)

Steps = Callable[[Any], Awaitable[None]]


@dataclass(frozen=True)
class Shot:
    """One picture: its file, the keys that lead to it, and its size."""

    name: str
    keys: tuple[str, ...]
    size: tuple[int, int] = SIZE
    theme: str = "cnntutor-dark"
    demo: str = ""
    """The demo to open instead of Today, and to see to its end before the keys; then its knobs, `knob=value`."""
    seconds: float = 0
    """How long to let it play."""
    seed: int = 1


SHOTS = (
    Shot("today", ()),
    Shot("today-light", (), theme="cnntutor-light"),
    Shot("review", ("enter", "space")),
    Shot("path", ("p",)),
    Shot("read", ("p", "enter", "3")),
    Shot("listen", ("p", "enter", "2", "L", "l", "l", "l", "l", "l", "l", "space"), seconds=4),
    Shot("cards", ("p", "enter", "4", "j", "j", "j")),
    Shot("demo", (), demo="convolve kernel=sobel-x"),
    Shot("demo-grid", ("v",), demo="convolve kernel=sobel-x"),
    Shot("demo-train", (), demo="train epochs=30"),
    Shot("demo-grad-cam", (), demo="grad-cam"),
    Shot("demo-inspect", (), demo="inspect"),
    Shot("demo-clinic", ("v", "v"), demo="clinic case=7"),
    Shot("demo-draw", ("enter", "3"), demo="draw-and-fool steps=19", seconds=2),
    Shot("demo-signals", (), demo="signals"),
    Shot("demo-adversary", (), demo="adversary"),
    Shot("demo-playground", ("end",), demo="playground"),
    Shot("gallery", ("D",)),
    Shot("quiz", ("p", "z", "3", "b", "enter"), seed=28),
    Shot("search", ("slash", *"kernel")),
    Shot("settings", ("comma",)),
)


async def take(shot: Shot) -> None:
    """Start the app in a fresh home with ten weeks of practice, press the keys, save the picture."""
    from practice import practise

    from cnntutor import paths
    from cnntutor.course.find import find_course
    from cnntutor.course.load import load_course
    from cnntutor.memory.models import CardSlot
    from cnntutor.memory.store import Store
    from cnntutor.plan import place_key
    from cnntutor.services import Services
    from cnntutor.tui.app import CnntutorApp

    def opener() -> Services:
        course = load_course(find_course(paths.content_dir()))
        store = Store.open(paths.database_path(), clock=lambda: NOW, tz=UTC, course=course.slug)
        store.enrol([CardSlot(c.id, c.note, t.slug) for t in course.topics() for c in t.cards])
        practise(store, NOW, days=45, rest=4, seed=4)
        store.remember(place_key("what-is-a-cnn"), {"fraction": 0.0})
        if shot.demo:
            store.remember(f"predicted:{shot.demo.split()[0]}", True)
        return Services(course, store)

    random.seed(shot.seed)
    with tempfile.TemporaryDirectory() as home:
        os.environ |= {"CNNTUTOR_HOME": home, "CNNTUTOR_SOUND": "null"}
        app = CnntutorApp(opener, start=_start(shot))
        async with app.run_test(size=shot.size) as pilot:
            app.theme = shot.theme
            await _settle(app, pilot)
            if shot.demo:
                await _demo_is_done(app, pilot)
            for key in shot.keys:
                await pilot.press(key)
                await _settle(app, pilot)
            await pilot.pause(shot.seconds)
            app.clear_notifications()
            await pilot.pause()
            (DOCS / f"{shot.name}.svg").write_text(app.export_screenshot(title="cnntutor"))


def _start(shot: Shot) -> Any:
    """Where the app begins: at a demo, or on Today."""
    from cnntutor import paths
    from cnntutor.course.cards import DemoLink
    from cnntutor.course.find import find_course
    from cnntutor.course.load import load_course
    from cnntutor.demo_shelf import home_of
    from cnntutor.tui.routes import ToLesson

    if not shot.demo:
        return None
    name, *knobs = shot.demo.split()
    home = home_of(load_course(find_course(paths.content_dir())), name)
    return ToLesson(home.slug, tab="demo", demo=DemoLink(name, dict(knob.split("=") for knob in knobs)))


async def _settle(app: Any, pilot: Any) -> None:
    """Wait until nothing works in the background any more, demos aside."""
    from textual.worker import WorkerCancelled

    await pilot.pause()
    for worker in [worker for worker in app.workers if worker.group != "demo"]:
        with suppress(WorkerCancelled):  # a newer one does its work
            await worker.wait()
    await pilot.pause()


async def _demo_is_done(app: Any, pilot: Any) -> None:
    for _ in range(600):
        await pilot.pause(0.1)
        if app.screen.query(".demo-done"):
            return
    raise RuntimeError("the demo did not finish within a minute")


async def main() -> None:
    """Take every picture, or those named on the command line."""
    DOCS.mkdir(exist_ok=True)
    for shot in SHOTS:
        if shot.name not in (sys.argv[1:] or [shot.name]):
            continue
        await take(shot)
        print(f"docs/{shot.name}.svg")


if __name__ == "__main__":
    asyncio.run(main())
