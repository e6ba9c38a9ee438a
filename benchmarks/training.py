"""What `fit` adds to a plain training loop, and how long the demo's default run takes."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable
from statistics import median

import torch
from torch import Tensor, nn

from benchmarks import Row
from cnntutor.demos.run import run_headless
from cnntutor.vision.data import load
from cnntutor.vision.data_set import DataSet
from cnntutor.vision.models import ConvNet
from cnntutor.vision.net_spec import NetSpec
from cnntutor.vision.train import TrainConfig, fit

ROUNDS = 11
CONFIG = TrainConfig(epochs=5)


def run() -> list[Row]:
    """Measure both loops in turn, on one thread as the other may be busy, then the demo."""
    data, threads = load("digits"), torch.get_num_threads()
    torch.set_num_threads(1)
    plain, ours = _in_turn(lambda: _plain(data), lambda: _ours(data))
    torch.set_num_threads(threads)
    seconds, accuracy = _default_run()
    ratio = median(p / o for p, o in zip(plain, ours, strict=True))
    pictures = CONFIG.epochs * len(data.train)
    return [
        ("training: pictures a second of a plain loop", f"{pictures / median(plain):,.0f}", "–"),
        ("training: pictures a second of fit", f"{pictures / median(ours):,.0f}", "–"),
        ("training: fit's throughput against the plain loop's", f"{ratio:.1%}", "95 %"),
        ("training: the demo's default run", f"{seconds:.1f} s", "20 s"),
        ("training: its held-out accuracy", f"{accuracy:.2%}", "98 %"),
    ]


def _in_turn(*runs: Callable[[], Tensor]) -> list[list[float]]:
    """Seconds of every round of each, after one round to warm up; all must come to the same weights."""
    times: list[list[float]] = [[] for _ in runs]
    for round_ in range(ROUNDS + 1):
        results = []
        for place, run_once in enumerate(runs):
            began = time.perf_counter()
            results.append(run_once())
            if round_:
                times[place].append(time.perf_counter() - began)
        assert all(torch.equal(result, results[0]) for result in results)
    return times


def _net() -> ConvNet:
    torch.manual_seed(0)
    return ConvNet(NetSpec())


def _ours(data: DataSet) -> Tensor:
    net = _net()
    fit(net, data, CONFIG)
    return net.head.weight


def _plain(data: DataSet) -> Tensor:
    """The same steps and evaluations, as one writes them down."""
    net, train, held_out = _net(), data.train, data.held_out
    mean, std = (torch.tensor(values)[:, None, None] for values in (data.mean, data.std))
    optimiser = torch.optim.SGD(
        net.parameters(), CONFIG.learning_rate, CONFIG.momentum, weight_decay=CONFIG.weight_decay
    )
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimiser, CONFIG.learning_rate, CONFIG.steps(len(train)), cycle_momentum=False
    )
    order = torch.Generator().manual_seed(CONFIG.seed)
    for _ in range(CONFIG.epochs):
        net.train()
        losses, right = 0.0, 0
        for rows in torch.randperm(len(train), generator=order).split(CONFIG.batch_size):
            scores = net((train.x[rows] - mean) / std)
            loss = nn.functional.cross_entropy(scores, train.y[rows])
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            schedule.step()
            losses += loss.item()
            right += int((scores.argmax(dim=1) == train.y[rows]).sum())
        net.eval()
        with torch.inference_mode():
            scores = net((held_out.x - mean) / std)
            nn.functional.cross_entropy(scores, held_out.y).item()
            (scores.argmax(dim=1) == held_out.y).float().mean().item()
    return net.head.weight


def _default_run() -> tuple[float, float]:
    """Seconds and accuracy; the net is saved in a home of its own."""
    with tempfile.TemporaryDirectory() as home:
        before = os.environ.get("CNNTUTOR_HOME")
        os.environ["CNNTUTOR_HOME"] = home
        try:
            result = run_headless("train", device="cpu")
        finally:
            os.environ.pop("CNNTUTOR_HOME")
            os.environ |= {"CNNTUTOR_HOME": before} if before else {}
    return result.seconds, result.figures["accuracy"]
