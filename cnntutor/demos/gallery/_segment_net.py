"""The nets of segment on their way: trained side by side on the same batches, and judged on held-out scenes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cnntutor.demos.gallery._segment_knobs import HELD_OUT, SegmentKnobs
from cnntutor.vision import masks
from cnntutor.vision.scenes import KINDS, Scenes, scenes

if TYPE_CHECKING:
    import torch
    from torch import Tensor

    from cnntutor.vision.unet import UNet

EVERY = 10
"""Steps from one frame to the next."""

WITH, WITHOUT = "skips", "no skips"


@dataclass(frozen=True, slots=True)
class Grade:
    """How good a net is on the held-out scenes."""

    step: int
    counts: Tensor
    """From `masks.confusion`."""
    border: float
    """Share of the pixels beside another class that are right."""
    guess: Tensor
    """Class of every pixel, int64 [HELD_OUT, side, side], on the processor."""

    @property
    def dice(self) -> float:
        """Mean over the classes."""
        return float(masks.dice(self.counts).nanmean())

    @property
    def iou(self) -> float:
        """Mean over the classes, “mIoU”."""
        return float(masks.iou(self.counts).nanmean())

    @property
    def accuracy(self) -> float:
        """Share of all pixels that are right."""
        return float(self.counts.diagonal().sum() / self.counts.sum())


@dataclass(slots=True)
class Runner:
    """One net, and how it got on."""

    net: UNet
    optimiser: torch.optim.Optimizer
    schedule: torch.optim.lr_scheduler.OneCycleLR
    grades: list[Grade] = field(default_factory=list)

    @property
    def params(self) -> int:
        """Learnt numbers."""
        return sum(weights.numel() for weights in self.net.parameters())


class Course:
    """The scenes, and the nets that run on them."""

    def __init__(self, knobs: SegmentKnobs, device: torch.device) -> None:
        import torch

        self._knobs = knobs
        seed = torch.initial_seed()
        of = (knobs.side, knobs.classes, knobs.scene)
        train, self.held_out = scenes(knobs.pictures, *of, "train", seed), scenes(HELD_OUT, *of, "held-out", seed)
        mean, std = train.x.mean((0, 2, 3), keepdim=True), train.x.std((0, 2, 3), keepdim=True)
        self._train, self._judged = (
            Scenes(((part.x - mean) / std).to(device), part.y.to(device)) for part in (train, self.held_out)
        )
        self._border = masks.borders(self.held_out.y)
        names = (WITH, WITHOUT) if knobs.nets == "both" else (knobs.nets,)
        self.runners = {name: self._runner(name, device) for name in names}
        self._draw = torch.Generator().manual_seed(seed)
        self.judge(0)

    def steps(self) -> Iterator[int]:
        """Train; the number of every step after which the nets were judged."""
        import torch

        knobs = self._knobs
        for step in range(1, knobs.steps + 1):
            rows = torch.randint(knobs.pictures, (knobs.batch_size,), generator=self._draw)
            for runner in self.runners.values():
                self._learn(runner, self._train.x[rows], self._train.y[rows])
            if step % EVERY == 0 or step == knobs.steps:
                self.judge(step)
                yield step

    def judge(self, step: int) -> None:
        """Grade every net as it is."""
        for runner in self.runners.values():
            runner.grades.append(self._grade(runner.net, step))

    def _runner(self, name: str, device: torch.device) -> Runner:
        import torch

        from cnntutor.vision.unet import UNet

        knobs = self._knobs
        torch.manual_seed(torch.initial_seed())
        net = UNet(knobs.classes, knobs.width, knobs.halvings, skips=name == WITH, grow=knobs.grow).to(device)
        adam = torch.optim.Adam(net.parameters(), knobs.learning_rate)
        return Runner(net, adam, torch.optim.lr_scheduler.OneCycleLR(adam, knobs.learning_rate, knobs.steps))

    def _learn(self, runner: Runner, x: Tensor, y: Tensor) -> None:
        from torch.nn.functional import cross_entropy

        scores, kind = runner.net(x), self._knobs.loss
        loss = 0 if kind == "dice" else cross_entropy(scores, y)
        loss = loss if kind == "cross-entropy" else loss + masks.dice_loss(scores, y)
        runner.optimiser.zero_grad()
        loss.backward()  # type: ignore[union-attr]
        runner.optimiser.step()
        runner.schedule.step()

    def _grade(self, net: UNet, step: int) -> Grade:
        import torch

        net.eval()
        with torch.inference_mode():
            guess = net(self._judged.x).argmax(1).cpu()
        net.train()
        truth = self.held_out.y
        right = (guess == truth)[self._border].double().mean()
        return Grade(step, masks.confusion(guess, truth, len(KINDS[: self._knobs.classes])), float(right), guess)
