from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.nn import functional

from cnntutor.errors import UsageError
from cnntutor.vision import kernels
from cnntutor.vision.kernels import NAMES, kernel, least_size

sizes = st.integers(3, 11)


def correlate(image: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Valid cross-correlation by torch, an implementation that is not ours."""
    tensors = (torch.from_numpy(np.ascontiguousarray(a, dtype=np.float32))[None, None] for a in (image, weights))
    return functional.conv2d(*tensors)[0, 0].numpy()


@pytest.mark.parametrize(
    ("name", "textbook"),
    [
        ("identity", [[0, 0, 0], [0, 1, 0], [0, 0, 0]]),
        ("box", [[1 / 9] * 3] * 3),
        ("gaussian", [[1 / 16, 2 / 16, 1 / 16], [2 / 16, 4 / 16, 2 / 16], [1 / 16, 2 / 16, 1 / 16]]),
        ("sobel-x", [[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]]),
        ("sobel-y", [[-1, -2, -1], [0, 0, 0], [1, 2, 1]]),
        ("laplacian", [[0, 1, 0], [1, -4, 1], [0, 1, 0]]),
        ("sharpen", [[0, -1, 0], [-1, 5, -1], [0, -1, 0]]),
        ("emboss", [[-2, -1, 0], [-1, 1, 1], [0, 1, 2]]),
    ],
)
def test_three_by_three_kernels_are_those_of_the_textbooks(name: kernels.KernelName, textbook: list) -> None:
    np.testing.assert_allclose(kernel(name, 3), textbook, rtol=1e-6)


@pytest.mark.parametrize("name", NAMES)
def test_every_size_gives_a_square_of_single_precision(name: kernels.KernelName) -> None:
    for size in range(least_size(name), 12):
        weights = kernel(name, size)
        assert (weights.shape, weights.dtype) == ((size, size), np.float32)
        assert np.isfinite(weights).all()
        assert weights.any()


@pytest.mark.parametrize("name", ["box", "gaussian", "identity", "sharpen", "emboss"])
@given(size=sizes)
def test_kernels_that_keep_the_brightness_sum_to_one(name: kernels.KernelName, size: int) -> None:
    assert kernel(name, size).sum() == pytest.approx(1, abs=1e-5)


@pytest.mark.parametrize("name", ["sobel-x", "sobel-y", "laplacian", "gabor"])
@given(size=sizes)
def test_kernels_that_look_for_change_sum_to_zero(name: kernels.KernelName, size: int) -> None:
    assert kernel(name, size).sum() == pytest.approx(0, abs=1e-5)


@pytest.mark.parametrize("name", ["box", "gaussian", "laplacian"])
@given(size=sizes)
def test_kernels_without_a_direction_look_the_same_from_every_side(name: kernels.KernelName, size: int) -> None:
    weights = kernel(name, size)
    np.testing.assert_allclose(weights, np.rot90(weights), atol=1e-6)
    np.testing.assert_allclose(weights, weights.T, atol=1e-6)


@given(size=sizes)
def test_sobel_y_is_sobel_x_turned(size: int) -> None:
    np.testing.assert_allclose(kernel("sobel-y", size), kernel("sobel-x", size).T, atol=1e-6)


@given(size=sizes, slope=st.floats(-4, 4))
def test_sobel_gives_eight_times_the_slope_whatever_its_size(size: int, slope: float) -> None:
    ramp = np.tile(slope * np.arange(size + 2), (size + 2, 1))
    np.testing.assert_allclose(correlate(ramp, kernel("sobel-x", size)), 8 * slope, atol=1e-3)
    np.testing.assert_allclose(correlate(ramp, kernel("sobel-y", size)), 0, atol=1e-3)


@given(size=sizes)
def test_the_laplacian_of_a_paraboloid_is_its_curvature(size: int) -> None:
    y, x = np.mgrid[: size + 2, : size + 2] - (size + 1) / 2
    np.testing.assert_allclose(correlate(x**2 + y**2, kernel("laplacian", size)), 4, atol=1e-2)


@given(size=st.integers(3, 9))
def test_a_larger_kernel_asks_the_same_of_a_blurred_image(size: int) -> None:
    image = np.random.default_rng(size).random((16, 16))
    blurred = correlate(image, kernel("gaussian", size - 2))
    for name in ("sobel-x", "laplacian"):
        expected = correlate(blurred, kernel(name, 3))
        np.testing.assert_allclose(correlate(image, kernel(name, size)), expected, atol=1e-4)


@given(size=st.integers(1, 11))
def test_the_gaussian_has_the_variance_it_promises(size: int) -> None:
    row = kernel("gaussian", size).sum(axis=0)
    taps = np.arange(size) - (size - 1) / 2
    assert (row * taps**2).sum() == pytest.approx((size - 1) / 4, abs=1e-5)


def test_the_gabor_wavelet_answers_to_its_own_slant_alone() -> None:
    taps = np.arange(31)
    y, x = np.meshgrid(taps, taps, indexing="ij")
    stripes = {angle: np.cos(2 * np.pi * (x + angle * y) / np.sqrt(2) / 6) for angle in (1, -1)}
    answers = {angle: np.abs(correlate(image, kernel("gabor", 9))).max() for angle, image in stripes.items()}
    assert answers[1] > 5 * answers[-1]


def test_random_weights_follow_their_seed() -> None:
    assert np.array_equal(kernel("random", 5, seed=1), kernel("random", 5, seed=1))
    assert not np.array_equal(kernel("random", 5, seed=1), kernel("random", 5, seed=2))


def test_random_weights_have_the_variance_of_a_fresh_layer() -> None:
    many = np.stack([kernel("random", 5, seed=seed) for seed in range(400)])
    assert many.var() == pytest.approx(2 / 25, rel=0.05)


def test_a_kernel_too_small_or_unknown_is_refused() -> None:
    with pytest.raises(UsageError, match="kernel_size must be at least 3 for the kernel laplacian, not 2"):
        kernel("laplacian", 2)
    with pytest.raises(UsageError, match="kernel_size must be at least 1 for the kernel box, not 0"):
        kernel("box", 0)
    with pytest.raises(UsageError, match="There is no kernel “canny”: choose identity"):
        kernel("canny", 3)
