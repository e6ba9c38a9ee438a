"""How long something takes on this machine, taken turn by turn so that what disturbs one disturbs all."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch


def milliseconds(runs: Mapping[str, Callable[[], object]], device: torch.device, rounds: int) -> dict[str, float]:
    """The shortest time of each, in milliseconds, after one run each to warm up.

    Whatever else the machine does only ever adds to a time, so the shortest is the truest.

    Args:
        runs: what to time, by name; in every round each runs once, one after the other.
        device: that they work on; its queue is waited for.
        rounds: how often each is timed, at least 1.
    """
    times: dict[str, list[float]] = {name: [] for name in runs}
    for number in range(rounds + 1):
        for name, run in runs.items():
            wait_for(device)
            began = time.perf_counter()
            run()
            wait_for(device)
            if number:
                times[name].append(1000 * (time.perf_counter() - began))
    return {name: min(taken) for name, taken in times.items()}


def wait_for(device: torch.device) -> None:
    """Until the device has done all that it was told; a processor does it at once."""
    import torch

    if device.type == "cuda":
        torch.cuda.synchronize(device)
    elif device.type == "mps":
        torch.mps.synchronize()
