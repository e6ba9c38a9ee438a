from __future__ import annotations

import runpy
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn
from torch.nn import functional

from cnntutor import paths
from cnntutor.demos import catalogue
from cnntutor.demos.frame import Frame
from cnntutor.demos.gallery._pooling_knobs import PoolingKnobs
from cnntutor.demos.gallery._pooling_maps import run_maps
from cnntutor.demos.gallery.pooling import pooling
from cnntutor.demos.run import run_headless
from cnntutor.demos.show_code import SCREEN, show_code
from cnntutor.errors import UsageError
from cnntutor.vision import images, kernels
from cnntutor.vision.pools import PoolWindow, adaptive_windows, change, gradients, pooled

CPU = torch.device("cpu")


def last_frame(seed: int = 0, **values: Any) -> Frame:
    *_, last = pooling.frames(catalogue.parse_knobs(pooling, values), "cpu", seed)
    return last


# The claim


@pytest.mark.parametrize("image", images.SHIPPED)
@pytest.mark.parametrize("kernel", ["sobel-x", "laplacian", "gabor"])
def test_a_move_by_one_pixel_changes_max_pooling_less_than_strided_sampling(image: str, kernel: str) -> None:
    figures = last_frame(image=image, kernel=kernel).figures
    assert figures["change_max"] < 0.9 * figures["change_strided"]


def test_the_default_run_shows_it_clearly() -> None:
    result = run_headless("pooling", device="cpu")
    assert result.figures["output_size"] == 24
    assert result.figures["change_max"] < 0.7 < 0.9 < result.figures["change_strided"]
    assert result.last.progress == 1


def test_larger_windows_forgive_more_and_a_larger_stride_does_not() -> None:
    small, large = (last_frame(pool_size=size).figures for size in (2, 8))
    assert large["change_max"] < small["change_max"] - 0.2
    assert large["change_average"] < large["change_max"]
    assert large["change_strided"] > 0.8


def test_a_peak_that_stays_in_its_window_is_not_noticed_and_one_that_leaves_it_is() -> None:
    for column, noticed in ((2, False), (1, True)):
        row = ["0"] * 4
        row[column] = "7"
        own = "; ".join(["0 0 0 0", " ".join(row), "0 0 0 0", "0 0 0 0"])
        shown = last_frame(numbers=own, shift=1).grids
        assert (shown["max"].rows != shown["its max"].rows) == noticed
        assert shown["skip"].rows == ((0, 0), (0, 0))


def test_a_strided_convolution_is_the_map_at_every_nth_cell() -> None:
    maps = run_maps(PoolingKnobs(stride=3, relu=False), CPU)
    seen = images.as_tensor(images.square("coffee", 48 + 2 + 8))[:, :50, 8:]
    grey = (seen * torch.tensor([0.299, 0.587, 0.114])[:, None, None]).sum(0, keepdim=True)
    weight = torch.from_numpy(kernels.kernel("laplacian", 3))
    expected = functional.conv2d(grey, weight[None, None], stride=3)
    torch.testing.assert_close(maps.summaries(0)["strided"], expected)


# The arithmetic


@settings(max_examples=80, deadline=None)
@given(st.integers(1, 8), st.integers(0, 8), st.integers(0, 4), st.booleans(), st.booleans(), st.integers(1, 20))
def test_every_window_that_fits_gives_what_torch_gives(
    size: int, stride: int, padding: int, ceil: bool, counts: bool, side: int
) -> None:
    window = PoolWindow(size, stride, padding, ceil, counts)
    x = torch.randn(2, side, side)
    if padding > size // 2 or size > side + 2 * padding:
        with pytest.raises(UsageError):
            window.output_side(side)
        return
    largest = nn.MaxPool2d(size, stride or None, padding, ceil_mode=ceil)(x)
    mean = nn.AvgPool2d(size, stride or None, padding, ceil_mode=ceil, count_include_pad=counts)(x)
    torch.testing.assert_close(pooled(x, "max", window), largest)
    torch.testing.assert_close(pooled(x, "average", window), mean)
    assert largest.shape[-1] == window.output_side(side)


@given(st.integers(1, 60), st.integers(1, 60))
def test_adaptive_windows_are_torchs(cells: int, wanted: int) -> None:
    x = torch.arange(float(cells), dtype=torch.float64)[None]
    windows = adaptive_windows(cells, wanted)
    means = torch.tensor([[sum(window) / len(window) for window in windows]], dtype=torch.float64)
    torch.testing.assert_close(functional.adaptive_avg_pool1d(x, wanted), means)


def test_the_gradient_goes_to_the_winner_or_in_equal_shares_to_all() -> None:
    cells = torch.tensor([[[2.0, 7.0], [1.0, 5.0]]])
    assert gradients(cells, "max", PoolWindow(2), 8).tolist() == [[[0, 8], [0, 0]]]
    assert gradients(cells, "average", PoolWindow(2), 8).tolist() == [[[2, 2], [2, 2]]]


def test_a_change_is_counted_in_sizes_of_what_was_there() -> None:
    before = torch.tensor([3.0, 4.0])
    assert change(before, before) == 0
    assert change(before, -before) == 2
    assert change(torch.zeros(2), before) == 1
    assert change(torch.zeros(2), torch.zeros(2)) == 0


def test_global_figures_are_those_of_adaptive_pooling_to_one_cell() -> None:
    frame = last_frame(adaptive=1)
    assert frame.tables["its windows"].rows == ((0, "0–47", 48),)
    assert frame.images["adaptive mean"].shape == (1, 1, 3)
    assert frame.figures["global_max"] > frame.figures["global_mean"] > 0


# What is shown


def test_the_articles_window_comes_out_as_in_the_article() -> None:
    shown = last_frame(numbers="0 0 1 2; 9 0 1 0; 3 1 4 4; 1 3 4 4", show="grid").grids
    assert shown["max"].rows == ((9, 2), (3, 4))
    assert shown["mean"].rows == ((2.25, 1.0), (2.0, 4.0))
    assert shown["skip"].rows == ((0, 1), (3, 4))
    assert (1, 0) in shown["patch"].marked


@pytest.mark.parametrize("show", ["maps", "change", "grid", "back", "adaptive"])
def test_the_view_that_is_asked_for_comes_first_and_has_its_words(show: str) -> None:
    frame = last_frame(show=show)
    assert next(iter(frame.views)) == show
    assert frame.caption.startswith("**Look**")
    assert "**Try**" in frame.caption
    assert len({last_frame(show=other).caption for other in (show, "maps")}) == (1 if show == "maps" else 2)


def test_the_picture_moves_while_the_curves_grow() -> None:
    frames = list(pooling.frames(PoolingKnobs(), "cpu"))
    assert [len(frame.curves["max"].x) for frame in frames] == [*range(1, 10), 9]
    assert (frames[0].images["picture"][:, 0] == frames[3].images["picture"][:, 3]).all()


def test_a_window_of_ones_own_comes_out_as_its_mean_and_its_largest() -> None:
    frame = last_frame(numbers="6 6; 0 4", show="grid")
    assert (frame.grids["max"].rows, frame.grids["mean"].rows, frame.grids["skip"].rows) == (((6,),), ((4,),), ((6,),))
    assert frame.formulas[0] == "first window: max 6, mean (6 + 6 + 0 + 4)/4 = 4"


# Questions, refusals, code


def test_the_run_says_which_way_changed_most() -> None:
    prediction = pooling.predict(PoolingKnobs())
    assert prediction is not None
    assert prediction.choices[prediction.judge(last_frame())] == "the strided convolution's"
    still = Frame(figures=dict.fromkeys(("change_max", "change_average", "change_strided"), 0.0))
    assert prediction.judge(still) == 3
    assert prediction.judge(Frame()) is None


def test_without_a_move_the_question_is_how_wide_the_map_will_be() -> None:
    knobs = PoolingKnobs(shift=0, pool_size=3, side=32)
    prediction = pooling.predict(knobs)
    assert prediction is not None
    assert prediction.choices[prediction.judge(last_frame(shift=0, pool_size=3, side=32))] == "10"
    assert {"11", "30", "32"} <= set(prediction.choices)


@pytest.mark.parametrize(
    ("values", "line"),
    [
        ({"padding": 2}, r"padding must be at most 1, half of pool_size \(2\), not 2"),
        ({"adaptive": 9, "side": 8}, r"adaptive must be at most side \(8\), not 9"),
        ({"numbers": "1 2; 3 4", "pool_size": 3}, "patch_size must be at least 3 for this window, not 2"),
        ({"numbers": "1 2; 3"}, "row 2 of numbers has 1 cell"),
        ({"image": "dog"}, "There is no picture “dog”"),
    ],
)
def test_what_cannot_be_is_refused_by_the_name_of_its_knob(values: dict[str, Any], line: str) -> None:
    with pytest.raises(UsageError, match=line):
        catalogue.parse_knobs(pooling, values)


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"image": "brick", "kernel": "random", "relu": False, "pool_size": 3, "stride": 2, "padding": 1, "shift": 3},
        {"ceil_mode": True, "count_border": False, "pool_size": 5, "padding": 2, "side": 33},
    ],
    ids=["defaults", "padded", "rounded up"],
)
def test_the_code_that_is_shown_finds_the_same_numbers(
    values: dict[str, Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = show_code(pooling, PoolingKnobs(**values), seed=3)
    script = tmp_path / "code.py"
    script.write_text(code, encoding="utf-8")
    runpy.run_path(str(script))
    lines = map(str.split, capsys.readouterr().out.splitlines())
    printed = {name: float(number) for name, number in lines}
    assert printed == pytest.approx(dict(last_frame(3, **values).figures), abs=1e-5)
    assert len(code.splitlines()) <= SCREEN
    assert "cnntutor" not in code.replace(str(paths.assets_dir()), "")
