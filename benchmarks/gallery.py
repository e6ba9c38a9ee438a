"""How long each demo of the gallery takes to its first picture and to its end, in a worker that is warm."""

from __future__ import annotations

import asyncio
import time

from benchmarks import Row
from cnntutor.demos import catalogue
from cnntutor.demos.client import WorkerClient


def run() -> list[Row]:
    """Measure every demo once, with its defaults, as fast as it makes its frames."""
    return asyncio.run(_measure())


async def _measure() -> list[Row]:
    client = WorkerClient()
    await client.start()
    await _times(client, "convolve")
    rows = []
    for name in catalogue.names():
        first, whole = await _times(client, name)
        rows.append((f"gallery: {name}, first frame and whole run", f"{first:.2f} s, {whole:.1f} s", "1 s, 10 s"))
    await client.close()
    return rows


async def _times(client: WorkerClient, name: str) -> tuple[float, float]:
    knobs = catalogue.parse_knobs(catalogue.load(name), {})
    began, first = time.perf_counter(), 0.0
    async for _ in client.run(name, knobs, "cpu"):
        first = first or time.perf_counter() - began
    return first, time.perf_counter() - began
