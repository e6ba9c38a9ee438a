"""The numbers of the topic “Pooling” that no example of its article prints."""

from __future__ import annotations

import pytest
import torch
import torch.nn.functional as F

from cnntutor.vision import arithmetic


def test_a_lone_nine_in_a_3x3_window_averages_to_1() -> None:
    window = torch.zeros(1, 3, 3)
    window[0, 2, 0] = 9
    assert F.avg_pool2d(window, 3).item() == 1
    assert F.max_pool2d(window, 3).item() == 9


def test_five_halvings_make_7_of_224_and_a_sixth_of_32_fails() -> None:
    assert 224 // 2**5 == 7
    x = torch.zeros(1, 1, 32, 32)
    for _ in range(5):
        x = F.max_pool2d(x, 2)
    assert x.shape[2:] == (1, 1)
    with pytest.raises(RuntimeError, match="too small"):
        F.max_pool2d(x, 2)


def test_odd_sizes_drop_the_last_row_unless_ceil_mode() -> None:
    x = torch.zeros(1, 7, 7)
    assert F.max_pool2d(x, 2).shape == (1, 3, 3)
    assert F.max_pool2d(x, 2, ceil_mode=True).shape == (1, 4, 4)


def test_a_window_of_3_halves_32_with_stride_2_and_padding_1() -> None:
    assert arithmetic.output_size(32, 3, stride=2, padding=1) == 16
    assert F.max_pool2d(torch.zeros(1, 9, 9), 3).shape == (1, 3, 3)


def test_adaptive_windows_from_7_to_3_share_a_cell() -> None:
    windows = [(i * 7 // 3, -(-(i + 1) * 7 // 3)) for i in range(3)]
    assert windows == [(0, 3), (2, 5), (4, 7)]
    x = torch.randn(1, 7, generator=torch.Generator().manual_seed(0))
    by_hand = torch.stack([x[0, start:end].mean() for start, end in windows])
    torch.testing.assert_close(F.adaptive_avg_pool1d(x, 3)[0], by_hand)


def test_a_strided_3x3_convolution_of_64_channels_has_36_864_weights() -> None:
    assert arithmetic.conv_params(64, 64, 3, bias=False) == 36_864


def test_behind_a_pooling_a_3x3_window_covers_6x6_pixels() -> None:
    assert arithmetic.receptive_field([(3, 1, 0, 1)]).size == 3
    assert arithmetic.receptive_field([(2, 2, 0, 1), (3, 1, 0, 1)]).size == 6


def test_the_widths_in_the_ordering_question() -> None:
    layers = [(4, 4, 0), (3, 3, 0), (3, 2, 0), (2, 2, 0), (3, 1, 1)]
    sizes = [arithmetic.output_size(24, kernel, stride=stride, padding=padding) for kernel, stride, padding in layers]
    assert sizes == [6, 8, 11, 12, 24]


def test_only_the_winner_of_2_7_1_5_gets_the_gradient_of_8() -> None:
    window = torch.tensor([[[2.0, 7.0], [1.0, 5.0]]], requires_grad=True)
    (gradient,) = torch.autograd.grad(8 * F.max_pool2d(window, 2).sum(), window)
    assert gradient.flatten().tolist() == [0, 8, 0, 0]
