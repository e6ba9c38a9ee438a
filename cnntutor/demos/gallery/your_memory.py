"""your-memory: a forgetting curve is fitted, by gradient descent, to the learner's own review log."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from cnntutor import paths
from cnntutor.demos.gallery import _your_memory_words as words
from cnntutor.demos.gallery._your_memory_knobs import YourMemoryKnobs
from cnntutor.demos.gallery._your_memory_log import START, Log, course, log_of, own_answers
from cnntutor.demos.protocol import Curve, Frame, Table, demo

if TYPE_CHECKING:
    import torch

    from cnntutor.demos.gallery._your_memory_fit import Descent
    from cnntutor.vision import colour

FRAMES = 40
"""In which the curve moves."""

PACE = 0.08

RECALL, LOSS, RATE, SAID = "recall", "log loss", "learning rate", "calibration"
SURFACE, DAYS, BINS, HELD = "loss by decay and scale", "how long a card is kept", "by interval", "the answers held out"

VIEWS = {
    "recall": (RECALL,),
    "loss": (LOSS, RATE),
    "surface": (SURFACE,),
    "days": (DAYS,),
    "counts": (BINS,),
    "calibration": (SAID, HELD),
}
"""What is seen together."""


def _constants(knobs: YourMemoryKnobs, seed: int) -> Mapping[str, object]:
    if knobs.log == "own" and own_answers()[0]:
        return {"LOG": "own", "DATABASE": str(paths.database_path()), "COURSE": course()}
    return {"LOG": "made-up"}


@demo(
    "your-memory",
    topic="optimisers",
    title="Fit your own forgetting",
    promise="Gradient descent bends a forgetting curve until it fits the answers that you gave in this course.",
    constants=_constants,
    predict=words.predict,
)
def your_memory(knobs: YourMemoryKnobs, device: torch.device) -> Iterator[Frame]:
    """What is observed at once; then the curve moves, step by step."""
    import torch

    from cnntutor.demos.gallery import _your_memory_fit as fit

    log = log_of(knobs, torch.initial_seed() % 2**63)
    train, held = fit.split(log, knobs.held_out)
    run = _Run(knobs, log, train, held)
    every = max(1, knobs.steps // FRAMES)
    for descent in fit.descend(knobs, train, held):
        if (len(descent.path) - 1) % every == 0 or len(descent.path) > knobs.steps:
            yield run.frame(descent)


class _Run:
    """What stays the same in every frame of a run."""

    def __init__(self, knobs: YourMemoryKnobs, log: Log, train: Log, held: Log) -> None:
        from cnntutor.demos.gallery import _your_memory_look as look

        self._knobs = knobs
        self._log = log
        self._bins = look.bins(train)
        self._ground = look.ground(knobs.curve, train)
        self._fixed = _fixed_figures(knobs, log, train, held)

    def frame(self, descent: Descent) -> Frame:
        """As far as the fit has come."""
        step, steps = len(descent.path) - 1, self._knobs.steps
        figures = self._figures(descent)
        caption = words.descending(self._log, step, steps)
        if step == steps:
            caption = words.caption(self._knobs, self._log, figures)
        return Frame(
            images=self._images(descent),
            curves=self._curves(descent),
            tables=self._tables(descent),
            views=self._views(),
            figures=figures,
            formulas=words.formulas(self._knobs, figures),
            caption=caption,
            progress=step / steps,
            hold=0 if step == steps else PACE,
        )

    def _title(self, name: str) -> str:
        """Every title says whose log it is: a made-up one must not pass for the learner's."""
        return f"{name} ({self._log.tag})"

    def _views(self) -> dict[str, tuple[str, ...]]:
        first = self._knobs.show
        views = {view: tuple(map(self._title, names)) for view, names in VIEWS.items()}
        return {first: views[first], **views}

    def _images(self, descent: Descent) -> dict[str, colour.Pixels]:
        from cnntutor.demos.gallery import _your_memory_look as look

        truth = None if self._log.own else (math.log(self._knobs.true_decay), math.log(self._knobs.true_scale))
        return {self._title(SURFACE): look.with_path(self._ground, descent, truth)}

    def _curves(self, descent: Descent) -> dict[str, Curve]:
        from cnntutor.demos.gallery import _your_memory_look as look

        return {
            **look.recall_curves(self._bins, descent.shape, descent.logs, self._title(RECALL)),
            **look.loss_curves(descent, self._title(LOSS), self._title(RATE)),
            **look.calibration_curves(look.calibration(descent), self._title(SAID)),
        }

    def _tables(self, descent: Descent) -> dict[str, Table]:
        from cnntutor.demos.gallery import _your_memory_look as look

        decay, scale = descent.logs.exp().tolist()
        return {
            self._title(DAYS): look.meaning(descent.shape, decay, scale),
            self._title(BINS): look.bin_table(self._bins, descent.shape, descent.logs),
            self._title(HELD): look.calibration_table(look.calibration(descent)),
        }

    def _figures(self, descent: Descent) -> dict[str, float]:
        from cnntutor.demos.gallery import _your_memory_look as look
        from cnntutor.vision.recall import days_until

        decay, scale = descent.logs.exp().tolist()
        groups = look.calibration(descent)
        return {
            "decay": decay,
            "scale": scale,
            "loss": descent.losses[-1],
            "loss_start": descent.losses[0],
            "loss_held_out": descent.held_losses[-1],
            "days_90": 10 * scale,
            "half_life": days_until(descent.shape, 0.5, decay, scale),
            "calibration_error": sum(abs(g.said - g.recalled / g.count) * g.count for g in groups) / len(descent.held),
            "learning_rate": descent.rates[-1],
            **self._fixed,
        }


def _fixed_figures(knobs: YourMemoryKnobs, log: Log, train: Log, held: Log) -> dict[str, float]:
    """What does not hang on the descent: the log, and the loss of every contender on the answers held out."""
    from cnntutor.demos.gallery import _your_memory_fit as fit

    power, exponential = (fit.loss_at(shape, held, fit.fitted(shape, train)) for shape in ("power", "exponential"))
    figures = {
        "own": int(log.own),
        "answers": len(log),
        "held_out": len(held),
        "recalled": float(log.recalled.mean()),
        "loss_power": power,
        "loss_exponential": exponential,
        "loss_average": fit.constant_loss(held, float(train.recalled.mean())),
        "loss_fsrs": fit.loss_at("power", held, log.ratio.new_tensor(START)),
    }
    truth = {"true_decay": knobs.true_decay, "true_scale": knobs.true_scale}
    return figures if log.own else figures | truth
