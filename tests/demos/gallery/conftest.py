"""For all tests of the demos."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

BUDGET = 60
"""Seconds that a test of a demo may take, its runs included. They take a tenth of it; one that hangs ends here."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if item.path.is_relative_to(here):
            item.add_marker(pytest.mark.timeout(BUDGET))


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """Small tensors are done sooner by one thread than shared among several."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)
