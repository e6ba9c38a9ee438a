"""What the demo train shows of a run: curves, filters, confusion, mistakes, and a comparison."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from math import isqrt
from typing import TYPE_CHECKING

import torch
from torch.nn.functional import adaptive_avg_pool2d

from cnntutor.demos.protocol import Cell, Curve, Frame, Grid, Table
from cnntutor.vision import arithmetic, checkpoints, colour, data_sources
from cnntutor.vision.checkpoints import Checkpoint
from cnntutor.vision.train_config import Augment
from cnntutor.wording import percent, plural

if TYPE_CHECKING:
    from torch import Tensor

    from cnntutor.vision.data_set import DataSet
    from cnntutor.vision.models import ConvNet
    from cnntutor.vision.train import Trainer

MOST_POINTS = 300
"""Of a curve."""

MOST_FILTERS = 64
MOST_CLASSES = 12
"""In the confusion matrix: those that are mistaken most often."""

MOST_MISTAKES = 8
MISTAKE_SIDE = 32
"""Larger pictures are drawn smaller, since a recorded run keeps every frame."""

MARKED = 3
"""The largest confusions."""

CURVES, FILTERS, CONFUSION, CLASSES = "curves", "filters", "confusion", "classes"
MISTAKES, COMPARE = "mistakes", "compare"


@dataclass(frozen=True, slots=True)
class Watch:
    """A run and whatever stands beside it."""

    net: ConvNet
    trainer: Trainer
    data: str
    """As the knob names it."""
    rival_name: str
    rival: Checkpoint | None
    """The net to compare with."""

    def frame(self) -> Frame:
        """The run as it is now, at least one evaluation old."""
        judged = _Judged(self.trainer.data, self.trainer.probabilities)
        history = self.trainer.history
        compare = {"comparison": self._comparison()} if self.rival else {}
        return Frame(
            images={"first filters": _filters(self.net), judged.shown_as: judged.pictures()},
            curves=self._curves(),
            grids={"is ↓ said →": judged.confusion()},
            tables={"by class": judged.by_class(), "in words": judged.listed(), **compare},
            views={
                CURVES: ("accuracy", "loss"),
                FILTERS: ("first filters", "learning rate"),
                CONFUSION: ("is ↓ said →",),
                CLASSES: ("by class",),
                MISTAKES: (judged.shown_as, "in words"),
                **({COMPARE: ("comparison", "accuracy")} if self.rival else {}),
            },
            figures=self.figures(),
            formulas=self._formulas(),
            caption=self._caption(judged),
            progress=history.steps / history.total_steps,
            choices={
                "data": tuple(data_sources.KNOWN),
                "start": checkpoints.names(),
                "against": checkpoints.names(),
            },
        )

    def figures(self) -> dict[str, float]:
        """The run's numbers; accuracies as of the last evaluation."""
        history, config = self.trainer.history, self.trainer.config
        last = history.evaluations[-1]
        return {
            "accuracy": last.accuracy,
            "loss": last.loss,
            **({"train_accuracy": last.train_accuracy} if last.step else {}),
            "best_accuracy": history.best_accuracy,
            "parameters": _parameters(self.net),
            "epochs": round(history.epochs, 2),
            "steps": history.steps,
            "steps_per_epoch": history.steps_per_epoch,
            "learning_rate": history.learning_rates[-1] if history.steps else config.learning_rate,
            "pictures_per_second": round(history.pictures_per_second),
        }

    def checkpoint(self, made_by: str) -> Checkpoint:
        """The net as it is, with all that is needed to use it again."""
        data, figures = self.trainer.data, self.figures()
        del figures["pictures_per_second"]  # of this machine today, not of the net
        return Checkpoint(
            spec=self.net.spec,
            state=self.net.state_dict(),
            class_names=data.class_names,
            mean=data.mean,
            std=data.std,
            data=self.data,
            seed=self.trainer.config.seed,
            figures=figures,
            curves=self.trainer.history.curves(),
            made_by=made_by,
        )

    def _curves(self) -> dict[str, Curve]:
        history = self.trainer.history
        epochs = [(step + 1) / history.steps_per_epoch for step in range(history.steps)]
        judged = [evaluation.epoch for evaluation in history.evaluations]
        curves = {
            "train accuracy": _curve("accuracy", epochs, history.accuracies),
            "held-out accuracy": _curve("accuracy", judged, [each.accuracy for each in history.evaluations]),
            "train loss": _curve("loss", epochs, history.losses),
            "held-out loss": _curve("loss", judged, [each.loss for each in history.evaluations]),
            "rate": _curve("learning rate", epochs, history.learning_rates),
        }
        return curves | self._rival_curves()

    def _rival_curves(self) -> dict[str, Curve]:
        if self.rival is None or not {"epoch", "accuracy", "loss"} <= self.rival.curves.keys():
            return {}
        epochs = self.rival.curves["epoch"]
        return {
            f"{self.rival_name}: held-out {chart}": _curve(chart, epochs, self.rival.curves[chart])
            for chart in ("accuracy", "loss")
        }

    def _formulas(self) -> tuple[str, ...]:
        config, history, spec = self.trainer.config, self.trainer.history, self.net.spec
        right = round(history.evaluations[-1].accuracy * len(self.trainer.data.held_out))
        first = arithmetic.conv_params(spec.in_channels, spec.width, spec.kernel, bias=spec.norm == "none")
        bias = " + 1" if spec.norm == "none" else ""
        return (
            f"steps per epoch = {self._steps_per_epoch()} = {history.steps_per_epoch:,}",
            f"steps = {plural(config.epochs, 'epoch')} · {history.steps_per_epoch:,} = {history.total_steps:,}",
            f"accuracy = {right:,}/{len(self.trainer.data.held_out):,} = {history.evaluations[-1].accuracy:.4g}",
            f"weights of the first filters = ({spec.kernel}·{spec.kernel}·{spec.in_channels}{bias})·{spec.width}"
            f" = {first:,}",
        )

    def _steps_per_epoch(self) -> str:
        pictures, size = len(self.trainer.data.train), self.trainer.config.batch_size
        # A single picture that is left over makes no step.
        low, high = "⌊⌋" if pictures % size == 1 else "⌈⌉"
        return f"{low}{pictures:,}/{size:,}{high}"

    def _comparison(self) -> Table:
        assert self.rival
        mine, theirs = self.figures(), self.rival.figures
        names = ("accuracy", "best_accuracy", "train_accuracy", "loss", "parameters", "epochs", "steps")
        rows: list[tuple[Cell, ...]] = [
            ("data", self.data, self.rival.data),
            *((name.replace("_", " "), _round(mine.get(name)), _round(theirs.get(name))) for name in names),
            *_different(self.net, self.rival),
        ]
        return Table(("", "this run", self.rival_name), tuple(rows))

    def _caption(self, judged: _Judged) -> str:
        return f"**Look** {_look(self.trainer, judged)}\n\n**Try** {_try(self.trainer, self.net)}"


class _Judged:
    """The last evaluation, picture by picture."""

    def __init__(self, data: DataSet, probabilities: Tensor) -> None:
        self.names = data.class_names
        self._data = data
        self._probabilities = probabilities  # [N, classes]
        self._truth = data.held_out.y
        self._said = probabilities.argmax(dim=1)
        self._of_truth = probabilities.gather(1, self._truth[:, None])[:, 0]
        self._counts = _count(self._truth, self._said, len(self.names))  # [classes, classes]
        order = self._of_truth.argsort()[:MOST_MISTAKES]
        wrong = order[self._said[order] != self._truth[order]]
        self._worst = (wrong if len(wrong) else order).tolist()

    @property
    def wrong(self) -> int:
        """Pictures that are named wrong."""
        return int(self._counts.sum() - self._counts.trace())

    def confusion(self) -> Grid:
        """How often each class (a row) was called each class (a column)."""
        shown = self._classes_shown()
        counts = self._counts[shown][:, shown]
        return Grid(
            tuple(tuple(row) for row in counts.tolist()),
            marked=tuple(_largest_off_diagonal(counts)),
            row_names=tuple(self.names[number] for number in shown),
            column_names=tuple(self.names[number] for number in shown),
        )

    def largest_confusion(self) -> tuple[str, str, int] | None:
        """What is mistaken most often, what for, and how often."""
        for truth, said in _largest_off_diagonal(self._counts)[:1]:
            return self.names[truth], self.names[said], int(self._counts[truth, said])
        return None

    def by_class(self) -> Table:
        """Recall and precision."""
        shown = self._classes_shown()
        rows = (
            (self.names[number], int(self._counts[number].sum()), *self._recall_and_precision(number))
            for number in shown
        )
        return Table(("class", "held out", "recall", "precision"), tuple(rows))

    @property
    def shown_as(self) -> str:
        """What `pictures` are: a net that makes no mistakes can still be unsure."""
        return "worst mistakes" if self.wrong else "no mistakes; least sure"

    def pictures(self) -> colour.Pixels:
        """The mistakes whose true class got the least probability, the worst first."""
        x = self._data.held_out.x[self._worst]  # [shown, C, side, side]
        if x.shape[-1] > MISTAKE_SIDE:
            x = adaptive_avg_pool2d(x, MISTAKE_SIDE)
        return colour.mosaic([colour.rgb(_three_or_one(picture)) for picture in x], columns=min(4, len(x)))

    def listed(self) -> Table:
        """The same pictures in words: how sure the net was of what it said, and what it gave the truth."""
        rows = (
            (
                place,
                self.names[int(self._truth[index])],
                self.names[int(self._said[index])],
                round(float(self._probabilities[index].max()), 2),
                round(float(self._of_truth[index]), 2),
            )
            for place, index in enumerate(self._worst, 1)
        )
        return Table(("", "is", "said", "sure", "truth"), tuple(rows))

    def _classes_shown(self) -> list[int]:
        """All of them, or those with the most mistakes."""
        if len(self.names) <= MOST_CLASSES:
            return list(range(len(self.names)))
        wrong = self._counts.sum(0) + self._counts.sum(1) - 2 * self._counts.diagonal()
        return sorted(wrong.argsort(descending=True, stable=True)[:MOST_CLASSES].tolist())

    def _recall_and_precision(self, number: int) -> tuple[float | None, float | None]:
        right = float(self._counts[number, number])
        are, called = float(self._counts[number].sum()), float(self._counts[:, number].sum())
        return _round(right / are) if are else None, _round(right / called) if called else None


def thinned(values: Sequence[float], most: int = MOST_POINTS) -> list[float]:
    """At most so many values: the means of neighbours, as many in each but the last."""
    size = -(-len(values) // most)
    groups = (values[start : start + size] for start in range(0, len(values), max(1, size)))
    return [float(f"{sum(group) / len(group):.5g}") for group in groups]


def _curve(chart: str, epochs: Sequence[float], values: Sequence[float]) -> Curve:
    return Curve(tuple(thinned(epochs)), tuple(thinned(values)), chart, x_label="epoch", y_label=chart)


def _filters(net: ConvNet) -> colour.Pixels:
    """The first layer's filters: colours where the net sees colours, else signs."""
    weight = net.get_parameter("blocks.0.conv.weight").detach().cpu()[:MOST_FILTERS]  # [filters, C, k, k]
    if weight.shape[1] == 3:
        shown = [colour.rgb(filter_) for filter_ in 0.5 + weight / (2 * weight.abs().max().clamp(min=1e-9))]
    else:
        shown = [colour.signed(filter_, like=weight) for filter_ in weight.mean(dim=1)]
    return colour.mosaic(shown, columns=1 + isqrt(len(shown) - 1))


def _three_or_one(picture: Tensor) -> Tensor:
    return picture if len(picture) in (1, 3) else picture[:1]


def _count(truth: Tensor, said: Tensor, classes: int) -> Tensor:
    """[classes, classes]: row truth, column said."""
    return torch.bincount(truth * classes + said, minlength=classes**2).reshape(classes, classes)


def _largest_off_diagonal(counts: Tensor) -> list[tuple[int, int]]:
    """Where the few largest counts beside the diagonal are, the largest first; zeros never count."""
    mistakes = counts.clone().fill_diagonal_(0)
    order = mistakes.flatten().argsort(descending=True, stable=True)[:MARKED].tolist()
    return [divmod(place, len(counts)) for place in order if mistakes.flatten()[place] > 0]


def _different(net: ConvNet, rival: Checkpoint) -> Iterable[tuple[Cell, ...]]:
    """What the two nets are made of, where they differ."""
    for field in fields(net.spec):
        mine, theirs = getattr(net.spec, field.name), getattr(rival.spec, field.name)
        if mine != theirs:
            yield field.name.replace("_", " "), mine, theirs


def _parameters(net: ConvNet) -> int:
    return sum(parameter.numel() for parameter in net.parameters())


def _round(value: float | None) -> float | None:
    return value if value is None or isinstance(value, int) else round(value, 4)


# The words


def _look(trainer: Trainer, judged: _Judged) -> str:
    history = trainer.history
    last, chance = history.evaluations[-1], 1 / len(judged.names)
    if not history.steps:
        return f"Nothing is learnt yet: {percent(last.accuracy)} are right, where guessing gives {percent(chance)}."
    said = f"{plural(judged.wrong, 'picture')} of {len(trainer.data.held_out):,} held out named wrong"
    worst = judged.largest_confusion()
    most = f"; most often {worst[0]} was taken for {worst[1]} ({worst[2]}×)" if worst else ""
    skipped = f" {plural(trainer.data.skipped, 'file')} could not be read." if trainer.data.skipped else ""
    return f"{said}{most}. {_gap(last.train_accuracy - last.accuracy, trainer)}{skipped}"


def _gap(gap: float, trainer: Trainer) -> str:
    if gap > 0.05:
        return f"On its own pictures the net is {100 * gap:.0f} points better: it knows some of them by heart."
    if gap < -0.02 and trainer.config.augment != Augment():
        return "It does better on held-out pictures, since those that it learns from are moved or made noisy."
    if gap < -0.02:
        return "It does better on held-out pictures, since training counts each one before the net has learnt from it."
    return "It does as well on pictures that it never saw as on its own."


def _try(trainer: Trainer, net: ConvNet) -> str:
    history, config = trainer.history, trainer.config
    last = history.evaluations[-1]
    if history.steps < history.total_steps:
        return "Turn `learning_rate` up tenfold while it runs, and down again."
    if last.accuracy < 2 / net.spec.classes:
        return "It learns next to nothing: set `learning_rate` to a tenth."
    if last.train_accuracy - last.accuracy > 0.05:
        return "Narrow the gap: more `pictures`, some `shift`, `rotate` or `dropout`."
    if config.optimiser == "sgd" and net.spec.norm == "batch":
        return "Set `pictures` to 100 and watch the two curves part; or `norm` to none: how much slower is it?"
    return "Keep this net under a name, change one knob, and set `against` to that name."
