"""The numbers of the topic on detection that no example of its article prints."""

from __future__ import annotations

import pytest

from cnntutor.vision.arithmetic import iou


def test_half_overlap_is_an_iou_of_a_third_and_a_third_of_a_side_is_one_half() -> None:
    assert iou((0, 0, 10, 10), (5, 0, 15, 10)) == pytest.approx(1 / 3)
    assert iou((0, 0, 30, 30), (10, 0, 40, 30)) == pytest.approx(0.5)


@pytest.mark.parametrize(("side", "shift"), [(10, 5), (8, 4), (20, 7)])
def test_equal_squares_side_by_side_have_side_minus_shift_over_side_plus_shift(side: int, shift: int) -> None:
    shifted = iou((0, 0, side, side), (shift, 0, side + shift, side))
    assert shifted == pytest.approx((side - shift) / (side + shift))


def test_the_two_who_walk_together_overlap_by_0_43() -> None:
    assert iou((40, 10, 60, 70), (48, 10, 68, 70)) == pytest.approx(0.43, abs=0.005)


def test_2000_crops_have_209_times_the_pixels_of_one_picture() -> None:
    assert round(2000 * 224 * 224 / (600 * 800)) == 209


def test_yolo_puts_out_7_by_7_by_30() -> None:
    assert 2 * 5 + 20 == 30


def test_boxes_of_iou_0_72_pass_five_of_the_ten_bars() -> None:
    bars = [0.5 + 0.05 * step for step in range(10)]
    assert bars[-1] == pytest.approx(0.95)
    assert sum(bar <= 0.72 for bar in bars) == 5


@pytest.mark.parametrize("hundredths", [52, 57, 62, 67, 72, 77, 82, 87])
def test_the_card_on_coco_counts_the_bars_passed(hundredths: int) -> None:
    passed = sum(hundredths >= bar for bar in range(50, 100, 5))
    assert (hundredths - 50) // 5 / 10 + 0.1 == pytest.approx(passed / 10)
