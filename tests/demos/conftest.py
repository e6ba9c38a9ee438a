"""Demos that exist for the tests alone, where this process and its workers find them."""

from __future__ import annotations

import os
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from cnntutor.demos.client import WorkerClient

HERE = Path(__file__).parent
GALLERY = "troubled_demos"


@pytest.fixture
def gallery(monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.syspath_prepend(HERE)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(filter(None, sys.path)))
    return GALLERY


@pytest_asyncio.fixture
async def client(gallery: str) -> AsyncIterator[WorkerClient]:
    client = WorkerClient(gallery)
    yield client
    await client.close()
