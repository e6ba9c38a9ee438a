"""The numbers of the topic “Parameter sharing” that its examples do not print."""

from __future__ import annotations

import torch
import torch.nn.functional as F

from cnntutor.vision.arithmetic import output_size


def test_a_map_of_56x56_has_3136_places() -> None:
    assert 56 * 56 == 3_136


def test_a_3x3_kernel_has_84_places_on_8x16_pixels() -> None:
    assert output_size(8, 3) * output_size(16, 3) == 84
    assert 8 * 9 * 84 == 6_048


def test_the_matrix_of_a_row_of_six_has_12_weights_and_3_different_ones() -> None:
    kernel = torch.tensor([[[1.0, 2, 3]]])
    matrix = F.conv1d(torch.eye(6)[:, None], kernel)[:, 0].T
    assert matrix.shape == (4, 6)
    assert int((matrix > 0).sum()) == 12
    assert len(matrix.unique()) - 1 == 3
    assert all(matrix[row, column] == matrix[row + 1, column + 1] for row in range(3) for column in range(5))


def test_the_gradient_of_a_shared_weight_weighs_each_place_by_its_own_gradient() -> None:
    weight = torch.zeros(1, 1, 2, requires_grad=True)
    result = F.conv1d(torch.tensor([[[3.0, 5.0, 2.0]]]), weight)
    result.backward(torch.tensor([[[2.0, 1.0]]]))
    assert weight.grad is not None
    assert weight.grad.flatten().tolist() == [3 * 2 + 5 * 1, 5 * 2 + 2 * 1]


def test_zero_padding_shows_at_the_border_of_a_flat_picture() -> None:
    flat = F.conv2d(torch.ones(1, 1, 6, 6), torch.ones(1, 1, 3, 3), padding=1)[0, 0]
    assert (flat[0, 0], flat[0, 2], flat[2, 2]) == (4, 6, 9)
