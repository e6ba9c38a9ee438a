"""The nets of the demo `overfit`: one learns with nothing against overfitting, each other one with one remedy."""

from __future__ import annotations

import copy
import math
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from cnntutor.demos.gallery._overfit_knobs import BATCH, JUDGED_EVERY, Arm, OverfitKnobs
from cnntutor.vision import data
from cnntutor.vision.augment import augmented
from cnntutor.vision.data_set import Part
from cnntutor.vision.train_config import Augment

if TYPE_CHECKING:
    from cnntutor.vision.data_set import DataSet

CHOOSING = 120
"""Held-out pictures by which early stopping chooses; what is reported comes from the others."""


@dataclass(frozen=True, slots=True)
class Look:
    """The losses at one moment, in eval mode, of the pictures as they are."""

    step: int
    train: float
    """Of the pictures learnt from, with the labels as they were told."""
    choosing: float
    held_out: float
    right: float
    """Share of the held-out pictures that is named right."""

    @property
    def gap(self) -> float:
        """By how much the held-out loss is higher."""
        return self.held_out - self.train


@dataclass(slots=True, eq=False)
class Pupil:
    """One net and what became of it."""

    arm: Arm
    net: nn.Module
    told: Part
    """What it learns from, with the labels it is told."""
    looks: list[Look] = field(default_factory=list)
    best: Look | None = None
    """Of the net that is kept, once it is; with early stopping not the last one."""

    @property
    def end(self) -> Look:
        """Of the net that is kept, or as it is now."""
        return self.best or self.looks[-1]


class Lesson:
    """The digits, some of them with wrong labels; the same ones for every net."""

    def __init__(self, knobs: OverfitKnobs, device: torch.device) -> None:
        self._knobs = knobs
        self._device = device
        self._data: DataSet = data.load("digits")
        train, draw = self._data.train, torch.Generator().manual_seed(torch.initial_seed())
        order = torch.randperm(len(train), generator=draw)
        off = torch.randint(1, 10, (len(train),), generator=draw)
        self.x, self.true = train.x[order], train.y[order]
        self.is_wrong = spread(knobs.wrong_labels, len(train))
        self.told = torch.where(self.is_wrong, (self.true + off) % 10, self.true)
        held_out = self._data.held_out
        self._choosing = Part(held_out.x[:CHOOSING], held_out.y[:CHOOSING])
        self._judging = Part(held_out.x[CHOOSING:], held_out.y[CHOOSING:])

    def pupil(self, arm: Arm) -> Pupil:
        """A net before its first step; all begin with the same weights."""
        torch.manual_seed(torch.initial_seed())
        width, count = self._knobs.filters, self._knobs.pictures_of(arm)
        net = nn.Sequential(
            *(nn.Conv2d(1, width, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2)),
            *(nn.Conv2d(width, 2 * width, 3, padding=1), nn.ReLU(), nn.Flatten()),
            nn.Dropout(self._knobs.dropout if arm == "dropout" else 0),
            nn.Linear(2 * width * 16, 10),
        )
        pupil = Pupil(arm, net.to(self._device), Part(self.x[:count], self.told[:count]))
        pupil.looks.append(self.look(pupil, 0))
        return pupil

    def teach(self, pupil: Pupil) -> Iterator[None]:
        """Train a net to its end; halts whenever its losses have been looked at."""
        arm, knobs = pupil.arm, self._knobs
        decay = knobs.weight_decay if arm == "weight decay" else 0
        optimiser = torch.optim.AdamW(pupil.net.parameters(), knobs.learning_rate, weight_decay=decay)
        schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, knobs.steps)
        draw = torch.Generator().manual_seed(torch.initial_seed())
        best, weights = replace(pupil.looks[0], choosing=math.inf), copy.deepcopy(pupil.net.state_dict())
        for step in range(1, knobs.steps + 1):
            self._step(pupil, optimiser, draw)
            schedule.step()
            if step % JUDGED_EVERY and step < knobs.steps:
                continue
            pupil.looks.append(look := self.look(pupil, step))
            yield
            if arm != "early stopping":
                best = look
            elif look.choosing < best.choosing:
                best, weights = look, copy.deepcopy(pupil.net.state_dict())
            elif step - best.step >= knobs.patience:
                break
        if arm == "early stopping":
            pupil.net.load_state_dict(weights)
        pupil.best = best

    def look(self, pupil: Pupil, step: int) -> Look:
        """The losses as they are."""
        train, choosing, held_out = (self.scores(pupil, part.x) for part in (pupil.told, self._choosing, self._judging))
        return Look(
            step,
            float(cross_entropy(train, pupil.told.y)),
            float(cross_entropy(choosing, self._choosing.y)),
            float(cross_entropy(held_out, self._judging.y)),
            float((held_out.argmax(1) == self._judging.y).float().mean()),
        )

    @torch.no_grad()
    def scores(self, pupil: Pupil, x: Tensor) -> Tensor:
        """What a net answers in eval mode: [N, 1, 8, 8] → [N, 10], on the processor."""
        scores: Tensor = pupil.net.eval()(self._normal(x)).cpu()
        return scores

    def _step(self, pupil: Pupil, optimiser: torch.optim.Optimizer, draw: torch.Generator) -> None:
        rows = torch.randint(len(pupil.told), (BATCH,), generator=draw)
        x, y = pupil.told.x[rows], pupil.told.y[rows].to(self._device)
        if pupil.arm == "augmentation":
            x = augmented(x, Augment(self._knobs.shift, self._knobs.rotate), draw)
        loss = cross_entropy(pupil.net.train()(self._normal(x)), y)
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimiser.step()

    def _normal(self, x: Tensor) -> Tensor:
        return ((x - self._data.mean[0]) / self._data.std[0]).to(self._device)


def spread(share: float, count: int) -> Tensor:
    """Which of so many places are marked: this share of them, evenly spread; bool [count]."""
    # A tenth of a hundred is ten: what rounding takes off, the little addition makes up for.
    marks = (torch.arange(count + 1, dtype=torch.float64) * share + 1e-9).floor()
    return marks.diff() > 0
