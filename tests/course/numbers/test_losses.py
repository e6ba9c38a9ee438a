"""The numbers of the topic on losses and metrics that no example of its article prints."""

from __future__ import annotations

import math

import pytest
import torch
import torch.nn.functional as F


def test_knowing_nothing_among_ten_classes_costs_2_303_and_among_a_hundred_4_6() -> None:
    for classes, loss in [(10, 2.303), (100, 4.605)]:
        assert F.cross_entropy(torch.zeros(1, classes), torch.tensor([0])).item() == pytest.approx(loss, abs=0.001)


@pytest.mark.parametrize(("p", "loss"), [(0.9, 0.11), (0.5, 0.69), (0.1, 2.30), (0.01, 4.61)])
def test_the_table_of_surprise(p: float, loss: float) -> None:
    assert round(-math.log(p), 2) == loss


def test_softmax_twice_cannot_fall_below_1_46_with_ten_classes() -> None:
    assert -math.log(math.e / (math.e + 9)) == pytest.approx(1.461, abs=0.0005)


@pytest.mark.parametrize("tenths", [1, 2, 5])
def test_smoothing_gives_a_tenth_back_to_the_true_class(tenths: int) -> None:
    share = tenths / 10
    target = torch.full((10,), share / 10)
    target[0] += 1 - share
    assert target[0].item() == pytest.approx(1 - tenths / 10 + tenths / 100)
    assert target.sum().item() == pytest.approx(1)


def test_the_focal_factor_is_0_01_at_0_9_and_0_81_at_0_1() -> None:
    assert pytest.approx(0.01) == (1 - 0.9) ** 2
    assert pytest.approx(0.81) == (1 - 0.1) ** 2


def test_the_easy_ones_shout_eight_times_louder_and_are_nearly_nine_tenths() -> None:
    easy, hard = 10_000 * -math.log(0.99), 10 * -math.log(0.3)
    assert round(easy / hard) == 8
    assert easy / (easy + hard) == pytest.approx(0.89, abs=0.005)


@pytest.mark.parametrize("tenths", [2, 4, 6, 20, 30, 50])
def test_the_card_on_smooth_l1_agrees_with_torch(tenths: int) -> None:
    error, bound = tenths / 10, min(tenths / 10, 1)
    assert bound * (error - bound / 2) == pytest.approx(F.smooth_l1_loss(torch.tensor(error), torch.tensor(0.0)).item())


def test_the_thousand_scans() -> None:
    right, alarms, found, ill = 950 + 8, 48, 8, 10
    assert right / 1000 == 0.958
    assert found / alarms == pytest.approx(0.17, abs=0.005)
    assert found / ill == 0.8
    precision, recall = found / alarms, found / ill
    assert pytest.approx(2 * precision * recall / (precision + recall)) == 2 * 8 / (2 * 8 + 40 + 2)
    assert pytest.approx(0.28, abs=0.005) == 2 * 8 / (2 * 8 + 40 + 2)
