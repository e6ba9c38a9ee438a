from __future__ import annotations

import runpy
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from cnntutor.demos import catalogue
from cnntutor.demos.frame import Frame
from cnntutor.demos.gallery import _heads_nets as made
from cnntutor.demos.gallery import _heads_words as words
from cnntutor.demos.gallery import heads as module
from cnntutor.demos.gallery._heads_knobs import HeadsKnobs
from cnntutor.demos.gallery.heads import heads
from cnntutor.demos.run import run_headless
from cnntutor.demos.show_code import SCREEN, show_code
from cnntutor.errors import UsageError
from cnntutor.vision import texture_patches, textures
from cnntutor.vision.heads import dense_as_conv, slid

SMALL = {"pieces": 70, "epochs": 1, "width": 4}
"""A run of a fraction of a second."""


def all_frames(seed: int = 0, **values: Any) -> list[Frame]:
    return list(heads.frames(catalogue.parse_knobs(heads, SMALL | values), "cpu", seed))


@pytest.fixture(scope="module")
def run() -> Frame:
    """Long enough for nets that know their surfaces."""
    torch.set_num_threads(1)
    return run_headless("heads", {"pieces": 700, "learning_rate": 0.01, "epochs": 8}, device="cpu").last


# The claim


def test_the_net_with_the_mean_takes_other_sizes_and_the_one_that_flattens_refuses(run: Frame) -> None:
    assert (run.figures["gap_runs"], run.figures["flatten_runs"]) == (1, 0)
    rows = {row[0]: row for row in run.tables["other sizes"].rows}
    assert [rows[side][2] for side in (16, 32, 48, 96)] == ["refuses"] * 4
    assert all(run.figures[f"gap_{side}"] > 0.7 for side in (16, 24, 32, 48, 96))
    assert run.figures["gap_96"] > run.figures["gap_16"]


@pytest.mark.parametrize(("side", "cells"), [(16, 2), (24, 4), (32, 6), (48, 10)])
def test_the_parameters_are_as_predicted(side: int, cells: int) -> None:
    pair = made.start(HeadsKnobs(side=side, width=5, pieces=70), torch.device("cpu"))
    assert pair.parameters("flatten") == (10 * cells * cells + 1) * 7
    assert pair.parameters("gap") == (10 + 1) * 7


def test_the_score_map_is_the_net_slid_over_the_mosaic(run: Frame) -> None:
    assert run.figures["map_error"] < 1e-5
    assert run.figures["map_rows"] == 19
    assert run.figures["map_right"] > 0.85


def test_the_mean_does_not_notice_that_cells_change_places(run: Frame) -> None:
    assert run.figures["renamed_gap"] == 0
    assert run.figures["renamed_flatten"] > 0.05


def test_the_run_answers_its_question(run: Frame) -> None:
    prediction = heads.predict(HeadsKnobs())
    assert prediction is not None
    assert prediction.choices[prediction.judge(run)] == "only the one that takes means"
    assert prediction.judge(Frame()) is None


# The arithmetic


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 4), st.integers(1, 4), st.integers(1, 5), st.integers(0, 4), st.booleans())
def test_a_dense_layer_as_a_convolution_answers_at_every_place_what_it_answers_there(
    channels: int, side: int, classes: int, more: int, bias: bool
) -> None:
    maps = torch.randn(channels, side + more, side + more, dtype=torch.float64)
    dense = nn.Linear(channels * side**2, classes, bias=bias, dtype=torch.float64)
    conv = dense_as_conv(dense, side)
    with torch.no_grad():
        answer = conv(maps[None])[0]
        torch.testing.assert_close(answer, slid(nn.Sequential(nn.Flatten(), dense), maps, side, 1))
    assert answer.shape[-1] == more + 1


def test_the_evidence_of_a_class_has_its_score_as_its_mean() -> None:
    torch.manual_seed(0)
    pair = made.start(HeadsKnobs(**SMALL), torch.device("cpu"))
    with torch.no_grad():
        scores = pair.nets["gap"](pair.normalised(pair.picture)[None])[0]
    torch.testing.assert_close(made.evidence(pair).mean((1, 2)), scores, atol=1e-5, rtol=1e-4)


@pytest.mark.parametrize("layout", ["side by side", "stacked"])
def test_windows_are_judged_by_the_surface_that_they_lie_in(layout: Any) -> None:
    pair = made.start(HeadsKnobs(**SMALL, layout=layout), torch.device("cpu"))
    says = torch.zeros(7, 19, 19)
    first = (slice(None), slice(0, 7)) if layout == "side by side" else (slice(0, 7), slice(None))
    says[textures.NAMES.index("writing")] = 1
    assert made.right_share(pair, says) == pytest.approx(0.5)
    says[(textures.NAMES.index("wood"), *first)] = 2
    assert made.right_share(pair, says) == 1


def test_pieces_come_from_their_own_part_and_every_surface_equally_often() -> None:
    first, again = (texture_patches.pieces("held-out", 21, 16, seed=2) for _ in range(2))
    assert torch.equal(first.x, again.x)
    assert first.y.bincount().tolist() == [3] * 7
    assert not torch.equal(first.x, texture_patches.pieces("train", 21, 16, seed=2).x)
    assert not torch.equal(first.x, texture_patches.pieces("held-out", 21, 16, seed=3).x)


# The run


def test_the_maps_are_there_before_the_first_step_and_the_window_walks_at_the_end() -> None:
    frames = all_frames()
    assert frames[0].views["map"] == ("mosaic", "wood", "writing")
    assert frames[0].images["wood"].shape == (19, 19, 3)
    assert [frame.hold > 0 for frame in frames] == [False, False, *[True] * 8, False]
    progress = [frame.progress for frame in frames]
    assert progress == sorted(progress)
    assert progress[-1] == 1


@pytest.mark.parametrize("show", ["map", "learning", "heads", "sizes", "evidence", "counts"])
def test_the_view_that_is_asked_for_comes_first_and_has_its_words(show: Any, run: Frame) -> None:
    knobs = HeadsKnobs(show=show)
    assert next(iter(module._views(knobs, trained=True))) == show
    assert words.caption(knobs, run.figures).startswith("**Look**")


def test_a_cards_head_is_counted_as_the_card_says() -> None:
    knobs = catalogue.parse_knobs(heads, SMALL | {"show": "counts", "channels": 20, "map_side": 5, "classes": 100})
    frame = next(iter(heads.frames(knobs, "cpu")))
    assert frame.figures["count_flatten"] == (20 * 25 + 1) * 100
    assert frame.figures["count_gap"] == 21 * 100
    assert frame.formulas[0] == "flatten = (20·5·5 + 1)·100 = 50,100 parameters"


def test_the_same_seed_gives_the_same_figures_and_another_seed_others() -> None:
    first, again, other = (all_frames(seed)[-1].figures for seed in (1, 1, 2))
    assert first == again
    assert first != other


def test_a_mosaic_of_one_surface_is_refused() -> None:
    with pytest.raises(UsageError, match=r"second must be another surface than first \(brick\)"):
        catalogue.parse_knobs(heads, {"first": "brick", "second": "brick"})


@pytest.mark.parametrize(
    "values", [{}, {"side": 33, "layout": "stacked", "first": "stars", "pieces": 97}], ids=["defaults", "larger"]
)
def test_the_code_that_is_shown_finds_the_same_numbers(
    values: dict[str, Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = show_code(heads, HeadsKnobs(**SMALL | values), seed=3)
    script = tmp_path / "code.py"
    script.write_text(code, encoding="utf-8")
    runpy.run_path(str(script))
    printed = {name: float(number) for name, number in map(str.split, capsys.readouterr().out.splitlines())}
    figures = all_frames(3, **values)[-1].figures
    assert printed == pytest.approx({name: figures[name] for name in printed}, abs=1e-6)
    assert len(printed) == 7
    assert len(code.splitlines()) <= SCREEN
