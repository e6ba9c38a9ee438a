from __future__ import annotations

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from cnntutor.vision.equivariance import best_move, error, moves_near

ALL = (range(4), range(4))


@given(st.integers(0, 100), st.integers(1, 9))
def test_a_shift_lies_between_its_nearest_moves(pixels: int, stride: int) -> None:
    moves = moves_near(pixels, stride)
    assert moves[0] * stride <= pixels <= moves[-1] * stride
    assert len(moves) == (1 if pixels % stride == 0 else 2)


def test_a_moved_map_has_no_error_and_another_one_has_what_pythagoras_says() -> None:
    before = torch.arange(16.0).reshape(1, 4, 4)
    after = before.roll((1, 2), dims=(1, 2))
    assert error(after, before, (1, 2), ALL) == 0
    wrong = torch.zeros(1, 4, 4)
    wrong[0, 0, :2] = torch.tensor([3.0, 4.0])
    assert error(wrong, torch.ones(1, 4, 4), (0, 0), ALL) == pytest.approx((4 + 9 + 14) ** 0.5 / 4)


def test_the_best_move_is_the_one_with_the_least_error() -> None:
    before = torch.rand(2, 4, 4)
    after = before.roll(1, dims=2)
    assert best_move(after, before, [(0, 0), (0, 1), (1, 1)], ALL) == (1, 0.0)


def test_a_map_of_zeros_has_no_error_and_a_move_too_far_is_refused() -> None:
    assert error(torch.ones(1, 4, 4), torch.zeros(1, 4, 4), (0, 0), ALL) == 0
    with pytest.raises(ValueError, match="leaves nothing of 4 × 4"):
        error(torch.ones(1, 4, 4), torch.ones(1, 4, 4), (0, 4), ALL)
