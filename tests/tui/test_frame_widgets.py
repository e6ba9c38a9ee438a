"""The parts of a frame as they are drawn: grids, charts, tables, words, the line of time."""

from __future__ import annotations

import asyncio
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.color import Color
from rich.style import Style
from textual.app import App

from cnntutor.demos.frame import Curve, Frame, Grid, Table
from cnntutor.tui.widgets.chart import COLOURS, Drawing, draw, legend
from cnntutor.tui.widgets.frame_words import words_of
from cnntutor.tui.widgets.number_grid import drawn, natural_width
from cnntutor.tui.widgets.stage import Slot, Stage, columns_for
from cnntutor.tui.widgets.table_view import TableView, columns_of
from cnntutor.tui.widgets.view_bar import ViewBar, ViewName

PATCH = Grid(((0, 2, 5), (0, 1, -4)), marked=((1, 2),))


def lines(grid: Grid, width: int = 80, height: int = 20) -> list[str]:
    return drawn(grid, width, height).plain.splitlines()


def test_whole_numbers_are_written_whole_and_unknown_cells_as_dots() -> None:
    assert [line.split() for line in lines(Grid(((1, -2), (None, 30))))] == [["1", "−2"], ["·", "30"]]


def test_zero_has_no_sign() -> None:
    assert lines(Grid(((-0.001,),)))[0].strip() == "0.00"


def test_names_stand_before_rows_and_over_columns() -> None:
    grid = Grid(((5, 1), (0, 6)), row_names=("zero", "one"), column_names=("zero", "one"))
    assert [line.split() for line in lines(grid)] == [["zero", "one"], ["zero", "5", "1"], ["one", "0", "6"]]


def test_marked_cells_are_white() -> None:
    text = drawn(PATCH, 80, 20)
    marked = [text.plain[span.start : span.end].strip() for span in text.spans if "#ffffff" in str(span.style)]
    assert marked == ["−4"]


def test_a_narrow_place_costs_digits_first_and_then_far_columns() -> None:
    row = tuple(0.125 + column for column in range(8))
    grid = Grid((row,), marked=((0, 6),), digits=3)
    assert "6.125" in lines(grid, 80)[0]
    narrow = lines(grid, 34)[0]
    assert "6.1 " in narrow
    assert "0.1 " in narrow
    tiny = lines(grid, 12)[0]
    assert "6.1" in tiny
    assert "0.1" not in tiny


@given(
    st.integers(1, 12).flatmap(
        lambda width: st.lists(st.lists(st.floats(-1e4, 1e4), min_size=width, max_size=width), min_size=1, max_size=12)
    ),
    st.integers(8, 120),
    st.integers(1, 40),
)
def test_a_grid_never_leaves_its_place(rows: list[list[float]], width: int, height: int) -> None:
    text = lines(Grid(tuple(map(tuple, rows))), width, height)
    assert len(text) <= height
    one_number = max(len(word) for line in text for word in line.split()) + 2
    assert max(map(len, text)) <= max(width, one_number)


def test_small_numbers_are_never_rounded_away() -> None:
    grid = Grid(((0.012, -0.034), (0.005, 0.0)), digits=3)
    assert lines(grid, 16)[0].split()[:2] == ["0.012", "−0.034"]


def test_a_grid_as_wide_as_it_asks_for_keeps_all_its_digits() -> None:
    grid = Grid(((0.25, -10.5), (3.125, 0.0)), row_names=("a", "bc"), digits=3)
    text = "\n".join(lines(grid, natural_width(grid)))
    for number in ("0.250", "−10.500", "3.125"):
        assert number in text


def test_nothing_is_drawn_of_an_empty_grid() -> None:
    assert drawn(Grid(()), 10, 10).plain == ""


def chart(width: int = 60, height: int = 14, **curves: Curve) -> str:
    return draw(Drawing(curves, width, height, (0, 0, 0), (128, 128, 128))).plain


def test_a_chart_fills_its_place_and_names_its_curves() -> None:
    falling = Curve((0, 1, 2), (3.0, 2.0, 1.0), "loss", "epoch")
    text = chart(**{"train loss": falling, "held-out loss": falling})
    shown = text.splitlines()
    assert len(shown) == 14
    assert max(map(len, shown)) <= 60
    assert shown[0].split() == ["━", "train", "━", "held-out"]
    assert "epoch" in text
    assert "3.0" in text


def test_a_long_legend_is_cut_to_its_place() -> None:
    curves = {f"a rather long name {number}": Curve((), ()) for number in range(5)}
    assert len(legend(curves, 40).plain) == 40


@pytest.mark.parametrize("points", [(), (1.0,), (math.nan, 1.0), (math.inf, 1.0), (2.0, 2.0)])
@pytest.mark.parametrize("size", [(8, 4), (60, 14)])
def test_a_chart_takes_whatever_a_run_gives(points: tuple[float, ...], size: tuple[int, int]) -> None:
    text = chart(*size, loss=Curve(tuple(range(len(points))), points))
    assert len(text.splitlines()) <= size[1]


def test_curves_that_lie_on_each_other_are_both_seen() -> None:
    falling = Curve((0, 1, 2), (3.0, 2.0, 1.0))
    both = draw(Drawing({"train": falling, "held out": falling}, 60, 14, (0, 0, 0), (128, 128, 128)))
    alone = draw(Drawing({"train": falling}, 60, 14, (0, 0, 0), (128, 128, 128)))
    plot = len(both.plain.split("\n")[0])
    assert both.plain[plot:] == alone.plain[len(alone.plain.split("\n")[0]) :]
    colours = [span.style.color for span in both.spans if span.start > plot and isinstance(span.style, Style)]
    for colour in COLOURS[:2]:
        assert colours.count(Color.from_rgb(*colour)) > 10


def test_a_curve_that_has_run_away_leaves_the_others_their_axes() -> None:
    known = Curve((0, 1), (1.0, 2.0))
    for curves in (
        {"lost": Curve((0, 1), (math.nan, math.inf)), "known": known},
        {"known": known, "none": Curve((), ())},
    ):
        text = chart(**curves)
        assert "2.0" in text
        assert "1.0" in text


def test_numbers_of_a_table_stand_to_the_right_and_words_to_the_left() -> None:
    shown = columns_of(Table(("layer", "params"), (("conv", 1000), ("head", None))))
    assert [column.justify for column in shown.columns] == ["left", "right"]


async def test_numbers_that_come_later_make_a_table_wider() -> None:
    def timed(milliseconds: float | None) -> Frame:
        return Frame(tables={"clock": Table(("layer", "ms"), (("depthwise", milliseconds),))})

    app: App[None] = App()
    async with app.run_test(size=(40, 10)) as pilot:
        stage = Stage()
        await app.mount(stage)
        await stage.show(timed(None), ("clock",))
        await pilot.pause()
        await stage.show(timed(123.456), ("clock",))
        await pilot.pause()
        assert stage.query_one(TableView).children[0].size.width == len("depthwise  123.5")


async def test_a_frame_and_a_change_of_size_at_once_show_each_thing_once() -> None:
    curves = {name: Curve((0.0, 1.0), (0.0, 1.0), chart=name) for name in "abc"}
    app: App[None] = App()
    async with app.run_test(size=(80, 24)):
        stage = Stage()
        await app.mount(stage)
        await stage.show(Frame(curves=curves), ("a",))
        await asyncio.gather(*(stage.show(Frame(curves=curves), shown) for shown in (("a", "b"), ("a", "b", "c"))))
        assert [slot.title for slot in stage.query(Slot)] == ["a", "b", "c"]


@pytest.mark.parametrize("width", [22, 20])
async def test_names_of_views_move_together_where_they_would_not_fit(width: int) -> None:
    app: App[None] = App()
    async with app.run_test(size=(width, 10)) as pilot:
        bar = ViewBar()
        await app.mount(bar)
        await bar.show(("maps", "mistakes", "alike"), "maps")
        await pilot.pause()
        last = list(bar.query(ViewName))[-1]
        assert last.region.x + last.styles.gutter.left + len("alike") <= width
        assert bar.has_class("-tight") == (width < 22)


def test_words_say_what_to_look_at_then_the_working_what_to_try_and_the_figures() -> None:
    caption = "**Look** at `stride`.\nOn *one* line.\n\n**Try** 2."
    words = words_of(Frame(formulas=("1 + 1 = 2",), caption=caption, figures={"output_size": 32}))
    assert words.plain == "Look at stride. On one line.\n\n1 + 1 = 2\n\nTry 2.\n\noutput size 32"
    assert {str(span.style) for span in words.spans} >= {"bold", "italic"}


def test_a_frame_that_says_nothing_has_no_words() -> None:
    assert not words_of(Frame())


@pytest.mark.parametrize(
    ("count", "size", "columns"),
    [(1, (48, 12), 1), (2, (48, 12), 2), (4, (150, 30), 4), (4, (80, 40), 2), (2, (40, 60), 1), (0, (10, 10), 1)],
)
def test_things_are_arranged_so_that_they_are_largest(count: int, size: tuple[int, int], columns: int) -> None:
    assert columns_for(count, *size) == columns
