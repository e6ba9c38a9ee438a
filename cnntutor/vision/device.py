"""Where tensors live: the processor, a graphics card, or Apple's."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cnntutor.errors import UsageError

if TYPE_CHECKING:
    import torch

DEVICES = ("auto", "cpu", "cuda", "mps")
"""What a learner may ask for; `cuda:1` names the second of several cards."""

_NAMED = re.compile(r"auto|cpu|mps|cuda(:\d+)?")


def check_name(name: str) -> str:
    """The name of a device as typed, if there can be such a device at all. Needs no torch.

    Raises:
        UsageError: there cannot.
    """
    if not _NAMED.fullmatch(name):
        raise UsageError(f"device must be auto, cpu, cuda, cuda:1 and so on, or mps, not “{name}”.")
    return name


def choose(name: str = "auto") -> torch.device:
    """The device of this name; `auto` is the fastest one there is.

    Raises:
        UsageError: there is no such device, in general or on this machine.
    """
    import torch

    there = available()
    if check_name(name) == "auto":
        return torch.device(fastest(there))
    if name.removesuffix(":0") not in there:
        raise UsageError(f"There is no {name} device here: choose {' or '.join(there)}, or auto.")
    return torch.device(name)


def available() -> tuple[str, ...]:
    """The devices of this machine: `cpu` first, then Apple's, then the cards; the others of several by number."""
    import torch

    found = ["cpu"]
    if torch.backends.mps.is_available():
        found.append("mps")
    if torch.cuda.is_available():
        cards = torch.cuda.device_count()
        found += ["cuda", *(f"cuda:{number}" for number in range(1, cards))]
    return tuple(found)


def fastest(there: tuple[str, ...]) -> str:
    """What `auto` chooses among the devices that there are."""
    return next((name for name in ("cuda", "mps") if name in there), "cpu")
