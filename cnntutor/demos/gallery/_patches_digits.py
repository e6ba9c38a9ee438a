"""Three nets on digits and on shuffled digits: what the demo `patches` trains."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cnntutor.demos.gallery._patches_knobs import DIGIT, PatchesKnobs
from cnntutor.vision import data, nets

if TYPE_CHECKING:
    import torch
    from torch import Tensor, nn

    from cnntutor.vision.data_set import DataSet
    from cnntutor.vision.patches import TinyViT

WIDTH = 32
BATCH = 128
RATE = 5e-3
KINDS = ("CNN", "ViT", "bag ViT")
"""The shipped net, which is trained already, and two transformers: the second is not told where its tiles lay."""


@dataclass(frozen=True, slots=True)
class Score:
    """How a net does on held-out digits, from 0 to 1."""

    whole: float
    shuffled: float
    changed: float
    """Share of its answers that the shuffling changes."""


class Digits:
    """The digits, whole and with one fixed shuffle of their tiles, and the nets that name them."""

    def __init__(self, knobs: PatchesKnobs, device: torch.device) -> None:
        import torch

        from cnntutor.vision.patches import TinyViT, shuffled

        digits, seed = data.load("digits"), torch.initial_seed()
        self._x = _normed(digits.train.x, digits).to(device)
        self._y = digits.train.y.to(device)
        self.held_out, self.labels = _normed(digits.held_out.x, digits).to(device), digits.held_out.y
        order = torch.randperm(knobs.tiles, generator=torch.Generator().manual_seed(seed))
        self.shuffled = shuffled(self.held_out, knobs.tile, order.to(device))
        self._nets: dict[str, nn.Module] = {KINDS[0]: nets.open_net("digits").module.to(device)}
        for kind in KINDS[1:]:
            torch.manual_seed(seed)
            self._nets[kind] = TinyViT(DIGIT, knobs.tile, WIDTH, knobs.blocks, 10, positions=kind == KINDS[1]).to(
                device
            )
        self._seed = seed

    def train(self, epochs: int) -> Iterator[int]:
        """Train both transformers on whole digits, side by side; yields after every epoch."""
        runs = [self._run(self._nets[kind], epochs) for kind in KINDS[1:]]
        for number, _ in enumerate(zip(*runs, strict=True), start=1):
            yield number

    def scores(self) -> dict[str, Score]:
        """Every net's score as it is now."""
        return {kind: self._score(*self.answers(kind)) for kind in KINDS}

    def answers(self, kind: str) -> tuple[Tensor, Tensor]:
        """What a net names the held-out digits, whole and shuffled: [N] each."""
        import torch

        with torch.no_grad():
            whole, moved = (self._nets[kind](x).argmax(1).cpu() for x in (self.held_out, self.shuffled))
        return whole, moved

    def looked_at(self, kind: str, number: int) -> Tensor:
        """Where a transformer looks at a held-out digit: [grid, grid], adding up to 1."""
        import torch

        net: TinyViT = self._nets[kind]  # type: ignore[assignment]
        with torch.no_grad():
            weights = net.looked_at(self.held_out[number : number + 1])[0].cpu()
        grid = round(len(weights) ** 0.5)
        return weights.view(grid, grid)

    def _score(self, whole: Tensor, moved: Tensor) -> Score:
        right, still = ((answers == self.labels).float().mean() for answers in (whole, moved))
        return Score(float(right), float(still), float((whole != moved).float().mean()))

    def _run(self, net: nn.Module, epochs: int) -> Iterator[None]:
        """The same batches for every net."""
        import torch
        from torch.nn.functional import cross_entropy

        chance = torch.Generator().manual_seed(self._seed)
        optimiser = torch.optim.AdamW(net.parameters(), RATE)
        for _ in range(epochs):
            shuffled: Tensor = torch.randperm(len(self._x), generator=chance)
            for rows in torch.split(shuffled, BATCH):
                loss = cross_entropy(net(self._x[rows]), self._y[rows])
                optimiser.zero_grad()
                loss.backward()  # type: ignore[no-untyped-call]
                optimiser.step()
            yield


def _normed(x: Tensor, digits: DataSet) -> Tensor:
    normed: Tensor = (x - digits.mean[0]) / digits.std[0]
    return normed
