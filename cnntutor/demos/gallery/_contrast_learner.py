"""The bodies of the demo `contrast` on their way, and the exams that they take."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import torch
from torch import nn
from torch.nn.functional import cross_entropy, normalize

from cnntutor.vision import contrast, data

if TYPE_CHECKING:
    from torch import Tensor

    from cnntutor.demos.gallery._contrast_knobs import ContrastKnobs

PUSHES = (-2, -1, 0, 1, 2)

ROUNDS = 6
"""Times that the body is examined while it learns."""

PAIRS, GAME = 8, 64
"""New pictures whose views are compared on the screen, and among which partners are looked for."""


class Learner:
    """A body that learns without labels; beside it a copy that does not learn, and one that is told the classes."""

    def __init__(self, knobs: ContrastKnobs, device: torch.device) -> None:
        """The nets come from torch's generator, everything else from one that is seeded alike."""
        self.knobs, self._device = knobs, device
        self._digits = data.load("digits")
        nets = contrast.build()
        self._body, self._projection = nets.body.to(device), nets.projection.to(device)
        self._bodies = {"learnt": self._body} | {of: copy.deepcopy(self._body) for of in ("untrained", "supervised")}
        self._told = nn.Sequential(self._bodies["supervised"], nn.Linear(contrast.FEATURES, 10)).to(device)
        self._draw = torch.Generator().manual_seed(torch.initial_seed())
        shown, held_out = torch.Generator().manual_seed(torch.initial_seed()), self._digits.held_out.x
        self.pictures = held_out[:PAIRS]
        self._game = tuple(contrast.view(held_out[:GAME], knobs.shift, knobs.noise, shown) for _ in range(2))
        self.views = tuple(x[:PAIRS] for x in self._game)
        self.losses: list[float] = []

    def rounds(self) -> Iterator[int]:
        """Learn; now and then, the steps that are done. 0 comes first."""
        weights = [*self._body.parameters(), *self._projection.parameters()]
        adam, told = (torch.optim.Adam(w, self.knobs.learning_rate) for w in (weights, self._told.parameters()))
        halts = {self.knobs.steps * number // ROUNDS for number in range(1, ROUNDS + 1)}
        yield 0
        for step in range(1, self.knobs.steps + 1):
            self._learn(adam, told)
            if step in halts:
                yield step

    @torch.inference_mode(False)
    @torch.enable_grad()
    def _learn(self, adam: torch.optim.Adam, told: torch.optim.Adam) -> None:
        """One step for each body; the one that is told the classes sees one view of each picture."""
        train, knobs = self._digits.train, self.knobs
        some = torch.randint(len(train.x), (knobs.batch,), generator=self._draw)
        both = torch.cat([contrast.view(train.x[some], knobs.shift, knobs.noise, self._draw) for _ in range(2)])
        both, y = both.to(self._device), train.y[some].to(self._device)
        self.losses.append(_step(adam, self._loss(self._projection(self._body(both)))))
        _step(told, cross_entropy(self._told(both[: knobs.batch]), y))

    def _loss(self, z: Tensor) -> Tensor:
        together = self.knobs.task == "find the partner"
        return contrast.find_partner(z, self.knobs.temperature) if together else contrast.agree(z)

    # Exams

    def features(self, of: str) -> Callable[[Tensor], Tensor]:
        """What pictures become: [N, 1, 8, 8] → [N, F]; `pixels`, `untrained`, `learnt` or `supervised`."""
        if of == "pixels":
            return lambda x: x.flatten(1)
        body = self._bodies[of]
        return torch.no_grad()(lambda x: body(x.to(self._device)).cpu())

    def probed(self, of: str, pushes: tuple[int, ...]) -> list[float]:
        """Share of the held-out digits that a linear layer on these features names right, for each push."""
        features, (seen, y) = self.features(of), self._labelled()
        asked = torch.cat([features(contrast.pushed(self._digits.held_out.x, push)) for push in pushes])
        named = contrast.linear_probe(features(seen), y, asked).view(len(pushes), -1)
        return (named == self._digits.held_out.y).double().mean(1).tolist()

    @torch.no_grad()
    def alikeness(self) -> float:
        """How alike the projection's answers to different held-out digits are, 1 for the same to all."""
        return contrast.alikeness(self._answers(self._digits.held_out.x))

    @torch.no_grad()
    def similarities(self) -> Tensor:
        """Cosines of what the projection answers to the views that are shown: row by one view, column by the other."""
        one, other = (normalize(self._answers(x)) for x in self.views)
        return one @ other.T  # [PAIRS, PAIRS]

    @torch.no_grad()
    def partners_found(self) -> float:
        """Share of the views of GAME new pictures whose most similar other view is their partner."""
        z = normalize(self._answers(torch.cat(self._game)))
        found = (z @ z.T).fill_diagonal_(-1).argmax(1)
        return float((found == torch.arange(2 * GAME).roll(GAME)).double().mean())

    def _answers(self, x: Tensor) -> Tensor:
        found: Tensor = self._projection(self._body(x.to(self._device))).cpu()
        return found

    def neighbours(self, of: str, asked: Tensor) -> tuple[Tensor, Tensor]:
        """For these pictures the labelled ones that are nearest, and their classes."""
        features, (seen, y) = self.features(of), self._labelled()
        found = contrast.nearest(features(seen), features(asked))
        return seen[found], y[found]

    def asked(self) -> tuple[Tensor, Tensor]:
        """The held-out digits that are shown, pushed, and their classes."""
        return contrast.pushed(self.pictures, self.knobs.push), self._digits.held_out.y[:PAIRS]

    def _labelled(self) -> tuple[Tensor, Tensor]:
        return self._digits.train.x[: self.knobs.labels], self._digits.train.y[: self.knobs.labels]


def _step(adam: torch.optim.Adam, loss: Tensor) -> float:
    adam.zero_grad()
    loss.backward()  # type: ignore[no-untyped-call]
    adam.step()
    return float(loss.detach())
