"""The numbers of the topic on segmentation that no example of its article prints."""

from __future__ import annotations

from fractions import Fraction

import pytest
import torch
import torch.nn.functional as F


def test_calling_all_healthy_is_right_about_99_4_per_cent() -> None:
    assert pytest.approx(0.994, abs=0.0005) == 1 - 40 * 40 / 512**2


def test_a_map_of_7_by_7_has_one_label_for_32_by_32_pixels() -> None:
    assert 224 / 7 == 32


def test_50_pixels_do_not_fit_a_unet_with_two_halvings() -> None:
    assert (50 // 2, 50 // 2 // 2, 50 // 2 // 2 * 2) == (25, 12, 24)


def test_the_original_unet_makes_388_labels_of_572_pixels() -> None:
    side = 572
    for _ in range(4):
        side = (side - 4) // 2
    side -= 4
    for _ in range(4):
        side = 2 * side - 4
    assert side == 388


def test_rounding_moves_an_edge_at_pixel_100_to_96_on_a_map_of_stride_16() -> None:
    assert 100 / 16 == 6.25
    assert int(100 / 16) * 16 == 96


@pytest.mark.parametrize("percent", [25, 50, 60, 80])
def test_dice_follows_from_iou_and_is_never_smaller(percent: int) -> None:
    overlap = Fraction(percent, 100)
    shared, covered = overlap.numerator, overlap.denominator
    dice = Fraction(2 * shared, shared + covered)
    assert dice == 2 * overlap / (1 + overlap)
    assert dice >= overlap


@pytest.mark.parametrize(("stride", "times"), [(2, 2), (2, 3), (3, 2), (4, 3)])
def test_stamps_are_even_inside_if_the_stride_divides_the_kernel(stride: int, times: int) -> None:
    painted = F.conv_transpose1d(torch.ones(1, 1, 12), torch.ones(1, 1, stride * times), stride=stride).flatten()
    border = stride * times
    assert set(painted[border:-border].tolist()) == {float(times)}


def test_a_kernel_of_5_with_stride_2_paints_some_cells_three_times_and_some_twice() -> None:
    painted = F.conv_transpose1d(torch.ones(1, 1, 12), torch.ones(1, 1, 5), stride=2).flatten()
    assert set(painted[5:-5].tolist()) == {2.0, 3.0}


def test_bilinear_resizing_makes_class_2_between_1_and_3() -> None:
    mask = torch.tensor([[[1.0, 3.0]]])
    assert 2.0 in F.interpolate(mask, size=3, mode="linear").flatten().tolist()
