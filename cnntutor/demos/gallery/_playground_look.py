"""What the demo `playground` shows of a net and of its training."""

from __future__ import annotations

from dataclasses import dataclass
from math import isqrt, prod
from typing import TYPE_CHECKING

from cnntutor.demos.gallery import _net_tables as tables
from cnntutor.demos.gallery import _playground_words as words
from cnntutor.demos.gallery._judged import Judged
from cnntutor.demos.gallery._playground_knobs import PlaygroundKnobs
from cnntutor.demos.gallery._train_frames import MOST_FILTERS, curve
from cnntutor.demos.protocol import Curve, Frame, Table
from cnntutor.vision import colour
from cnntutor.vision.net_bill import Bill, Row, shape_text

if TYPE_CHECKING:
    from torch import Tensor, nn

    from cnntutor.vision.train import Trainer

BAR = 6
"""Blocks of a bar for all of the work: a table of it must fit into 48 cells."""


@dataclass(frozen=True, slots=True)
class Look:
    """A run, to be looked at."""

    knobs: PlaygroundKnobs
    net: nn.Sequential
    trainer: Trainer

    def frame(self) -> Frame:
        """The run as it is now, at least one evaluation old."""
        made, history = self.knobs.bill, self.trainer.history
        judged = Judged(self.trainer.data, self.trainer.probabilities)
        filters = self._filters(made)
        return Frame(
            images={judged.shown_as: judged.pictures(), **filters},
            curves=self._curves(),
            tables={
                "the net": bill_table(made),
                "block by block": glance(made),
                "in words": judged.listed(),
                "in PyTorch": tables.lines(made),
            },
            views={
                "net": ("the net",),
                "live": ("block by block", "accuracy"),
                "training": ("accuracy", "loss"),
                "mistakes": (judged.shown_as, "in words"),
                **({"filters": tuple(filters)} if filters else {}),
                "PyTorch": ("in PyTorch",),
            },
            figures=self._figures(made),
            formulas=words.formulas(made),
            caption=words.caption(self.knobs, made, history),
            progress=history.steps / history.total_steps,
        )

    def _figures(self, made: Bill) -> dict[str, float]:
        history = self.trainer.history
        last = history.evaluations[-1]
        return {
            "parameters": made.params,
            "macs": made.macs,
            "receptive_field": made.receptive_field,
            "accuracy": last.accuracy,
            "loss": last.loss,
            **({"train_accuracy": last.train_accuracy} if last.step else {}),
            "epochs": round(history.epochs, 2),
        }

    def _curves(self) -> dict[str, Curve]:
        history = self.trainer.history
        steps = [(step + 1) / history.steps_per_epoch for step in range(history.steps)]
        judged = history.evaluations
        epochs = [each.epoch for each in judged]
        return {
            "held-out accuracy": curve("accuracy", epochs, [each.accuracy for each in judged]),
            "train accuracy": curve("accuracy", steps, history.accuracies),
            "held-out loss": curve("loss", epochs, [each.loss for each in judged]),
            "train loss": curve("loss", steps, history.losses),
        }

    def _filters(self, made: Bill) -> dict[str, colour.Pixels]:
        """What the first layer that learns multiplies by, as far as it can be seen as squares."""
        at = tables.weighing(made)[0]
        weight = self.net[at].get_parameter("weight").detach().cpu()[:MOST_FILTERS]
        row, picture = made.rows[at], made.task.picture
        if row.block.name == "conv":
            return {f"block {at + 1}: filters": _squares(weight.mean(dim=1))}
        if row.before == (prod(picture),):
            return {f"block {at + 1}: weights": _squares(weight.reshape(-1, *picture[1:]))}
        return {}


def bill_table(made: Bill) -> Table:
    """Each block's shape, what it sees, its learnt numbers, and its share of the MACs as a bar; then the sums."""
    rows = [(str(row.block), shape_text(row.shape), _sees(row), row.params, _bar(made, row)) for row in made.rows]
    return Table(("block", "gives", "sees", "learnt", "MACs"), (*rows, ("all", "", "", made.params, f"{made.macs:,}")))


def glance(made: Bill) -> Table:
    """Who does the work, in few columns, to stand beside a curve."""
    return Table(("block", "MACs"), tuple((row.block.short, _bar(made, row)) for row in made.rows))


def _sees(row: Row) -> str:
    return "all" if row.sees and row.sees.whole else str(row.sees or "")


def _bar(made: Bill, row: Row) -> str:
    """A block's share of the MACs; what is little can still be seen."""
    return "█" * round(BAR * row.macs / made.macs) or "▏" if row.macs else ""


def _squares(weights: Tensor) -> colour.Pixels:
    """[squares, H, W] side by side, in one range of colours."""
    shown = [colour.signed(square, like=weights.flatten(1)) for square in weights]
    return colour.mosaic(shown, columns=1 + isqrt(len(shown) - 1))
