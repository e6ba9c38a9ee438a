"""What a net that was trained on upright digits answers to changed ones: the work of the demo `augment`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cnntutor.demos.gallery._augment_knobs import ANGLES, AugmentKnobs

if TYPE_CHECKING:
    import torch
    from torch import Tensor

    from cnntutor.vision.changes import Mixing


@dataclass(frozen=True, slots=True)
class Answers:
    """To all pictures at one strength, as shares of them."""

    right: float
    """Named after the (first) picture."""
    second: float
    """Named after the picture that was mixed in; 0 where none was."""
    label: float
    """Of the label that belongs to the picture mixed in."""
    nines: float
    """Of the sixes that were read as 9; with Mixup and CutMix, 0."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What the net says of one showing."""

    digit: int
    sure: float
    """Its probability."""


class Reader:
    """The shipped digits net, and the held-out digits that it is asked about."""

    def __init__(self, knobs: AugmentKnobs, device: torch.device, seed: int) -> None:
        from cnntutor.vision import checkpoints, data

        self._knobs, self._device, self._seed = knobs, device, seed
        self._net = checkpoints.load("digits").model().to(device)
        self._data = data.load("digits")
        held_out = self._data.held_out
        self._x, self._y = held_out.x[: knobs.pictures], held_out.y[: knobs.pictures]

    def answers(self, strength: float) -> Answers:
        """Ask about every picture, changed in its own way."""
        mixing = self._knobs.mixing
        return self._mixed(mixing, strength) if mixing else self._changed(strength)

    def example(self) -> Tensor:
        """The first held-out picture of the digit, [1, 8, 8]."""
        held_out = self._data.held_out
        return held_out.x[held_out.y == self._knobs.digit][0]

    def partner(self) -> Tensor:
        """What is mixed into it: the first picture of the next digit."""
        held_out = self._data.held_out
        return held_out.x[held_out.y == (self._knobs.digit + 1) % 10][0]

    def readings(self, x: Tensor) -> list[Reading]:
        """What it says of pictures [N, 1, 8, 8], and how sure it is."""
        sure, digits = self._scores(x).softmax(dim=1).max(dim=1)
        return [Reading(digit, share) for digit, share in zip(digits.tolist(), sure.tolist(), strict=True)]

    def turned_sixes(self) -> dict[int, tuple[float, float]]:
        """Shares of all held-out sixes that are read as 6 and as 9, by the angle that they are turned by."""
        from cnntutor.vision import changes

        held_out = self._data.held_out
        sixes = held_out.x[held_out.y == 6]
        read = {angle: self._read(changes.turned(sixes, angle)) for angle in ANGLES}
        return {angle: (_share(found, 6), _share(found, 9)) for angle, found in read.items()}

    def _changed(self, strength: float) -> Answers:
        from cnntutor.vision import changes

        read = self._read(changes.varied(self._x, self._knobs.alone, strength, self._seed))
        sixes = read[self._y == 6]
        return Answers(float((read == self._y).double().mean()), 0.0, 0.0, _share(sixes, 9))

    def _mixed(self, mixing: Mixing, strength: float) -> Answers:
        from cnntutor.vision import changes

        others, names = self._x.roll(1, 0), self._y.roll(1)
        differ = self._y != names
        x, label = changes.two_in_one(self._x[differ], others[differ], mixing, strength)
        read = self._read(x)
        first, second = ((read == y[differ]).double().mean() for y in (self._y, names))
        return Answers(float(first), float(second), label, 0.0)

    def _read(self, x: Tensor) -> Tensor:
        return self._scores(x).argmax(dim=1)

    def _scores(self, x: Tensor) -> Tensor:
        from cnntutor.vision import train

        return train.scores(self._net, x.to(self._device), self._data).cpu()


def _share(read: Tensor, digit: int) -> float:
    return float((read == digit).double().mean()) if len(read) else 0.0
