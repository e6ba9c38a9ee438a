"""How a net is trained: everything but the net and the data. No torch."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, get_args

from cnntutor.errors import UsageError

Optimiser = Literal["sgd", "adam", "adamw"]
Schedule = Literal["constant", "step", "cosine", "one-cycle"]
Precision = Literal["auto", "float32", "bfloat16", "float16"]

TIMID = 1e-3
"""A peak learning rate below it is more likely too small than too large."""


@dataclass(frozen=True, slots=True)
class Augment:
    """What happens to a training picture before it is seen; each time anew.

    Raises:
        UsageError: a value is out of range.
    """

    shift: float = 0.0
    """By up to this share of the side, up or down and left or right, 0–0.5."""
    rotate: float = 0.0
    """By up to so many degrees, either way, 0–180."""
    flip: bool = False
    """Every second picture is mirrored, left to right."""
    noise: float = 0.0
    """Standard deviation of what is added to each pixel, for pixels from 0 to 1; 0–1."""

    def __post_init__(self) -> None:
        _within(self, shift=(0, 0.5), rotate=(0, 180), noise=(0, 1))

    @property
    def moves(self) -> bool:
        """Whether pixels change their places."""
        return bool(self.shift or self.rotate or self.flip)


@dataclass(frozen=True, slots=True)
class TrainConfig:
    """How to train.

    Raises:
        UsageError: a value is out of range, or two of them do not go together.
    """

    optimiser: Optimiser = "sgd"
    learning_rate: float = 0.1
    """The largest of the schedule."""
    momentum: float = 0.9
    """Of sgd; adam and adamw keep their own averages, with betas of 0.9 and 0.999."""
    weight_decay: float = 5e-4
    """As torch's optimisers take it: added to the gradient by sgd and adam, taken off the weights by adamw."""
    schedule: Schedule = "one-cycle"
    """`step` divides by ten after each third, `cosine` falls to zero, `one-cycle` rises for three tenths and falls."""
    warm_up: int = 0
    """Steps in which the learning rate first rises, in equal parts."""
    label_smoothing: float = 0.0
    """Share of the target that is spread evenly over all classes, 0–0.9."""
    augment: Augment = field(default_factory=Augment)
    precision: Precision = "auto"
    """Of the forward pass: `auto` is a 16-bit one on a CUDA card that has it, and float32 elsewhere."""
    batch_size: int = 64
    """Pictures in a step. A last batch of a single picture is left out: it has no statistics to normalise by."""
    epochs: int = 10
    evaluate_every: int = 0
    """Steps from one evaluation to the next; 0 evaluates after each epoch. The last step is always followed by one."""
    seed: int = 0
    """Of the order of the pictures, the augmentation and the dropout; the net's first weights are the caller's."""

    def __post_init__(self) -> None:
        _within(
            self,
            learning_rate=(1e-7, 100),
            momentum=(0, 0.999),
            weight_decay=(0, 1),
            warm_up=(0, 100_000),
            label_smoothing=(0, 0.9),
            batch_size=(2, 65_536),
            epochs=(1, 10_000),
            evaluate_every=(0, 1_000_000),
        )
        for name, choice in {"optimiser": Optimiser, "schedule": Schedule, "precision": Precision}.items():
            if getattr(self, name) not in get_args(choice):
                raise UsageError(f"{name} must be {', '.join(get_args(choice))}, not “{getattr(self, name)}”")
        if self.warm_up and self.schedule == "one-cycle":
            raise UsageError("one-cycle warms up by itself: set warm_up to 0, or another schedule")

    def steps_per_epoch(self, pictures: int) -> int:
        """⌈pictures / batch_size⌉, or one less where a single picture would be left for the last step."""
        return -(-(pictures - 1) // self.batch_size)

    def steps(self, pictures: int) -> int:
        """Steps of the whole run."""
        return self.epochs * self.steps_per_epoch(pictures)


def _within(config: object, **limits: tuple[float, float]) -> None:
    for name, (low, high) in limits.items():
        value = getattr(config, name)
        if not low <= value <= high:
            raise UsageError(f"{name} must be from {low:g} to {high:g}, not {value}")
