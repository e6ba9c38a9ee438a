"""Making a lesson's sound in a process of its own: number words, engines and samples would hold up the screen."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import sys
from collections.abc import Callable

from cnntutor.course.models import Course, Topic
from cnntutor.errors import SpeechError


async def make_elsewhere(course: Course, topic: Topic, piper: str, on_progress: Callable[[float], None]) -> None:
    """Make a lesson's sound; afterwards `Library.sound` finds it. Cancelled, it ends the process.

    Args:
        course: whose lesson, as it lies on disk.
        topic: which.
        piper: the setting for Piper voices.
        on_progress: told the share that is done, from 0 to 1.

    Raises:
        SpeechError: it could not be made.
    """
    try:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-P", "-m", "cnntutor.listen.making_child", str(course.folder), topic.slug, piper),
            env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
        )
    except OSError as error:
        raise SpeechError(f"The sound cannot be made: {error}. Close other programs and retry.") from None
    try:
        why = await _follow(process, on_progress)
    finally:
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()
    if why:
        raise SpeechError(why)


async def _follow(process: asyncio.subprocess.Process, on_progress: Callable[[float], None]) -> str:
    """Listen to the process until it ends; why it failed, or nothing."""
    assert process.stdout is not None
    while line := await process.stdout.readline():
        news = json.loads(line)
        if "share" in news:
            on_progress(float(news["share"]))
        elif "failed" in news:
            return str(news["failed"])
        else:
            return ""
    return f"The sound could not be made: its process ended with {await process.wait()}. Press play to try again."
