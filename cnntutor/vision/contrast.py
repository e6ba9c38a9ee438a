"""Learning by comparison, without labels: two views of a picture shall find each other among those of all others.

SimCLR: Chen et al. (2020), "A Simple Framework for Contrastive Learning of Visual Representations", arXiv:2002.05709.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn.functional import cosine_similarity, cross_entropy, normalize, pad

FEATURES = 128
"""Of the body."""

NEVER = -1e9
"""Score of a view with itself: nobody is his own partner."""

PROBE_STEPS, PROBE_RATE, PROBE_DECAY = 50, 0.05, 0.01
"""How the linear probe is trained, with Adam."""


@dataclass(frozen=True, slots=True, eq=False)
class Nets:
    """A body, whose features are kept, and the projection behind it, which only the task needs."""

    body: nn.Sequential
    """[N, 1, 8, 8] → [N, 128]"""
    projection: nn.Sequential
    """[N, 128] → [N, 32]"""


def build() -> Nets:
    """Two convolutions with a halving behind each, and two dense layers for the task, from torch's generator."""
    body = nn.Sequential(
        nn.Conv2d(1, 16, 3, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(16, 32, 3, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
    )
    return Nets(body, nn.Sequential(nn.Linear(FEATURES, 64), nn.ReLU(), nn.Linear(64, 32)))


def pushed(x: Tensor, right: int) -> Tensor:
    """Pictures pushed by whole pixels, zeros behind them.

    Args:
        x: [N, C, H, W].
        right: pixels; negative ones push to the left.
    """
    return pad(x, (right, -right))


def view(x: Tensor, shift: int, noise: float, draw: torch.Generator) -> Tensor:
    """One view of every picture: moved by whole pixels, zeros behind it, and noise on top.

    Args:
        x: [N, 1, side, side], on the processor.
        shift: by up to so many pixels, across and down.
        noise: deviation of what is added.
        draw: decides.
    """
    count, side = len(x), x.shape[-1]
    across, down = torch.randint(2 * shift + 1, (2, count, 1, 1), generator=draw)
    rows, columns = down + torch.arange(side)[:, None], across + torch.arange(side)
    moved = pad(x, (shift,) * 4)[torch.arange(count)[:, None, None], 0, rows, columns][:, None]
    return moved + noise * torch.randn(x.shape, generator=draw)


def find_partner(z: Tensor, temperature: float) -> Tensor:
    """Cross-entropy of finding one's partner among the 2N − 1 other views; equation 1 of SimCLR, the mean over views.

    Args:
        z: [2N, F], first one view of all pictures, then the other.
        temperature: divides the cosines; the smaller, the more the closest rivals count.

    Returns:
        [], ln(2N − 1) where all views are answered alike.
    """
    z = normalize(z)
    scores = z @ z.T / temperature  # [2N, 2N]
    scores = scores.masked_fill(torch.eye(len(z), dtype=torch.bool, device=z.device), NEVER)
    return cross_entropy(scores, torch.arange(len(z), device=z.device).roll(len(z) // 2))


def agree(z: Tensor) -> Tensor:
    """1 − the cosine of the partners, the mean over pairs: all others are left out, so that one answer suits all.

    Args:
        z: as in `find_partner`.

    Returns:
        [], from 0 to 2.
    """
    one, other = z.chunk(2)
    return 1 - cosine_similarity(one, other).mean()


def alikeness(z: Tensor) -> float:
    """The mean cosine of the answers to different pictures, [N, F]; 1 where all are answered alike."""
    z, count = normalize(z), len(z)
    return float(((z @ z.T).sum() - count) / (count * (count - 1)))


@torch.inference_mode(False)
@torch.enable_grad()
def linear_probe(seen: Tensor, y: Tensor, new: Tensor, classes: int = 10) -> Tensor:
    """Train one linear layer on features, from zeros, and let it name other features.

    Args:
        seen: features of the examples, [N, F].
        y: their classes, [N].
        new: features to name, [M, F].
        classes: how many there are.

    Returns:
        classes, [M].
    """
    mean, std = seen.mean(0), seen.std(0).clamp(min=0.01)
    examples, others = (pad((features - mean) / std, (0, 1), value=1.0) for features in (seen, new))  # 1 for the bias
    weights = torch.zeros(examples.shape[1], classes, device=seen.device, requires_grad=True)
    adam = torch.optim.Adam([weights], PROBE_RATE, weight_decay=PROBE_DECAY)
    for _ in range(PROBE_STEPS):
        adam.zero_grad()
        cross_entropy(examples @ weights, y).backward()  # type: ignore[no-untyped-call]
        adam.step()
    named: Tensor = (others @ weights.detach()).argmax(1)
    return named


def nearest(known: Tensor, asked: Tensor) -> Tensor:
    """For each asked feature [M, F] the place of the known one [N, F] with the largest cosine; [M]."""
    return (normalize(asked) @ normalize(known).T).argmax(1)
