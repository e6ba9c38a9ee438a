"""An app in the middle of a demo that never ends; prints its worker's process id and waits to be killed."""

from __future__ import annotations

import asyncio
import sys

from cnntutor.demos import catalogue
from cnntutor.demos.client import WorkerClient


async def main(gallery: str) -> None:
    client = WorkerClient(gallery)
    demo = catalogue.load("fails", gallery)
    run = client.run("fails", catalogue.parse_knobs(demo, {"how": "spins"}), "cpu")
    await anext(run)
    sys.stdout.write(f"{client.pid}\n")
    sys.stdout.flush()
    await asyncio.Event().wait()


asyncio.run(main(sys.argv[1]))
