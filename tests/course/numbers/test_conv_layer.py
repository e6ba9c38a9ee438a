"""Numbers of the topic “The convolutional layer” that its examples do not print."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from cnntutor.vision import kernels
from cnntutor.vision.arithmetic import conv_macs, conv_params


@pytest.mark.parametrize(
    ("name", "total"),
    [("box", 1), ("gaussian", 1), ("sharpen", 1), ("laplacian", 0), ("sobel-x", 0), ("gabor", 0)],
)
def test_the_weights_of_a_kernel_sum_to_one_or_zero(name, total):
    assert kernels.kernel(name, 3).sum() == pytest.approx(total, abs=1e-6)


def test_sharpening_is_the_picture_minus_its_laplacian():
    assert kernels.sharpen(3).tolist() == (kernels.identity(3) - kernels.laplacian(3)).tolist()
    assert kernels.sharpen(3)[1].tolist() == [-1, 5, -1]


def test_halving_the_map_and_doubling_the_filters_keeps_the_macs_level():
    assert conv_macs(64, 64, 3, 56, 56) == conv_macs(128, 128, 3, 28, 28) == 115_605_504
    assert (conv_params(64, 64, 3, bias=False), conv_params(128, 128, 3, bias=False)) == (36_864, 147_456)
    assert (56 * 56, 28 * 28) == (3136, 784)


def test_two_small_kernels_have_18_where_a_large_one_has_25():
    assert 2 * conv_params(1, 1, 3, bias=False) == 18
    assert conv_params(1, 1, 5, bias=False) == 25


def test_grey_of_the_pixel_is_124_2():
    parts = [200 * 0.299, 100 * 0.587, 50 * 0.114]
    assert parts == pytest.approx([59.8, 58.7, 5.7])
    assert sum(parts) == pytest.approx(124.2)


def test_a_bottleneck_saves_a_factor_of_8_5():
    parts = [conv_params(256, 64, 1, bias=False), conv_params(64, 64, 3, bias=False)]
    assert parts == [16_384, 36_864]
    neck = parts[0] + parts[1] + conv_params(64, 256, 1, bias=False)
    full = conv_params(256, 256, 3, bias=False)
    assert (neck, full, round(full / neck, 1)) == (69_632, 589_824, 8.5)


def test_he_and_the_default_differ_by_a_factor_of_six_in_variance():
    fan_in = conv_params(32, 1, 3, bias=False)
    assert fan_in == 288
    assert (2 / fan_in) ** 0.5 == pytest.approx(0.083, abs=5e-4)
    torch.manual_seed(0)
    weight = nn.Conv2d(32, 512, 3).weight
    assert weight.abs().max().item() <= fan_in**-0.5
    assert (2 / fan_in) / weight.var().item() == pytest.approx(6, rel=0.02)


def test_half_of_the_signal_twenty_times_is_a_millionth():
    assert round(1e6 * 0.5**20, 1) == 1


def test_equal_filters_stay_equal():
    torch.manual_seed(0)
    first, second = nn.Conv2d(1, 3, 3), nn.Conv2d(3, 1, 3)
    with torch.no_grad():
        first.weight.copy_(first.weight[:1].clone().expand_as(first.weight))
        first.bias.fill_(0.1)
        second.weight.fill_(0.2)
    optimiser = torch.optim.SGD([*first.parameters(), *second.parameters()], lr=0.1)
    start = first.weight.detach().clone()
    for _ in range(3):
        optimiser.zero_grad()
        second(first(torch.rand(2, 1, 8, 8)).relu()).square().mean().backward()
        optimiser.step()
    assert not torch.allclose(first.weight, start)
    assert torch.allclose(first.weight, first.weight[:1].expand_as(first.weight), atol=1e-6)
