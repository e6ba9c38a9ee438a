"""What the demo train shows of a run: curves, filters, confusion, mistakes, and a comparison."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from math import isqrt
from typing import TYPE_CHECKING

from cnntutor.demos.gallery._judged import Judged
from cnntutor.demos.protocol import Cell, Curve, Frame, Table
from cnntutor.vision import arithmetic, checkpoints, colour, data_sources
from cnntutor.vision.checkpoints import Checkpoint
from cnntutor.vision.train_config import TIMID, Augment
from cnntutor.wording import percent, plural

if TYPE_CHECKING:
    from cnntutor.vision.models import ConvNet
    from cnntutor.vision.train import Trainer

MOST_POINTS = 300
"""Of a curve."""

MOST_FILTERS = 64
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
        judged = Judged(self.trainer.data, self.trainer.probabilities)
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
            "train accuracy": curve("accuracy", epochs, history.accuracies),
            "held-out accuracy": curve("accuracy", judged, [each.accuracy for each in history.evaluations]),
            "train loss": curve("loss", epochs, history.losses),
            "held-out loss": curve("loss", judged, [each.loss for each in history.evaluations]),
            "rate": curve("learning rate", epochs, history.learning_rates),
        }
        return curves | self._rival_curves()

    def _rival_curves(self) -> dict[str, Curve]:
        if self.rival is None or not {"epoch", "accuracy", "loss"} <= self.rival.curves.keys():
            return {}
        epochs = self.rival.curves["epoch"]
        return {
            f"{self.rival_name}: held-out {chart}": curve(chart, epochs, self.rival.curves[chart])
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

    def _caption(self, judged: Judged) -> str:
        return f"**Look** {_look(self.trainer, judged)}\n\n**Try** {_try(self.trainer, self.net)}"


def thinned(values: Sequence[float], most: int = MOST_POINTS) -> list[float]:
    """At most so many values: the means of neighbours, as many in each but the last."""
    size = -(-len(values) // most)
    groups = (values[start : start + size] for start in range(0, len(values), max(1, size)))
    return [float(f"{sum(group) / len(group):.5g}") for group in groups]


def curve(chart: str, epochs: Sequence[float], values: Sequence[float]) -> Curve:
    return Curve(tuple(thinned(epochs)), tuple(thinned(values)), chart, x_label="epoch", y_label=chart)


def _filters(net: ConvNet) -> colour.Pixels:
    """The first layer's filters: colours where the net sees colours, else signs."""
    weight = net.get_parameter("blocks.0.conv.weight").detach().cpu()[:MOST_FILTERS]  # [filters, C, k, k]
    if weight.shape[1] == 3:
        shown = [colour.rgb(filter_) for filter_ in 0.5 + weight / (2 * weight.abs().max().clamp(min=1e-9))]
    else:
        shown = [colour.signed(filter_, like=weight) for filter_ in weight.mean(dim=1)]
    return colour.mosaic(shown, columns=1 + isqrt(len(shown) - 1))


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


def _look(trainer: Trainer, judged: Judged) -> str:
    history = trainer.history
    last, chance = history.evaluations[-1], 1 / len(judged.names)
    if not history.steps:
        return f"Nothing is learnt yet: {percent(last.accuracy)} are right, where guessing gives {percent(chance)}."
    said = f"{plural(judged.wrong, 'picture')} of {len(trainer.data.held_out):,} held out named wrong"
    worst = judged.largest_confusion()
    most = f"; {_worst(*worst)}" if worst else ""
    skipped = f" {plural(trainer.data.skipped, 'file')} could not be read." if trainer.data.skipped else ""
    if guesses(last.accuracy, len(judged.names)):
        return f"{said}{most}: hardly better than guessing, which gets {percent(chance)} right.{skipped}"
    return f"{said}{most}. {_gap(last.train_accuracy - last.accuracy, trainer)}{skipped}"


def guesses(accuracy: float, classes: int) -> bool:
    """Whether a net has gone less than a ninth of the way from guessing to knowing: below 20 % for ten classes."""
    chance = 1 / classes
    return accuracy < chance + (1 - chance) / 9


def _worst(there: str, said: str, times: int) -> str:
    if times == 1:
        return f"once {there} was taken for {said}"
    return f"most often {there} was taken for {said} ({times}×)"


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
    if guesses(last.accuracy, net.spec.classes):
        rate = "ten times as much" if config.learning_rate < TIMID else "a tenth"
        return f"It learns next to nothing: set `learning_rate` to {rate}."
    if last.train_accuracy - last.accuracy > 0.05:
        return "Narrow the gap: more `pictures`, some `shift`, `rotate` or `dropout`."
    if config.optimiser == "sgd" and net.spec.norm == "batch":
        return "Set `pictures` to 100 and watch the two curves part; or `norm` to none: how much slower is it?"
    return "Keep this net under a name, change one knob, and set `against` to that name."
