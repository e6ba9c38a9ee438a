"""The numbers of the topic on vision transformers that no example of its article prints."""

from __future__ import annotations

from torch import nn

from cnntutor.vision.arithmetic import conv_params

WIDTH = 768
TOKENS = 14 * 14 + 1


def test_a_picture_of_224_gives_196_patches_of_768_numbers() -> None:
    assert (224 // 16) ** 2 == 196
    assert WIDTH == 3 * 16 * 16


def test_a_block_has_about_4_d_squared_weights_in_attention_and_8_d_squared_in_the_mlp() -> None:
    block = nn.TransformerEncoderLayer(WIDTH, nhead=12, dim_feedforward=4 * WIDTH)
    attention = sum(p.numel() for p in block.self_attn.parameters() if p.ndim > 1)
    assert attention == 4 * WIDTH**2
    assert block.linear1.weight.numel() + block.linear2.weight.numel() == 8 * WIDTH**2


def test_the_base_vit_has_86_million_parameters() -> None:
    block = 12 * WIDTH**2 + 4 * WIDTH + (4 + 1) * WIDTH + 4 * WIDTH
    patches, positions, head = conv_params(3, WIDTH, 16), TOKENS * WIDTH, (WIDTH + 1) * 1000
    total = patches + WIDTH + positions + 12 * block + 2 * WIDTH + head
    assert total == 86_567_656


def test_the_pairs_are_4_per_cent_of_the_work_at_224_pixels() -> None:
    pairs, weights = 2 * TOKENS**2 * WIDTH, 12 * TOKENS * WIDTH**2
    assert round(100 * pairs / (pairs + weights)) == 4


def test_place_15_lies_below_place_1_on_a_grid_of_14() -> None:
    assert 1 + 14 == 15


def test_windows_of_7_leave_a_64th_of_the_pairs_on_a_map_of_56() -> None:
    tokens = 56 * 56
    assert tokens == 3136
    assert tokens**2 / (tokens * 7 * 7) == 64


def test_twice_the_side_means_4_times_the_tokens_and_16_times_the_pairs() -> None:
    small, large = (224 // 16) ** 2, (448 // 16) ** 2
    assert (large / small, large**2 / small**2) == (4, 16)
