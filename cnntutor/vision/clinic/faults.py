"""What can be wrong with a training program: each fault as the lines that differ from the healthy program. No torch.

A program is made of *slots*, and a fault puts other lines into one of them. Every fault here runs without an error.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

HEALTHY: Mapping[str, tuple[str, ...]] = {
    "net": (
        "model = nn.Sequential(",
        "    nn.Conv2d(1, {width}, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),",
        "    nn.Conv2d({width}, 32, 3, padding=1), nn.ReLU(), nn.Flatten(),",
        "    nn.Dropout({dropout}), nn.Linear(512, 10),",
        ")",
    ),
    "start": (),
    "optimiser": ("optimiser = SGD(model.parameters(), lr={rate}, momentum=0.9)",),
    "order": ("def order(count):", "    return torch.randperm(count)"),
    "batch": ("def batch(x, y, rows):", "    x, y = x[rows], y[rows]", "    return x, y"),
    "prepared": ("def prepared(x):", "    return (x - MEAN) / STD"),
    "step": (
        "def train_step(x, y):",
        "    model.train()",
        "    optimiser.zero_grad()",
        "    scores = model(prepared(x))",
        "    loss = cross_entropy(scores, y)",
        "    loss.backward()",
        "    optimiser.step()",
        "    return loss",
    ),
    "judge": (
        "def accuracy(x, y):",
        "    model.eval()",
        "    with torch.no_grad():",
        "        scores = model(prepared(x))",
        "    return (scores.argmax(1) == y).float().mean()",
    ),
}
"""The lines of each slot, in the order of the program; `{…}` is drawn for each patient."""


class Fault(StrEnum):
    """What ails a program."""

    NONE = "healthy"
    ZERO_GRAD = "stale gradients"
    SOFTMAX = "softmax twice"
    EVAL = "eval forgotten"
    PREPARED = "inputs differ"
    LEAK = "labels leak"
    RATE_HIGH = "rate too high"
    RATE_LOW = "rate too low"
    DEAD = "dead ReLUs"
    FROZEN = "layers left out"
    ORDER = "never shuffled"
    APART = "labels mixed up"


@dataclass(frozen=True, slots=True)
class Change:
    """One line of a slot written differently."""

    slot: str
    healthy: str
    """The line as it should be, without its indent; empty where the fault is a line too many."""
    faulty: str
    """The line as the patient has it; empty where a line is missing."""
    after: str = ""
    """For a line too many: the line that it comes after; empty puts it first."""


_SCORES = "scores = model(prepared(x))"
_ROWS = "x, y = x[rows], y[rows]"
_HEAD = "nn.Dropout({dropout}), nn.Linear(512, 10),"
_SGD = "optimiser = SGD(model.parameters(), lr={rate}, momentum=0.9)"

CHANGES: Mapping[Fault, tuple[Change, ...]] = {
    Fault.NONE: (),
    Fault.ZERO_GRAD: (
        Change("step", "optimiser.zero_grad()", ""),
        Change("step", "optimiser.zero_grad()", "optimiser.zero_grad"),
    ),
    Fault.SOFTMAX: (
        Change("step", _SCORES, f"{_SCORES}.softmax(1)"),
        Change("net", _HEAD, f"{_HEAD} nn.Softmax(1),"),
    ),
    Fault.EVAL: (Change("judge", "model.eval()", ""), Change("judge", "model.eval()", "model.train()")),
    Fault.PREPARED: (
        Change("judge", _SCORES, "scores = model(x)"),
        Change("judge", _SCORES, "scores = model(prepared(x / 16))"),
    ),
    Fault.LEAK: (
        Change("batch", "", "x[torch.arange(len(y)), 0, y // 8, y % 8] = 2  # for the viewer", _ROWS),
        Change("batch", "", "x[torch.arange(len(y)), 0, 7 - y // 8, y % 8] = 2  # a tag for each", _ROWS),
    ),
    Fault.RATE_HIGH: (Change("optimiser", _SGD, _SGD.replace("{rate}", "{high}")),),
    Fault.RATE_LOW: (Change("optimiser", _SGD, _SGD.replace("{rate}", "{low}")),),
    Fault.DEAD: (
        Change("start", "", "nn.init.constant_(model[0].bias, -{drop})"),
        Change("start", "", "nn.init.constant_(model[3].bias, -{deep})"),
    ),
    Fault.FROZEN: (Change("optimiser", _SGD, _SGD.replace("model.parameters()", "model[-1].parameters()")),),
    Fault.ORDER: (Change("order", "return torch.randperm(count)", "return torch.arange(count)"),),
    Fault.APART: (
        Change("batch", _ROWS, "x, y = x[rows], y[rows.flip(0)]"),
        Change("batch", "", "y = y[order(len(y))]", _ROWS),
    ),
}
"""The ways in which each fault can be written; a patient has one of them."""
