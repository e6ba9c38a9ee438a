"""What a net makes of the held-out pictures, one by one: mistakes, confusions, and how good it is at each class."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch.nn.functional import adaptive_avg_pool2d

from cnntutor.demos.protocol import Grid, Table
from cnntutor.vision import colour

if TYPE_CHECKING:
    from torch import Tensor

    from cnntutor.vision.data_set import DataSet

MOST_CLASSES = 12
"""In the confusion matrix: those that are mistaken most often."""

MOST_MISTAKES = 8
MISTAKE_SIDE = 32
"""Larger pictures are drawn smaller, since a recorded run keeps every frame."""

MARKED = 3
"""The largest confusions."""


class Judged:
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


def _round(value: float | None) -> float | None:
    return value if value is None or isinstance(value, int) else round(value, 4)
