"""The numbers of the topic “History and motivation” that its examples do not print."""

from __future__ import annotations

from itertools import pairwise

from cnntutor.vision.arithmetic import conv_params, dense_params, output_size

ALEXNET_DENSE = dense_params(9216, 4096) + dense_params(4096, 4096) + dense_params(4096, 1000)


def test_the_net_of_1989_has_9760_learnt_numbers_layer_by_layer() -> None:
    layers = [12 * 25 + 768, 12 * 200 + 192, dense_params(192, 30), dense_params(30, 10)]
    assert layers == [1_068, 2_592, 5_790, 310]
    assert sum(layers) == 9_760


def test_its_maps_are_8x8_and_4x4_on_16x16_pixels() -> None:
    first = output_size(16, 5, stride=2, padding=2)
    assert (first, output_size(first, 5, stride=2, padding=2)) == (8, 4)
    assert 12 * first**2 == 768


def test_alexnets_dense_layers_hold_96_percent_of_the_weights_and_do_8_percent_of_the_work() -> None:
    assert round(100 * ALEXNET_DENSE / 61_100_840) == 96
    assert round(100 * (9216 * 4096 + 4096 * 4096 + 4096 * 1000) / 714_188_480) == 8
    assert dense_params(9216, 4096) == 37_752_832
    assert max(conv_params(192, 384, 3), conv_params(384, 256, 3), conv_params(256, 256, 3)) < 1_000_000


def test_vgg16_is_89_percent_dense() -> None:
    widths = [3, 64, 64, 128, 128, 256, 256, 256, *[512] * 6]
    convs = sum(conv_params(i, o, 3) for i, o in pairwise(widths))
    dense = dense_params(512 * 7 * 7, 4096) + dense_params(4096, 4096) + dense_params(4096, 1000)
    assert convs + dense == 138_357_544
    assert round(100 * dense / (convs + dense)) == 89


def test_resnet18_is_4_percent_dense() -> None:
    assert round(100 * dense_params(512, 1000) / 11_689_512) == 4
