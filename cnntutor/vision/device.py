"""Where tensors live: the processor, a graphics card, or Apple's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnntutor.errors import UsageError

if TYPE_CHECKING:
    import torch

DEVICES = ("auto", "cpu", "cuda", "mps")


def choose(name: str = "auto") -> torch.device:
    """The device of this name; `auto` is the fastest one there is.

    Raises:
        UsageError: there is no such device, in general or on this machine.
    """
    import torch

    if name not in DEVICES:
        raise UsageError(f"device must be auto, cpu, cuda or mps, not “{name}”.")
    there = available()
    if name == "auto":
        return torch.device(there[-1])
    if name not in there:
        raise UsageError(f"There is no {name} device here: choose {' or '.join(there)}, or auto.")
    return torch.device(name)


def available() -> tuple[str, ...]:
    """The devices of this machine, the slowest first; `cpu` is always among them."""
    import torch

    found = ["cpu"]
    if torch.backends.mps.is_available():
        found.append("mps")
    if torch.cuda.is_available():
        found.append("cuda")
    return tuple(found)
