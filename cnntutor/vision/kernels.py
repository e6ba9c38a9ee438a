"""Kernels made by hand, at any size: averages, edge detectors, sharpening, a Gabor wavelet.

All are written for cross-correlation, which is what a convolution layer computes: a positive weight answers to
brightness on its own side. A kernel larger than its 3×3 textbook form is that form convolved with a binomial blur,
so it asks the same question of a smoother image (Danielsson & Seger 1990, "Generalized and Separable Sobel
Operators"; for edge detectors the sizes of OpenCV's `getDerivKernels`, but for the scale).
"""

from __future__ import annotations

from collections.abc import Callable
from math import comb, pi
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from cnntutor.errors import UsageError

Kernel = NDArray[np.float32]
"""A square kernel, [size, size]."""

KernelName = Literal[
    "identity",
    "box",
    "gaussian",
    "sobel-x",
    "sobel-y",
    "laplacian",
    "sharpen",
    "emboss",
    "gabor",
    "random",
]
NAMES: tuple[KernelName, ...] = get_args(KernelName)

SOBEL_X = ((-1, 0, 1), (-2, 0, 2), (-1, 0, 1))
SOBEL_Y = ((-1, -2, -1), (0, 0, 0), (1, 2, 1))
LAPLACIAN = ((0, 1, 0), (1, -4, 1), (0, 1, 0))
SLOPE = ((-2, -1, 0), (-1, 0, 1), (0, 1, 2))
"""Brightening from the upper left to the lower right; emboss adds the image to it."""


def kernel(name: KernelName, size: int, *, seed: int = 0) -> Kernel:
    """The kernel of this name.

    Args:
        name: one of `NAMES`.
        size: side in taps.
        seed: for `random` alone.

    Returns:
        float32 [size, size].

    Raises:
        UsageError: there is no such kernel, or it needs more taps.
    """
    if name not in NAMES:
        raise UsageError(f"There is no kernel “{name}”: choose {', '.join(NAMES)}.")
    if size < least_size(name):
        small = ", ".join(other for other in NAMES if least_size(other) <= size)
        instead = f": make it larger, or choose another kernel first ({small})" if small else ""
        raise UsageError(f"kernel_size must be at least {least_size(name)} for the kernel {name}, not {size}{instead}")
    weights = random(size, seed) if name == "random" else _BY_HAND[name](size)
    return weights.astype(np.float32)


def least_size(name: KernelName) -> int:
    """The fewest taps on a side with which the kernel is what its name says."""
    return 1 if name in ("identity", "box", "gaussian", "random") else 3


def identity(size: int) -> NDArray[np.float64]:
    """One at the centre, else zero; an even size has no centre, and its upper left neighbour takes the one."""
    weights = np.zeros((size, size))
    weights[(size - 1) // 2, (size - 1) // 2] = 1
    return weights


def box(size: int) -> NDArray[np.float64]:
    """The mean of the window: every weight is 1/size²."""
    return np.full((size, size), 1 / size**2)


def gaussian(size: int) -> NDArray[np.float64]:
    """Binomial weights, C(n, i)·C(n, j) / 4ⁿ with n = size − 1: the whole-number Gaussian, σ² = n/4.

    At size 3 it is the textbook's [[1, 2, 1], [2, 4, 2], [1, 2, 1]] / 16.
    """
    row = np.array([comb(size - 1, i) for i in range(size)], dtype=float) / 2 ** (size - 1)
    return np.outer(row, row)


def laplacian(size: int) -> NDArray[np.float64]:
    """∂²/∂x² + ∂²/∂y² of the blurred image: positive in a dark spot, negative in a bright one."""
    return _grown(LAPLACIAN, size)


def sharpen(size: int) -> NDArray[np.float64]:
    """The image minus its Laplacian; at size 3 [[0, −1, 0], [−1, 5, −1], [0, −1, 0]]."""
    return identity(size) - laplacian(size)


def emboss(size: int) -> NDArray[np.float64]:
    """The image plus its slope towards the lower right, as if light fell from the upper left."""
    return identity(size) + _grown(SLOPE, size)


def gabor(size: int, angle: float = pi / 4) -> NDArray[np.float64]:
    """A plane wave under a Gaussian: exp(−(x′² + y′²)/2σ²)·cos(2πx′/λ), σ = size/5, λ = 2·size/3.

    The real part of Daugman (1985), "Uncertainty relation for resolution in space, spatial frequency, and
    orientation …", JOSA A 2(7), with a round envelope. The mean is taken off, so that an even surface gives
    zero, and the weights are scaled to Σ|w| = 1.

    Args:
        size: side in taps.
        angle: direction of the wave in radians, 0 to the right, growing clockwise.
    """
    taps = np.arange(size) - (size - 1) / 2
    y, x = np.meshgrid(taps, taps, indexing="ij")
    along = x * np.cos(angle) + y * np.sin(angle)
    wave = np.exp(-(x**2 + y**2) / (2 * (size / 5) ** 2)) * np.cos(2 * pi * along / (2 * size / 3))
    wave -= wave.mean()
    weights: NDArray[np.float64] = wave / np.abs(wave).sum()
    return weights


def random(size: int, seed: int) -> NDArray[np.float64]:
    """Normal weights with variance 2/size², as a layer starts out (He et al. 2015, arXiv:1502.01852)."""
    return np.random.default_rng(seed).normal(0, (2 / size**2) ** 0.5, (size, size))


def _grown(textbook: tuple[tuple[int, ...], ...], size: int) -> NDArray[np.float64]:
    """A 3×3 kernel convolved with the blur that makes it size×size."""
    blur = gaussian(size - 2)
    grown = np.zeros((size, size))
    for i, row in enumerate(textbook):
        for j, weight in enumerate(row):
            grown[i : i + size - 2, j : j + size - 2] += weight * blur
    return grown


_BY_HAND: dict[KernelName, Callable[[int], NDArray[np.float64]]] = {
    "identity": identity,
    "box": box,
    "gaussian": gaussian,
    "sobel-x": lambda size: _grown(SOBEL_X, size),
    "sobel-y": lambda size: _grown(SOBEL_Y, size),
    "laplacian": laplacian,
    "sharpen": sharpen,
    "emboss": emboss,
    "gabor": gabor,
}
