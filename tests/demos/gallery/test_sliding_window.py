"""sliding-window: every stop is counted as the formula and torch count it."""

from __future__ import annotations

import runpy
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from torch.nn import functional

from cnntutor.demos.catalogue import load, parse_knobs
from cnntutor.demos.frame import Frame
from cnntutor.demos.run import run_headless
from cnntutor.demos.show_code import show_code
from cnntutor.errors import UsageError
from cnntutor.vision import windows
from cnntutor.vision.arithmetic import output_size
from cnntutor.vision.convolution import Window

DEMO = load("sliding-window")

reading = st.fixed_dictionaries(
    {
        "side": st.integers(1, 20),
        "kernel_size": st.integers(1, 11),
        "stride": st.integers(1, 8),
        "padding": st.integers(0, 10),
        "padding_mode": st.sampled_from(["zeros", "reflect", "replicate", "circular"]),
        "dilation": st.integers(1, 5),
    }
)
copying = st.fixed_dictionaries(
    {
        "side": st.integers(1, 12),
        "kernel_size": st.integers(1, 7),
        "stride": st.integers(1, 4),
        "padding": st.integers(0, 4),
        "dilation": st.integers(1, 3),
        "output_padding": st.integers(0, 3),
    }
)


def frames(**values: Any) -> list[Frame]:
    return list(DEMO.frames(parse_knobs(DEMO, values), device="cpu"))


def last_frame(**values: Any) -> Frame:
    return frames(**values)[-1]


def possible(values: dict[str, Any]) -> None:
    try:
        parse_knobs(DEMO, values)
    except UsageError:
        assume(False)


@given(reading)
@settings(max_examples=150, deadline=None)
def test_the_window_stops_as_often_as_the_formula_says(values: dict[str, Any]) -> None:
    possible(values)
    window = Window(*(values[name] for name in ("kernel_size", "stride", "padding", "padding_mode", "dilation")))
    expected = output_size(
        values["side"], window.size, stride=window.stride, padding=window.padding, dilation=window.dilation
    )
    assert len(windows.stops(values["side"], window)) == expected


@given(reading)
@settings(max_examples=60, deadline=None)
def test_torch_reads_every_pixel_as_often_and_writes_as_many_cells(values: dict[str, Any]) -> None:
    possible(values)
    side, window = values["side"], parse_knobs(DEMO, values).window  # type: ignore[attr-defined]
    row = torch.ones(1, 1, side + 2 * window.padding, requires_grad=True)
    taps = torch.ones(1, 1, window.size)
    output = functional.conv1d(row, taps, stride=window.stride, dilation=window.dilation)
    output.sum().backward()
    assert row.grad is not None
    assert row.grad.flatten().int().tolist() == list(windows.reads(side, window))
    assert output.shape[-1] == len(windows.stops(side, window))


@given(reading)
@settings(max_examples=60, deadline=None)
def test_the_border_holds_what_torch_would_put_there(values: dict[str, Any]) -> None:
    possible(values)
    side, padding, mode = values["side"], values["padding"], values["padding_mode"]
    row = torch.arange(1.0, side + 1)[None, None]
    padded = functional.pad(row, (padding, padding), "constant" if mode == "zeros" else mode).flatten().int().tolist()
    sources = [windows.source(pixel, side, padding, mode) for pixel in range(side + 2 * padding)]
    assert [0 if place is None else place + 1 for place in sources] == padded


@given(copying)
@settings(max_examples=80, deadline=None)
def test_copies_lie_where_a_transposed_convolution_puts_them(values: dict[str, Any]) -> None:
    possible({"layer": "transposed", **values})
    layer = windows.Transposed(
        *(values[name] for name in ("side", "kernel_size", "stride", "padding", "dilation", "output_padding"))
    )
    taps = torch.ones(1, 1, layer.kernel)
    copies = functional.conv_transpose1d(
        torch.ones(1, 1, layer.side), taps, None, layer.stride, layer.padding, layer.output_padding, 1, layer.dilation
    )
    assert list(layer.copies()) == copies.flatten().int().tolist()


def test_a_kernel_that_the_stride_divides_leaves_no_checkerboard() -> None:
    figures = {size: last_frame(layer="transposed", kernel_size=size, stride=2).figures for size in (3, 4)}
    assert (figures[3]["even"], figures[4]["even"]) == (0, 1)
    assert figures[3]["most_copies"] == 4


def test_the_walk_fills_the_output_cell_by_cell() -> None:
    shown = frames(side=5, padding=0, stride=1)
    assert len(shown) == 9
    filled = [sum(cell is not None for row in frame.grids["output"].rows for cell in row) for frame in shown]
    assert filled == list(range(1, 10))
    assert [len(frame.grids["padded input"].marked) for frame in shown] == [9] * 9
    assert shown[-1].progress == 1


def test_a_long_walk_is_shown_at_some_stops_and_the_last() -> None:
    shown = frames(side=20, stride=1)
    assert len(shown) == 25
    assert shown[-1].figures["stops"] == 400
    assert "Stop" not in shown[-1].caption


def test_the_strip_marks_what_a_stop_reads_and_what_is_made_up() -> None:
    rows = last_frame(side=4, kernel_size=3, stride=2, padding=1).tables["one row"].rows
    assert rows == (("1", "□ ■ ■ · · +"), ("2", "+ · ■ ■ ■ +"), ("reads", "1 1 2 1 1 0"))


def test_pixels_that_nobody_reads_are_marked_and_said() -> None:
    last = last_frame(side=8, kernel_size=3, stride=2, padding=0)
    assert last.figures["unread"] == 1
    assert (7, 7) in last.grids["reads"].marked
    assert "nobody ever reads the last pixel" in last.caption


@pytest.mark.parametrize("show", ["square", "strip", "counts"])
@pytest.mark.parametrize("layer", ["convolution", "transposed"])
def test_what_to_look_at_first_is_the_first_view_and_try_names_knobs(show: str, layer: str) -> None:
    last = last_frame(side=4, show=show, layer=layer)
    assert next(iter(last.views)) == show
    assert set(last.views) == {"square", "strip", "counts"}
    assert last.caption.startswith("**Look** ")
    named = last.caption.split("**Try** ")[1].split("`")[1::2]
    assert named
    assert set(named) <= {knob.name for knob in DEMO.controls}


@pytest.mark.parametrize(
    ("values", "line"),
    [
        ({"side": 2, "kernel_size": 5, "padding": 0}, "kernel"),
        ({"layer": "transposed", "padding_mode": "reflect"}, "padding_mode must be zeros for a transposed layer"),
        (
            {"layer": "transposed", "output_padding": 3},
            "output_padding must be below the larger of stride and dilation",
        ),
        ({"layer": "transposed", "side": 1, "kernel_size": 1, "padding": 3}, "padding 3 cuts off all"),
        ({"side": 0}, "side must be at least 1, not 0"),
    ],
)
def test_what_cannot_be_is_refused_in_one_line(values: dict[str, object], line: str) -> None:
    with pytest.raises(UsageError, match=line):
        parse_knobs(DEMO, values)


@pytest.mark.parametrize(
    "values", [{}, {"layer": "transposed"}, {"side": 12, "dilation": 2, "padding": 2, "stride": 1}]
)
def test_one_guess_comes_true_and_the_others_are_slips(values: dict[str, object]) -> None:
    assert DEMO.predict is not None
    prediction = DEMO.predict(parse_knobs(DEMO, values))
    assert prediction is not None
    last = last_frame(**values)
    true = prediction.judge(last)
    assert true is not None
    assert int(prediction.choices[true]) == last.figures["output_size"]
    assert len(prediction.choices) >= 3


@pytest.mark.parametrize("values", [{}, {"layer": "transposed", "output_padding": 1}, {"side": 9, "dilation": 2}])
def test_the_code_that_is_shown_finds_the_same_numbers(
    values: dict[str, object], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = show_code(DEMO, parse_knobs(DEMO, values))
    (tmp_path / "script.py").write_text(code, encoding="utf-8")
    runpy.run_path(str(tmp_path / "script.py"))
    printed = {name: float(value) for name, value in (line.split() for line in capsys.readouterr().out.splitlines())}
    assert printed == pytest.approx(dict(last_frame(**values).figures), abs=1e-6)


def test_it_runs_without_a_screen() -> None:
    assert run_headless("sliding-window", {}, device="cpu").figures["output_size"] == 4
