"""dense-vs-conv: a dense net and a CNN learn the same digits side by side, and every number of theirs is counted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import isqrt
from typing import TYPE_CHECKING

from cnntutor import paths
from cnntutor.demos.gallery import _dense_vs_conv_words as words
from cnntutor.demos.gallery._dense_vs_conv_knobs import (
    LARGEST_SIDE,
    SMALLEST_SIDE,
    DenseVsConvKnobs,
    cost_of_cnn,
    cost_of_dense,
)
from cnntutor.demos.protocol import Curve, Frame, Table, demo
from cnntutor.vision import colour
from cnntutor.wording import plural

if TYPE_CHECKING:
    import torch
    from torch import nn

    from cnntutor.vision.train import Trainer

KERNELS_SHOWN = 16
"""The first ones, whose weights are drawn."""

SIDES_LISTED = (8, 16, 24, 32, 64)
PHOTO = 224
"""Side of the photographs that most large nets read."""


def _constants(knobs: DenseVsConvKnobs, seed: int) -> Mapping[str, object]:
    return {"DATA": str(paths.assets_dir() / "data" / "digits.npz")}


@demo(
    "dense-vs-conv",
    topic="history",
    title="A dense net against a CNN",
    promise="The same digits, almost the same score: see how few learnt numbers the CNN gets by with.",
    constants=_constants,
    predict=words.predict,
)
def dense_vs_conv(knobs: DenseVsConvKnobs, device: torch.device) -> Iterator[Frame]:
    """Both nets untrained first, then after every epoch."""
    import torch

    from cnntutor.vision import data, rivals
    from cnntutor.vision.train import Trainer

    digits = data.load("digits", side=knobs.side, pictures=knobs.pictures)
    nets = (rivals.dense_net(knobs.side, knobs.units), rivals.pooled_cnn(knobs.filters, knobs.kernel))
    config = knobs.config(torch.initial_seed())
    race = _Race(knobs, *(Trainer(net.to(device), digits, config) for net in nets))
    for epoch in rivals.rounds((race.dense, race.cnn)):
        yield race.frame(epoch)


class _Race:
    """Both nets on their way."""

    def __init__(self, knobs: DenseVsConvKnobs, dense: Trainer, cnn: Trainer) -> None:
        self.dense, self.cnn = dense, cnn
        self._knobs = knobs
        self._costs = (cost_of_dense(knobs, knobs.side), cost_of_cnn(knobs, knobs.side))
        self._growth, self._by_side = _growth(knobs), _table_by_side(knobs)

    def frame(self, epoch: float) -> Frame:
        """Both nets as they are after so many epochs."""
        right = (_accuracy(self.dense), _accuracy(self.cnn))
        weights = self._weights()
        return Frame(
            weights,
            self._learning() | self._growth,
            tables={"count": self._count(right), "by side": self._by_side},
            views={
                "race": ("held-out accuracy",),
                "count": ("count",),
                "weights": tuple(weights),
                "growth": ("learnt, in thousands", "by side"),
            },
            figures=self._figures(right),
            formulas=words.formulas(self._knobs),
            caption=words.caption(self._knobs, epoch, right),
            progress=epoch / self._knobs.epochs,
        )

    def _learning(self) -> dict[str, Curve]:
        """How the nets got where they are, with the numbers that they have to learn in the legend."""
        dense, cnn = self._costs
        return {
            f"dense, {dense.params:,} learnt": _learning(self.dense),
            f"CNN, {cnn.params:,} learnt": _learning(self.cnn),
        }

    def _weights(self) -> dict[str, colour.Pixels]:
        pixels, kernels = self._knobs.side**2, min(KERNELS_SHOWN, self._knobs.filters)
        taps = self._knobs.kernel**2 * kernels
        return {
            f"1 unit: {pixels} weights": _first_weights(self.dense.model, 1),
            f"{plural(kernels, 'kernel')}: {taps}": _first_weights(self.cnn.model, kernels),
        }

    def _figures(self, right: tuple[float, float]) -> dict[str, float]:
        dense, cnn = self._costs
        return {
            "dense_accuracy": right[0],
            "cnn_accuracy": right[1],
            "cnn_leads_by": round(100 * (right[1] - right[0]), 2),
            "dense_params": dense.params,
            "cnn_params": cnn.params,
            "dense_macs": dense.macs,
            "cnn_macs": cnn.macs,
            "dense_first_weights": dense.first,
            "cnn_first_weights": cnn.first,
            "first_weights_ratio": round(dense.first / cnn.first, 4),
        }

    def _count(self, right: tuple[float, float]) -> Table:
        (dense, cnn), photo = self._costs, [cost(self._knobs, PHOTO) for cost in (cost_of_dense, cost_of_cnn)]
        return Table(
            ("", "dense", "CNN"),
            (
                ("held-out digits right, %", *(round(100 * share, 1) for share in right)),
                ("learnt numbers", dense.params, cnn.params),
                ("weights of the first layer", dense.first, cnn.first),
                ("each used in a picture", dense.uses, cnn.uses),
                ("MACs a picture", dense.macs, cnn.macs),
                (f"learnt numbers at {PHOTO}×{PHOTO}", *(cost.params for cost in photo)),
            ),
        )


def _accuracy(trainer: Trainer) -> float:
    return trainer.history.evaluations[-1].accuracy


def _learning(trainer: Trainer) -> Curve:
    judged = trainer.history.evaluations
    epochs, right = (tuple(getattr(each, name) for each in judged) for name in ("epoch", "accuracy"))
    return Curve(epochs, right, "held-out accuracy", "epoch", "accuracy")


def _first_weights(net: nn.Module, count: int) -> colour.Pixels:
    """What the first layer multiplies a picture by: a square for each of its first units, in one range of colours."""
    weight = next(values for values in net.parameters() if values.dim() > 1).detach().cpu()[:count]
    side = round(weight[0].numel() ** 0.5)
    squares = weight.reshape(-1, side, side)
    shown = [colour.signed(square, like=squares.flatten(1)) for square in squares]
    return colour.mosaic(shown, columns=1 + isqrt(count - 1))


# Growth


def _growth(knobs: DenseVsConvKnobs) -> dict[str, Curve]:
    sides = range(SMALLEST_SIDE, LARGEST_SIDE + 1, 4)
    return {
        name: Curve(
            tuple(map(float, sides)),
            tuple(cost(knobs, side).params / 1000 for side in sides),
            "learnt, in thousands",
            "side",
            "thousands",
        )
        for name, cost in (("dense", cost_of_dense), ("CNN", cost_of_cnn))
    }


def _table_by_side(knobs: DenseVsConvKnobs) -> Table:
    sides = sorted({knobs.side, *SIDES_LISTED})
    rows = ((side, cost_of_dense(knobs, side).params, cost_of_cnn(knobs, side).params) for side in sides)
    return Table(("side", "dense", "CNN"), tuple(rows))
