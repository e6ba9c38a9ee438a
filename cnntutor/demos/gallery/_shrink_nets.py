"""The nets of the demo `shrink`: one that is trained, and what becomes of it. All of it on the processor."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from cnntutor.demos.gallery._shrink_knobs import BATCH, CLASSES, ShrinkKnobs
from cnntutor.vision import data, pruning
from cnntutor.vision.dead_units import normalised
from cnntutor.vision.distilling import distillation_loss
from cnntutor.vision.quantising import folded, quantised
from cnntutor.vision.sizes import Scales
from cnntutor.vision.stopwatch import milliseconds

RATE, RATE_AGAIN, RATE_STUDENT = 0.01, 0.005, 0.02
"""Of Adam: the net's, after a cut, and the students'."""

MOST_BITS = 8
SCALES: tuple[Scales, ...] = ("per channel", "per layer")
SHARES = (0.4, 0.6, 0.7, 0.8, 0.9, 0.95)
"""Of the weights, that are tried for the curve."""

ROUNDS = 12
"""How often each net is timed."""

CPU = torch.device("cpu")

Loss = Callable[[Tensor, Tensor], Tensor]


@dataclass(slots=True, eq=False)
class Workshop:
    """What is there so far."""

    knobs: ShrinkKnobs
    x: Tensor
    """To learn from, [N, 1, 8, 8], mean and deviation taken off."""
    y: Tensor
    held_out: tuple[Tensor, Tensor]
    seed: int
    nets: dict[str, nn.Module] = field(default_factory=dict)
    """By the name that their figures have: float, bits, cut, cut_bits, filters, student, alone."""
    right: dict[str, float] = field(default_factory=dict)
    """Share of the held-out digits that each names right, also of nets that were only passed through."""
    by_bits: dict[Scales, list[tuple[int, float]]] = field(default_factory=lambda: {scales: [] for scales in SCALES})
    """(bits, share of digits right), rising."""
    by_share: list[tuple[float, float, float]] = field(default_factory=list)
    """(share cut, digits right at once, and after learning on), rising."""
    times: dict[int, dict[str, float]] = field(default_factory=dict)
    """Milliseconds of a pass by batch and net."""

    def judge(self, name: str, net: nn.Module) -> None:
        """Keep a net, and how many digits it names right."""
        self.nets[name], self.right[name] = net, accuracy(net, *self.held_out)


def start(knobs: ShrinkKnobs) -> Workshop:
    """The digits, and the net before it has learnt."""
    digits = data.load("digits")
    held_out = (digits.held_out.x - digits.mean[0]) / digits.std[0]
    shop = Workshop(knobs, *normalised(digits, held_out), (held_out, digits.held_out.y), torch.initial_seed())
    shop.judge("float", new(knobs.width, shop.seed).eval())
    return shop


def new(width: int, seed: int) -> nn.Sequential:
    """Two convolutions, the mean of each map, and scores, with the first weights of a seed."""
    torch.manual_seed(seed)
    first = (nn.Conv2d(1, width, 3, padding=1), nn.BatchNorm2d(width), nn.ReLU(), nn.MaxPool2d(2))
    second = (nn.Conv2d(width, 2 * width, 3, padding=1), nn.BatchNorm2d(2 * width), nn.ReLU())
    return nn.Sequential(*first, *second, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(2 * width, CLASSES))


@torch.no_grad()
def accuracy(net: nn.Module, x: Tensor, y: Tensor) -> float:
    """Share of pictures that are named right."""
    return float((net(x).argmax(1) == y).double().mean())


def work(shop: Workshop) -> Iterator[str]:
    """Do everything, and say after each piece what it was: a net's name, `bits`, `cut`, `student` or `clock`."""
    yield from _train_the_net(shop)
    yield from _round(shop)
    yield from _cut(shop)
    yield from _teach(shop)
    _time(shop)
    yield "clock"


def pieces(knobs: ShrinkKnobs) -> int:
    """How many times `work` speaks."""
    students = knobs.lessons + 1
    return knobs.epochs + MOST_BITS - 1 + len(SHARES) + 1 + students + 1


def learn(
    net: nn.Module, x: Tensor, targets: Tensor, epochs: int, rate: float, seed: int, loss: Loss = cross_entropy
) -> Iterator[int]:
    """Adam with a cosine schedule; the epochs that are done, the net in eval mode at each of them.

    Args:
        net: trained in place.
        x: [N, 1, 8, 8].
        targets: labels [N], or the teacher's scores [N, classes].
        epochs: passes.
        rate: the first.
        seed: of the order.
        loss: (scores, targets) → [].
    """
    batches = -(-(len(x) - 1) // BATCH)  # a single picture that is left over has no statistics to normalise by
    adam = torch.optim.Adam(net.parameters(), rate)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(adam, max(1, epochs * batches))
    order = torch.Generator().manual_seed(seed)
    for epoch in range(1, epochs + 1):
        net.train()
        for rows in torch.split(torch.randperm(len(x), generator=order), BATCH)[:batches]:
            adam.zero_grad()
            loss(net(x[rows]), targets[rows]).backward()  # type: ignore[no-untyped-call]
            adam.step()
            schedule.step()
        net.eval()
        yield epoch


def _all(epochs: Iterator[int]) -> None:
    for _ in epochs:
        pass


def _train_the_net(shop: Workshop) -> Iterator[str]:
    net = shop.nets["float"]
    assert isinstance(net, nn.Sequential)
    for _ in learn(net, shop.x, shop.y, shop.knobs.epochs, RATE, shop.seed):
        shop.judge("float", net)
        yield "float"
    shop.judge("float", folded(net))


def _round(shop: Workshop) -> Iterator[str]:
    knobs, net = shop.knobs, _float(shop)
    typical = _typical(shop)
    shop.judge("bits", quantised(net, typical, knobs.bits, knobs.scales))
    for bits in range(2, MOST_BITS + 1):
        for scales in SCALES:
            rounded = quantised(net, typical, bits, scales)
            shop.by_bits[scales].append((bits, accuracy(rounded, *shop.held_out)))
        yield "bits"


def _typical(shop: Workshop) -> Tensor:
    """What the ranges of the activations are measured on."""
    knobs = shop.knobs
    if knobs.calibrate == "digits":
        return shop.x[: knobs.calibration]
    return torch.rand(knobs.calibration, *shop.x.shape[1:], generator=torch.Generator().manual_seed(shop.seed))


def _cut(shop: Workshop) -> Iterator[str]:
    knobs = shop.knobs
    for share in SHARES:
        net, at_once = _cut_weights(shop, share)
        shop.by_share.append((share, at_once, accuracy(net, *shop.held_out)))
        yield "cut"
    net, shop.right["cut_once"] = _cut_weights(shop, knobs.cut)
    shop.judge("cut", net)
    shop.judge("cut_bits", quantised(net, _typical(shop), knobs.bits, knobs.scales))
    slim = pruning.without_filters(_float(shop), knobs.cut)
    shop.right["filters_once"] = accuracy(slim, *shop.held_out)
    _all(learn(slim, shop.x, shop.y, knobs.again, RATE_AGAIN, shop.seed))
    shop.judge("filters", slim)
    yield "cut"


def _cut_weights(shop: Workshop, share: float) -> tuple[nn.Sequential, float]:
    """The net after a cut and what it has learnt since, and the share of digits that it named right in between."""
    cut = pruning.without_weights(_float(shop), share)
    at_once = accuracy(cut, *shop.held_out)
    _all(learn(cut, shop.x, shop.y, shop.knobs.again, RATE_AGAIN, shop.seed))
    return pruning.settled(cut), at_once


def _teach(shop: Workshop) -> Iterator[str]:
    knobs, seed = shop.knobs, shop.seed
    with torch.no_grad():
        answers = _float(shop)(shop.x)
    student = new(knobs.student, seed)

    def loss(scores: Tensor, wanted: Tensor) -> Tensor:
        return distillation_loss(scores, wanted, knobs.temperature)

    for _ in learn(student, shop.x, answers, knobs.lessons, RATE_STUDENT, seed, loss):
        shop.judge("student", student)
        yield "student"
    shop.judge("student", folded(student))
    alone, few = new(knobs.student, seed), torch.randperm(len(shop.x), generator=torch.Generator().manual_seed(seed))
    few = few[: knobs.labels]
    _all(learn(alone, shop.x[few], shop.y[few], knobs.passes, RATE_STUDENT, seed))
    shop.judge("alone", alone)
    yield "student"


def _time(shop: Workshop) -> None:
    x = shop.held_out[0]
    nets = {name: net for name, net in shop.nets.items() if name != "alone"}
    for batch in (1, shop.knobs.batch):
        shop.times[batch] = _passes(nets, x[:batch])


@torch.inference_mode()
def _passes(nets: dict[str, nn.Module], x: Tensor) -> dict[str, float]:
    """Milliseconds for a pass of each."""

    def run(net: nn.Module) -> Callable[[], object]:
        return lambda: net(x)

    return milliseconds({name: run(net) for name, net in nets.items()}, CPU, ROUNDS)


def _float(shop: Workshop) -> nn.Sequential:
    net = shop.nets["float"]
    assert isinstance(net, nn.Sequential)
    return net
