"""Driving the app under Pilot: keys in, text out."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, suppress

from textual.pilot import Pilot
from textual.widget import Widget
from textual.worker import WorkerCancelled

from cnntutor.errors import CnntutorError
from cnntutor.listen.player import Player
from cnntutor.memory.settings import Settings
from cnntutor.services import Services
from cnntutor.tui.screens.lesson.listen import ListenPane
from cnntutor.tui.widgets.player_bar import PlayerBar

Drive = Callable[..., AbstractAsyncContextManager[Pilot[CnntutorError]]]


async def settle(pilot: Pilot[CnntutorError]) -> None:
    """Wait until the app has drawn everything and nothing but a demo works in the background."""
    for _ in range(3):
        await pilot.pause()
        for worker in [worker for worker in pilot.app.workers if worker.group not in {"demo", "warm-up"}]:
            with suppress(WorkerCancelled):  # a newer one does its work
                await worker.wait()
    await pilot.pause()


async def press(pilot: Pilot[CnntutorError], *keys: str) -> None:
    """Press keys one after the other, each once the app has come to rest."""
    for key in keys:
        await pilot.press(key)
        await settle(pilot)


async def type_keys(pilot: Pilot[CnntutorError], *keys: str) -> None:
    """Press keys in a row, and let the app come to rest only then."""
    await pilot.press(*keys)
    await settle(pilot)


async def until(pilot: Pilot[CnntutorError], text: str) -> None:
    """Wait until the worker process has made what is awaited, and it stands on the screen."""
    async with asyncio.timeout(90):
        while text not in text_of(pilot):
            await pilot.pause(0.05)


class Seconds:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now

    async def forward(self, pilot: Pilot[CnntutorError], seconds: float) -> None:
        """Let time pass, and everything that looks at the clock look at once."""
        self.now += seconds
        if pilot.app._listening is not None:  # type: ignore[attr-defined]
            pilot.app._tick()  # type: ignore[attr-defined]
        for pane in pilot.app.screen.query(ListenPane):
            pane._look()
        for bar in pilot.app.screen.query(PlayerBar):
            bar.look()
        await settle(pilot)


async def click_word(pilot: Pilot[CnntutorError], widget: type[Widget], word: str) -> None:
    """Click a word of a one-line widget."""
    line = pilot.app.screen.query_one(widget)
    await pilot.click(line, offset=(line.render_line(0).text.index(word), 0))
    await settle(pilot)


def player(pilot: Pilot[CnntutorError]) -> Player:
    """The app's one player."""
    return pilot.app._listening.player  # type: ignore[attr-defined, no-any-return]


def settings_on_disk(services: Services) -> Settings:
    """The learner's settings as the next start of the app will find them."""
    services.store.queue()
    return services.store.settings


def text_of(pilot: Pilot[CnntutorError]) -> str:
    """What stands on the screen, line by line."""
    strips = pilot.app.screen._compositor.render_strips(pilot.app.size)
    return "\n".join(strip.text for strip in strips)
