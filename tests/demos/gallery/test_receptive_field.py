from __future__ import annotations

import runpy
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from torch import nn

from cnntutor.demos import catalogue
from cnntutor.demos.frame import Frame
from cnntutor.demos.gallery import _receptive_field_words as words
from cnntutor.demos.gallery._receptive_field_knobs import ReceptiveFieldKnobs
from cnntutor.demos.gallery.receptive_field import STOPS, receptive_field
from cnntutor.demos.run import run_headless
from cnntutor.demos.show_code import SCREEN, show_code
from cnntutor.errors import UsageError
from cnntutor.vision import colour, window_stack
from cnntutor.vision.influence import Patch, middle_square, middle_strip
from cnntutor.vision.profile import profile


def last_frame(seed: int = 0, **values: Any) -> Frame:
    *_, last = receptive_field.frames(ReceptiveFieldKnobs(**values), "cpu", seed)
    return last


def figures(seed: int = 0, **values: Any) -> dict[str, float]:
    return dict(last_frame(seed, **values).figures)


WORD = st.one_of(
    st.builds(
        "k{}s{}d{}".format,
        st.sampled_from([1, 3, 5]),
        st.integers(1, 2),
        st.integers(1, 3),
    ),
    st.builds("p{}s{}".format, st.integers(1, 3), st.integers(1, 2)),
)
LARGEST_SIDE = 256
STACKS = st.lists(WORD, min_size=1, max_size=5).map(" ".join)


# The claim


@settings(max_examples=30, deadline=None)
@given(STACKS)
def test_gradients_reach_exactly_as_far_as_the_formula_says(stack: str) -> None:
    field = window_stack.fields(window_stack.parse(stack))[-1]
    side = max(8, field.size + 2 * field.jump)
    assume(side <= LARGEST_SIDE)
    found = figures(stack=stack, side=side)
    assert not found["outside"]
    assert found["reached"] == found["field"] == field.size


@settings(max_examples=20, deadline=None)
@given(STACKS)
def test_the_formula_says_what_the_profile_of_the_net_says(stack: str) -> None:
    layers = window_stack.parse(stack)
    net = nn.Sequential(
        *(
            nn.AvgPool2d(layer.kernel, layer.stride)
            if layer.kind == "pooling"
            else nn.Conv2d(1, 1, layer.kernel, layer.stride, layer.padding, layer.dilation)
            for layer in layers
        )
    )
    seen = [row.receptive_field for row in profile(net, (1, 256, 256)).rows]
    assert [(own.size, own.rows.jump) for own in seen if own] == [(f.size, f.jump) for f in window_stack.fields(layers)]


@pytest.mark.parametrize(("weights", "most"), [("equal", 0.42), ("random", 0.6)])
def test_nearly_all_influence_lies_in_a_clearly_smaller_square(weights: str, most: float) -> None:
    found = figures(stack="20*k3", side=48, weights=weights)
    assert found["reached"] == 41
    assert found["square_95"] <= most * 41


@pytest.mark.parametrize(("layers", "strip"), [(5, 7), (20, 15)])
def test_the_strips_are_those_of_the_lesson(layers: int, strip: int) -> None:
    assert figures(stack=f"{layers}*k3", side=48)["strip_95"] == strip


def test_four_times_the_layers_make_the_bell_about_twice_as_wide() -> None:
    few, many = (figures(stack=f"{layers}*k3", side=72)["square_95"] for layers in (8, 32))
    assert 1.6 <= many / few <= 2.2


def test_shortcuts_hold_the_influence_in_the_middle() -> None:
    plain, bridged = (figures(stack="16*k3", side=40, weights="random", shortcuts=on) for on in (False, True))
    assert bridged["square_95"] < plain["square_95"]
    assert bridged["reached"] == plain["reached"] == 33


def test_one_dilation_repeated_leaves_holes_and_doubled_ones_do_not() -> None:
    holes, whole = figures(stack="3*k3d2"), figures(stack="k3 k3d2 k3d4")
    assert (holes["reached"], holes["columns_read"]) == (13, 7)
    assert (whole["reached"], whole["columns_read"]) == (15, 15)


def test_a_field_beyond_the_picture_is_said_and_shown() -> None:
    frame = last_frame(stack="20*k3", side=16)
    assert (frame.figures["field"], frame.figures["reached"], frame.figures["outside"]) == (41, 16, 1)
    assert "what sticks out is padding" in frame.caption
    assert (frame.images["influence"][0, 0] == colour.UNKNOWN).all()


def test_the_smallest_square_and_strip_are_found_around_the_middle() -> None:
    amounts = torch.zeros(9, 9, dtype=torch.float64)
    amounts[4, 4], amounts[4, 5], amounts[0, 4] = 90, 5, 5
    patch = Patch(0, 0, 9)
    assert (middle_square(amounts, patch), middle_strip(amounts, patch)) == (3, 1)
    assert (middle_square(amounts, patch, 1.0), middle_strip(amounts, patch, 1.0)) == (9, 3)


# The run


def test_the_default_run_finds_the_lessons_net() -> None:
    result = run_headless("receptive-field")
    found = result.figures
    assert (found["field"], found["jump"], found["reached"]) == (32, 4, 32)
    assert list(result.last.views) == ["field", "bell", "layers"]
    assert [row[3] for row in result.last.tables["layers"].rows] == [3, 5, 6, 10, 14, 16, 24, 32]
    assert result.last.formulas[0] == "sees = 24 + (3 − 1)·1·4 = 32"
    assert "**Look**" in result.last.caption
    assert "**Try**" in result.last.caption


def test_the_field_grows_from_one_pixel_to_all_that_the_unit_sees() -> None:
    frames = list(receptive_field.frames(ReceptiveFieldKnobs(image="coffee"), "cpu"))
    dark = frames[0].images["it sees"].sum(-1)
    lit = [int((frame.images["it sees"].sum(-1) != dark).sum()) for frame in frames]
    assert lit == sorted(lit)
    assert 0.9 * 32**2 <= lit[-1] <= 32**2
    assert not frames[0].figures
    assert [frame.progress for frame in frames] == sorted(frame.progress or 0 for frame in frames)
    assert frames[-1].progress == 1


def test_a_tall_stack_walks_in_few_frames_and_lists_equal_layers_together() -> None:
    frames = list(receptive_field.frames(ReceptiveFieldKnobs(stack="40*k3 p2", side=16), "cpu"))
    assert len(frames) <= STOPS + 2
    assert frames[-1].tables["layers"].rows == (("1–40 k3", 1, 80, 81, 1), ("41 p2", 1, 1, 82, 2))


def test_a_unit_of_an_earlier_layer_sees_less() -> None:
    assert [figures(depth=depth, side=40)["reached"] for depth in (1, 3, 6)] == [3, 6, 16]


def test_random_nets_follow_the_seed() -> None:
    def bell(seed: int) -> tuple[float, ...]:
        return last_frame(seed, stack="4*k3", side=16, weights="random", nets=2).curves["measured"].y

    assert bell(1) == bell(1) != bell(2)


def test_a_unit_that_every_relu_silenced_says_so() -> None:
    blind = dict(last_frame().figures) | {"reached": 0}
    assert "switched every path" in words.caption(ReceptiveFieldKnobs(), blind)


# What is refused


@pytest.mark.parametrize(
    ("values", "line"),
    [
        ({"stack": "k3 kk"}, "stack: word 2, “kk”, is no layer: write k3"),
        ({"stack": "p2d2"}, "word 1, “p2d2”, is no layer"),
        ({"stack": ""}, "stack must have 1 to 128 layers, not 0"),
        ({"stack": "99999999*k3"}, "stack must have 1 to 128 layers"),
        ({"stack": "k3 k99"}, "word 2, “k99”: the kernel goes from 1 to 31"),
        ({"stack": "k3s0"}, "the stride goes from 1 to 8"),
        ({"stack": "8*p2"}, r"layer 7 \(p2\) has no room on a map of 1×1: make side larger"),
        ({"stack": "k3", "depth": 2}, "depth must be at most 1, the layers of stack, not 2"),
        ({"image": "dog"}, "There is no picture “dog”"),
    ],
)
def test_what_cannot_be_is_refused_in_a_line(values: dict[str, Any], line: str) -> None:
    with pytest.raises(UsageError, match=line):
        catalogue.parse_knobs(receptive_field, values)


# Predict first, and the code


@pytest.mark.parametrize("values", [{}, {"stack": "5*k3"}, {"stack": "k3 k3d2 k3d4"}, {"depth": 4}])
def test_the_run_says_which_guess_was_right(values: dict[str, Any]) -> None:
    asked = words.predict(ReceptiveFieldKnobs(**values))
    assert asked
    frame = last_frame(**values)
    judged = asked.judge(frame)
    assert judged is not None
    assert asked.choices[judged] == f"{frame.figures['field']:g}"
    assert len(asked.choices) >= 3


def test_the_slip_with_the_own_stride_is_among_the_choices() -> None:
    asked = words.predict(ReceptiveFieldKnobs())
    assert asked
    assert asked.choices == ("15", "23", "30", "32", "35")


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"stack": "k7s2 2*k3 p3s2 k3d2", "image": "coffee", "side": 64},
        {"stack": "3*k3 p2", "side": 24, "weights": "random", "relu": True, "shortcuts": True, "nets": 3, "depth": 3},
    ],
    ids=["defaults", "strides", "random"],
)
def test_the_code_that_is_shown_finds_the_same(
    values: dict[str, Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = show_code(receptive_field, ReceptiveFieldKnobs(**values), seed=3)
    assert len(code.splitlines()) <= SCREEN
    assert "cnntutor" not in code
    script = tmp_path / "code.py"
    script.write_text(code, encoding="utf-8")
    runpy.run_path(str(script))
    printed = {name: float(number) for name, number in map(str.split, capsys.readouterr().out.splitlines())}
    found = figures(3, **values)
    assert printed == {name: found[name] for name in ("field", "jump", "reached", "columns_read", "square_95")}


def test_the_influence_is_brightest_in_the_middle() -> None:
    brightness = last_frame(stack="5*k3").images["influence"].astype(int).sum(-1)
    side = len(brightness)
    assert brightness[side // 2, side // 2] == brightness.max()
    assert np.array_equal(brightness, brightness[::-1, ::-1])
