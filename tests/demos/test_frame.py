from __future__ import annotations

import numpy as np
import pytest

from cnntutor.demos.frame import Curve, Frame, Table


@pytest.mark.parametrize(
    "pixels",
    [np.zeros((2, 2)), np.zeros((2, 2, 4), np.uint8), np.zeros((2,), np.uint8), np.zeros((0, 2), np.uint8)],
    ids=["float", "four channels", "a line", "empty"],
)
def test_a_picture_of_another_kind_is_refused_by_name(pixels: np.ndarray) -> None:
    with pytest.raises(ValueError, match="image “map” must be uint8"):
        Frame(images={"map": pixels})


def test_progress_stays_between_nothing_and_all() -> None:
    with pytest.raises(ValueError, match="progress"):
        Frame(progress=1.01)


def test_a_curve_has_as_many_x_as_y() -> None:
    with pytest.raises(ValueError, match="2 and 1"):
        Curve((0, 1), (0,))


def test_a_row_has_a_cell_for_each_column() -> None:
    with pytest.raises(ValueError, match="2 columns"):
        Table(("a", "b"), ((1, 2), (3,)))
