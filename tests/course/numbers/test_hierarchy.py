"""The numbers of the topic “Hierarchical features” that its examples do not print."""

from __future__ import annotations

import torch

from cnntutor.vision import checkpoints
from cnntutor.vision.arithmetic import conv_params


def test_sixteen_patterns_or_none_at_nine_places_make_119_billion_arrangements() -> None:
    assert (16 + 1) ** 9 == 118_587_876_497
    assert round(17**9 / 1e9) == 119


def test_a_second_layer_filter_on_16_maps_has_144_weights() -> None:
    assert conv_params(16, 1, 3, bias=False) == 144


def test_the_soft_and_needs_both_parts() -> None:
    sums = torch.tensor([2.0 + 2, 2 + 0, 0 + 0]) - 3
    assert sums.tolist() == [1, -1, -3]
    assert sums.relu().tolist() == [1, 0, 0]


def test_each_block_of_the_textures_net_halves_the_numbers() -> None:
    maps = torch.zeros(1, 3, 96, 96)
    shapes = []
    with torch.no_grad():
        for block in checkpoints.load("textures").model().blocks:
            maps = block(maps)
            shapes.append(tuple(maps.shape[1:]))
    assert shapes == [(16, 48, 48), (32, 24, 24), (64, 12, 12)]
    counts = [channels * height * width for channels, height, width in shapes]
    assert counts == [counts[0], counts[0] // 2, counts[0] // 4]
