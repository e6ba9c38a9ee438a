"""The numbers of the topic *Convolution and cross-correlation*."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from scipy import ndimage, signal

ROW, KERNEL = [2, 0, 1, 3], [1, 2]
GAUSSIAN = [[1, 2, 1], [2, 4, 2], [1, 2, 1]]
LAPLACIAN = [[0, 1, 0], [1, -4, 1], [0, 1, 0]]
SOBEL = [[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]]
DIAGONAL = [[1, 0, 0], [0, 1, 0], [0, 0, 1]]
SHIFT = [[0, 0, 0], [0, 0, 1], [0, 0, 0]]


def half_turn(kernel: list[list[int]]) -> list[list[int]]:
    return np.flip(kernel).tolist()


def test_the_row_by_hand_gives_2_2_7_and_4_1_5() -> None:
    assert np.correlate(ROW, KERNEL, "valid").tolist() == [2, 2, 7]
    assert np.convolve(ROW, KERNEL, "valid").tolist() == [4, 1, 5]


@pytest.mark.parametrize("kernel", [GAUSSIAN, LAPLACIAN, DIAGONAL, np.ones((3, 3), int).tolist()])
def test_a_half_turn_leaves_gaussian_laplacian_diagonal_and_box(kernel: list[list[int]]) -> None:
    assert half_turn(kernel) == kernel


def test_a_half_turn_changes_the_sign_of_sobel_and_the_shift_by_one() -> None:
    assert half_turn(SOBEL) == (-np.array(SOBEL)).tolist()
    assert half_turn(SHIFT) != SHIFT
    assert half_turn([[1, 2], [3, 4]]) == [[4, 3], [2, 1]]


def test_who_flips() -> None:
    point = np.zeros((5, 5))
    point[2, 2] = 1
    kernel = np.arange(1.0, 10).reshape(3, 3)
    unflipped = {
        "scipy.signal": signal.correlate2d(point, kernel, "valid"),
        "scipy.ndimage": ndimage.correlate(point, kernel)[1:4, 1:4],
        "torch": F.conv2d(torch.tensor(point)[None, None], torch.tensor(kernel)[None, None])[0, 0].numpy(),
    }
    flipped = {
        "scipy.signal": signal.convolve2d(point, kernel, "valid"),
        "scipy.signal, any dimension": signal.convolve(point, kernel, "valid").round(9),
        "scipy.ndimage": ndimage.convolve(point, kernel)[1:4, 1:4],
    }
    assert all((stamp == np.flip(kernel)).all() for stamp in unflipped.values())
    assert all((stamp == kernel).all() for stamp in flipped.values())


def test_numpy_pads_a_convolution_fully_and_a_correlation_not_at_all_by_default() -> None:
    assert len(np.convolve(ROW, KERNEL)) == 5
    assert len(np.correlate(ROW, KERNEL)) == 3


def test_the_backward_pass_of_a_correlation_is_a_convolution() -> None:
    x = torch.zeros(1, 1, 5, requires_grad=True)
    F.conv1d(x, torch.tensor([[[1.0, 2]]])).backward(torch.tensor([[ROW]]).float())
    assert x.grad is not None
    assert x.grad.flatten().tolist() == np.convolve(ROW, KERNEL).tolist()


def test_a_product_of_spectra_convolves_and_a_conjugate_correlates() -> None:
    x, w = np.array([2.0, 0, 1, 3, 0]), np.array([1.0, 2, 0, 0, 0])
    spectra = np.fft.fft(x), np.fft.fft(w)
    np.testing.assert_allclose(np.fft.ifft(spectra[0] * spectra[1]).real, np.convolve(ROW, KERNEL))
    np.testing.assert_allclose(np.fft.ifft(spectra[0] * spectra[1].conj()).real[:3], [2, 2, 7])


def test_a_bright_patch_scores_more_than_the_kernels_own_pattern() -> None:
    assert np.correlate([1, 2], KERNEL).item() == 5
    assert np.correlate([9, 0], KERNEL).item() == 9


def test_the_result_of_an_even_kernel_moves_by_one_pixel_when_flipped() -> None:
    point, box = [0, 0, 0, 1, 0, 0, 0], [1, 1, 1, 1]
    correlated = ndimage.correlate(point, box, mode="constant")
    assert ndimage.convolve(point, box, mode="constant").tolist() == np.roll(correlated, -1).tolist()
