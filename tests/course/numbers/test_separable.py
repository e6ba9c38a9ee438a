"""Numbers of the topic “Grouped, depthwise and separable convolution” that its examples do not print."""

from __future__ import annotations

import numpy as np
import pytest

from cnntutor.vision.arithmetic import conv_macs, conv_params


def separable(c_in: int, c_out: int, kernel: int) -> tuple[int, int]:
    """Weights of the depthwise and of the pointwise part."""
    return (
        conv_params(c_in, c_in, kernel, groups=c_in, bias=False),
        conv_params(c_in, c_out, 1, bias=False),
    )


def test_an_ordinary_layer_has_a_kernel_for_every_pair_of_channels():
    assert 64 * 128 == 8192
    assert conv_params(64, 128, 3, bias=False) == 8192 * 9 == 73728


def test_the_parts_have_576_and_8192_weights():
    assert separable(64, 128, 3) == (576, 8192)
    assert sum(separable(64, 128, 3)) == 8768
    assert round(100 * 8192 / 8768) == 93


@pytest.mark.parametrize(("c_in", "c_out", "kernel"), [(64, 128, 3), (32, 64, 5), (16, 9, 3), (8, 72, 7)])
def test_the_ratio_is_one_over_filters_plus_one_over_taps(c_in, c_out, kernel):
    ratio = 1 / c_out + 1 / kernel**2
    assert sum(separable(c_in, c_out, kernel)) / conv_params(c_in, c_out, kernel, bias=False) == pytest.approx(ratio)
    macs = conv_macs(c_in, c_in, kernel, 56, 56, groups=c_in) + conv_macs(c_in, c_out, 1, 56, 56)
    assert macs / conv_macs(c_in, c_out, kernel, 56, 56) == pytest.approx(ratio)


def test_128_filters_save_a_factor_of_8_4_and_no_number_more_than_9():
    assert round(1 / 128 + 1 / 9, 3) == 0.119
    assert round(1 / (1 / 128 + 1 / 9), 1) == 8.4
    assert 8.99 < 1 / (1 / 100_000 + 1 / 9) < 9


@pytest.mark.parametrize(("c_out", "factor"), [(9, 4.5), (18, 6), (36, 7.2), (72, 8)])
def test_the_savings_of_the_card_come_out_even(c_out, factor):
    assert 9 * c_out / (9 + c_out) == factor


def test_from_3_to_7_the_separable_layer_grows_by_29_per_cent():
    small, large = separable(64, 128, 3), separable(64, 128, 7)
    assert (small[0], large[0], sum(large)) == (576, 3136, 11328)
    assert round(100 * sum(large) / sum(small)) == 129
    assert round(49 / 9, 1) == 5.4
    assert round(7 / 3, 1) == 2.3


def test_the_pair_moves_half_as_many_numbers_again():
    cells = 56 * 56
    full = (64 + 128) * cells + 73728
    pair = (64 + 64) * cells + 576 + (64 + 128) * cells + 8192
    assert (full, pair) == (675_840, 1_012_288)
    assert round(pair / full, 1) == 1.5


def test_sobel_is_a_column_times_a_row():
    assert np.outer([1, 2, 1], [-1, 0, 1]).tolist() == [[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]]
