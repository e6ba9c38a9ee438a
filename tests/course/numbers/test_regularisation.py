"""The numbers of `content/cnn/regularisation` that its examples do not print."""

import math

import pytest
import torch
from torch import nn, optim


def test_a_step_takes_off_one_part_in_20000() -> None:
    assert math.isclose(0.1 * 0.0005, 1 / 20_000)


def test_an_unused_weight_falls_to_61_per_cent_and_then_below_1_per_cent() -> None:
    assert round(100 * 0.99995**10_000) == 61
    assert 0.99995**100_000 < 0.01


@pytest.mark.parametrize("kind", [optim.SGD, optim.AdamW])
def test_the_pull_is_the_product_of_rate_and_decay(kind: type[optim.Optimizer]) -> None:
    w = torch.full((1,), 4.0, requires_grad=True)
    optimiser = kind([w], lr=0.2, weight_decay=0.1)  # type: ignore[call-arg]
    w.grad = torch.zeros(1)
    optimiser.step()
    assert w.item() == pytest.approx(4 * (1 - 0.2 * 0.1))


def test_dropout_in_train_mode_keeps_the_sum() -> None:
    torch.manual_seed(0)
    sums = [nn.Dropout(0.8)(torch.ones(1000)).sum().item() for _ in range(200)]
    assert sum(sums) / len(sums) == pytest.approx(1000, rel=0.02)


def test_the_mean_depth_of_evenly_falling_chances() -> None:
    for blocks, last in ((9, 0.5), (54, 0.5), (99, 0.8)):
        chances = [1 - block / blocks * (1 - last) for block in range(1, blocks + 1)]
        assert sum(chances) == pytest.approx(blocks - (1 - last) * (blocks + 1) / 2)


def test_dropout_before_a_norm_changes_the_variance_in_train_mode_only() -> None:
    torch.manual_seed(0)
    drop, x = nn.Dropout(0.5), torch.randn(100_000)
    assert drop(x).var().item() == pytest.approx(2, rel=0.05)
    assert drop.eval()(x).var().item() == pytest.approx(1, rel=0.05)


def test_the_net_that_learns_by_heart_has_about_10000_weights() -> None:
    layers = (nn.Conv2d(1, 16, 3), nn.Conv2d(16, 32, 3), nn.Linear(512, 10))
    assert round(sum(p.numel() for layer in layers for p in layer.parameters()), -3) == 10_000
