"""Drawn numbers."""

from __future__ import annotations

import pickle
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnntutor.course.draw import DrawError, Grid, GridOf, Listing, Range, parse_source


def test_the_three_sorts_are_read():
    assert parse_source("5..64") == Range(5, 64)
    assert parse_source("-3 .. 3") == Range(-3, 3)
    assert parse_source("1, 3, 5.5") == Listing((1, 3, 5.5))
    assert parse_source("grid 2x3 0..5") == GridOf(2, 3, Range(0, 5))
    assert parse_source("grid 2×2 -1, 0, 1") == GridOf(2, 2, Listing((-1, 0, 1)))


@pytest.mark.parametrize("text", ["", "64..5", "a, b", "1,,2", "grid 3 0..5", "grid 0x3 1..2", "grid 99x1 1", "1.5..2",
                                  "grid 2x2 grid 2x2 1..2", "9" * 5000])  # fmt: skip
def test_anything_else_is_refused(text):
    with pytest.raises(DrawError):
        parse_source(text)


@given(low=st.integers(-50, 50), span=st.integers(0, 20), seed=st.integers())
def test_a_range_draws_from_its_numbers_and_the_same_for_a_seed(low, span, seed):
    source = parse_source(f"{low}..{low + span}")
    drawn = source.draw(random.Random(seed))
    assert low <= drawn <= low + span
    assert source.draw(random.Random(seed)) == drawn


def test_a_range_reaches_both_ends():
    source, chance = parse_source("1..3"), random.Random(0)
    assert {source.draw(chance) for _ in range(100)} == {1, 2, 3}


def test_a_grid_is_the_list_of_its_cells_row_by_row():
    grid = Grid((1, 2, 3, 4, 5, 6), 3)
    assert tuple(grid) == (1, 2, 3, 4, 5, 6)
    assert grid.rows == [(1, 2, 3), (4, 5, 6)]
    assert pickle.loads(pickle.dumps(grid)).rows == grid.rows
