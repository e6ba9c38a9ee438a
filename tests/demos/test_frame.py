from __future__ import annotations

import numpy as np
import pytest

from cnntutor.demos.frame import Curve, Frame, Grid, Table


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


def test_a_grid_is_as_wide_everywhere_and_named_throughout() -> None:
    with pytest.raises(ValueError, match="equally long"):
        Grid(((1, 2), (3,)))
    with pytest.raises(ValueError, match="3 names do not fit 2 lines"):
        Grid(((1, 2),), column_names=("a", "b", "c"))
    with pytest.raises(ValueError, match="no cell 1, 0"):
        Grid(((1, 2),), marked=((1, 0),))


def test_a_view_shows_what_the_frame_has() -> None:
    with pytest.raises(ValueError, match="“filters”, which the frame does not have"):
        Frame(views={"net": ("filters",)})
    with pytest.raises(ValueError, match="same title"):
        Frame(tables={"loss": Table((), ())}, curves={"train": Curve((), (), chart="loss")})


def test_curves_that_name_a_chart_share_it() -> None:
    curves = {
        "train": Curve((0,), (1,), chart="loss"),
        "held out": Curve((0,), (2,), chart="loss"),
        "rate": Curve((), ()),
    }
    charts = Frame(curves=curves).charts
    assert {chart: list(lines) for chart, lines in charts.items()} == {
        "loss": ["train", "held out"],
        "curves": ["rate"],
    }


def test_without_views_of_its_own_a_frame_is_seen_whole_and_its_tables_apart() -> None:
    frame = Frame(
        images={"map": np.zeros((2, 2), np.uint8)}, grids={"patch": Grid(((1,),))}, tables={"sums": Table((), ())}
    )
    assert frame.shown() == {"all": ("map", "patch"), "tables": ("sums",)}
    assert Frame(caption="words alone").shown() == {}
