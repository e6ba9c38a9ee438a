"""The numbers of `content/cnn/train-a-cnn` that its examples do not print."""

import math

import torch
from torch import nn

from cnntutor.vision.data import load


def test_the_digits_are_split_into_1437_and_360() -> None:
    digits = load("digits")
    assert (len(digits.train.x), len(digits.held_out.x)) == (1437, 360)


def test_three_epochs_are_69_steps_and_leave_50_per_cent_of_the_start() -> None:
    assert divmod(1437, 64) == (22, 29)
    assert 3 * math.ceil(1437 / 64) == 69
    assert round(100 * 0.99**69) == 50


def test_a_norm_with_momentum_99_lags_behind_where_one_with_90_does_not() -> None:
    torch.manual_seed(0)
    lags = []
    for share_of_the_new in (0.1, 0.01):
        norm = nn.BatchNorm2d(1, momentum=share_of_the_new)
        for _ in range(69):
            norm(5 + torch.randn(64, 1, 8, 8))
        assert norm.running_mean is not None
        lags.append(5 - norm.running_mean.item())
    assert abs(lags[0]) < 0.1
    assert round(lags[1], 1) == 2.5


def test_the_best_answer_of_a_softmax_costs_ln_of_e_plus_9_minus_1() -> None:
    assert round(math.log(math.e + 9) - 1, 2) == 1.46


def test_keras_counts_96_running_statistics_more() -> None:
    norms = nn.Sequential(nn.BatchNorm2d(16), nn.BatchNorm2d(32))
    assert sum(b.numel() for name, b in norms.named_buffers() if "running" in name) == 96


def test_without_eval_the_running_statistics_take_up_the_test_batch() -> None:
    norm = nn.BatchNorm2d(1)
    with torch.no_grad():
        norm(torch.ones(4, 1, 2, 2))
    assert norm.running_mean is not None
    assert norm.running_mean.item() > 0


def test_what_guessing_costs_among_2_10_and_1000_classes() -> None:
    assert [round(math.log(classes), 1) for classes in (2, 10, 1000)] == [0.7, 2.3, 6.9]
