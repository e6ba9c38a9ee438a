"""Squeeze-and-excitation on the maps of the textures net: what the demo `attention` trains for this block.

The maps come from a frozen net, and the head that reads them is frozen at random weights: only the gates may learn.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cnntutor.demos.gallery._attention_knobs import CHANNELS, AttentionKnobs
from cnntutor.vision import colour, images, mosaics, nets, textures

if TYPE_CHECKING:
    import torch
    from torch import Tensor

    from cnntutor.vision.nets import Net

WIDTH = CHANNELS["blocks.2"]
SIDE = 48
"""Height and width of the pieces in pixels."""

EACH = 16
"""Pieces of every texture to learn from, and as many that are held out."""

RATE = 0.02
KINDS = ("computed, sigmoid", "computed, softmax", "fixed for all")
"""Three ways to a gate; the last is learnt once and does not look at the picture."""


@dataclass(frozen=True, slots=True, eq=False)
class Pieces:
    """Pieces of textures, as the frozen net sees them."""

    squeezed: Tensor
    """Mean of each channel, [N, WIDTH]."""
    labels: Tensor
    """[N]"""


@dataclass(frozen=True, slots=True, eq=False)
class Shown:
    """One picture whose gates are shown."""

    name: str
    pixels: colour.Pixels
    maps: Tensor
    """[WIDTH, h, w]"""


class Gates:
    """Three sets of gates under the same frozen head, and how well each does."""

    def __init__(self, knobs: AttentionKnobs, device: torch.device) -> None:
        from torch import nn

        from cnntutor.vision.gates import ComputedGates, FixedGates

        self._device = device
        net = nets.open_net("textures")
        self._learnt, self._held_out = _pieces(net, "train", device), _pieces(net, "held-out", device)
        self.shown = _shown(net, knobs)
        self._head = nn.Linear(WIDTH, len(textures.NAMES)).to(device).requires_grad_(False)
        ways = (
            ComputedGates(WIDTH, knobs.reduction),
            ComputedGates(WIDTH, knobs.reduction, "softmax"),
            FixedGates(WIDTH),
        )
        self._ways = {kind: way.to(device) for kind, way in zip(KINDS, ways, strict=True)}
        self.steps: list[int] = []
        self.accuracy: dict[str, list[float]] = {kind: [] for kind in KINDS}
        self.fresh = float(self._gates(self._held_out.squeezed).mean())
        self._note(0)

    def by_class(self) -> Tensor:
        """The mean gates of each texture's held-out pieces, [classes, WIDTH]."""
        import torch

        gates, labels = self._gates(self._held_out.squeezed), self._held_out.labels.cpu()
        return torch.stack([gates[labels == label].mean(0) for label in range(len(textures.NAMES))])

    def of(self, shown: Shown) -> Tensor:
        """The gates of one of the pictures, [WIDTH]."""
        return self._gates(shown.maps.mean((1, 2))[None].to(self._device))[0]

    def train(self, steps: int, every: int) -> Iterator[int]:
        """Train all three side by side, on all pieces at once; yields the step after so many each."""
        import torch
        from torch.nn.functional import cross_entropy

        optimisers = {kind: torch.optim.Adam(way.parameters(), RATE) for kind, way in self._ways.items()}
        for step in range(1, steps + 1):
            for kind, optimiser in optimisers.items():
                loss = cross_entropy(self._scores(kind, self._learnt), self._learnt.labels)
                optimiser.zero_grad()
                loss.backward()  # type: ignore[no-untyped-call]
                optimiser.step()
            if step % every == 0 or step == steps:
                self._note(step)
                yield step

    def _gates(self, squeezed: Tensor) -> Tensor:
        gates: Tensor = self._ways[KINDS[0]](squeezed)
        return gates.detach().cpu()

    def _scores(self, kind: str, pieces: Pieces) -> Tensor:
        # A gate is the same at all places, so gating the maps and averaging is averaging and gating.
        scores: Tensor = self._head(self._ways[kind](pieces.squeezed) * pieces.squeezed)
        return scores

    def _note(self, step: int) -> None:
        self.steps.append(step)
        for kind, values in self.accuracy.items():
            right = self._scores(kind, self._held_out).argmax(1) == self._held_out.labels
            values.append(float(right.float().mean()))


def _pieces(net: Net, part: textures.Part, device: torch.device) -> Pieces:
    import torch

    chance = random.Random(part)
    surfaces = [textures.texture(name, part) for name in textures.NAMES]
    cut = [mosaics.patch(surface, SIDE, SIDE, chance) for surface in surfaces for _ in range(EACH)]
    with torch.no_grad():
        squeezed = _maps(net, cut).mean((2, 3))
    labels = torch.arange(len(surfaces)).repeat_interleave(EACH)
    return Pieces(squeezed.to(device), labels.to(device))


def _shown(net: Net, knobs: AttentionKnobs) -> tuple[Shown, ...]:
    """The two pictures whose gates are held against each other."""
    import numpy as np

    chance = random.Random(knobs.number)
    named: dict[str, colour.Pixels] = {
        name: mosaics.patch(textures.texture(name, "held-out"), SIDE, SIDE, chance)
        for name in (knobs.first, knobs.second)
    }
    if knobs.scene == "picture":
        named = {"picture": np.array(images.square(knobs.image, SIDE)), knobs.second: named[knobs.second]}
    maps = _maps(net, list(named.values()))
    return tuple(Shown(name, piece, of) for (name, piece), of in zip(named.items(), maps, strict=True))


def _maps(net: Net, pieces: list[colour.Pixels]) -> Tensor:
    """The frozen net's last maps of pieces of one size, [N, WIDTH, h, w]."""
    import numpy as np
    import torch

    x = torch.from_numpy(np.stack(pieces)).permute(0, 3, 1, 2) / 255
    mean, deviation = (x.new_tensor(values)[:, None, None] for values in (net.mean, net.std))
    with torch.no_grad():
        maps: Tensor = net.module.blocks((x - mean) / deviation)  # type: ignore[operator]
    return maps
