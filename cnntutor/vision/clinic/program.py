"""A patient's program as text: which one comes under a number, and what it reads like once a line is mended. No torch.

A mend is written `13: optimiser.step()` (instead of line 13), `13+ optimiser.step()` (a new line behind it) or `13-`
(without line 13). It takes the indent that its place wants.
"""

from __future__ import annotations

import random
import re
from dataclasses import dataclass

from cnntutor.errors import UsageError
from cnntutor.vision.clinic.faults import CHANGES, HEALTHY, Change, Fault

BLANK_BEFORE = ("optimiser", "order", "batch", "prepared", "step", "judge")
"""Slots with an empty line before them."""

_MEND = re.compile(r"\s*(\d+)\s*([:+-])(.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Patient:
    """A training program with at most one fault."""

    case: int
    fault: Fault
    lines: tuple[str, ...]
    healthy: tuple[str, ...]
    """The same program without its fault."""
    change: Change | None
    """The fault as it is written here, every number filled in."""

    def treated(self, fault: Fault) -> tuple[str, ...]:
        """The program once everything is put right that this fault could be about."""
        return self.healthy if fault is self.fault else self.lines


def admit(case: int) -> Patient:
    """The patient under a number, always the same."""
    lots = random.Random(case)
    fault = lots.choice(list(Fault))
    numbers = {
        "width": lots.choice((12, 16, 20)),
        "dropout": lots.choice((0.4, 0.5, 0.6)),
        "rate": lots.choice((0.03, 0.05)),
        "high": lots.choice((1.0, 2.0, 3.0)),
        "low": lots.choice((0.00002, 0.00005)),
        "drop": lots.choice((6, 8, 10)),
        "deep": lots.choice((30, 40, 50)),
    }
    changes = CHANGES[fault]
    change = _filled(lots.choice(changes), numbers) if changes else None
    slots = {slot: [_fill(line, numbers) for line in lines] for slot, lines in HEALTHY.items()}
    healthy = _joined(slots)
    if change is not None:
        slots[change.slot] = _changed(slots[change.slot], change)
    return Patient(case, fault, _joined(slots), healthy, change)


def cases_of(fault: Fault, count: int) -> tuple[int, ...]:
    """The first so many numbers under which a patient with this fault comes."""
    found: list[int] = []
    case = 1
    while len(found) < count:
        if admit(case).fault is fault:
            found.append(case)
        case += 1
    return tuple(found)


def mended(lines: tuple[str, ...], mend: str) -> tuple[str, ...]:
    """The program with one line changed.

    Args:
        lines: of the program, without numbers.
        mend: as the module's text says; empty changes nothing.

    Raises:
        UsageError: it is not written so, or there is no such line.
    """
    if not mend.strip():
        return lines
    match = _MEND.fullmatch(mend)
    if match is None:
        raise UsageError("line must be a number and a line of code, such as “13: optimiser.step()”, “13+ …” or “13-”")
    number, kind, code = int(match[1]), match[2], match[3].strip()
    if not 1 <= number <= len(lines):
        raise UsageError(f"line must name a line from 1 to {len(lines)}, not {number}")
    if kind == "-" and code:
        raise UsageError(f"line {number}- takes the line away: write {number}: to put “{code}” there")
    before, after = lines[: number - 1], lines[number:]
    here = lines[number - 1]
    match kind:
        case "-":
            return before + after
        case "+":
            return (*before, here, _indent_below(here) + code, *after)
        case _:
            return (*before, _indent(here) + code, *after)


def _fill(line: str, numbers: dict[str, float]) -> str:
    return re.sub(r"\{(\w+)\}", lambda hole: f"{numbers[hole[1]]:.9f}".rstrip("0").rstrip("."), line)


def _filled(change: Change, numbers: dict[str, float]) -> Change:
    return Change(*(_fill(text, numbers) for text in (change.slot, change.healthy, change.faulty, change.after)))


def _changed(lines: list[str], change: Change) -> list[str]:
    """The slot with its fault, which keeps the indent of the place."""
    if change.healthy:
        at = next(at for at, line in enumerate(lines) if line.strip() == change.healthy)
        return [*lines[:at], *([_indent(lines[at]) + change.faulty] if change.faulty else []), *lines[at + 1 :]]
    if not change.after:
        return [change.faulty, *lines]
    at = next(at for at, line in enumerate(lines) if line.strip() == change.after)
    return [*lines[: at + 1], _indent(lines[at]) + change.faulty, *lines[at + 1 :]]


def _joined(slots: dict[str, list[str]]) -> tuple[str, ...]:
    lines: list[str] = []
    for slot, own in slots.items():
        lines += [""] * (slot in BLANK_BEFORE) + own
    return tuple(lines)


def _indent(line: str) -> str:
    return line[: len(line) - len(line.lstrip())]


def _indent_below(line: str) -> str:
    return _indent(line) + "    " * line.rstrip().endswith((":", "("))
