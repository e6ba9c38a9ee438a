"""One demo on the bench: where its knobs stand, the run in progress and its recording. No torch, no screen.

A front end turns knobs and runs it; what the screen, the export and the history need to know is here.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from cnntutor.demos import catalogue
from cnntutor.demos.frame import Frame
from cnntutor.demos.history import History, PastRun
from cnntutor.demos.knobs import Knob, KnobKind, Knobs, Value, values_of
from cnntutor.demos.prediction import Prediction
from cnntutor.demos.protocol import Demo
from cnntutor.demos.recording import Recording
from cnntutor.demos.run import LARGEST_SEED, save
from cnntutor.demos.show_code import show_code
from cnntutor.errors import UsageError
from cnntutor.vision.device import DEVICES, check_name

DEVICE = Knob("device", KnobKind.CHOICE, "auto", "where the tensors live", choices=DEVICES, group="run")
SEED = Knob("seed", KnobKind.INT, 0, "the same seed gives the same run", low=0, group="run")
RUN_KNOBS = (DEVICE, SEED)
"""What every demo has besides its own knobs."""


class DemoSession:
    """A demo as a learner plays with it."""

    def __init__(self, demo: Demo, history: History) -> None:
        """Stand all knobs at their defaults; nothing runs yet.

        Args:
            demo: which one.
            history: where its runs are kept.
        """
        self.demo = demo
        self.knobs: Knobs = catalogue.parse_knobs(demo, {})
        self.device = str(DEVICE.default)
        self.seed = 0
        self.recording = Recording()
        self.offered: dict[str, tuple[str, ...]] = {}
        """What the newest run says its text knobs may be set to."""
        self._history = history
        self._began = 0.0
        self._run = 0
        self._has_frame = False
        self._ran_with: tuple[Knobs, int, str] = (self.knobs, self.seed, self.device)

    @property
    def controls(self) -> tuple[Knob, ...]:
        """Every knob: the demo's own, then those of any run."""
        return (*self.demo.controls, *RUN_KNOBS)

    @property
    def values(self) -> dict[str, Value]:
        """Where every knob stands."""
        return values_of(self.knobs) | {"device": self.device, "seed": self.seed}

    @property
    def prediction(self) -> Prediction | None:
        """The question to lock an answer to before these knobs are run."""
        return self.demo.predict(self.knobs) if self.demo.predict else None

    # Knobs

    def can_turn(self, settings: Mapping[str, object]) -> bool:
        """Whether `turn` would take them."""
        try:
            self._tried(settings)
        except UsageError:
            return False
        return True

    def turn(self, settings: Mapping[str, object]) -> None:
        """Turn knobs; if one of them cannot be, all stay where they were.

        Args:
            settings: by knob, as typed or as they are.

        Raises:
            UsageError: a knob does not exist, a value is out of range, or the combination is impossible.
        """
        self.knobs, self.device, self.seed = self._tried(settings)

    def _tried(self, settings: Mapping[str, object]) -> tuple[Knobs, str, int]:
        own = {name: value for name, value in settings.items() if name not in ("device", "seed")}
        knobs = catalogue.parse_knobs(self.demo, values_of(self.knobs) | own)
        return knobs, check_name(str(settings.get("device", self.device))), _seed(settings.get("seed", self.seed))

    def show_picture(self, picture: Path) -> None:
        """Turn to the learner's own picture.

        Raises:
            UsageError: the demo takes no picture, or there is no such file.
        """
        self.knobs = self.knobs.with_picture(picture)

    def reset(self) -> None:
        """All knobs back to their defaults."""
        self.knobs = catalogue.parse_knobs(self.demo, {})
        self.device, self.seed = str(DEVICE.default), 0

    def needs_new_run(self) -> bool:
        """Whether the knobs as they stand cannot take effect in the run that was begun last."""
        knobs, seed, device = self._ran_with
        return (seed, device) != (self.seed, self.device) or not knobs.can_become(self.knobs)

    # A run

    def begin(self) -> int:
        """Start a run with the knobs as they stand; the old recording stays until the run has made a frame.

        Returns:
            The run's number, for `take`.
        """
        self._run += 1
        self._has_frame = False
        self._began = time.monotonic()
        self._ran_with = (self.knobs, self.seed, self.device)
        return self._run

    def is_current(self, run: int) -> bool:
        """Whether no other run has begun since."""
        return run == self._run

    def take(self, frame: Frame) -> None:
        """Record a frame of the run that was begun last."""
        if not self._has_frame:
            self.recording, self._has_frame = Recording(), True
        self.recording.add(frame)
        if frame.choices:
            self.offered = dict(frame.choices)

    def seconds_left(self) -> float | None:
        """How long the run will still take, if it goes on as so far; None where nobody can say."""
        last = self.recording.last if self._has_frame else None
        if last is None or not last.progress or last.progress >= 1:
            return None
        return (time.monotonic() - self._began) * (1 / last.progress - 1)

    def finish(self, device: str, *, stopped: bool = False) -> None:
        """Keep the run in the history; a run without figures is not worth keeping.

        Args:
            device: what it ran on.
            stopped: whether it was ended before its end.

        Raises:
            DemoError: the history cannot be written.
        """
        last = self.recording.last if self._has_frame else None
        if last is None or not last.figures:
            return
        knobs, seed, _ = self._ran_with
        seconds = time.monotonic() - self._began
        figures = dict(last.figures)
        self._history.add(PastRun(datetime.now(UTC), values_of(knobs), seed, device, figures, seconds, stopped))

    def past_runs(self) -> list[PastRun]:
        """The last runs of this demo, oldest first."""
        return self._history.runs()

    def go_back_to(self, run: PastRun) -> None:
        """Turn all knobs to where they stood in a past run.

        Raises:
            UsageError: they cannot be turned there any more: the demo has changed, or a picture is gone.
        """
        self.turn({**run.knobs, "seed": run.seed})

    # What leaves the bench

    def code(self) -> str:
        """The PyTorch behind the knobs as they stand.

        Raises:
            UsageError: the demo has no script.
        """
        return show_code(self.demo, self.knobs, self.seed, self.device)

    def export(self, folder: Path) -> tuple[Path, ...]:
        """Write the frame that is looked at and the script: pictures, tables, charts, words, code.

        Raises:
            UsageError: there is no frame yet.
            DemoError: the folder cannot be written.
        """
        frame = self.recording.frame
        if frame is None:
            raise UsageError("There is nothing to write yet: run the demo first.")
        return save(frame, folder, self.code())


def _seed(value: object) -> int:
    try:
        seed = int(str(value))
    except ValueError:
        raise UsageError(f"seed must be a whole number, not “{value}”") from None
    if not 0 <= seed <= LARGEST_SEED:
        raise UsageError(f"seed must be from 0 to {LARGEST_SEED}, not {seed}")
    return seed
