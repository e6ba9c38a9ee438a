"""How long a learner waits for a demo: the worker's start, the first picture, the whole run."""

from __future__ import annotations

import asyncio
import time

from benchmarks import Row, milliseconds
from cnntutor.demos import catalogue
from cnntutor.demos.client import WorkerClient
from cnntutor.demos.knobs import Knobs

RUNS = 20


def run() -> list[Row]:
    """Measure with a real worker process."""
    return asyncio.run(_measure())


async def _measure() -> list[Row]:
    knobs = catalogue.parse_knobs(catalogue.load("convolve"), {})
    client = WorkerClient()
    began = time.perf_counter()
    await client.start()
    started = time.perf_counter() - began
    await _times(client, knobs)
    cold = time.perf_counter() - began
    runs = [await _times(client, knobs) for _ in range(RUNS)]
    stops = [await _stop_in_the_middle(client) for _ in range(RUNS)]
    await client.close()
    return [
        ("demo: start the worker (the screen waits this long)", milliseconds([started]), "50 ms"),
        ("demo: first run of all, torch imported on the way", milliseconds([cold]), "2,000 ms"),
        ("demo: first frame of convolve, warm", milliseconds([first for first, _ in runs]), "50 ms"),
        ("demo: all of convolve, warm", milliseconds([whole for _, whole in runs]), "1,000 ms"),
        ("demo: stop a training run in the middle of a frame", milliseconds(stops), "200 ms"),
    ]


async def _stop_in_the_middle(client: WorkerClient) -> float:
    """Seconds from the order to stop a training run until the worker is free for another."""
    knobs = catalogue.parse_knobs(catalogue.load("train"), {"width": 64, "epochs": 100})
    frames = client.run("train", knobs, "cpu")
    await anext(frames)
    await anext(frames)
    began = time.perf_counter()
    await client.stop()
    stopped = time.perf_counter() - began
    await frames.aclose()  # type: ignore[attr-defined]
    return stopped


async def _times(client: WorkerClient, knobs: Knobs) -> tuple[float, float]:
    began, first = time.perf_counter(), 0.0
    async for _ in client.run("convolve", knobs, "cpu"):
        first = first or time.perf_counter() - began
    return first, time.perf_counter() - began
