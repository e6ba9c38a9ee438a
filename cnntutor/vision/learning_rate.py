"""The learning rate of each step: one of torch's schedulers, times a factor that may be turned at any time."""

from __future__ import annotations

import math

from torch.optim import Optimizer, lr_scheduler

from cnntutor.errors import UsageError
from cnntutor.vision.train_config import TrainConfig

RISING = 0.3
"""Share of a one-cycle run in which the rate rises; Smith & Topin (2018), "Super-Convergence", arXiv:1708.07120."""


class LearningRate:
    """Sets the rate before each step and moves the schedule on after it."""

    def __init__(self, optimiser: Optimizer, config: TrainConfig, steps: int) -> None:
        """Begin the schedule.

        Args:
            optimiser: whose groups get the rate.
            config: names the schedule.
            steps: of the whole run.

        Raises:
            UsageError: there are no more steps than those that warm up.
        """
        self.factor = 1.0
        """On top of the schedule."""
        self._optimiser = optimiser
        self._scheduler = _scheduler(optimiser, config, steps)
        self._scheduled = self._read()

    @property
    def now(self) -> float:
        """The rate of the next step."""
        return self._scheduled * self.factor

    def set(self) -> float:
        """Give the optimiser the rate of the step that comes."""
        self._write(self.now)
        return self.now

    def advance(self) -> None:
        """Move on to the next step; once the run is over the rate stays."""
        # Most of torch's schedulers go on from the rate that they find, which must be theirs, not ours.
        self._write(self._scheduled)
        self._scheduler.step()
        self._scheduled = self._read()

    def _read(self) -> float:
        return float(self._optimiser.param_groups[0]["lr"])

    def _write(self, rate: float) -> None:
        for group in self._optimiser.param_groups:
            group["lr"] = rate


def _scheduler(optimiser: Optimizer, config: TrainConfig, steps: int) -> lr_scheduler.LRScheduler:
    if not config.warm_up:
        return _main(optimiser, config, steps)
    if config.warm_up >= steps:
        raise UsageError(f"warm_up must be below the {steps:,} steps of the run, not {config.warm_up:,}")
    rising = lr_scheduler.LinearLR(optimiser, 1 / (config.warm_up + 1), total_iters=config.warm_up)
    return lr_scheduler.SequentialLR(
        optimiser, [rising, _main(optimiser, config, steps - config.warm_up)], [config.warm_up]
    )


def _main(optimiser: Optimizer, config: TrainConfig, steps: int) -> lr_scheduler.LRScheduler:
    match config.schedule:
        case "constant":
            return lr_scheduler.LambdaLR(optimiser, lambda _: 1.0)
        case "step":
            return lr_scheduler.StepLR(optimiser, math.ceil(steps / 3), gamma=0.1)
        case "cosine":
            return lr_scheduler.CosineAnnealingLR(optimiser, steps)
        case "one-cycle":
            return lr_scheduler.OneCycleLR(
                optimiser, config.learning_rate, steps, pct_start=RISING, cycle_momentum=False
            )
