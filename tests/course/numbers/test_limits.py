"""The numbers of the topic *Limits and failure modes*."""

import pytest
import torch

from cnntutor.vision.arithmetic import receptive_field


def test_sorting_by_hospital_alone_gives_an_auc_of_about_0_86() -> None:
    ill = {"sinai": 0.342 * 42_396, "nih": 0.012 * 112_120}
    well = {"sinai": 0.658 * 42_396, "nih": 0.988 * 112_120}
    hit, alarm = ill["sinai"] / sum(ill.values()), well["sinai"] / sum(well.values())
    auc = hit * (1 - alarm) + (hit * alarm + (1 - hit) * (1 - alarm)) / 2
    assert auc == pytest.approx(0.861, abs=0.01)


def test_each_tenfold_helping_brings_ten_points_more() -> None:
    accuracy = {1_000: 70, 10_000: 80}
    gain = accuracy[10_000] - accuracy[1_000]
    assert accuracy[10_000] + gain == 90


def test_errors_of_34_7_per_cent_in_a_twentieth_cost_1_7_points() -> None:
    assert round(0.05 * 34.7, 1) == 1.7


def test_one_grey_level_on_a_photograph_moves_the_sum_by_5_9() -> None:
    pixels = 3 * 224 * 224
    assert pixels == 150_528
    assert round(pixels * 0.01 / 255, 1) == 5.9


def test_the_expected_calibration_error_of_the_table_is_six_points() -> None:
    table = ((95, 600, 540), (75, 300, 195), (55, 100, 55))
    gaps = [abs(sure - 100 * right / answers) for sure, answers, right in table]
    assert gaps == [5, 10, 0]
    assert sum(gap * answers for gap, (_, answers, _) in zip(gaps, table, strict=True)) / 1000 == 6


def test_dots_100_pixels_apart_meet_in_layer_50() -> None:
    assert receptive_field([(3, 1, 1, 1)] * 49).size < 101 <= receptive_field([(3, 1, 1, 1)] * 50).size


def test_aimed_steps_outweigh_random_ones_of_the_same_size() -> None:
    torch.manual_seed(0)
    weights = 0.01 * torch.randn(10_000)
    aimed = (weights * weights.sign()).sum()
    random = (weights * torch.randn(10_000).sign()).sum().abs()
    assert aimed > 20 * random


def test_a_temperature_keeps_the_order_of_the_classes() -> None:
    scores = torch.randn(100, 10, generator=torch.Generator().manual_seed(0))
    assert torch.equal(scores.argmax(1), (scores / 2).argmax(1))
