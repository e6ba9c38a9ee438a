"""What training came to: every step's loss, and every evaluation. No torch."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from operator import mul


@dataclass(frozen=True, slots=True)
class Evaluation:
    """How good the net was at one moment."""

    step: int
    """Steps that were done."""
    epoch: float
    """Passes over the training pictures that were done."""
    loss: float
    """Mean cross-entropy on the held-out pictures."""
    accuracy: float
    """Share of the held-out pictures that are named right."""
    train_loss: float
    """Mean over the pictures trained on since the last evaluation, as they were seen: augmented, smoothed, dropped out.
    NaN before the first step."""
    train_accuracy: float
    """Share of the same pictures that was named right."""


@dataclass(slots=True)
class History:
    """The course of a run."""

    steps_per_epoch: int
    total_steps: int
    """Of the whole run, if nobody stops it."""
    losses: list[float] = field(default_factory=list)
    """Of each step's batch."""
    accuracies: list[float] = field(default_factory=list)
    """Share of each step's batch that was named right, before the step."""
    learning_rates: list[float] = field(default_factory=list)
    """Of each step."""
    batches: list[int] = field(default_factory=list)
    """Pictures in each step."""
    evaluations: list[Evaluation] = field(default_factory=list)
    seconds: float = 0.0
    """Spent on steps and evaluations."""
    stopped: bool = False
    """Whether it ended before its time."""

    @property
    def steps(self) -> int:
        """Steps that were done."""
        return len(self.learning_rates)

    @property
    def epochs(self) -> float:
        """Passes over the training pictures that were done."""
        return self.steps / self.steps_per_epoch

    @property
    def best_accuracy(self) -> float:
        """The highest held-out accuracy of all evaluations; 0 where there was none."""
        return max((evaluation.accuracy for evaluation in self.evaluations), default=0.0)

    @property
    def pictures_per_second(self) -> float:
        """Trained on; the time of the evaluations counts as well."""
        return sum(self.batches) / self.seconds if self.seconds else 0.0

    def trained_since(self, step: int) -> tuple[float, float]:
        """Mean loss and accuracy over the pictures of all steps after this one; NaN where there are none."""
        return _mean(self.losses[step:], self.batches[step:]), _mean(self.accuracies[step:], self.batches[step:])

    def curves(self) -> dict[str, list[float]]:
        """The evaluations after the first step as columns, as a checkpoint keeps them."""
        names = ("epoch", "loss", "accuracy", "train_loss", "train_accuracy")
        learnt = [evaluation for evaluation in self.evaluations if evaluation.step]
        return {name: [getattr(evaluation, name) for evaluation in learnt] for name in names}


def _mean(values: list[float], weights: list[int]) -> float:
    return sum(map(mul, values, weights)) / sum(weights) if weights else math.nan
