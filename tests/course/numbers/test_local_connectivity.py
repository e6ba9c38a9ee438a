"""The numbers of the topic “Local connectivity” that its examples do not print."""

from __future__ import annotations

import io

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image

from cnntutor.vision.images import open_picture


def test_shuffled_pixels_make_a_png_half_as_large_again() -> None:
    cat = np.asarray(open_picture("chelsea").convert("L"))
    shuffled = np.random.default_rng(0).permutation(cat.ravel()).reshape(cat.shape)
    plain, fat = (_png(picture) for picture in (cat, shuffled))
    assert cat.shape == (256, 256)
    assert abs(plain - 41_000) < 2_000
    assert abs(fat - 62_000) < 2_000
    assert 1.4 < fat / plain < 1.6


def _png(picture: np.ndarray) -> int:
    file = io.BytesIO()
    Image.fromarray(picture).save(file, "PNG")
    return file.tell()


def test_a_brick_wall_forgets_faster_than_a_cat() -> None:
    wall = np.asarray(open_picture("brick").convert("L")).astype(float)
    alike = [np.corrcoef(wall[:, :-apart].ravel(), wall[:, apart:].ravel())[0, 1] for apart in (1, 4)]
    assert np.round(alike, 2).tolist() == [0.69, 0.05]


def test_differences_of_the_row_of_pixels() -> None:
    row = np.array([20, 21, 21, 22, 60, 61, 60, 61])
    assert np.diff(row).tolist() == [1, 0, 1, 38, 1, -1, 1]


def test_a_row_of_eight_keeps_18_of_48_weights() -> None:
    band = F.conv1d(torch.eye(8)[:, None], torch.ones(1, 1, 3))[:, 0].T
    assert band.shape == (6, 8)
    assert (band.numel(), int(band.sum())) == (48, 18)


def test_a_unit_on_224_pixels_keeps_9_of_50176_weights() -> None:
    assert 224**2 == 50_176


def test_a_pixel_is_read_by_as_many_cells_as_a_kernel_has_taps() -> None:
    for kernel in (3, 5, 7, 9, 11):
        dot = torch.zeros(1, 1, 31, 31)
        dot[0, 0, 15, 15] = 1
        assert int(F.conv2d(dot, torch.ones(1, 1, kernel, kernel)).sum()) == kernel**2


def test_the_last_column_of_a_patch() -> None:
    dot = torch.zeros(1, 1, 12)
    dot[0, 0, 4 + 5 - 1] = 1
    reached = F.conv1d(dot, torch.ones(1, 1, 5))[0, 0].nonzero().flatten().tolist()
    assert reached[0] == 4


def test_unshared_local_weights_from_64_to_128_channels_on_56x56_are_hundreds_of_millions() -> None:
    assert 56 * 56 * 128 * 9 * 64 == 231_211_008
