"""The work of the demo `transfer`: a body learns the digits 0 to 6, then 7, 8 and 9 come, few of each."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from cnntutor.demos.gallery._transfer_knobs import NEW, OLD, SIDE, TransferKnobs

if TYPE_CHECKING:
    import torch
    from torch import Tensor

WAYS = ("scratch", "frozen", "tuned")


class Runs:
    """The body, the pictures of both tasks, and how right each way was."""

    def __init__(self, knobs: TransferKnobs, device: torch.device, seed: int) -> None:
        import torch
        from torch import nn

        from cnntutor.vision import borrowing, data

        self._knobs, self._device, self._seed = knobs, device, seed
        self._draw = torch.Generator().manual_seed(seed)
        digits = data.load("digits")
        self._old_digits, self._old_labels = _only(digits.train.x, digits.train.y, OLD)
        self.new, self.new_labels = self._task(*_only(digits.train.x, digits.train.y, NEW))
        """Pictures of the new digits [N, 1, SIDE, SIDE], the few are taken from them; and labels from 0."""
        self._judges = self._task(*_only(digits.held_out.x, digits.held_out.y, NEW))
        self._old_judges = self._task(*_only(digits.held_out.x, digits.held_out.y, OLD))
        self.old, self.old_labels = self._old_judges
        """Pictures like those of the pre-training, and what they show."""
        torch.manual_seed(seed)
        self.body = borrowing.body(knobs.width).to(device)
        self._old_net = nn.Sequential(self.body, nn.Linear(4 * knobs.width, len(OLD)).to(device)).eval()
        self._adam = torch.optim.Adam(self._old_net.parameters(), borrowing.OLD_RATE)
        self.right: dict[int, dict[str, float]] = {}
        """Mean share that was right over the runs, by pictures of each new digit and then by way."""

    def pretrain(self) -> None:
        """One pass over the old digits, scattered anew."""
        from cnntutor.vision import borrowing

        x, y = self._task(self._old_digits, self._old_labels)
        borrowing.epoch(self._old_net, self._adam, self._seen(x), y.to(self._device), self._draw)

    def old_accuracy(self) -> float:
        """Share of the old digits that the pre-trained net names right."""
        return self._accuracy(self._old_net, self._old_judges)

    def few(self, count: int, run: int = 0) -> Tensor:
        """Places among the new pictures of those that a run learns from, `count` of each digit."""
        import torch

        order = torch.randperm(len(self.new), generator=torch.Generator().manual_seed(self._seed + run))
        return torch.cat([order[self.new_labels[order] == label][:count] for label in range(len(NEW))])

    def compare(self, count: int) -> None:
        """Learn the new digits from `count` pictures of each, in every way and run."""
        import torch
        from torch import nn

        from cnntutor.vision import borrowing

        right: dict[str, list[float]] = defaultdict(list)
        for run in range(self._knobs.runs):
            torch.manual_seed(self._seed + run)
            fresh, head = borrowing.body(self._knobs.width), nn.Linear(4 * self._knobs.width, len(NEW))
            rows = self.few(count, run)
            x, y = self._seen(self.new[rows]), self.new_labels[rows].to(self._device)
            nets = fresh.to(self._device), head.to(self._device)
            for way, net in borrowing.three_ways(self.body, *nets, x, y, self._knobs.steps, self._knobs.slower):
                right[way].append(self._accuracy(net, self._judges))
        self.right[count] = {way: sum(shares) / len(shares) for way, shares in right.items()}

    def _task(self, x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
        from cnntutor.vision import borrowing

        return borrowing.scattered(x, SIDE, self._knobs.noise, self._draw), y

    def _seen(self, x: Tensor) -> Tensor:
        from cnntutor.vision import borrowing

        return borrowing.scaled(x).to(self._device)

    def _accuracy(self, net: torch.nn.Module, part: tuple[Tensor, Tensor]) -> float:
        from cnntutor.vision import borrowing

        return borrowing.accuracy(net, self._seen(part[0]), part[1].to(self._device))


def _only(x: Tensor, y: Tensor, digits: tuple[int, ...]) -> tuple[Tensor, Tensor]:
    """The pictures of these digits, which follow each other, with labels from 0."""
    chosen = (y >= digits[0]) & (y <= digits[-1])
    return x[chosen], y[chosen] - digits[0]
