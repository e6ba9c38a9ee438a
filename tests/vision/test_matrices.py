from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnntutor.errors import UsageError
from cnntutor.vision.matrices import LARGEST, Matrix, read, resized, side_of, write

sides = st.integers(1, 11)


@st.composite
def matrices(draw: st.DrawFn) -> Matrix:
    side = draw(sides)
    cells = st.floats(-LARGEST, LARGEST, width=32)
    return tuple(tuple(draw(cells) for _ in range(side)) for _ in range(side))


@pytest.mark.parametrize(
    "text", ["1 0; -0.5 2", "1,0;-0.5,2", " 1 , 0 ;\n -1/2 2 ; ", "1 0\n−0.5 2", "1. 0; -.5 2e0"], ids=str
)
def test_rows_are_parted_by_semicolons_and_cells_by_blanks_or_commas(text: str) -> None:
    assert read(text, "weights", 11) == ((1, 0), (-0.5, 2))
    assert side_of(text) == 2


@given(matrices())
def test_what_is_written_is_read_again_to_single_precision(matrix: Matrix) -> None:
    again = read(write(matrix), "weights", 11)
    assert np.array_equal(np.array(again, np.float32), np.array(matrix, np.float32))
    assert write(again) == write(matrix)
    assert side_of(write(matrix)) == len(matrix)


def test_whole_numbers_are_written_without_a_point() -> None:
    assert write(((1.0, -2.0), (-0.0, 1_000_000.0))) == "1 -2; 0 1000000"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", "weights has no cells: write rows parted by semicolons"),
        (" ; ;", "weights has no cells"),
        ("1 2; 3", "row 2 of weights has 1 cell, but row 1 has 2 cells"),
        ("1 2;; 3 4", "row 2 of weights has 0 cells"),
        ("1 2", "weights must have as many rows as columns, not 1 by 2"),
        ("1; 2; 3; 4", "weights may have at most 3 rows, not 4"),
        ("1 x; 2 3", "weights cannot hold “x”: write numbers, such as 2, -0.5 or 1/9"),
        ("1/0", "weights cannot hold “1/0”"),
        ("1/2/3", "weights cannot hold “1/2/3”"),
        ("nan", "weights cannot hold “nan”: its numbers go from −1,000,000 to 1,000,000"),
        ("-inf", "weights cannot hold “-inf”"),
        ("1000001", "weights cannot hold “1000001”"),
        ("9" * 10_000, f"weights cannot hold “{'9' * 20}”"),
    ],
)
def test_what_is_no_square_of_numbers_is_refused_by_its_name(text: str, line: str) -> None:
    with pytest.raises(UsageError) as refusal:
        read(text, "weights", 3)
    assert str(refusal.value).startswith(line)
    assert "\n" not in str(refusal.value)


def test_the_middle_stays_in_the_middle() -> None:
    assert resized(((1, 2, 3), (4, 5, 6), (7, 8, 9)), 1) == ((5,),)
    assert resized(((5,),), 3) == ((0, 0, 0), (0, 5, 0), (0, 0, 0))
    assert resized(((1, 2), (3, 4)), 3) == ((0, 0, 0), (0, 1, 2), (0, 3, 4))
    assert resized(((1, 2, 3), (4, 5, 6), (7, 8, 9)), 2) == ((5, 6), (8, 9))


@given(matrices(), sides)
def test_growing_and_shrinking_again_gives_back_what_was_there(matrix: Matrix, side: int) -> None:
    other = resized(matrix, side)
    assert len(other) == side
    assert {len(row) for row in other} == {side}
    if side >= len(matrix):
        assert resized(other, len(matrix)) == matrix
