"""The numbers of the topic *Trends*."""

import math

import torch

from cnntutor.vision.arithmetic import conv_params


def test_labelling_imagenet_at_ten_seconds_a_picture_takes_3559_hours_or_two_years() -> None:
    hours = 1_281_167 * 10 / 3600
    assert round(hours) == 3559
    assert round(hours / (8 * 220)) == 2  # eight hours a day, 220 days a year


def test_64_pictures_give_127_candidates_and_a_first_loss_of_4_84() -> None:
    assert 2 * 64 - 1 == 127
    assert round(math.log(127), 2) == 4.84


def test_a_momentum_of_0_996_averages_about_250_students() -> None:
    assert round(1 / (1 - 0.996)) == 250
    weights = [(1 - 0.996) * 0.996**age for age in range(10_000)]
    assert round(sum(age * w for age, w in enumerate(weights))) == 249  # mean age, the newest being 0


def test_a_quarter_of_the_tokens_is_a_sixteenth_of_the_pairs() -> None:
    assert 49 / 196 == 1 / 4
    assert (49 / 196) ** 2 == 1 / 16


def test_the_picture_of_clip_picks_the_largest_of_each_row() -> None:
    similarities = torch.tensor([[0.31, 0.12], [0.14, 0.29]])
    assert similarities.argmax(1).tolist() == [0, 1]
    assert similarities.argmax(0).tolist() == [0, 1]


def test_a_large_depthwise_kernel_has_a_quarter_of_a_million_weights_instead_of_63_million() -> None:
    deep, plain = conv_params(256, 256, 31, groups=256, bias=False), conv_params(256, 256, 31, bias=False)
    assert round(deep / 1e6, 2) == 0.25
    assert round(plain / 1e6) == 63


def test_two_points_on_50000_pictures_are_more_than_noise() -> None:
    spread = math.sqrt(0.75 * 0.25 / 50_000)
    assert 5 * spread < 0.02
