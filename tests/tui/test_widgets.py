"""Widgets whose arithmetic can be checked without a screen."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnntutor.demos.knobs import Knob, KnobKind
from cnntutor.tui.widgets.heat_map import shade
from cnntutor.tui.widgets.knob_row import turned
from cnntutor.tui.widgets.picture import fitted, half_blocks

SIDES = st.integers(1, 70)


@given(height=SIDES, width=SIDES, columns=st.integers(2, 90), rows=st.integers(2, 90))
def test_a_picture_fits_its_place(height: int, width: int, columns: int, rows: int) -> None:
    shown = fitted(np.zeros((height, width), dtype=np.uint8), columns, rows + rows % 2)
    assert shown.shape[0] % 2 == 0
    assert shown.shape[1] <= columns
    assert shown.shape[0] <= rows + rows % 2
    assert shown.shape[2] == 3


@given(side=st.integers(1, 9), scale=st.integers(1, 6))
def test_few_pixels_are_enlarged_by_whole_blocks(side: int, scale: int) -> None:
    pixels = np.arange(side * side, dtype=np.uint8).reshape(side, side)
    shown = fitted(pixels, side * scale, 2 * side * scale)
    widths = [len(run) for run in np.split(shown[0, :, 0], np.flatnonzero(np.diff(shown[0, :, 0])) + 1)]
    assert len(set(widths)) == 1


def test_two_rows_of_pixels_make_a_line_and_every_cell_has_a_style() -> None:
    pixels = np.zeros((4, 3, 3), dtype=np.uint8)
    lines = half_blocks(pixels, 9)
    assert len(lines) == 2
    for line in lines:
        assert line.cell_length == 9
        assert all(segment.style is not None for segment in line)


@pytest.mark.parametrize(("answers", "level"), [(0, 0), (1, 1), (9, 1), (10, 2), (25, 3), (50, 4), (500, 4)])
def test_days_are_shaded_by_their_answers(answers: int, level: int) -> None:
    assert shade(answers) == level


def knob(kind: KnobKind, default: object, **more: object) -> Knob:
    return Knob("k", kind, default, "", **more)  # type: ignore[arg-type]


def test_numbers_stop_at_their_limits_and_choices_go_round() -> None:
    assert turned(knob(KnobKind.INT, 1, low=1, high=8), 8, 1) == "8"
    assert turned(knob(KnobKind.INT, 1, low=1, high=8), 3, 10) == "8"
    assert turned(knob(KnobKind.FLOAT, 0.5, low=0.0, high=1.0), 0.5, 1) == "0.55"
    assert turned(knob(KnobKind.BOOL, True), True, 1) == "off"
    assert turned(knob(KnobKind.CHOICE, "a", choices=("a", "b", "c")), "a", -1) == "c"
