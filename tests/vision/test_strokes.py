"""Drawings: their text, their ink, and the pictures that the digits net is shown."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from cnntutor.errors import UsageError
from cnntutor.vision.strokes import SAMPLES, SIDE, Stroke, counted, fitted, ink, read, straightened, write

pixel = st.integers(0, SIDE - 1)
point = st.tuples(pixel, pixel)
stroke = st.builds(Stroke, st.lists(point, min_size=1, max_size=8).map(tuple), st.booleans())
drawings = st.lists(stroke, max_size=6).map(tuple)


@given(drawings)
def test_a_drawing_is_read_as_it_was_written(strokes: tuple[Stroke, ...]) -> None:
    assert read(write(strokes)) == strokes


def test_it_can_be_typed_by_hand() -> None:
    assert read(" 8, 4 24,4 14,28 ;-10,10; ") == (Stroke(((8, 4), (24, 4), (14, 28))), Stroke(((10, 10),), rubs=True))
    assert read("") == read(" ; ") == ()


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("8,4 24", "drawing: stroke 1 must be points such as 8,4 24,4 14,28, not “8,4 24”"),
        ("1,1; a", "stroke 2 must be points"),
        ("1,1 32,0", "stroke 1 leaves the square at 32,0: 31 is the largest"),
        ("-", "stroke 1 must be points"),
        (";".join(["1,1"] * 61), "drawing has 61 strokes: leave it at 60"),
    ],
)
def test_what_is_no_drawing_is_refused(text: str, line: str) -> None:
    with pytest.raises(UsageError, match=line):
        read(text)


@given(point, point)
@settings(max_examples=40)
def test_a_stroke_leaves_ink_where_a_thick_line_would(start: tuple[int, int], end: tuple[int, int]) -> None:
    black = ink([Stroke((start, end))])
    paper = Image.new("1", (SIDE, SIDE))
    ImageDraw.Draw(paper).line([start, end], fill=1, width=1)
    thin = np.array(paper)
    assert black[thin].all()
    rows, columns = np.nonzero(black)
    near = np.argwhere(thin)
    distances = np.hypot(rows[:, None] - near[:, 0], columns[:, None] - near[:, 1]).min(axis=1)
    assert distances.max() <= 2.8


def test_the_rubber_takes_away_what_was_there_and_not_what_comes_later() -> None:
    line = Stroke(((2, 16), (29, 16)))
    assert not ink([line, Stroke(((0, 16), (31, 16)), rubs=True)]).any()
    assert ink([Stroke(((0, 16), (31, 16)), rubs=True), line]).any()


@given(drawings)
@settings(max_examples=60, deadline=None)
def test_a_fitted_digit_fills_the_square_in_one_direction_and_lies_in_the_middle(strokes: tuple[Stroke, ...]) -> None:
    black = ink(strokes)
    placed = fitted(black)
    assert placed.any() == black.any()
    if black.any():
        rows, columns = np.flatnonzero(placed.any(axis=1)), np.flatnonzero(placed.any(axis=0))
        assert max(rows[-1] - rows[0], columns[-1] - columns[0]) == SIDE - 1
        assert abs(rows[0] + rows[-1] - (SIDE - 1)) <= 1
        assert abs(columns[0] + columns[-1] - (SIDE - 1)) <= 1


@given(drawings)
@settings(max_examples=30, deadline=None)
def test_cells_count_the_ink_in_sixteenths(strokes: tuple[Stroke, ...]) -> None:
    black = ink(strokes)
    cells = counted(black)
    assert cells.shape == (8, 8)
    assert (cells * 16).sum() == black.sum()
    assert cells[0, 1] * 16 == black[0:4, 4:8].sum()


@given(st.lists(point, min_size=1, max_size=40))
@settings(max_examples=60, deadline=None)
def test_a_straightened_stroke_keeps_its_ends_and_looks_the_same(points: list[tuple[int, int]]) -> None:
    full = Stroke(tuple(points))
    thinned = straightened(full)
    assert (thinned.points[0], thinned.points[-1]) == (points[0], points[-1])
    assert len(thinned.points) <= max(2, len(points))
    rows, columns = np.nonzero(ink([full]) != ink([thinned]))
    line = ink([thinned])
    for row, column in zip(rows, columns, strict=True):  # what differs lies at the rim
        assert line[max(0, row - 1) : row + 2, max(0, column - 1) : column + 2].any()


def test_a_straight_walk_of_the_pen_becomes_two_points() -> None:
    assert straightened(Stroke(tuple((x, 5) for x in range(20)))).points == ((0, 5), (19, 5))


def test_there_is_a_sample_of_every_digit_and_it_is_written_as_it_is_read() -> None:
    assert sorted(SAMPLES) == list(range(10))
    assert all(write(read(text)) == text for text in SAMPLES.values())
