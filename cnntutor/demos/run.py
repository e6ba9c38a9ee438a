"""A demo without a screen: run it to its end, in this process, and keep what it found."""

from __future__ import annotations

import csv
import math
import re
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cnntutor.demos import catalogue
from cnntutor.demos.failure import explain
from cnntutor.demos.frame import Cell, Frame, Grid, Table
from cnntutor.demos.knobs import Knobs, values_of
from cnntutor.demos.show_code import show_code
from cnntutor.errors import CnntutorError, DemoError, UsageError

if TYPE_CHECKING:
    from cnntutor.demos.frame import Pixels
    from cnntutor.demos.protocol import Demo

_SAVED_SIDE = 512
"""Smaller pictures are saved enlarged by whole pixels to about this side, so that single ones can be seen."""


LARGEST_SEED = 2**63 - 1
"""The largest that PyTorch's generators take."""


@dataclass(frozen=True, slots=True)
class RunResult:
    """What a run came to."""

    demo: str
    device: str
    seed: int
    knobs: Knobs
    last: Frame
    """The last frame."""
    frames: int
    """How many there were."""
    seconds: float
    saved: tuple[Path, ...] = ()
    """Files that were written."""

    @property
    def figures(self) -> Mapping[str, float]:
        """The last frame's numbers."""
        return self.last.figures

    def as_json(self) -> dict[str, Any]:
        """The document that `cnntutor demo run --json` prints; what is not finite is null."""
        return {
            "demo": self.demo,
            "device": self.device,
            "seed": self.seed,
            "knobs": values_of(self.knobs),
            "figures": {name: _finite(value) for name, value in self.figures.items()},
            "tables": {
                title: {"columns": list(table.columns), "rows": [[_finite(c) for c in row] for row in table.rows]}
                for title, table in self.last.tables.items()
            },
            "grids": {
                title: [[_finite(cell) for cell in row] for row in grid.rows] for title, grid in self.last.grids.items()
            },
            "seconds": round(self.seconds, 3),
            "frames": self.frames,
            "saved": [str(path) for path in self.saved],
        }


def run_headless(
    name: str,
    values: Mapping[str, object] | None = None,
    *,
    device: str = "auto",
    seed: int = 0,
    image: Path | None = None,
    save_dir: Path | None = None,
    consent: Callable[[Path], bool] | None = None,
    on_frame: Callable[[float | None], None] | None = None,
) -> RunResult:
    """Run a demo to its end.

    Args:
        name: the demo's name.
        values: its knobs, as typed or as they are; the others stand at their defaults.
        device: auto, cpu, cuda or mps.
        seed: makes the run repeatable.
        image: the learner's own picture, for demos that take one.
        save_dir: where to write the last frame and the script; made if it is not there.
        consent: whether the code in a file of the learner's may be run; without it, it may not.
        on_frame: hears after each frame how much of the run is done, 0 to 1, or None where there is no end.

    Raises:
        UsageError: the demo, a knob, a value, the device or the picture does not exist or does not fit, or the
            learner's code may not be run.
        DemoError: the demo raised an exception, or nothing can be written.
    """
    from cnntutor.vision.device import choose

    if not 0 <= seed <= LARGEST_SEED:
        raise UsageError(f"seed must be from 0 to {LARGEST_SEED}, not {seed}")
    demo = catalogue.load(name)
    knobs = catalogue.parse_knobs(demo, values or {})
    knobs = knobs if image is None else knobs.with_picture(image)
    code = knobs.code_to_run
    if code is not None and not (consent and consent(code)):
        raise UsageError(f"The code in {code} was not run.")
    chosen = str(choose(device))
    start = time.perf_counter()
    last, frames = _to_the_end(demo, knobs, chosen, seed, on_frame or (lambda _: None))
    seconds = time.perf_counter() - start
    saved = () if save_dir is None else save(last, save_dir, show_code(demo, knobs, seed, chosen))
    return RunResult(demo.name, chosen, seed, knobs, last, frames, seconds, saved)


def save(frame: Frame, folder: Path, script: str = "") -> tuple[Path, ...]:
    """Write a frame: pictures as PNG, tables and charts as CSV, the words as Markdown, the script as Python.

    Raises:
        DemoError: the folder cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return (
            *(_save_picture(folder / f"{_slug(t)}.png", pixels) for t, pixels in frame.images.items()),
            *(_save_table(folder / f"{_slug(t)}.csv", table) for t, table in frame.tables.items()),
            *(_save_rows(folder / f"{_slug(t)}.csv", _lines(grid)) for t, grid in frame.grids.items()),
            *(_save_table(folder / f"chart-{_slug(t)}.csv", table) for t, table in _charts(frame).items()),
            _save_text(folder / "caption.md", _words(frame)),
            *([_save_text(folder / "code.py", script)] if script else []),
        )
    except OSError as error:
        raise DemoError(f"{folder} cannot be written: {error.strerror}. Choose another folder.") from None


def _to_the_end(
    demo: Demo, knobs: Knobs, device: str, seed: int, on_frame: Callable[[float | None], None]
) -> tuple[Frame, int]:
    last, count = Frame(), 0
    try:
        # Whoever asked for JSON gets one document: what a learner's net prints goes to standard error.
        with redirect_stdout(sys.stderr):
            for frame in demo.frames(knobs, device, seed):
                last, count = frame, count + 1
                on_frame(frame.progress)
    except CnntutorError:
        raise
    except Exception as error:
        raise DemoError(explain(demo.name, error)) from error
    return last, count


def _charts(frame: Frame) -> dict[str, Table]:
    """The curves as tables, one a chart: which curve, x, y."""
    return {
        chart: Table(
            ("curve", "x", "y"),
            tuple((legend, x, y) for legend, curve in curves.items() for x, y in zip(curve.x, curve.y, strict=True)),
        )
        for chart, curves in frame.charts.items()
    }


def _lines(grid: Grid) -> list[tuple[Cell, ...]]:
    """A grid as a spreadsheet has it: its numbers, with the names of rows and columns where it has them."""
    corner: tuple[Cell, ...] = ("",) if grid.row_names else ()
    header: list[tuple[Cell, ...]] = [(*corner, *grid.column_names)] if grid.column_names else []
    names: list[tuple[Cell, ...]] = [(name,) for name in grid.row_names] or [()] * len(grid.rows)
    return header + [(*name, *row) for name, row in zip(names, grid.rows, strict=True)]


def _save_picture(path: Path, pixels: Pixels) -> Path:
    from PIL import Image

    picture = Image.fromarray(pixels)
    times = max(1, _SAVED_SIDE // max(picture.size))
    picture.resize((picture.width * times, picture.height * times), Image.Resampling.NEAREST).save(path)
    return path


def _save_table(path: Path, table: Table) -> Path:
    return _save_rows(path, [table.columns, *table.rows])


def _save_rows(path: Path, rows: Iterable[Sequence[Cell]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    return path


def _save_text(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def _words(frame: Frame) -> str:
    figures = [f"- {name}: {_exact(value)}" for name, value in frame.figures.items()]
    formulas = [f"    {line}" for line in frame.formulas]
    return "\n\n".join("\n".join(part) for part in ([frame.caption], formulas, figures) if part) + "\n"


def _exact(value: float) -> str:
    return f"{value:,}" if isinstance(value, int) else f"{value:,.6g}"


def _slug(title: str) -> str:
    return re.sub(r"\W+", "-", title.lower()).strip("-") or "untitled"


def _finite(value: Cell) -> Cell:
    return None if isinstance(value, float) and not math.isfinite(value) else value
