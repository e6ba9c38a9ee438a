from __future__ import annotations

import matplotlib as mpl
import numpy as np
import torch
from hypothesis import given
from hypothesis import strategies as st

from cnntutor.vision.heat import heat, over

SHADES = torch.linspace(0, 1, 256)[None]


def test_the_colours_are_infernos() -> None:
    theirs = 255 * np.array(mpl.colormaps["inferno"].colors)
    assert np.abs(heat(SHADES)[0] - theirs).max() <= 7
    assert np.abs(heat(SHADES)[0, ::17] - theirs[::17]).max() <= 0.5


def test_hotter_is_brighter() -> None:
    brightness = heat(SHADES)[0] @ [0.2126, 0.7152, 0.0722]
    assert (np.diff(brightness) > -0.8).all()
    assert (np.diff(brightness[::8]) > 0).all()


def test_what_lies_beyond_counts_as_the_nearer_end() -> None:
    pixels = heat(torch.tensor([[-1.0, 0.0, 1.0, 2.0]]))
    assert (pixels[0, 0] == pixels[0, 1]).all()
    assert (pixels[0, 2] == pixels[0, 3]).all()


@given(st.floats(0, 1), st.integers(0, 255))
def test_a_picture_under_a_map_lies_between_the_two(share: float, grey: int) -> None:
    picture = np.full((1, 4, 3), grey, np.uint8)
    values = torch.tensor([[0.0, 0.3, 0.6, 1.0]])
    mixed, hot = over(picture, values, share).astype(int), heat(values).astype(int)
    assert mixed.shape == (1, 4, 3)
    assert (np.minimum(picture, hot) - 1 <= mixed).all()
    assert (mixed <= np.maximum(picture, hot) + 1).all()


def test_the_ends_are_the_picture_and_the_map() -> None:
    picture = np.arange(12, dtype=np.uint8).reshape(2, 2, 3)
    values = torch.tensor([[0.0, 0.5], [0.7, 1.0]])
    assert np.array_equal(over(picture, values, 0), picture)
    assert np.array_equal(over(picture, values, 1), heat(values))
