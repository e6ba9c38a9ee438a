"""Training: `fit` for a script, `Trainer` for whoever wants to look at, slow down or stop what goes on.

    model = ConvNet(NetSpec())
    history = fit(model, data.load("digits"), TrainConfig(epochs=10))
    history.evaluations[-1].accuracy

The pictures lie on the model's device as one tensor, batches are rows of it, and nothing waits for the device from one
step to the next. The same seed gives the same run, bit for bit on a processor.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from operator import truediv
from typing import NamedTuple, cast

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from cnntutor.errors import UsageError
from cnntutor.vision.augment import augmented
from cnntutor.vision.cam.checks import scores_of
from cnntutor.vision.data_set import DataSet, Part
from cnntutor.vision.learning_rate import LearningRate
from cnntutor.vision.train_config import TrainConfig
from cnntutor.vision.train_history import Evaluation, History
from cnntutor.wording import plural

__all__ = ["Evaluation", "History", "Steer", "Step", "TrainConfig", "Trainer", "fit", "scores"]

SETTLED_EVERY = 16
"""Steps after which their losses are fetched from the device, all at once."""

JUDGED_AT_ONCE = 1024
"""Pictures in one forward pass without gradients, at most."""

VALUES_AT_ONCE = 2**20
"""Numbers that these pictures may have between them: of large pictures there are fewer."""


class Outcome(NamedTuple):
    """How a batch was answered, still on the device."""

    loss: Tensor
    """Mean, []."""
    right: Tensor
    """Pictures that were named right, []."""
    pictures: int


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """One step that was done."""

    number: int
    """1 is the first."""
    epoch: float
    """Passes over the training pictures that are done."""
    learning_rate: float
    outcome: Outcome
    """Of the batch, before the step."""
    evaluation: Evaluation | None
    """If there was one after this step."""

    @property
    def loss(self) -> float:
        """Of the batch, before the step; to read it is to wait for the device."""
        return float(self.outcome.loss)

    @property
    def accuracy(self) -> float:
        """Share of the batch that was named right, before the step; to read it is to wait for the device."""
        return float(self.outcome.right) / self.outcome.pictures


@dataclass(frozen=True, slots=True)
class Steer:
    """What `on_step` may answer."""

    factor: float = 1.0
    """On the schedule's learning rate, from the next step on."""
    stop: bool = False
    """No further step."""


def fit(
    model: nn.Module,
    data: DataSet,
    config: TrainConfig | None = None,
    on_step: Callable[[Step], Steer | None] | None = None,
) -> History:
    """Train a net.

    Args:
        model: [N, C, side, side] → scores [N, classes]; trained in place, on the device where it lies and in its own
            precision. Inputs come with the data's mean and deviation taken off. Its train or eval mode is as before
            afterwards; what it raises itself goes through.
        data: from `data.load`, or a `DataSet.of` your own tensors.
        config: how; `TrainConfig()` unless told.
        on_step: sees every step, and may answer with a `Steer`.

    Returns:
        Every loss and evaluation; the last is of the net as it is now, also where `on_step` stopped the run. Torch's
        own random generators stand where they stood.

    Raises:
        UsageError: the precision is not for this device, the warm-up is longer than the run, the net has no weights
            that can be trained or does not answer with scores, or the loss is no longer a number.
    """
    trainer = Trainer(model, data, config or TrainConfig())
    with _own_randomness(trainer.device, trainer.config.seed):
        for step in trainer.steps():
            steer = on_step(step) if on_step else None
            if steer is not None:
                trainer.steer(steer)
        if step.evaluation is None:
            trainer.evaluate()
    return trainer.history


def scores(model: nn.Module, x: Tensor, data: DataSet) -> Tensor:
    """What the net, in eval mode, answers to pictures.

    Args:
        model: as in `fit`.
        x: [N, C, side, side] from 0 to 1, on the model's device.
        data: whose mean and deviation are taken off.

    Returns:
        float32 [N, classes].
    """
    normalise = _Normalise(data, next(model.parameters(), x))
    at_once = max(1, min(JUDGED_AT_ONCE, VALUES_AT_ONCE // x[0].numel()))
    with _mode(model, training=False), torch.inference_mode():
        answers = [(model(normalise(piece)), len(piece)) for piece in torch.split(x, at_once)]
    return torch.cat([scores_of(answer, count, len(data.class_names)).float() for answer, count in answers])


class Trainer:
    """A run that goes on step by step, as far as it is asked to.

    Dropout draws from torch's own generators, which the caller seeds; everything else from `config.seed`.
    """

    def __init__(self, model: nn.Module, data: DataSet, config: TrainConfig) -> None:
        """Bring the pictures to the model; raises what `fit` raises."""
        self.model = model
        self.data = data
        self.config = config
        weight = _trainable(model)
        self.device = weight.device
        self.probabilities = torch.empty(0, len(data.class_names))
        """Of each class for each held-out picture, as of the last evaluation; [N, classes], on the processor."""
        self._train, self._held_out = (_on(part, self.device) for part in (data.train, data.held_out))
        self._normalise = _Normalise(data, weight)
        self._autocast, self._scaler = _precision(config, self.device)
        self._optimiser = _optimiser(model, config)
        pictures = len(data.train)
        self._history = History(config.steps_per_epoch(pictures), config.steps(pictures))
        self._rate = LearningRate(self._optimiser, config, self._history.total_steps)
        self._batches = self._shuffled()
        self._draw = torch.Generator(self.device).manual_seed(config.seed)
        self._pending: list[Outcome] = []

    @property
    def history(self) -> History:
        """What came of it so far, up to the last step."""
        self._settle()
        return self._history

    def steer(self, steer: Steer) -> None:
        """Change the learning rate of the steps that come, or let none come."""
        self._rate.factor = steer.factor
        self._history.stopped = self._history.stopped or steer.stop

    def steps(self) -> Iterator[Step]:
        """Train; every step that was done is handed out before the next begins."""
        with _mode(self.model, training=True):
            while self._history.steps < self._history.total_steps and not self._history.stopped:
                began = time.perf_counter()
                step = self._step()
                self._history.seconds += time.perf_counter() - began
                yield step

    def evaluate(self) -> Evaluation:
        """Judge the net as it is on the held-out pictures, and note it in the history."""
        history, y = self.history, self._held_out.y
        found = scores(self.model, self._held_out.x, self.data)
        self.probabilities = found.softmax(dim=1).cpu()
        last = history.evaluations[-1].step if history.evaluations else 0
        loss, right = float(cross_entropy(found, y)), int(_right(found, y))
        self._refuse_no_number(loss, history.steps)
        evaluation = Evaluation(history.steps, history.epochs, loss, right / len(y), *history.trained_since(last))
        history.evaluations.append(evaluation)
        return evaluation

    def _step(self) -> Step:
        rate = self._rate.set()
        outcome = self._learn(next(self._batches))
        self._rate.advance()
        history = self._history
        history.learning_rates.append(rate)
        history.batches.append(outcome.pictures)
        self._pending.append(outcome)
        if len(self._pending) >= SETTLED_EVERY:
            self._settle()
        evaluation = self.evaluate() if self._is_time_to_judge() else None
        return Step(history.steps, history.epochs, rate, outcome, evaluation)

    @torch.inference_mode(False)
    @torch.enable_grad()
    def _learn(self, rows: Tensor) -> Outcome:
        """One step on these pictures, and how they were answered before it."""
        if not self.model.training:
            self.model.train()  # whoever watched the last step may have asked the net something
        x, y = self._train.x[rows], self._train.y[rows]
        x = self._normalise(augmented(x, self.config.augment, self._draw))  # [N, C, side, side]
        with self._autocast():
            found = scores_of(self.model(x), len(rows), len(self.data.class_names))  # [N, classes]
        loss = cross_entropy(found.float(), y, label_smoothing=self.config.label_smoothing)
        self._optimiser.zero_grad()
        self._scaler.scale(loss).backward()  # type: ignore[no-untyped-call]
        self._scaler.step(self._optimiser)
        self._scaler.update()
        return Outcome(loss.detach(), _right(found, y), len(rows))

    def _shuffled(self) -> Iterator[Tensor]:
        """Batches of places in the training part, each picture once an epoch; without end."""
        shuffle = torch.Generator().manual_seed(self.config.seed)
        while True:
            order = torch.randperm(len(self._train), generator=shuffle).to(self.device)
            yield from torch.split(order, self.config.batch_size)[: self._history.steps_per_epoch]

    def _is_time_to_judge(self) -> bool:
        steps, total = self._history.steps, self._history.total_steps
        return steps == total or steps % (self.config.evaluate_every or self._history.steps_per_epoch) == 0

    def _settle(self) -> None:
        """Fetch the outcomes that are still on the device."""
        if not self._pending:
            return
        done = len(self._history.losses)
        losses = torch.stack([outcome.loss for outcome in self._pending]).tolist()
        rights = torch.stack([outcome.right for outcome in self._pending]).tolist()
        self._pending.clear()
        self._history.losses += losses
        self._history.accuracies += map(truediv, rights, self._history.batches[done:])
        for steps, loss in enumerate(losses, done):
            self._refuse_no_number(loss, steps)

    def _refuse_no_number(self, loss: float, steps: int) -> None:
        """Stop where a loss, found after so many steps, is no number."""
        if math.isfinite(loss):
            return
        if not steps:
            raise UsageError("The loss is no number from the start: the net's weights hold NaN, or are far too large.")
        rate = max(self._history.learning_rates[:steps])
        rising = "" if self.config.schedule == "one-cycle" else ", or let it rise longer with warm_up"
        raise UsageError(
            f"The loss is no longer a number after {plural(steps, 'step')}: set learning_rate below {rate:.3g}{rising}"
        )


class _Normalise:
    """(x − mean) / std, channel by channel, in the precision and on the device of a weight."""

    def __init__(self, data: DataSet, weight: Tensor) -> None:
        self._dtype = weight.dtype
        self._mean, self._std = (
            torch.tensor(values, device=weight.device)[:, None, None]  # [C, 1, 1]
            for values in (data.mean, data.std)
        )

    def __call__(self, x: Tensor) -> Tensor:
        return ((x - self._mean) / self._std).to(self._dtype)


def _right(found: Tensor, y: Tensor) -> Tensor:
    """How many of the scores name the class, []."""
    return (found.argmax(dim=1) == y).sum()


def _optimiser(model: nn.Module, config: TrainConfig) -> torch.optim.Optimizer:
    rate, decay = config.learning_rate, config.weight_decay
    match config.optimiser:
        case "sgd":
            return torch.optim.SGD(model.parameters(), rate, config.momentum, weight_decay=decay)
        case "adam":
            return torch.optim.Adam(model.parameters(), rate, weight_decay=decay)
        case "adamw":
            return torch.optim.AdamW(model.parameters(), rate, weight_decay=decay)


Autocast = Callable[[], AbstractContextManager[object]]


def _precision(config: TrainConfig, device: torch.device) -> tuple[Autocast, torch.amp.GradScaler]:
    kind = _sixteen_bits(config, device)
    # From 2¹⁰ the scale grows by itself; torch's own start of 2¹⁶ would waste the first steps on overflows.
    scaler = torch.amp.GradScaler(device.type, init_scale=2.0**10, enabled=kind is torch.float16)
    return (nullcontext if kind is None else lambda: torch.autocast(device.type, kind)), scaler


def _sixteen_bits(config: TrainConfig, device: torch.device) -> torch.dtype | None:
    if config.precision == "float32" or (config.precision == "auto" and device.type != "cuda"):
        return None
    if device.type != "cuda":
        raise UsageError(f"precision {config.precision} is for a CUDA card, not for {device.type}: set float32 or auto")
    if config.precision == "auto":
        return torch.bfloat16 if torch.cuda.is_bf16_supported(including_emulation=False) else torch.float16
    return cast("torch.dtype", getattr(torch, config.precision))


def _trainable(model: nn.Module) -> nn.Parameter:
    """A weight that is not frozen."""
    weight = next((weight for weight in model.parameters() if weight.requires_grad), None)
    if weight is None:
        raise UsageError("The net has no weights to train.")
    return weight


def _on(part: Part, device: torch.device) -> Part:
    return Part(part.x.to(device), part.y.to(device))


@contextmanager
def _mode(model: nn.Module, *, training: bool) -> Iterator[None]:
    """Train or eval mode, and afterwards for every module the one it had."""
    before = [(module, module.training) for module in model.modules()]
    model.train(training)
    try:
        yield
    finally:
        for module, was in before:
            module.training = was


@contextmanager
def _own_randomness(device: torch.device, seed: int) -> Iterator[None]:
    """Torch's generators of the processor and this device seeded, and afterwards where they stood."""
    with torch.random.fork_rng([device] if device.type == "cuda" else []):
        torch.default_generator.manual_seed(seed)
        if device.type == "cuda":
            torch.cuda.default_generators[device.index or 0].manual_seed(seed)
        yield
