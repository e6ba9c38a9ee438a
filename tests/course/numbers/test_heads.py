"""The numbers of the topic “Fully connected layers and heads” that no example of its article prints."""

from __future__ import annotations

from itertools import pairwise

import torch
from torch import nn

from cnntutor.vision.arithmetic import conv_params, dense_params, output_size

VGG16 = [3, 64, 64, 128, 128, 256, 256, 256, 512, 512, 512, 512, 512, 512]
"""The channels of VGG-16's thirteen convolutions, the picture's first (Simonyan and Zisserman, 2014)."""


def test_nine_tenths_of_vgg16_are_dense() -> None:
    body = sum(conv_params(c_in, c_out, 3) for c_in, c_out in pairwise(VGG16))
    head = dense_params(512 * 7 * 7, 4096) + dense_params(4096, 4096) + dense_params(4096, 1000)
    assert len(VGG16) - 1 == 13
    assert body + head == 138_357_544
    assert round(body / 1e6, 1) == 14.7
    assert round(head / 1e6, 1) == 123.6
    assert 0.89 < head / (body + head) < 0.9


def test_flatten_against_global_average_for_512_maps_of_7x7() -> None:
    assert dense_params(512 * 7 * 7, 1000, bias=False) == 25_088_000
    assert dense_params(512, 1000, bias=False) == 512_000
    assert 25_088_000 / 512_000 == 49


def test_cell_3_5_of_map_17_of_7x7_is_number_859_of_the_row() -> None:
    maps = torch.zeros(1, 512, 7, 7)
    maps[0, 17, 3, 5] = 1
    assert maps.flatten(1).shape == (1, 25_088)
    assert maps.flatten(1)[0].argmax().item() == 859


def test_384_pixels_give_6x6_scores_32_pixels_apart() -> None:
    assert 224 // 32 == 7
    assert 384 // 32 == 12
    assert output_size(12, 7) == 6


def test_a_dense_layer_and_its_convolution_have_the_same_number_of_weights() -> None:
    assert dense_params(512 * 7 * 7, 4096) == conv_params(512, 4096, 7)


def test_parameters_of_the_four_heads_on_256_maps_of_8x8() -> None:
    heads = [dense_params(256, 10), dense_params(256 * 4, 10), dense_params(256 * 64, 10)]
    heads.append(dense_params(256 * 64, 512) + dense_params(512, 10))
    assert heads == [2_570, 10_250, 163_850, 8_394_250]


def test_a_flatten_behind_a_fixed_size_runs_at_both_sizes() -> None:
    head = nn.Sequential(nn.AdaptiveAvgPool2d(7), nn.Flatten(), nn.Linear(8 * 49, 10))
    assert head(torch.zeros(1, 8, 7, 7)).shape == head(torch.zeros(1, 8, 14, 14)).shape == (1, 10)
    assert nn.AvgPool2d(7)(torch.zeros(1, 512, 14, 14)).numel() == 2_048


def test_two_linear_layers_in_a_row_are_one() -> None:
    torch.manual_seed(0)
    first, second = nn.Linear(6, 5, bias=False), nn.Linear(5, 4, bias=False)
    x = torch.randn(3, 6)
    torch.testing.assert_close(second(first(x)), x @ (second.weight @ first.weight).T)


def test_the_head_of_resnet18_is_4_per_cent_of_it() -> None:
    def stage(c_in: int, c_out: int) -> int:
        """Two basic blocks with their batch norms (two numbers a channel), the first one projecting."""
        convolutions = conv_params(c_in, c_out, 3, bias=False) + 3 * conv_params(c_out, c_out, 3, bias=False)
        projection = conv_params(c_in, c_out, 1, bias=False) + 2 * c_out if c_in != c_out else 0
        return convolutions + 4 * 2 * c_out + projection

    body = conv_params(3, 64, 7, bias=False) + 2 * 64
    body += sum(stage(c_in, c_out) for c_in, c_out in [(64, 64), (64, 128), (128, 256), (256, 512)])
    head = dense_params(512, 1000)
    assert (head, body + head) == (513_000, 11_689_512)
    assert round(100 * head / (body + head)) == 4


def test_96_per_cent_of_alexnet_are_dense() -> None:
    """In torchvision's variant (one card), with channels 64, 192, 384, 256, 256."""
    convolutions = [(3, 64, 11), (64, 192, 5), (192, 384, 3), (384, 256, 3), (256, 256, 3)]
    body = sum(conv_params(c_in, c_out, kernel) for c_in, c_out, kernel in convolutions)
    head = dense_params(256 * 6 * 6, 4096) + dense_params(4096, 4096) + dense_params(4096, 1000)
    assert body + head == 61_100_840
    assert round(100 * head / (body + head)) == 96
