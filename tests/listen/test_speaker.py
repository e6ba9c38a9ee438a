"""The sound process itself, playing into a device that nobody hears."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import numpy as np
import pytest
import pytest_asyncio

from cnntutor.course.models import Chapter, Line, Script, Sentence
from cnntutor.listen.encoding import write_vorbis
from cnntutor.listen.recording import Sound
from cnntutor.listen.speaker import Speaker
from cnntutor.listen.timing import timed

RATE = 16_000
SCRIPT = Script((Chapter("One", (Line("Ada", (Sentence("First."), Sentence("Second."))),)),))


@pytest.fixture
def sound(tmp_path: Path) -> Sound:
    write_vorbis(tmp_path / "lesson.ogg", np.zeros(20 * RATE, np.float32), RATE)
    return Sound(tmp_path / "lesson.ogg", timed(SCRIPT, [(0.0, 9.0), (10.0, 19.6)], 20.0), "nobody")


@pytest_asyncio.fixture
async def speaker(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Speaker]:
    monkeypatch.setenv("CNNTUTOR_SOUND", "null")
    speaker = Speaker()
    yield speaker
    await speaker.close()


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not true():
            await asyncio.sleep(0.005)


async def test_the_position_follows_the_device(speaker: Speaker, sound: Sound) -> None:
    assert await speaker.start(sound) == ""
    speaker.play(5.0, 2.0)
    assert speaker.position == 5.0
    await until(lambda: speaker.position > 6.0)
    speaker.pause(speaker.position)
    resting = speaker.position
    speaker.play(1.0, 1.0)
    assert speaker.position == 1.0
    await until(lambda: speaker.position > 1.3)
    assert speaker.position < resting
    assert speaker.trouble == ""


async def test_a_process_that_dies_pauses_with_a_line_and_comes_back(speaker: Speaker, sound: Sound) -> None:
    await speaker.start(sound)
    speaker.play(3.0, 1.0)
    await until(lambda: speaker.position > 3.1)
    assert speaker._process is not None
    os.kill(speaker._process.pid, signal.SIGKILL)
    await until(lambda: bool(speaker.trouble))
    assert "press play" in speaker.trouble
    assert 3.0 < speaker.position < 20
    assert not speaker.alive
    assert await speaker.start(sound) == ""
    speaker.play(4.0, 1.0)
    await until(lambda: speaker.position > 4.1)
    assert speaker.trouble == ""


async def test_a_damaged_file_is_said_before_it_plays(speaker: Speaker, sound: Sound) -> None:
    sound.file.write_bytes(b"OggS and no more")
    assert "cannot be read" in await speaker.start(sound)


async def test_nothing_is_left_when_it_is_closed(speaker: Speaker, sound: Sound) -> None:
    await speaker.start(sound)
    process = speaker._process
    assert process is not None
    await speaker.close()
    assert process.returncode is not None


async def test_the_device_of_this_machine_answers_or_says_why_not(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], sound: Sound
) -> None:
    """Drivers complain on file descriptor 2; nothing of that may reach the screen."""
    monkeypatch.setenv("CNNTUTOR_SOUND", "on")
    speaker = Speaker(time.monotonic)
    why = await speaker.start(sound)
    await speaker.close()
    assert "\n" not in why
    assert capfd.readouterr().err == ""
