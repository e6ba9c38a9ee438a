"""The numbers of the topic *Applications*."""

import math

import torch

from cnntutor.vision.arithmetic import conv_params, output_size, receptive_field


def test_ten_seconds_at_500_hertz_are_5000_moments() -> None:
    assert 10 * 500 == 5000


def test_a_cube_of_three_has_three_times_the_weights_of_a_square_of_three() -> None:
    cube = torch.nn.Conv3d(2, 5, 3, bias=False).weight.numel()
    assert cube == 3 * conv_params(2, 5, 3, bias=False) == 27 * 2 * 5


def test_a_ct_volume_in_32_channels_takes_ten_gigabytes() -> None:
    assert round(32 * 300 * 512 * 512 * 4 / 1e9) == 10


def test_seven_of_eight_alarms_are_false_in_a_screening() -> None:
    right, false = 0.01 * 0.975, 0.99 * 0.066
    assert round(8 * false / (right + false)) == 7


def test_of_990_healthy_people_some_70_get_an_alarm_if_93_in_a_hundred_are_cleared() -> None:
    assert round(990 * 0.07) == 69


def test_there_are_eight_turns_and_mirrorings_of_a_square() -> None:
    tile = torch.arange(9).reshape(3, 3)
    views = {tuple(t.rot90(k).flatten().tolist()) for t in (tile, tile.flip(1)) for k in range(4)}
    assert len(views) == 8


def test_a_row_is_40_hertz_wide_a_window_25_ms_long_and_the_product_is_one() -> None:
    width, length = 16_000 / 400, 400 / 16_000
    assert (width, length) == (40, 0.025)
    assert width * length == 1


def test_an_octave_has_one_length_on_a_logarithmic_axis_and_doubles_on_a_linear_one() -> None:
    assert math.log2(440 / 220) == math.log2(880 / 440) == 1
    assert (880 - 440) / (440 - 220) == 2


def test_dilations_that_double_double_the_view() -> None:
    sizes = [receptive_field([(3, 1, 0, 2**i) for i in range(layers)]).size for layers in (1, 2, 3, 4)]
    assert sizes == [3, 7, 15, 31]


def test_the_window_of_80_every_40_samples_makes_19_frames() -> None:
    assert output_size(800, 80, stride=40) == 19
