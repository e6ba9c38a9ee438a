"""The last runs of every demo, with their knobs and figures, to compare and to go back to. No torch, no screen."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cnntutor.demos.frame import Cell, Table
from cnntutor.demos.knobs import Value
from cnntutor.errors import DemoError

KEPT = 20
"""Runs that are kept of each demo."""


@dataclass(frozen=True, slots=True)
class PastRun:
    """One run that came to its end or was stopped."""

    at: datetime
    """When it ended, UTC."""
    knobs: Mapping[str, Value]
    seed: int
    device: str
    figures: Mapping[str, float]
    """Of its last frame."""
    seconds: float
    stopped: bool = False
    """Whether it was ended before its end."""


class History:
    """The last runs of one demo, in a file of the learner's that a person can read: one run a line, as JSON."""

    def __init__(self, folder: Path, demo: str, kept: int = KEPT) -> None:
        """Nothing is read yet.

        Args:
            folder: where the histories of all demos lie; made when the first run is kept.
            demo: whose runs.
            kept: how many.
        """
        self._path = folder / f"{demo}.jsonl"
        self._kept = kept

    def runs(self) -> list[PastRun]:
        """The runs, oldest first. Lines that cannot be read, as after a crash, are passed over."""
        try:
            lines = self._path.read_text(encoding="utf-8", errors="replace").splitlines()
        except OSError:
            return []
        return [run for line in lines if (run := _read(line)) is not None][-self._kept :]

    def add(self, run: PastRun) -> None:
        """Keep a run; the oldest beyond those that are kept go.

        Raises:
            DemoError: it cannot be written.
        """
        lines = [json.dumps(asdict(kept) | {"at": kept.at.isoformat()}) for kept in [*self.runs(), run][-self._kept :]]
        fresh = self._path.with_name(f".{self._path.name}.{os.getpid()}")
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            fresh.write_text("\n".join(lines) + "\n", encoding="utf-8")
            fresh.replace(self._path)
        except OSError as error:
            raise DemoError(f"{self._path} cannot be written: {error.strerror}. Free some space there.") from None


def compare(runs: Sequence[PastRun]) -> Table:
    """The runs beside each other, newest first: the knobs and then the figures in which they differ.

    Args:
        runs: oldest first, as `History.runs` gives them.
    """
    knobs = [name for name in _names(run.knobs for run in runs) if _differ(runs, name)]
    figures = [name for name in _names(run.figures for run in runs) if len(runs) == 1 or _tells(runs, name)]
    others = [name for name in ("seed", "device", "stopped") if len({getattr(run, name) for run in runs}) > 1]
    columns = ("run", *knobs, *others, *figures, "seconds")
    return Table(columns, tuple(_row(number, run, knobs, others, figures) for number, run in _newest(runs)))


def _newest(runs: Sequence[PastRun]) -> list[tuple[int, PastRun]]:
    return list(enumerate(runs, start=1))[::-1]


def _row(number: int, run: PastRun, knobs: list[str], others: list[str], figures: list[str]) -> tuple[Cell, ...]:
    return (
        number,
        *(run.knobs.get(name) for name in knobs),
        *(getattr(run, name) for name in others),
        *(run.figures.get(name) for name in figures),
        round(run.seconds, 2),
    )


def _names(mappings: Any) -> list[str]:
    """The keys of all mappings, each once, in the order of their first appearance."""
    return list(dict.fromkeys(name for mapping in mappings for name in mapping))


def _tells(runs: Sequence[PastRun], figure: str) -> bool:
    """Whether the figure is not the same in all runs."""
    return len({run.figures.get(figure) for run in runs}) > 1


def _differ(runs: Sequence[PastRun], knob: str) -> bool:
    return len({json.dumps(run.knobs.get(knob)) for run in runs}) > 1


def _read(line: str) -> PastRun | None:
    try:
        values = json.loads(line)
        at = datetime.fromisoformat(values.pop("at")).astimezone(UTC)
        run = PastRun(at=at, **values)
        return run if isinstance(run.knobs, dict) and isinstance(run.figures, dict) else None
    except (ValueError, TypeError, KeyError, AttributeError):
        return None
