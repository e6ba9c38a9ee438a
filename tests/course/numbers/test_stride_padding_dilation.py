"""The numbers of the topic *Stride, padding and dilation*."""

import pytest
import torch
import torch.nn.functional as F
from scipy import ndimage
from torch import nn

from cnntutor.vision.arithmetic import output_size, receptive_field


def test_fifteen_layers_without_padding_leave_two_of_32_pixels() -> None:
    size, sizes = 32, [32]
    for _ in range(15):
        size = output_size(size, 3)
        sizes.append(size)
    assert sizes[1:3] == [30, 28]
    assert size == 2


def test_nine_windows_read_an_inner_pixel_and_one_reads_a_corner() -> None:
    picture = torch.zeros(1, 1, 8, 8, requires_grad=True)
    F.conv2d(picture, torch.ones(1, 1, 3, 3)).sum().backward()
    assert picture.grad is not None
    assert picture.grad[0, 0, 0, 0] == 1
    assert picture.grad[0, 0, 4, 4] == 9


@pytest.mark.parametrize(("kernel", "dilation", "padding"), [(3, 1, 1), (7, 1, 3), (3, 2, 2), (5, 1, 2)])
def test_same_padding(kernel: int, dilation: int, padding: int) -> None:
    assert output_size(32, kernel, padding=padding, dilation=dilation) == 32


def test_a_stride_of_two_keeps_a_quarter_of_the_cells_unchanged() -> None:
    picture, kernel = torch.randint(0, 9, (1, 1, 16, 16)).double(), torch.randint(0, 9, (1, 1, 3, 3)).double()
    dense = F.conv2d(picture, kernel, padding=1)
    strided = F.conv2d(picture, kernel, padding=1, stride=2)
    assert torch.equal(strided, dense[..., ::2, ::2])
    assert strided.numel() * 4 == dense.numel()


def test_pytorch_refuses_same_padding_with_a_stride() -> None:
    with pytest.raises(ValueError, match="same"):
        nn.Conv2d(1, 1, 3, stride=2, padding="same")


def test_one_column_on_the_right_and_one_on_each_side_both_give_112_one_pixel_apart() -> None:
    row, kernel = torch.arange(224.0)[None, None], torch.tensor([[[0.0, 1, 0]]])
    right = F.conv1d(F.pad(row, (0, 1)), kernel, stride=2).flatten()
    both = F.conv1d(row, kernel, stride=2, padding=1).flatten()
    assert len(right) == len(both) == 112
    assert (right - both).tolist() == [1] * 112


def test_scipy_calls_the_reflection_of_torch_mirror() -> None:
    row, kernel = [1, 2, 3, 4], [1, 0, 0]
    assert ndimage.correlate(row, kernel, mode="mirror")[0] == 2
    assert ndimage.correlate(row, kernel, mode="reflect")[0] == 1


def test_doubled_dilations_see_15_pixels_and_six_times_two_sees_25_instead_of_13() -> None:
    assert receptive_field([(3, 1, d, d) for d in (1, 2, 4)]).size == 15
    assert receptive_field([(3, 1, 2, 2)] * 6).size == 25
    assert receptive_field([(3, 1, 1, 1)] * 6).size == 13


def test_seven_and_eight_become_four_and_output_padding_chooses_the_way_back() -> None:
    assert output_size(7, 3, stride=2, padding=1) == output_size(8, 3, stride=2, padding=1) == 4
    up = torch.zeros(1, 1, 4)
    kernel = torch.zeros(1, 1, 3)
    assert F.conv_transpose1d(up, kernel, stride=2, padding=1).shape[2] == 7
    assert F.conv_transpose1d(up, kernel, stride=2, padding=1, output_padding=1).shape[2] == 8


def test_the_order_of_the_widths_in_the_quiz() -> None:
    up = F.conv_transpose1d(torch.zeros(1, 1, 32), torch.zeros(1, 1, 2), stride=2).shape[2]
    widths = [
        output_size(32, 3, stride=2, padding=1),
        output_size(32, 3, dilation=3),
        output_size(32, 5),
        output_size(32, 5, padding=2),
        up,
    ]
    assert widths == [16, 26, 28, 32, 64]
    assert output_size(32, 3, padding=1, dilation=2) == 30


def test_maps_of_224_111_and_55_leave_a_column_unread_in_the_first_layer_only() -> None:
    assert output_size(224, 3, stride=2) == 111
    assert output_size(111, 3, stride=2) == 55
    assert (224 - 3) % 2 == 1
    assert (111 - 3) % 2 == 0


@pytest.mark.parametrize(("kernel", "padding"), [(4, 1), (6, 2), (4, 2), (6, 1)])
def test_the_size_of_a_transposed_convolution(kernel: int, padding: int) -> None:
    written = F.conv_transpose1d(torch.zeros(1, 1, 9), torch.zeros(1, 1, kernel), stride=2, padding=padding).shape[2]
    assert written == (9 - 1) * 2 - 2 * padding + kernel
