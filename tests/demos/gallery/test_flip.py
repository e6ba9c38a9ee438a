from __future__ import annotations

import runpy
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import signal

from cnntutor.demos import catalogue
from cnntutor.demos.frame import Frame
from cnntutor.demos.gallery._flip_knobs import FlipKnobs
from cnntutor.demos.gallery._flip_sums import Sums, sums_of
from cnntutor.demos.gallery.flip import flip
from cnntutor.demos.run import run_headless
from cnntutor.demos.show_code import SCREEN, show_code
from cnntutor.errors import UsageError
from cnntutor.vision import kernels

CPU = torch.device("cpu")


def sums(**values: Any) -> Sums:
    torch.manual_seed(0)
    return sums_of(FlipKnobs(**values), CPU)


def last_frame(seed: int = 0, **values: Any) -> Frame:
    *_, last = flip.frames(FlipKnobs(**values), "cpu", seed)
    return last


# The claim


@settings(max_examples=40, deadline=None)
@given(
    st.sampled_from(["random", "own"]),
    st.integers(1, 5),
    st.integers(1, 7),
    st.sampled_from(["same", "full"]),
    st.sampled_from(["lay", "stamp"]),
)
def test_both_results_on_the_grid_are_scipys(kernel: str, taps: int, size: int, extent: str, way: str) -> None:
    found = sums(kernel=kernel, kernel_size=taps, input_size=size, extent=extent, way=way, under="picture", side=16)
    x, w = found.inputs.numpy(), found.kernel.numpy()
    assert np.allclose(found.results["cross-correlation"], signal.correlate2d(x, w, extent))
    assert np.allclose(found.results["convolution"], signal.convolve2d(x, w, extent))


@pytest.mark.parametrize("kernel", ["sobel-x", "emboss", "gaussian", "own"])
def test_both_maps_of_the_picture_are_scipys(kernel: str) -> None:
    found = sums(kernel=kernel, side=32)
    x, w = found.picture[0].numpy(), found.kernel.numpy()
    assert np.allclose(found.maps["cross-correlation"], signal.correlate2d(x, w, "same"), atol=1e-4)
    assert np.allclose(found.maps["convolution"], signal.convolve2d(x, w, "same"), atol=1e-4)


def test_torchs_layers_correlate_and_its_transposed_layers_convolve() -> None:
    table = last_frame(under="own").tables["torch"]
    who = {str(name): (correlates, convolves) for name, correlates, convolves in table.rows}
    assert who["conv2d(x, w)"] == (True, False)
    for name in ("conv2d(x, w.flip(-2, -1))", "conv_transpose2d(x, w)", "ifft2(fft2(x)·fft2(w))"):
        assert who[name] == (False, True)
    assert who["conv2d(x, w.flip(-1))"] == who["conv2d(x, w.T)"] == (False, False)
    assert last_frame(under="own").figures["off_from_torch"] < 1e-9


def test_convolution_alone_commutes_and_associates() -> None:
    rows = last_frame(under="own").tables["laws"].rows
    assert rows == (
        ("x w = w x", False, True),
        ("x w = w x, turned by 180°", True, False),
        ("(x w) w = x (w w)", False, True),
    )


@pytest.mark.parametrize("kernel", ["box", "gaussian", "laplacian", "identity", "sharpen"])
def test_a_kernel_that_a_half_turn_leaves_alone_gives_the_same_maps(kernel: str) -> None:
    figures = last_frame(kernel=kernel).figures
    assert figures["symmetric"] == 1
    assert figures["picture_difference"] < 1e-5


def test_sobel_changes_every_sign_and_the_numbers_from_1_to_9_more_than_that() -> None:
    sobel, own = last_frame(kernel="sobel-x").figures, last_frame().figures
    assert sobel["picture_sum"] < 1e-5 < 1 < sobel["picture_difference"]
    assert own["picture_sum"] > 1 < own["picture_difference"]


# What is shown


def test_a_single_1_leaves_the_kernel_as_written_and_turned_round() -> None:
    grids = run_headless("flip").last.grids
    inner = {title: [row[1:4] for row in grids[title].rows[1:4]] for title in ("convolution", "cross-correlation")}
    assert inner["convolution"] == [(1, 2, 3), (4, 5, 6), (7, 8, 9)]
    assert inner["cross-correlation"] == [(9, 8, 7), (6, 5, 4), (3, 2, 1)]


def test_the_results_fill_cell_by_cell() -> None:
    first, *_, last = flip.frames(FlipKnobs(input_size=3), "cpu")
    assert first.grids["convolution"].rows == ((1, None, None), (None, None, None), (None, None, None))
    assert first.grids["input"].marked == tuple((i, j) for i in range(3) for j in range(3))
    assert last.grids["convolution"].rows == ((1, 2, 3), (4, 5, 6), (7, 8, 9))


def test_stamping_leaves_one_copy_for_each_number_that_is_not_zero() -> None:
    frames = list(flip.frames(FlipKnobs(way="stamp", under="own"), "cpu"))
    assert len(frames) == 2
    assert frames[0].grids["convolution"].rows[0] == (1, 2, 3, 0, 0)
    assert frames[1].grids["convolution"].rows[4] == (0, 0, 14, 16, 18)
    assert "= 2 leaves a copy" in frames[1].formulas[0]


def test_numbers_that_are_all_zero_are_stamped_too() -> None:
    assert last_frame(way="stamp", numbers="0 0; 0 0").figures["convolution"] == 0


def test_the_working_names_both_sums_of_the_marked_cell() -> None:
    lines = last_frame(weights="1 2 3; 4 5 6; 7 8 9", numbers="1 0 0; 0 2 0; 0 0 3", extent="valid").formulas
    assert lines[:2] == ("correlation[0, 0] = 1·1 + 2·5 + 3·9 = 38", "convolution[0, 0] = 1·9 + 2·5 + 3·1 = 22")


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({}, "the test for any library"),
        ({"kernel": "gaussian"}, "looks the same after a half-turn"),
        ({"kernel": "sobel-y", "show": "picture"}, "differ in every sign"),
        ({"kernel": "emboss", "under": "picture"}, "is another filter"),
        ({"way": "stamp"}, "who may be swapped"),
    ],
)
def test_what_the_half_turn_does_to_this_kernel_is_said(values: dict[str, Any], words: str) -> None:
    frame = last_frame(**values)
    assert words in frame.caption
    assert "**Try**" in frame.caption
    assert next(iter(frame.views)) == values.get("show", "grid")


# Knobs and links


@pytest.mark.parametrize(
    ("values", "line"),
    [
        ({"extent": "valid", "kernel_size": 7, "kernel": "box"}, "kernel_size must be at most 5, the input_size"),
        ({"kernel": "gabor", "kernel_size": 2}, "kernel_size must be at least 3 for the kernel gabor"),
        ({"weights": "1 2; 3"}, "row 2 of weights has 1 cell"),
        ({"numbers": "x"}, "numbers cannot hold “x”"),
        ({"weights": "; ".join(["1 " * 8] * 8)}, "weights may have at most 7 rows"),
    ],
)
def test_what_cannot_be_is_refused_by_the_name_of_its_knob(values: dict[str, Any], line: str) -> None:
    with pytest.raises(UsageError, match=line):
        catalogue.parse_knobs(flip, values)


@pytest.mark.parametrize("kernel", [*kernels.NAMES, "own"])
def test_the_question_is_answered_by_the_run(kernel: str) -> None:
    knobs = FlipKnobs(kernel=kernel)
    prediction = flip.predict(knobs)
    assert prediction is not None
    right = prediction.judge(last_frame(kernel=kernel))
    expected = {"sobel-x": 1, "sobel-y": 1, "own": 3, "random": 3, "emboss": 3}
    assert right == expected.get(kernel, 0)


def test_two_by_two_squares_hold_the_rows_of_the_cards_and_three_by_three_those_of_the_quiz() -> None:
    both = last_frame(weights="2 3; 0 0", numbers="4 5; 0 0", extent="full").grids
    assert both["convolution"].rows[0] == (2 * 4, 3 * 4 + 2 * 5, 3 * 5)
    assert both["cross-correlation"].rows[1] == (3 * 4, 2 * 4 + 3 * 5, 2 * 5)
    row = {"weights": "0 0 0; 1 3 4; 0 0 0", "numbers": "0 0 0; 2 0 5; 0 0 0", "extent": "valid"}
    assert last_frame(**row).figures["convolution"] == 4 * 2 + 3 * 0 + 1 * 5


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"kernel": "random", "kernel_size": 4, "extent": "full", "under": "picture", "way": "stamp"},
        {"weights": "1 2; 3 4", "numbers": "1 2 3; 4 5 6; 7 8 9", "extent": "valid", "image": "brick"},
    ],
    ids=["defaults", "picture", "own"],
)
def test_the_code_that_is_shown_finds_the_same_numbers(
    values: dict[str, Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = show_code(flip, FlipKnobs(**values), seed=3)
    assert len(code.splitlines()) <= SCREEN
    script = tmp_path / "code.py"
    script.write_text(code, encoding="utf-8")
    runpy.run_path(str(script))
    printed = {name: float(number) for name, number in map(str.split, capsys.readouterr().out.splitlines())}
    assert printed == pytest.approx(dict(last_frame(3, **values).figures), abs=1e-5)
