"""Borrowed features: a body learns some digits, and a new head, or the whole net, then learns others from few pictures.

Yosinski et al. (2014), "How transferable are features in deep neural networks?", arXiv:1411.1792.
"""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

BATCH = 64
RATE = 0.01
"""Learning rate of Adam for whatever starts from random numbers."""

OLD_RATE = 0.005
"""Learning rate while the old classes are learnt."""

GREY, SPREAD = 0.3, 0.4
"""Taken off every pixel, and divided by: the pictures of the pre-training and all later ones are scaled alike."""


def scattered(x: Tensor, side: int, noise: float, draw: torch.Generator) -> Tensor:
    """Pictures put somewhere on a larger, noisy ground.

    Args:
        x: [N, 1, H, W] from 0 to 1, H and W at most `side`.
        side: of the ground, in pixels.
        noise: its deviation.
        draw: decides where, and draws the noise.

    Returns:
        [N, 1, side, side]
    """
    height, width = x.shape[-2:]
    down = torch.randint(side - height + 1, (len(x), 1, 1), generator=draw)
    across = torch.randint(side - width + 1, (len(x), 1, 1), generator=draw)
    rows, columns = down + torch.arange(height)[:, None], across + torch.arange(width)
    ground = torch.zeros(len(x), 1, side, side)
    ground[torch.arange(len(x))[:, None, None], 0, rows, columns] = x[:, 0]
    return ground + noise * torch.randn(ground.shape, generator=draw)


def scaled(x: Tensor) -> Tensor:
    """Pictures as the nets see them."""
    return (x - GREY) / SPREAD


def body(width: int) -> nn.Sequential:
    """Three convolutions, halving in between; of each last map the largest value: [N, 1, H, W] → [N, 4·width]."""
    layers: list[nn.Module] = []
    for c_in, c_out in ((1, width), (width, 2 * width), (2 * width, 4 * width)):
        layers += [nn.MaxPool2d(2)] if layers else []
        layers += [nn.Conv2d(c_in, c_out, 3, padding=1, bias=False), nn.BatchNorm2d(c_out), nn.ReLU()]
    return nn.Sequential(*layers, nn.AdaptiveMaxPool2d(1), nn.Flatten())


def epoch(net: nn.Module, optimiser: torch.optim.Optimizer, x: Tensor, y: Tensor, draw: torch.Generator) -> None:
    """One pass over pictures, in batches; the net is in eval mode afterwards."""
    net.train()
    for rows in torch.split(torch.randperm(len(x), generator=draw), BATCH):
        _step(net, optimiser, x[rows], y[rows])
    net.eval()


def fit(net: nn.Module, x: Tensor, y: Tensor, steps: int, rate: float, *, train_mode: bool = False) -> nn.Module:
    """Steps of Adam, each on all pictures at once; the net is in eval mode afterwards.

    Args:
        net: whose weights learn.
        x: what it reads, [N, …].
        y: classes, [N].
        steps: how many.
        rate: the learning rate.
        train_mode: whether batch norm goes by the batch; if not, by the statistics that it has.

    Returns:
        The net.
    """
    adam = torch.optim.Adam(net.parameters(), rate)
    net.train(train_mode)
    for _ in range(steps):
        _step(net, adam, x, y)
    return net.eval()


def three_ways(
    borrowed: nn.Module, fresh: nn.Module, head: nn.Module, x: Tensor, y: Tensor, steps: int, slower: float
) -> Iterator[tuple[str, nn.Module]]:
    """The same few pictures are learnt from scratch, on a frozen body, and by fine-tuning; none of the nets is changed.

    Args:
        borrowed: a body that has learnt, in eval mode.
        fresh: the same body with random weights.
        head: linear, with random weights.
        x: pictures, scaled.
        y: classes.
        steps: of each; fine-tuning spends half of them on the head alone.
        slower: how many times smaller the rate is while everything is fine-tuned.

    Yields:
        `scratch`, `frozen` and `tuned`, each with its net.
    """
    scratch = nn.Sequential(deepcopy(fresh), deepcopy(head))
    yield "scratch", fit(scratch, x, y, steps, RATE, train_mode=True)
    with torch.no_grad():
        features = borrowed(x)  # a frozen body in eval mode always answers the same
    yield "frozen", nn.Sequential(borrowed, fit(deepcopy(head), features, y, steps, RATE))
    first = fit(deepcopy(head), features, y, steps // 2, RATE)
    tuned = nn.Sequential(deepcopy(borrowed), first)
    yield "tuned", fit(tuned, x, y, steps - steps // 2, RATE / slower)


@torch.no_grad()
def accuracy(net: nn.Module, x: Tensor, y: Tensor) -> float:
    """Share of the pictures that the net, in eval mode, names right."""
    return float((net(x).argmax(dim=1) == y).double().mean())


def _step(net: nn.Module, optimiser: torch.optim.Optimizer, x: Tensor, y: Tensor) -> None:
    optimiser.zero_grad()
    cross_entropy(net(x), y).backward()  # type: ignore[no-untyped-call]
    optimiser.step()
