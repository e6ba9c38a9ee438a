from __future__ import annotations

import runpy
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional

from cnntutor.demos import catalogue
from cnntutor.demos.frame import Frame
from cnntutor.demos.gallery._sliding_window_knobs import SlidingWindowKnobs
from cnntutor.demos.gallery.sliding_window import MOST_STOPS, sliding_window
from cnntutor.demos.run import run_headless
from cnntutor.demos.show_code import SCREEN, show_code
from cnntutor.errors import UsageError
from cnntutor.vision import convolution, windows
from cnntutor.vision.arithmetic import output_size
from cnntutor.vision.convolution import PaddingMode, Window
from cnntutor.vision.windows import Transposed

SIDES, KERNELS, STRIDES, PADDINGS, DILATIONS = (st.integers(1, most) for most in (20, 11, 8, 10, 5))
MODES: tuple[PaddingMode, ...] = ("zeros", "reflect", "replicate", "circular")


@cache
def defaults() -> tuple[Frame, ...]:
    """The run that everybody sees first."""
    return tuple(sliding_window.frames(SlidingWindowKnobs(), "cpu"))


def last_frame(**values: Any) -> Frame:
    *_, last = sliding_window.frames(catalogue.parse_knobs(sliding_window, values), "cpu")
    return last


# The claim: as many stops as the formula says, for every setting that can be


@settings(max_examples=150, deadline=None)
@given(SIDES, KERNELS, STRIDES, PADDINGS | st.just(0), DILATIONS)
def test_a_window_stops_as_often_as_the_formula_and_torch_say(
    side: int, kernel: int, stride: int, padding: int, dilation: int
) -> None:
    window = Window(kernel, stride, padding, dilation=dilation)
    stops = windows.stops(side, window)
    if window.span > side + 2 * padding:
        assert not stops
        return
    x, weight = torch.ones(1, 1, side), torch.ones(1, 1, kernel)
    assert len(stops) == output_size(side, kernel, stride=stride, padding=padding, dilation=dilation)
    assert len(stops) == functional.conv1d(x, weight, None, stride, padding, dilation).shape[-1]


@settings(max_examples=80, deadline=None)
@given(SIDES, KERNELS, STRIDES, PADDINGS | st.just(0), DILATIONS)
def test_reads_are_the_gradient_of_a_sum_of_ones(
    side: int, kernel: int, stride: int, padding: int, dilation: int
) -> None:
    window = Window(kernel, stride, padding, dilation=dilation)
    padded = torch.ones(1, 1, side + 2 * padding, requires_grad=True)
    if window.span <= side + 2 * padding:
        functional.conv1d(padded, torch.ones(1, 1, kernel), None, stride, 0, dilation).sum().backward()
        assert padded.grad is not None
        assert windows.reads(side, window) == tuple(padded.grad[0, 0].int().tolist())


@settings(max_examples=80, deadline=None)
@given(SIDES, KERNELS, STRIDES, st.integers(0, 3), DILATIONS, st.integers(0, 7))
def test_copies_are_what_a_transposed_layer_of_ones_writes(
    side: int, kernel: int, stride: int, padding: int, dilation: int, extra: int
) -> None:
    layer = Transposed(side, kernel, stride, padding, dilation, extra % max(stride, dilation))
    if layer.output_side < 1:
        return
    x, weight = torch.ones(1, 1, side), torch.ones(1, 1, kernel)
    written = functional.conv_transpose1d(x, weight, None, stride, padding, layer.output_padding, 1, dilation)
    assert layer.copies() == tuple(written[0, 0].int().tolist())


@pytest.mark.parametrize("mode", MODES)
def test_added_pixels_are_copies_of_those_that_torch_copies(mode: PaddingMode) -> None:
    row = torch.arange(1.0, 6)
    expected = convolution.pad(row.expand(1, 1, 5, 5), 3, mode)[0, 0, 5]
    found = [windows.source(pixel, 5, 3, mode) for pixel in range(11)]
    assert [0 if at is None else float(row[at]) for at in found] == expected.tolist()


def test_a_multiple_of_the_stride_overlaps_evenly_and_nothing_else_does() -> None:
    for kernel in range(1, 12):
        for stride in range(1, 9):
            overlaps = Transposed(20, kernel, stride).overlaps
            assert (len(set(overlaps)) == 1) == (kernel % stride == 0)


# The walk


def test_the_default_run_stops_sixteen_times_and_fills_the_output() -> None:
    result = run_headless("sliding-window", device="cpu")
    assert (result.figures["output_size"], result.figures["stops"], result.figures["unread"]) == (4, 16, 0)
    assert (result.figures["reads_of_a_corner"], result.figures["most_reads"]) == (1, 4)
    assert len(defaults()) == 16
    known = [sum(cell is not None for row in frame.grids["output"].rows for cell in row) for frame in defaults()]
    assert known == [*range(1, 17)]
    assert result.last.progress == 1


def test_a_stop_lies_two_pixels_from_the_one_before() -> None:
    first, second = (frame.grids["padded input"].marked for frame in defaults()[:2])
    assert first == tuple((row, column) for row in range(3) for column in range(3))
    assert second == tuple((row, column + 2) for row, column in first)


def test_of_a_long_walk_an_even_choice_is_shown_and_the_end() -> None:
    frames = list(sliding_window.frames(SlidingWindowKnobs(side=20, stride=1), "cpu"))
    assert len(frames) == MOST_STOPS
    assert frames[-1].grids["output"].rows[-1][-1] == 400


def test_the_pixel_that_nobody_reads_is_marked_and_said() -> None:
    frame = last_frame(side=8, padding=0)
    assert frame.figures["unread"] == 1
    assert frame.grids["reads"].marked == (*((row, 7) for row in range(7)), *((7, column) for column in range(8)))
    assert "nobody reads the last pixel of the input" in frame.caption


def test_the_strip_shows_every_stop_with_its_taps() -> None:
    rows = last_frame(side=7, padding=1, dilation=2, stride=2, show="strip").tables["one row"].rows
    assert rows[0] == ("1", "□ · ■ · ■ · · · +")
    assert rows[2] == ("3", "+ · · · ■ · ■ · □")
    assert rows[-1] == ("reads", "1 0 2 0 3 0 2 0 1")


def test_copies_that_overlap_unevenly_make_a_checkerboard() -> None:
    uneven, even = (last_frame(layer="transposed", side=4, kernel_size=size, padding=0) for size in (3, 4))
    assert (uneven.figures["fewest_copies"], uneven.figures["most_copies"], uneven.figures["even"]) == (1, 4, 0)
    assert even.figures["even"] == 1
    assert "checkerboard, before anything is learnt" in uneven.caption
    assert "no checkerboard" in even.caption
    assert uneven.grids["copies so far"].rows == uneven.grids["copies"].rows


@pytest.mark.parametrize("layer", ["convolution", "transposed"])
@pytest.mark.parametrize("show", ["square", "strip", "counts"])
def test_the_view_that_is_asked_for_comes_first(layer: str, show: str) -> None:
    frame = last_frame(layer=layer, show=show)
    assert next(iter(frame.views)) == show
    assert frame.caption.startswith("**Look**")
    named = frame.caption.partition("**Try**")[2].split("`")[1::2]
    assert named
    assert set(named) <= set(SlidingWindowKnobs.model_fields)


# Questions, refusals, code


@pytest.mark.parametrize(
    ("values", "wrong"),
    [
        ({}, {"3", "7"}),
        ({"side": 8, "padding": 0}, {"2", "4", "8"}),
        ({"layer": "transposed", "side": 5}, {"10", "8", "5"}),
    ],
)
def test_the_question_offers_the_truth_and_the_usual_slips(values: dict[str, Any], wrong: set[str]) -> None:
    question = sliding_window.predict(catalogue.parse_knobs(sliding_window, values))
    assert question is not None
    frame = last_frame(**values)
    right = question.judge(frame)
    assert right is not None
    assert question.choices[right] == f"{frame.figures['output_size']:g}"
    assert wrong <= set(question.choices)


@pytest.mark.parametrize(
    ("values", "line"),
    [
        ({"kernel_size": 11, "side": 3}, "kernel_size 11 with dilation 1 spans 11 pixels"),
        ({"padding_mode": "reflect", "padding": 7}, r"padding must be below side \(7\) to reflect"),
        ({"layer": "transposed", "padding_mode": "circular"}, "padding_mode must be zeros for a transposed layer"),
        (
            {"layer": "transposed", "output_padding": 2},
            "output_padding must be below the larger of stride and dilation",
        ),
        ({"layer": "transposed", "side": 1, "padding": 2}, "padding 2 cuts off all that the copies cover"),
    ],
)
def test_what_cannot_be_is_refused_by_the_name_of_its_knob(values: dict[str, Any], line: str) -> None:
    with pytest.raises(UsageError, match=line):
        catalogue.parse_knobs(sliding_window, values)


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"side": 13, "kernel_size": 4, "stride": 3, "padding": 2, "padding_mode": "reflect", "dilation": 2},
        {"layer": "transposed", "side": 5, "kernel_size": 3, "stride": 2, "output_padding": 1},
    ],
    ids=["defaults", "dilated", "transposed"],
)
def test_the_code_that_is_shown_finds_the_same_numbers(
    values: dict[str, Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = show_code(sliding_window, SlidingWindowKnobs(**values))
    assert len(code.splitlines()) <= SCREEN
    script = tmp_path / "code.py"
    script.write_text(code, encoding="utf-8")
    runpy.run_path(str(script))
    printed = {name: float(number) for name, number in map(str.split, capsys.readouterr().out.splitlines())}
    assert printed == pytest.approx(dict(last_frame(**values).figures), abs=1e-6)
