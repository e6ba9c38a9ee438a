from __future__ import annotations

import numpy as np
import pytest
import torch

from cnntutor.vision import colour

NAN = float("nan")


def test_amounts_are_grey_from_nothing_to_the_largest() -> None:
    pixels = colour.shade(torch.tensor([[0.0, 1.0, 2.0]]))
    assert pixels.tolist() == [[[0] * 3, [128] * 3, [255] * 3]]


def test_a_picture_from_zero_to_one_keeps_its_brightness() -> None:
    assert colour.shade(torch.tensor([[0.2, 0.4]]))[0, :, 0].tolist() == [51, 102]


def test_values_with_a_sign_get_a_colour_each_and_zero_is_dark() -> None:
    pixels = colour.shade(torch.tensor([[-1.0, 0.0, 1.0]]))
    assert [tuple(pixel) for pixel in pixels[0].tolist()] == [colour.NEGATIVE, colour.ZERO, colour.POSITIVE]


def test_one_extreme_cell_does_not_dim_the_rest() -> None:
    values = torch.ones(100, 100)
    values[0, 0] = -1000
    assert tuple(colour.shade(values)[5, 5]) == colour.POSITIVE


def test_the_scale_of_the_whole_holds_for_a_part_of_it() -> None:
    whole = torch.tensor([[-1.0, 0.5]])
    part = torch.tensor([[NAN, 0.5]])
    assert np.array_equal(colour.shade(part, like=whole)[0, 1], colour.shade(whole)[0, 1])
    assert tuple(colour.shade(part, like=whole)[0, 0]) == colour.UNKNOWN


def test_a_map_of_nothing_is_drawn_too() -> None:
    assert not colour.shade(torch.zeros(2, 2)).any()
    assert (colour.signed(torch.zeros(2, 2)) == colour.ZERO).all()


def test_a_mosaic_keeps_every_picture_apart() -> None:
    pictures = [np.full((2, 3, 3), value, np.uint8) for value in (10, 20, 30)]
    sheet = colour.mosaic(pictures, columns=2)
    assert sheet.shape == (5, 7, 3)
    assert sheet[0, [0, 4], 0].tolist() == [10, 20]
    assert sheet[3, 0, 0] == 30
    assert (sheet[2] == colour.UNKNOWN).all()
    assert (sheet[3:, 4:] == colour.UNKNOWN).all()


def test_an_outline_marks_the_border_of_the_window_and_nothing_else() -> None:
    pixels = np.zeros((6, 6, 3), np.uint8)
    marked = colour.outlined(pixels, top=1, left=2, side=3)
    assert (marked == colour.POSITIVE).all(axis=-1).sum() == 8
    assert not marked[2, 3].any()
    assert not pixels.any()


def test_what_is_not_known_yet_is_covered_from_the_bottom() -> None:
    pixels = np.zeros((4, 2, 3), np.uint8)
    partly = colour.covered(pixels, rows=3)
    assert not partly[:3].any()
    assert (partly[3] == colour.UNKNOWN).all()
    assert not pixels.any()


def test_half_an_amount_is_half_way_to_its_colour() -> None:
    half = colour.signed(torch.tensor([[-0.5, 0.5, 1.0]]))[0].astype(int)
    for pixel, full in zip(half, (colour.NEGATIVE, colour.POSITIVE), strict=False):
        assert pixel == pytest.approx((np.array(colour.ZERO) + np.array(full)) / 2, abs=1)


def test_grey_weighs_the_colours_as_the_eye_does() -> None:
    assert colour.grey_of(torch.ones(3, 1, 1)).item() == 1
    assert colour.grey_of(torch.tensor([0.0, 1.0, 0.0])[:, None, None]).item() == np.float32(0.587)
