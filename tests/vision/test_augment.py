from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import ndimage

from cnntutor.errors import UsageError
from cnntutor.vision.augment import augmented
from cnntutor.vision.train_config import Augment


def change(x: torch.Tensor, seed: int = 0, **amounts: float) -> torch.Tensor:
    return augmented(x, Augment(**amounts), torch.Generator().manual_seed(seed))


def dot(side: int = 17) -> torch.Tensor:
    """One soft bright spot in the middle: [1, 1, side, side]."""
    steps = torch.arange(side) - side // 2
    row = torch.exp(-(steps**2) / 8.0)
    return (row[:, None] * row)[None, None]


def centre(picture: torch.Tensor) -> tuple[float, float]:
    return ndimage.center_of_mass(picture[0].numpy())


def test_nothing_asked_for_changes_nothing() -> None:
    x = torch.rand(4, 3, 8, 8)
    assert torch.equal(change(x), x)


@settings(max_examples=40, deadline=None)
@given(
    st.integers(0, 10_000),
    st.floats(0, 0.5),
    st.floats(0, 180),
    st.booleans(),
    st.floats(0, 1),
)
def test_pictures_keep_their_shape_and_range(seed: int, shift: float, rotate: float, flip: bool, noise: float) -> None:
    x = torch.rand(3, 2, 6, 6, generator=torch.Generator().manual_seed(seed))
    changed = change(x, seed, shift=shift, rotate=rotate, flip=flip, noise=noise)
    assert changed.shape == x.shape
    assert -1e-5 <= float(changed.min()) <= float(changed.max()) <= 1 + 1e-5


def test_a_shift_moves_each_picture_by_its_own_amount_within_the_limit() -> None:
    x = dot().expand(200, -1, -1, -1)
    places = [centre(picture) for picture in change(x, shift=0.2)]
    rows, columns = zip(*places, strict=True)
    limit = 0.2 * 17
    for values in (rows, columns):
        assert -limit <= min(values) - 8 < -0.7 * limit
        assert limit >= max(values) - 8 > 0.7 * limit


def test_a_turn_keeps_the_middle_where_it_is() -> None:
    for picture in change(dot().expand(20, -1, -1, -1), rotate=180):
        assert centre(picture) == pytest.approx((8, 8), abs=0.05)


def test_a_turn_is_by_no_more_than_the_limit() -> None:
    line = torch.zeros(1, 1, 33, 33)
    line[..., 15:18, :] = 1  # a level line
    turned = change(line.expand(100, -1, -1, -1), rotate=30)
    rows, columns = torch.meshgrid(torch.arange(33.0) - 16, torch.arange(33.0) - 16, indexing="ij")
    inner = (rows**2 + columns**2 < 14**2).float()
    weights = turned[:, 0] * inner
    # Slant of the main axis from the second moments.
    xy, xx, yy = ((weights * m).sum((1, 2)) for m in (rows * columns, columns**2, rows**2))
    degrees = 0.5 * torch.rad2deg(torch.atan2(2 * xy, xx - yy))
    assert 20 < float(degrees.abs().max()) < 31
    assert float(degrees.min()) < 0 < float(degrees.max())


def test_a_flip_mirrors_about_half_of_the_pictures_exactly() -> None:
    x = torch.rand(400, 1, 5, 5)
    changed = change(x, flip=True)
    mirrored = [torch.allclose(new, old.flip(-1), atol=1e-5) for new, old in zip(changed, x, strict=True)]
    same = [torch.allclose(new, old, atol=1e-5) for new, old in zip(changed, x, strict=True)]
    assert all(m != s for m, s in zip(mirrored, same, strict=True))
    assert 150 < sum(mirrored) < 250


def test_noise_has_the_deviation_asked_for() -> None:
    changed = change(torch.full((10, 1, 64, 64), 0.5), noise=0.1)
    assert float(changed.std()) == pytest.approx(0.1, rel=0.02)
    assert float(changed.mean()) == pytest.approx(0.5, abs=0.002)


def test_what_comes_in_from_outside_is_the_border() -> None:
    bright = torch.ones(20, 1, 8, 8)
    torch.testing.assert_close(change(bright, shift=0.5, rotate=90), bright)


def test_the_generator_decides() -> None:
    x = torch.rand(4, 1, 8, 8)
    assert torch.equal(change(x, 1, shift=0.3, noise=0.2), change(x, 1, shift=0.3, noise=0.2))
    assert not torch.equal(change(x, 1, shift=0.3), change(x, 2, shift=0.3))


def test_an_amount_out_of_range_is_refused() -> None:
    with pytest.raises(UsageError, match=r"shift must be from 0 to 0\.5, not 0\.6"):
        Augment(shift=0.6)
