from __future__ import annotations

import runpy
from pathlib import Path
from typing import Any

import pytest
import torch

from cnntutor.demos import catalogue
from cnntutor.demos.frame import Frame
from cnntutor.demos.gallery._shift_knobs import WAYS, ShiftKnobs
from cnntutor.demos.gallery._shift_slide import Slide, places, slide, weights_of
from cnntutor.demos.gallery.shift import shift
from cnntutor.demos.run import run_headless
from cnntutor.demos.show_code import SCREEN, show_code
from cnntutor.errors import UsageError
from cnntutor.vision import colour, images
from cnntutor.vision.nets import open_net

CPU = torch.device("cpu")


def slid(**values: Any) -> Slide:
    torch.manual_seed(0)
    knobs = ShiftKnobs(**values)
    return slide(places(knobs, CPU), weights_of(knobs, CPU), knobs, knobs.shrink)


def last_frame(seed: int = 0, **values: Any) -> Frame:
    *_, last = shift.frames(ShiftKnobs(**values), "cpu", seed)
    return last


# The claim


@pytest.mark.parametrize("shrink", ["stride", "max", "average", "blurpool"])
@pytest.mark.parametrize("padding_mode", ["circular", "zeros"])
@pytest.mark.parametrize("edge", ["joined", "camera"])
def test_away_from_borders_whole_cells_come_through_exactly_and_no_other_shift_does(
    shrink: str, padding_mode: str, edge: str
) -> None:
    found = slid(shrink=shrink, padding_mode=padding_mode, edge=edge, most=9)
    assert found.errors[8] < 1e-5
    assert min(found.errors[1:8]) > 0.03


def test_without_a_stride_every_shift_comes_through_trained_or_not() -> None:
    for weights in ("trained", "random"):
        found = slid(stride_1=1, stride_2=1, stride_3=1, weights=weights, side=64, most=3)
        assert max(found.errors) < 1e-5
        assert found.wobble < 1e-5


def test_a_blur_before_the_stride_lessens_the_error_and_steadies_the_label() -> None:
    plain, pooled, blurred = (slid(shrink=way) for way in ("stride", "max", "blurpool"))
    assert blurred.errors[1] < pooled.errors[1] / 2 < plain.errors[1] / 2
    assert blurred.wobble < plain.wobble / 10
    assert (plain.label_changes, blurred.label_changes) == (2, 0)


def test_padding_with_zeros_breaks_whole_shifts_at_the_border_alone() -> None:
    zeros, joined = slid(padding_mode="zeros", most=8), slid(padding_mode="circular", most=8)
    assert zeros.errors[8] < 1e-5 < joined.bordered[8] + 0.01 < zeros.bordered[8]
    assert joined.bordered[8] < 1e-5


@pytest.mark.parametrize("direction", ["right", "down", "diagonal"])
def test_the_picture_slides_where_it_is_told(direction: str) -> None:
    for edge in ("joined", "camera"):
        knobs = ShiftKnobs(direction=direction, edge=edge, most=3, side=64)
        first, *_, last = places(knobs, CPU)
        down, right = knobs.both_ways(3)
        assert torch.equal(last[:, down:, right:], first[:, : 64 - down, : 64 - right])


def test_the_probabilities_are_those_of_the_trained_net_itself() -> None:
    net = open_net("textures", side=80)
    picture = net.prepare(images.as_tensor(images.square("coffee", 80)))
    expected = net.module(picture).softmax(1)[0]
    found = slid(image="coffee", shrink="max", padding_mode="zeros", most=1)
    assert torch.allclose(found.chances[0], expected, atol=1e-5)


# What is shown


def test_the_run_without_a_screen_finds_the_figures_of_the_lesson() -> None:
    result = run_headless("shift", {"side": 64, "most": 8})
    assert result.figures["total_stride"] == 8
    assert result.figures["error_of_whole_cells"] < 1e-5 < 0.3 < result.figures["error_of_one_pixel"]
    assert result.frames == len(WAYS) + 9
    assert set(result.last.views) == {"slide", "error", "scores", "ways"}


def test_the_first_frame_shows_the_picture_before_anything_is_worked_out() -> None:
    first = next(iter(shift.frames(ShiftKnobs(), "cpu")))
    assert list(first.images) == ["picture"]


def test_nothing_is_left_over_once_the_map_has_moved_along() -> None:
    *_, before, after = shift.frames(ShiftKnobs(side=64, most=8), "cpu")
    assert not (before.images["left over"] == colour.ZERO).all()
    assert (after.images["left over"] == colour.ZERO).all()


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"shrink": "blurpool"}, "Smaller, not gone"),
        ({"padding_mode": "zeros"}, "With the border counted"),
        ({"edge": "camera"}, "New pixels change the scores"),
        ({"weights": "random"}, "Random weights behave alike"),
        ({"stride_1": 1, "stride_2": 1, "stride_3": 1}, "No stride"),
    ],
)
def test_what_matters_about_the_knobs_is_said(values: dict[str, Any], words: str) -> None:
    caption = last_frame(**{"side": 64, "most": 2} | values).caption
    assert words in caption
    assert "**Look**" in caption
    assert "**Try**" in caption


def test_a_picture_without_cells_away_from_the_border_is_refused() -> None:
    with pytest.raises(UsageError, match="side 64 leaves no cell of block 3"):
        catalogue.parse_knobs(shift, {"side": 64, "stride_1": 4, "stride_2": 4, "stride_3": 4})


def test_the_question_offers_the_sum_of_the_strides_and_the_run_says_their_product() -> None:
    knobs = ShiftKnobs(stride_1=1, stride_2=2, stride_3=4, side=160)
    prediction = shift.predict(knobs)
    assert prediction is not None
    assert {"7", "8", "4", "1"} <= set(prediction.choices)
    judged = prediction.judge(Frame(figures={"total_stride": knobs.total_stride}))
    assert judged is not None
    assert prediction.choices[judged] == "8"


@pytest.mark.parametrize(
    "values",
    [
        {},
        {
            "shrink": "blurpool",
            "edge": "camera",
            "direction": "down",
            "weights": "random",
            "blur_taps": 4,
            "side": 64,
            "most": 4,
        },
        {"shrink": "average", "padding_mode": "reflect", "layer": 1, "stride_1": 3, "image": "chelsea", "most": 2},
    ],
    ids=["defaults", "blurpool", "average"],
)
def test_the_code_that_is_shown_finds_the_same_numbers(
    values: dict[str, Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = show_code(shift, ShiftKnobs(**values), seed=3)
    assert len(code.splitlines()) <= SCREEN
    script = tmp_path / "code.py"
    script.write_text(code, encoding="utf-8")
    runpy.run_path(str(script))
    printed = {name: float(number) for name, number in map(str.split, capsys.readouterr().out.splitlines())}
    assert printed == pytest.approx(dict(last_frame(3, **values).figures), abs=1e-5)
