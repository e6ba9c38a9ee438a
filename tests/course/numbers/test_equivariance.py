"""The numbers of the topic *Equivariance and invariance*."""

import torch
import torch.nn.functional as F
from torch import nn

STRIPES = torch.tensor([0.0, 1.0] * 4)


def test_a_shifted_row_keeps_its_mean_of_seven_eighths_and_its_maximum_of_five() -> None:
    row = torch.tensor([0.0, 1, 5, 1, 0, 0, 0, 0])
    shifted = torch.tensor([0.0, 0, 0, 0, 1, 5, 1, 0])
    assert torch.equal(row.roll(3), shifted)
    assert row.mean() == shifted.mean() == 7 / 8
    assert row.max() == shifted.max() == 5


def test_the_blur_makes_one_half_of_both_positions_of_the_stripes() -> None:
    kernel = torch.tensor([[[1.0, 2, 1]]]) / 4
    for row in (STRIPES, STRIPES.roll(1)):
        blurred = F.conv1d(F.pad(row[None, None], (1, 1), mode="circular"), kernel).flatten()
        assert blurred.tolist() == [0.5] * 8


def test_stride_two_keeps_all_zeros_or_all_ones_of_the_stripes() -> None:
    assert STRIPES[::2].tolist() == [0] * 4
    assert STRIPES.roll(1)[::2].tolist() == [1] * 4


def test_a_wave_four_pixels_long_is_still_too_short_for_stride_two() -> None:
    wave = torch.tensor([0.0, 1, 0, -1] * 2)
    assert wave[::2].tolist() == [0] * 4
    assert wave.roll(1)[::2].abs().tolist() == [1] * 4


def test_strides_of_two_multiply_to_eight_and_sixteen_pixels_move_the_map_by_two_cells() -> None:
    torch.manual_seed(0)
    layers = [nn.Conv2d(c, 4, 3, 2, 1, padding_mode="circular").double() for c in (1, 4, 4)]
    net = nn.Sequential(*layers)
    picture = torch.rand(1, 1, 32, 32).double()
    with torch.no_grad():
        plain = net(picture)
        for pixels, cells in ((8, 1), (16, 2)):
            torch.testing.assert_close(net(picture.roll(pixels, 3)), plain.roll(cells, 3))
        assert not torch.allclose(net(picture.roll(2, 3)), plain.roll(1, 3))


def test_one_cell_of_resnet_18s_last_map_is_32_pixels() -> None:
    strides = {"first convolution": 2, "max pooling": 2, "layer2": 2, "layer3": 2, "layer4": 2}
    total = 1
    for stride in strides.values():
        total *= stride
    assert total == 32
