"""A lesson played without a screen: each sentence is printed as it is said."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from cnntutor.course.models import Topic
from cnntutor.listen.happened import Happened
from cnntutor.listening import TICK, Listening
from cnntutor.plain.terminal import say
from cnntutor.services import Services
from cnntutor.wording import clock


def play_plainly(services: Services, slug: str) -> None:
    """Play a lesson from where the listener left it; Ctrl+C keeps the place.

    Args:
        services: course and memory.
        slug: the topic.

    Raises:
        UsageError: there is no such topic.
        StoreError: the memory cannot be read or written.
    """
    topic = services.course.topic(slug)
    with suppress(KeyboardInterrupt):
        asyncio.run(_play(Listening(services), topic))


async def _play(listening: Listening, topic: Topic) -> None:
    try:
        await listening.put_on(topic)
        if not listening.player.timetable.lines:
            say("Nothing is said in this lesson yet.")
            return
        if listening.status:
            say(listening.status)
        await listening.toggle()
        await _follow(listening, topic)
    finally:
        await listening.close()


async def _follow(listening: Listening, topic: Topic) -> None:
    """Print every sentence when its time comes, until the end."""
    said, chapter = listening.player.index - 1, -1
    happened = None
    while listening.player.playing or happened is None:
        for index in range(said + 1, listening.player.index + 1):
            line = listening.player.timetable.lines[index]
            if line.chapter != chapter:
                chapter = line.chapter
                say(f"\n{topic.script.chapters[chapter].title}\n")
            say(f"{clock(line.start)} {line.host}: {line.text}")
            said = index
        happened = listening.tick()
        if happened is not None:
            if happened[0] is Happened.TROUBLE:
                say(happened[1])
            return
        await asyncio.sleep(TICK)
