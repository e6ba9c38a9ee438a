"""How fast a lesson is spoken, how soon it is heard after the key, and how far the lit sentence is from the sound.

The app plays into a device that nobody hears (miniaudio's null device, which pulls in real time) through the same sound
process as always.
"""

from __future__ import annotations

import asyncio
import os
import tempfile
import time
from statistics import median
from typing import Any

from benchmarks import Row

KEYS = 9
SENTENCES = 12


def run() -> list[Row]:
    """Speak the opening lesson with every engine there is, then play it in the app."""
    return [*_speaking(), *asyncio.run(_playing())]


def _speaking() -> list[Row]:
    from cnntutor import paths
    from cnntutor.course.find import find_course
    from cnntutor.course.load import load_course
    from cnntutor.listen.engines.espeak import Espeak
    from cnntutor.listen.engines.flite import Flite
    from cnntutor.listen.synthesis import synthesise

    course = load_course(find_course(paths.content_dir()))
    rows: list[Row] = []
    for engine in (Flite(), Espeak()):
        if not engine.available():
            continue
        with engine:
            began = time.perf_counter()
            made = synthesise(course.first_topic().script, course.hosts, course.pronunciation, engine)
            took = time.perf_counter() - began
        told = f"{made.duration / took:.0f} × faster than it lasts (aim: 20)"
        rows.append((f"listening: {engine.name} speaks {made.duration:.0f} s", f"{took:.1f} s", told))
    return rows


async def _playing() -> list[Row]:
    from cnntutor.services import open_services
    from cnntutor.tui.app import CnntutorApp
    from cnntutor.tui.routes import ToLesson

    os.environ["CNNTUTOR_SOUND"] = "null"
    with tempfile.TemporaryDirectory() as home:
        os.environ["CNNTUTOR_HOME"] = home
        app = CnntutorApp(open_services, start=ToLesson("what-is-a-cnn", tab="listen"))
        async with app.run_test(size=(120, 36)) as pilot:
            heard = _Heard(app)
            await heard.until_on()
            waits = [await heard.key_to_sound(pilot) for _ in range(KEYS)]
            steady = await heard.lit_against_sound(pilot, speed=1.0)
            fast = await heard.lit_against_sound(pilot, speed=2.0)
    return [
        ("listening: from the key to the sound", f"{median(waits):.0f} ms", f"longest {max(waits):.0f} (aim: 150)"),
        ("listening: lit sentence against the sound", f"{median(steady):.0f} ms", f"most {max(steady):.0f} (aim: 100)"),
        ("listening: the same at double speed", f"{median(fast):.0f} ms", f"most {max(fast):.0f}"),
    ]


class _Heard:
    """What the sound process says is heard, and when a sentence is lit on the screen."""

    def __init__(self, app: Any) -> None:
        self.app = app
        self.news: dict[str, Any] = {}
        self.lit: dict[int, float] = {}

    async def until_on(self) -> None:
        async with asyncio.timeout(30):
            while self.app._listening is None or not self.app._listening.heard:
                await asyncio.sleep(0.05)
        speaker, hear = self.app._listening._speaker, self.app._listening._speaker._hear

        def note(news: dict[str, Any]) -> None:
            if news["news"] == "at":
                self.news = news
            hear(news)

        speaker._hear = note
        transcript = self.app.screen.query_one("Transcript")
        light = transcript.light

        def note_light(number: int) -> None:
            new = number != transcript._lit
            light(number)
            if new:  # it is on the screen after the next refresh
                transcript.call_after_refresh(lambda: self.lit.setdefault(number, time.monotonic()))

        transcript.light = note_light

    def sounds_at(self, second: float) -> float:
        """When a second of the lesson is heard, by the process that plays it."""
        news = self.news
        return float(news["when"] + (second - news["position"]) / news["speed"])

    async def key_to_sound(self, pilot: Any) -> float:
        """Milliseconds from the key until the first sample reaches the ear."""
        player = self.app._listening.player
        at, self.news = player.position, {}
        began = time.monotonic()
        await pilot.press("space")
        async with asyncio.timeout(5):
            while not self.news:
                await asyncio.sleep(0.005)
        waited = self.sounds_at(at) - began
        await asyncio.sleep(0.3)
        await pilot.press("space")
        return waited * 1000

    async def lit_against_sound(self, pilot: Any, speed: float) -> list[float]:
        """How many milliseconds off each of some sentences is lit."""
        player = self.app._listening.player
        player.set_speed(speed)
        player.go_to_sentence(0)
        self.lit = {}
        await pilot.press("space")
        off: list[float] = []
        async with asyncio.timeout(120):
            while len(off) < SENTENCES:
                await asyncio.sleep(0.02)
                due = player.timetable.starts[len(off) + 1]
                if len(off) + 1 in self.lit:
                    off.append(abs(self.lit[len(off) + 1] - self.sounds_at(due)) * 1000)
        await pilot.press("space")
        return off


if __name__ == "__main__":
    for row in run():
        print("  ".join(row))
