"""Driving the app under Pilot: keys in, text out."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

from textual.pilot import Pilot

from cnntutor.errors import CnntutorError
from cnntutor.memory.settings import Settings
from cnntutor.services import Services

Drive = Callable[..., AbstractAsyncContextManager[Pilot[CnntutorError]]]


async def settle(pilot: Pilot[CnntutorError]) -> None:
    """Wait until the app has drawn everything and nothing but a demo works in the background."""
    for _ in range(3):
        await pilot.pause()
        waiting = [worker for worker in pilot.app.workers if worker.group not in {"demo", "warm-up"}]
        if waiting:  # an empty list would mean all of them
            await pilot.app.workers.wait_for_complete(waiting)
    await pilot.pause()


async def press(pilot: Pilot[CnntutorError], *keys: str) -> None:
    """Press keys one after the other, each once the app has come to rest."""
    for key in keys:
        await pilot.press(key)
        await settle(pilot)


def settings_on_disk(services: Services) -> Settings:
    """The learner's settings as the next start of the app will find them."""
    services.store.queue()
    return services.store.settings


def text_of(pilot: Pilot[CnntutorError]) -> str:
    """What stands on the screen, line by line."""
    strips = pilot.app.screen._compositor.render_strips(pilot.app.size)
    return "\n".join(strip.text for strip in strips)
