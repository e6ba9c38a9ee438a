"""How long a classifier of torchvision takes for a picture on this machine, and what it multiplies meanwhile."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from cnntutor.errors import UsageError
from cnntutor.vision.anatomy import bare_classifier
from cnntutor.vision.torchvision_import import torchvision


@dataclass(frozen=True, slots=True)
class Measured:
    """A classifier, counted and timed."""

    name: str
    top1: float
    """Per cent of ImageNet's validation pictures that it gets right, as torchvision has published it."""
    params: int
    macs: int
    """For one picture."""
    seconds: float
    """The fastest pass of the whole batch."""


def measure(name: str, side: int, batch: int, passes: int, recipe: str, device: torch.device) -> Measured:
    """Count a classifier without its numbers, then fill it with zeros and time it: a product takes as long with zeros.

    Args:
        name: as torchvision has it.
        side: of the pictures in pixels.
        batch: pictures at once.
        passes: timed ones, after one that is not.
        recipe: whose accuracy: of the `first` published weights, or the `best`.
        device: to run on.

    Raises:
        UsageError: there is no such classifier, or it cannot take pictures of this side.
    """
    net = bare_classifier(name)
    params = sum(parameter.numel() for parameter in net.parameters())
    macs = count_macs(net, name, side)
    seconds = _fastest(_filled(net, device), torch.zeros(batch, 3, side, side, device=device), passes)
    return Measured(name, top1(name, recipe), params, macs, seconds)


def count_macs(net: nn.Module, name: str, side: int) -> int:
    """MACs for one picture as torch's own counter has them; one MAC is two FLOPs.

    Raises:
        UsageError: the net cannot take a picture of this side.
    """
    picture = torch.zeros(1, 3, side, side, device=next(net.parameters()).device)
    try:
        with FlopCounterMode(display=False) as counted, torch.no_grad():
            net(picture)
    except (RuntimeError, AssertionError, ValueError) as error:
        reason = (str(error).splitlines() or ["it stops"])[0]
        raise UsageError(f"side: {name} cannot take pictures of {side}×{side} ({reason})") from error
    return int(counted.get_total_flops()) // 2


def top1(name: str, recipe: str) -> float:
    """The published accuracy in per cent, of the first weights or of the best."""
    entries: Any = torchvision().models.get_model_weights(name)
    entry = entries.DEFAULT if recipe == "best" else next(iter(entries))
    return float(entry.meta["_metrics"]["ImageNet-1K"]["acc@1"])


def _filled(net: nn.Module, device: torch.device) -> nn.Module:
    net = net.to_empty(device=device) if next(net.parameters()).is_meta else net.to(device)
    with torch.no_grad():
        for numbers in (*net.parameters(), *net.buffers()):
            numbers.zero_()
    return net


def _fastest(net: nn.Module, pictures: torch.Tensor, passes: int) -> float:
    """The least of several passes: whatever else the machine does can only make one slower."""
    with torch.inference_mode():
        net(pictures)
        return min(_timed(net, pictures) for _ in range(passes))


def _timed(net: nn.Module, pictures: torch.Tensor) -> float:
    _wait(pictures.device)
    start = time.perf_counter()
    net(pictures)
    _wait(pictures.device)
    return time.perf_counter() - start


def _wait(device: torch.device) -> None:
    """Other devices work on while Python goes ahead."""
    if device.type != "cpu":
        torch.accelerator.synchronize(device)
