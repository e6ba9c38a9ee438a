"""The runs of the demo `shuffled-pixels`: two nets learn from pictures in order, and two from the same shuffled."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cnntutor.demos.gallery._shuffled_pixels_knobs import JUDGES, SIDE, ShuffledPixelsKnobs

if TYPE_CHECKING:
    import torch
    from torch import Tensor

    from cnntutor.vision.data_set import DataSet
    from cnntutor.vision.train import Trainer

CNN, DENSE = "CNN", "dense net"
NETS = (CNN, DENSE)
IN_ORDER, SHUFFLED = "in order", "shuffled"
PICTURES = (IN_ORDER, SHUFFLED)

Entry = tuple[str, str]
"""A net, and the pictures that it learns from: in order or shuffled."""


@dataclass(frozen=True, slots=True, eq=False)
class Shuffle:
    """All digits, and what became of them in one run."""

    x: Tensor
    """[N, 1, 8, 8], from 0 to 1."""
    y: Tensor
    order: Tensor
    """[64] for all of them alike, or [N, 64]: which pixel comes to each place."""
    split: Tensor
    """[N], the pictures in a random order; the first are learnt from, the next for judging."""

    @property
    def moved(self) -> Tensor:
        """The digits, shuffled."""
        from cnntutor.vision.shuffling import in_order

        return in_order(self.x, self.order)

    def order_of(self, index: int) -> Tensor:
        """[64], of one picture."""
        return self.order if self.order.dim() == 1 else self.order[index]


def shuffle_of(knobs: ShuffledPixelsKnobs, seed: int) -> Shuffle:
    """What the run of this seed learns from."""
    import torch

    from cnntutor.vision import data
    from cnntutor.vision.shuffling import block_order

    digits = data.load("digits")
    x, y = (torch.cat([getattr(part, name) for part in (digits.train, digits.held_out)]) for name in "xy")
    draw = torch.Generator().manual_seed(seed)
    split = torch.randperm(len(y), generator=draw)
    orders = [block_order(SIDE, knobs.block, draw) for _ in range(len(y) if knobs.shuffle == "a new one each" else 1)]
    return Shuffle(x, y, torch.stack(orders) if len(orders) > 1 else orders[0], split)


class Runs:
    """How right each net was, run by run and round by round."""

    def __init__(self, knobs: ShuffledPixelsKnobs, device: torch.device) -> None:
        self._knobs = knobs
        self._device = device
        self._trainers: list[Mapping[Entry, Trainer]] = []
        self.done = 0
        """Runs that are over."""

    def rounds(self, seed: int) -> Iterator[float]:
        """Go through all runs; after every evaluation, how much of them is done, from 0 to 1."""
        from cnntutor.vision.rivals import rounds

        for run in range(self._knobs.runs):
            self._trainers.append(self._started(seed + run))
            for epoch in rounds(list(self._trainers[-1].values())):
                self.done = run + (epoch == self._knobs.epochs)
                yield (run + epoch / self._knobs.epochs) / self._knobs.runs

    def right(self, entry: Entry) -> list[float]:
        """Share that was named right when last judged, by run; a run under way counts only if it is the first."""
        counted = self._trainers[: max(1, self.done)]
        return [run[entry].history.evaluations[-1].accuracy for run in counted]

    def mean(self, entry: Entry) -> float:
        """The same over all runs."""
        right = self.right(entry)
        return sum(right) / len(right)

    def leads(self, pictures: str) -> list[float]:
        """By how many points the CNN is ahead of the dense net, by run."""
        pairs = zip(self.right((CNN, pictures)), self.right((DENSE, pictures)), strict=True)
        return [100 * (cnn - dense) for cnn, dense in pairs]

    def learning(self, entry: Entry) -> tuple[list[float], list[float]]:
        """Epochs, and the mean share that was right then over the runs that have come so far."""
        judged = [run[entry].history.evaluations for run in self._trainers]
        by_round = [[run[number] for run in judged if number < len(run)] for number in range(len(judged[0]))]
        epochs = [together[0].epoch for together in by_round]
        return epochs, [sum(each.accuracy for each in together) / len(together) for together in by_round]

    def _started(self, seed: int) -> dict[Entry, Trainer]:
        import torch

        from cnntutor.vision.train import Trainer

        shuffle = shuffle_of(self._knobs, seed)
        trainers = {}
        for pictures, x in ((IN_ORDER, shuffle.x), (SHUFFLED, shuffle.moved)):
            data = _data_set(x, shuffle, self._knobs.pictures)
            for net in NETS:
                torch.manual_seed(seed)  # the same first weights for both kinds of pictures
                model = _net(net, self._knobs).to(self._device)
                trainers[net, pictures] = Trainer(model, data, self._knobs.config(seed))
        return trainers


def _net(net: str, knobs: ShuffledPixelsKnobs) -> torch.nn.Module:
    from cnntutor.vision import rivals

    return rivals.flat_cnn(knobs.filters, SIDE) if net == CNN else rivals.dense_net(SIDE, knobs.units)


def _data_set(x: Tensor, shuffle: Shuffle, pictures: int) -> DataSet:
    from cnntutor.vision import data_set

    learnt, others = shuffle.split[:pictures], shuffle.split[pictures : pictures + JUDGES]
    train, held_out = (data_set.Part(x[rows], shuffle.y[rows]) for rows in (learnt, others))
    return data_set.DataSet.of("digits", train, held_out, tuple("0123456789"))
