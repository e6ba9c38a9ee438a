from __future__ import annotations

import runpy
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from cnntutor import paths
from cnntutor.course.find import find_course
from cnntutor.course.load import load_course
from cnntutor.demos import catalogue
from cnntutor.demos.frame import Frame
from cnntutor.demos.gallery import convolve as module
from cnntutor.demos.gallery._convolve_knobs import ConvolveKnobs
from cnntutor.demos.gallery._convolve_layer import Layer, kernel_of, run_layer
from cnntutor.demos.gallery._convolve_walk import LONGEST, Walk, walk_over
from cnntutor.demos.gallery.convolve import convolve
from cnntutor.demos.knobs import values_of
from cnntutor.demos.show_code import SCREEN, show_code
from cnntutor.errors import UsageError
from cnntutor.vision import checkpoints, colour, images, kernels, matrices
from cnntutor.vision.models import ConvNet
from cnntutor.vision.net_spec import NetSpec

CPU = torch.device("cpu")
NET = "seven"
"""A net with seven filters of 3×3, which the learner keeps under this name."""

ACTIVATIONS = {
    "none": nn.Identity(),
    "relu": nn.ReLU(),
    "leaky-relu": nn.LeakyReLU(),
    "tanh": nn.Tanh(),
    "sigmoid": nn.Sigmoid(),
    "gelu": nn.GELU(),
}
POOLINGS = {"none": lambda _size: nn.Identity(), "max": nn.MaxPool2d, "average": nn.AvgPool2d}
MODES = ["zeros", "reflect", "replicate", "circular"]


@pytest.fixture(scope="module", autouse=True)
def net(tmp_path_factory: pytest.TempPathFactory) -> Iterator[checkpoints.Checkpoint]:
    """A trained net among the learner's own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CNNTUTOR_HOME", str(tmp_path_factory.mktemp("home")))
        spec = NetSpec(width=7, in_channels=2)
        classes = tuple(str(digit) for digit in range(spec.classes))
        kept = checkpoints.Checkpoint(spec, ConvNet(spec).state_dict(), classes, (0, 0), (1, 1), "digits", seed=0)
        checkpoints.save(kept, NET)
        yield kept


def last_frame(seed: int = 0, **values: Any) -> Frame:
    *_, last = convolve.frames(ConvolveKnobs(**values), "cpu", seed)
    return last


def squares(most: int) -> st.SearchStrategy[str]:
    """A matrix as text."""
    cells = st.integers(-9, 9)
    return st.integers(1, most).flatmap(
        lambda side: st.lists(st.lists(cells, min_size=side, max_size=side), min_size=side, max_size=side).map(
            matrices.write
        )
    )


LEGAL: dict[str, st.SearchStrategy[Any]] = {
    "image": st.sampled_from(images.SHIPPED),
    "side": st.integers(8, 20),
    "kernel": st.sampled_from([*kernels.NAMES, "own", "learnt"]),
    "kernel_size": st.integers(1, 11),
    "weights": squares(11),
    "learnt_from": st.just(NET),
    "learnt_filter": st.integers(1, 20),
    "stride": st.integers(1, 8),
    "padding": st.integers(0, 16),
    "padding_mode": st.sampled_from(MODES),
    "dilation": st.integers(1, 4),
    "channels": st.integers(1, 6),
    "filters": st.integers(1, 12),
    "groups": st.integers(1, 5),
    "activation": st.sampled_from(list(ACTIVATIONS)),
    "pooling": st.sampled_from(list(POOLINGS)),
    "pool_size": st.integers(2, 8),
    "show": st.sampled_from(["picture", "grid"]),
    "patch": st.sampled_from(["picture", "own"]),
    "patch_size": st.integers(1, 11),
    "patch_row": st.integers(0, 100),
    "patch_column": st.integers(0, 100),
    "numbers": squares(11),
}
"""Values for every knob that may be legal, the size of the work kept small."""


def test_every_knob_is_varied() -> None:
    assert list(LEGAL) == list(ConvolveKnobs.model_fields)


WAYS_OUT: dict[str, dict[str, Any]] = {
    "groups must": {"groups": 1},
    "pool_size must": {"pooling": "none"},
    "patch_size must": {"patch": "picture"},
    "padding must": {"padding_mode": "zeros"},
    "kernel_size must": {"kernel": "box"},
    "kernel_size": {"kernel_size": 3, "dilation": 1},
}
"""How a refusal begins, and what it says to do."""


@st.composite
def legal_knobs(draw: st.DrawFn) -> ConvolveKnobs:
    """Any knobs that the demo accepts; what is refused is done as the refusal says."""
    values = {name: draw(value) for name, value in LEGAL.items()}
    values |= {name: values["groups"] * draw(st.integers(1, 3)) for name in ("channels", "filters")}
    for _ in WAYS_OUT:
        try:
            return ConvolveKnobs(**values)
        except UsageError as refusal:
            values |= next(way for start, way in WAYS_OUT.items() if str(refusal).startswith(start))
    raise AssertionError(f"{values} are still refused")


def finished(maps: torch.Tensor, knobs: ConvolveKnobs) -> torch.Tensor:
    """Sums of products through activation and pooling, by torch's own modules."""
    return POOLINGS[knobs.pooling](knobs.pool_size)(ACTIVATIONS[knobs.activation](maps))


def reference(layer: Layer, knobs: ConvolveKnobs) -> torch.Tensor:
    """The same layer as torch has it, border, groups and all: [shown, rows, columns] before the activation."""
    conv = nn.Conv2d(
        knobs.channels,
        knobs.filters,
        knobs.kernel_size,
        knobs.stride,
        knobs.padding,
        knobs.dilation,
        knobs.groups,
        padding_mode=knobs.padding_mode,
    )
    with torch.no_grad():
        conv.weight[: len(layer.weight)] = layer.weight
        conv.bias.zero_()
        return conv(layer.picture[None])[0, : len(layer.weight)]


def walked_by_torch(walk: Walk, knobs: ConvolveKnobs) -> torch.Tensor:
    """The feature map of the patch as torch has it: [rows, columns] before the activation."""
    conv = nn.Conv2d(
        1,
        1,
        knobs.kernel_size,
        knobs.stride,
        knobs.padding,
        knobs.dilation,
        padding_mode=knobs.padding_mode,
        bias=False,
        dtype=torch.float64,
    )
    inside = slice(knobs.padding, knobs.padding + knobs.patch_side)
    with torch.no_grad():
        conv.weight[0, 0] = walk.weight
        return conv(walk.padded[None, None, inside, inside])[0, 0]


# The numbers


@settings(max_examples=100, deadline=None)
@given(legal_knobs())
def test_every_legal_setting_gives_what_torch_gives(knobs: ConvolveKnobs) -> None:
    torch.manual_seed(0)
    layer = run_layer(knobs, CPU)
    sums = reference(layer, knobs)
    torch.testing.assert_close(layer.sums, sums, atol=1e-5, rtol=1e-4)
    expected = finished(sums, knobs)
    torch.testing.assert_close(layer.maps, expected, atol=1e-5, rtol=1e-4)
    figures = module._figures(layer)
    assert figures["output_size"] == sums.shape[-1]
    assert figures.get("pooled_size", figures["output_size"]) == expected.shape[-1]
    assert figures["max"] == pytest.approx(float(expected[0].max()), abs=1e-5, rel=1e-4)


@settings(max_examples=100, deadline=None)
@given(legal_knobs())
def test_every_cell_of_the_walk_is_what_torch_gives(knobs: ConvolveKnobs) -> None:
    torch.manual_seed(0)
    walk = walk_over(run_layer(knobs, CPU))
    sums = walked_by_torch(walk, knobs)
    outputs = ACTIVATIONS[knobs.activation](sums)
    torch.testing.assert_close(walk.sums, sums)
    torch.testing.assert_close(walk.outputs, outputs)
    grids = walk.grids(walk.stops[-1])
    torch.testing.assert_close(torch.tensor(grids["output"].rows, dtype=torch.float64), outputs, atol=6e-5, rtol=0)
    assert ("pooled" in grids) == (knobs.pooling != "none" and knobs.pool_size <= len(sums))
    if "pooled" in grids:
        pooled = POOLINGS[knobs.pooling](knobs.pool_size)(outputs[None])[0]
        torch.testing.assert_close(torch.tensor(grids["pooled"].rows, dtype=torch.float64), pooled, atol=6e-5, rtol=0)


@settings(max_examples=50, deadline=None)
@given(legal_knobs(), st.data())
def test_at_every_stop_the_marked_numbers_times_the_weights_add_up_to_the_marked_cell(
    knobs: ConvolveKnobs, data: st.DataObject
) -> None:
    torch.manual_seed(0)
    walk = walk_over(run_layer(knobs, CPU))
    stop = data.draw(st.sampled_from(walk.stops))
    grids = walk.grids(stop)
    patch, weights = grids["patch"], np.array(grids["weights"].rows)
    seen = np.array([patch.rows[row][column] for row, column in patch.marked]).reshape(weights.shape)
    products = np.array(grids["products"].rows)
    assert products == pytest.approx(seen * weights, abs=1e-3)
    ((row, column),) = grids["output"].marked
    assert products.sum() == pytest.approx(float(walk.sums[row, column]), abs=1e-4 * products.size)
    known = [cell is not None for line in grids["output"].rows for cell in line]
    assert known == [number <= stop for number in range(len(known))]


@settings(max_examples=30, deadline=None)
@given(legal_knobs())
def test_the_table_by_hand_sums_to_the_first_cell(knobs: ConvolveKnobs) -> None:
    torch.manual_seed(0)
    layer = run_layer(knobs, CPU)
    tables = module._tables(layer)
    *products, (_, _, _, total) = tables["the first cell by hand"].rows
    assert sum(row[3] for row in products) == pytest.approx(total, abs=1e-4 * len(products))
    assert total == pytest.approx(float(layer.sums[0, 0, 0]), abs=1e-3)
    activated = float(ACTIVATIONS[knobs.activation](torch.tensor(total)))
    assert tables["the first cells"].rows[0][-1] == pytest.approx(activated, abs=1e-3)


def test_parameters_and_macs_are_those_of_the_whole_layer() -> None:
    figures = last_frame(side=56, channels=64, filters=128, padding=1).figures
    assert figures["params"] == 73_728 + 128
    assert figures["macs"] == 231_211_008


def test_a_depthwise_layer_costs_one_kernel_a_channel() -> None:
    figures = last_frame(side=16, channels=32, filters=32, groups=32).figures
    assert figures["params"] == 32 * 9 + 32
    assert figures["macs"] == 32 * 9 * 16 * 16


def test_the_working_is_written_out_with_this_runs_numbers() -> None:
    size, params, macs, _ = last_frame(side=64, stride=2, channels=3, filters=16).formulas
    assert size == "output size = ⌊(64 + 2·1 − 1·(3 − 1) − 1)/2⌋ + 1 = 32"
    assert params == "parameters = (3·3·3 + 1)·16 = 448"
    assert macs == "MACs = 3·3·3·16·32·32 = 442,368"


def test_groups_and_pooling_appear_in_the_working() -> None:
    _, pooled, params, macs, _ = last_frame(side=16, channels=4, filters=6, groups=2, pooling="max").formulas
    assert pooled == "pooled size = ⌊(16 − 2)/2⌋ + 1 = 8"
    assert params == "parameters = (3·3·4/2 + 1)·6 = 114"
    assert macs == "MACs = 3·3·4/2·6·16·16 = 27,648"


@pytest.mark.parametrize(
    ("values", "working"),
    [
        ({"weights": "1 -1; 0 2", "numbers": "3 4; 5 6"}, "patch: output[0, 0] = 3·1 + 4·(−1) + 6·2 = 11"),
        ({"weights": "-1", "numbers": "3", "activation": "relu"}, "patch: output[0, 0] = 3·(−1) = −3, relu makes it 0"),
        ({"weights": "0", "numbers": "3"}, "patch: output[0, 0] = 0 = 0"),
    ],
)
def test_a_cell_is_worked_out_in_full(values: dict[str, Any], working: str) -> None:
    assert last_frame(padding=0, **values).formulas[-1] == working


def test_the_working_of_the_cell_comes_first_where_the_grid_does() -> None:
    assert last_frame(show="grid").formulas[0] == last_frame(show="picture").formulas[-1]


def test_whole_numbers_are_shown_without_a_point() -> None:
    grids = last_frame().grids
    assert {type(cell) for name in grids for row in grids[name].rows for cell in row} == {int}
    assert {type(cell) for row in last_frame(kernel="box").grids["output"].rows for cell in row} == {float}


def test_long_sums_are_cut_short() -> None:
    working = last_frame(kernel="box", kernel_size=5).formulas[-1]
    assert working.count("·") == 12
    assert "+ … (13 more) =" in working


# What is seen


def test_the_feature_map_fills_row_by_row_and_stays() -> None:
    frames = list(convolve.frames(ConvolveKnobs(side=32), "cpu"))
    unknown = [(frame.images["feature map"] == colour.UNKNOWN).all(axis=(1, 2)).sum() for frame in frames]
    assert unknown == sorted(unknown, reverse=True)
    assert unknown[0] > unknown[-1] == 0
    assert unknown.index(0) <= 12
    assert {frame.hold for frame, left in zip(frames, unknown, strict=True) if left} == {0}


def test_then_the_window_walks_over_the_patch_one_cell_a_frame() -> None:
    frames = list(convolve.frames(ConvolveKnobs(patch_size=3), "cpu"))
    walk = [frame for frame in frames if frame.hold] + frames[-1:]
    assert [frame.grids["output"].marked for frame in walk] == [((i, j),) for i in range(3) for j in range(3)]
    assert walk[0].grids["output"].rows[0][1] is None
    assert None not in np.array(walk[-1].grids["output"].rows)


def test_progress_never_goes_back_and_ends_at_one() -> None:
    progress = [frame.progress for frame in convolve.frames(ConvolveKnobs(), "cpu")]
    assert progress == sorted(progress)
    assert progress[-1] == 1


def test_a_long_walk_ends_with_everything_filled_in() -> None:
    frames = list(convolve.frames(ConvolveKnobs(patch_size=11, padding=4), "cpu"))
    assert len(frames) <= LONGEST + 12
    assert len(frames[-1].grids["output"].rows) == 17
    assert None not in np.array(frames[-1].grids["output"].rows)


def test_every_frame_serves_both_views() -> None:
    for frame in convolve.frames(ConvolveKnobs(side=16), "cpu"):
        assert list(frame.views) == ["picture", "grid", "by hand"]
        assert frame.views["picture"] == ("input", "kernel", "feature map")
        assert frame.views["grid"] == ("patch", "weights", "products", "output")
        assert frame.figures["output_size"] == 16


def test_the_view_asked_for_comes_first_even_in_the_middle_of_a_run() -> None:
    knobs = ConvolveKnobs(side=16)
    frames = convolve.frames(knobs, "cpu")
    assert next(iter(next(frames).views)) == "picture"
    turned = ConvolveKnobs(side=16, show="grid")
    assert knobs.can_become(turned)
    knobs.take(turned)
    frame = next(frame for frame in frames if frame.hold)
    assert next(iter(frame.views)) == "grid"
    assert "the patch lie under the weights" in frame.caption


def test_pooled_cells_appear_once_their_square_is_full() -> None:
    frames = list(convolve.frames(ConvolveKnobs(patch_size=4, pooling="average"), "cpu"))
    counts = [sum(cell is not None for row in frame.grids["pooled"].rows for cell in row) for frame in frames]
    assert counts[0] == 0
    assert sorted(set(counts)) == [0, 1, 2, 3, 4]
    assert frames[-1].views["pooling"] == ("output", "pooled")


def test_the_patch_is_brightness_in_whole_numbers_up_to_nine() -> None:
    padded = np.array(last_frame(patch_size=4, image="brick").grids["patch"].rows)
    assert padded.shape == (6, 6)
    assert not padded[0].any()
    inside = padded[1:-1, 1:-1]
    assert (inside == inside.round()).all()
    assert 0 <= inside.min() < inside.max() <= 9


def test_the_patch_lies_where_it_is_marked() -> None:
    whole = last_frame(side=32, padding=2).images["input"]
    marked = next(f for f in convolve.frames(ConvolveKnobs(side=32, padding=2), "cpu") if f.hold).images["input"]
    rows, columns = np.nonzero((whole != marked).any(axis=-1))
    top, left = ConvolveKnobs(side=32).patch_corner
    assert (rows.min(), columns.min()) == (top + 2, left + 2)
    assert (rows.max(), columns.max()) == (top + 5, left + 5)


def test_a_patch_of_the_picture_grows_with_the_window() -> None:
    for values in ({"kernel_size": 9}, {"stride": 8}, {"padding": 16, "padding_mode": "reflect"}):
        grids = last_frame(**{"side": 32, "patch_size": 4, "padding": 0} | values).grids
        assert len(grids["patch"].rows) > 4
        assert len(grids["output"].rows) >= 2


def test_a_patch_of_the_picture_is_never_larger_than_the_picture() -> None:
    grids = last_frame(side=8, padding=1, kernel_size=10, stride=8).grids
    assert (len(grids["patch"].rows), len(grids["output"].rows)) == (10, 1)


def test_with_several_channels_the_grid_says_what_it_shows() -> None:
    assert "the first channel of the first filter alone" in last_frame(show="grid", channels=3).caption


def test_the_input_is_shown_with_its_border() -> None:
    assert last_frame(side=32, padding=4).images["input"].shape == (40, 40, 3)
    assert not last_frame(side=32, padding=4).images["input"][:4].any()
    assert last_frame(side=32, padding=4, padding_mode="replicate").images["input"][:4].any()


def test_the_kernel_is_drawn_tap_by_tap_in_the_colours_of_its_signs() -> None:
    kernel = last_frame(kernel="sobel-x").images["kernel"].astype(int)
    assert kernel.shape == (3, 3, 3)
    red, blue = kernel[..., 0], kernel[..., 2]
    assert (blue > red)[:, 0].all()
    assert (red > blue)[:, 2].all()


def test_the_identity_kernel_gives_the_picture_back() -> None:
    frame = last_frame(kernel="identity", padding=1)
    assert np.array_equal(frame.images["feature map"], frame.images["input"][1:-1, 1:-1])


@pytest.mark.parametrize("filters", [1, 2, 5, 1024])
def test_other_filters_appear_beside_the_chosen_one(filters: int) -> None:
    titles = list(last_frame(side=16, filters=filters).images)
    assert titles[:3] == ["input", "kernel", "feature map"]
    assert titles[3:] == ([f"filters 1–{min(filters, 8)} of {filters}"] if filters > 1 else [])


@pytest.mark.parametrize("kernel", [*kernels.NAMES, "own", "learnt"])
@pytest.mark.parametrize("show", ["picture", "grid"])
def test_every_kernel_says_what_to_look_at_and_what_to_try(kernel: str, show: str) -> None:
    caption = last_frame(side=8, kernel=kernel, learnt_from=NET, show=show).caption
    assert "**Look**" in caption
    assert "**Try**" in caption


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"side": 8, "kernel_size": 10}, "a single cell"),
        ({"stride": 5}, "between two windows are never read"),
        ({"padding": 3}, "nothing but the border"),
        ({"side": 64, "padding": 0, "stride": 3, "kernel_size": 3}, "never reaches the last row and column"),
        ({"side": 64, "padding": 0, "stride": 3, "kernel_size": 5}, "never reaches the last 2 rows and columns"),
        ({"channels": 3, "filters": 3, "groups": 3}, "depthwise"),
        ({"channels": 4, "filters": 2, "groups": 2}, "only 2 of the 4 channels"),
        ({"dilation": 2}, "The taps lie 2 pixels apart"),
        ({"pooling": "max"}, "only the largest is kept"),
        ({"pooling": "average"}, "became their mean"),
        ({"activation": "relu"}, "set all that was negative to zero"),
    ],
)
def test_what_is_surprising_about_the_knobs_is_said(values: dict[str, Any], words: str) -> None:
    assert words in last_frame(**values).caption


# Kernels


def test_relu_leaves_nothing_below_zero() -> None:
    assert last_frame(activation="none").figures["min"] < 0
    assert last_frame(activation="relu").figures["min"] == 0


def test_the_seed_decides_the_random_weights() -> None:
    def mean(seed: int) -> float:
        return last_frame(seed, kernel="random").figures["mean"]

    assert mean(1) == mean(1) != mean(2)


def test_own_weights_are_the_kernel_as_written() -> None:
    frame = last_frame(side=16, kernel="own", weights="0,0,0; 0,0,1/2; 0,0,0")
    assert frame.grids["weights"].rows == ((0, 0, 0), (0, 0, 0.5), (0, 0, 0))
    assert last_frame(side=16, kernel="own", weights=matrices.write(kernels.SOBEL_X)).figures == pytest.approx(
        dict(last_frame(side=16, kernel="sobel-x").figures)
    )


def test_weights_alone_say_that_they_are_the_kernel_and_how_large_it_is() -> None:
    knobs = ConvolveKnobs(
        weights="1 2 3 4 5; 0 0 0 0 0; 0 0 0 0 0; 0 0 0 0 0; 0 0 0 0 0", numbers="1 2; 3 4", padding=2
    )
    assert (knobs.kernel, knobs.kernel_size) == ("own", 5)
    assert (knobs.patch, knobs.patch_size) == ("own", 2)


def test_own_squares_keep_their_middle_when_their_size_is_turned() -> None:
    knobs = ConvolveKnobs(kernel="own", kernel_size=5, weights="1 2 3; 4 5 6; 7 8 9")
    assert knobs.weights == "0 0 0 0 0; 0 1 2 3 0; 0 4 5 6 0; 0 7 8 9 0; 0 0 0 0 0"
    assert ConvolveKnobs(**values_of(knobs) | {"kernel_size": 3}).weights == "1 2 3; 4 5 6; 7 8 9"
    assert ConvolveKnobs(kernel="own", kernel_size=1, weights="1 2 3; 4 5 6; 7 8 9").weights == "5"
    assert ConvolveKnobs(patch="own", patch_size=3, numbers="1").numbers == "0 0 0; 0 1 0; 0 0 0"


def test_squares_that_are_not_in_use_are_left_alone() -> None:
    knobs = ConvolveKnobs(kernel="box", kernel_size=5, weights="1 2 3; 4 5 6; 7 8 9", patch="picture", numbers="1")
    assert (knobs.weights, knobs.numbers) == ("1 2 3; 4 5 6; 7 8 9", "1")


def test_a_learnt_filter_is_the_nets_own_counted_round(net: checkpoints.Checkpoint) -> None:
    filters = net.model().blocks[0].conv.weight.detach().sum(dim=1).numpy()
    for number in (1, 7, 8):
        knobs = ConvolveKnobs(kernel="learnt", learnt_from=NET, learnt_filter=number)
        assert kernel_of(knobs, 0) == pytest.approx(filters[(number - 1) % 7])


def test_a_learnt_filter_keeps_its_middle_in_a_kernel_of_another_size() -> None:
    own = kernel_of(ConvolveKnobs(kernel="learnt", learnt_from=NET), 0)
    larger = kernel_of(ConvolveKnobs(kernel="learnt", learnt_from=NET, kernel_size=7), 0)
    assert larger[2:5, 2:5] == pytest.approx(own)
    assert np.count_nonzero(larger) == 9


def test_the_nets_to_learn_from_are_offered() -> None:
    assert NET in last_frame(side=8).choices["learnt_from"]


# What cannot be, and the way out


@pytest.mark.parametrize(
    ("values", "line"),
    [
        ({"side": 8, "kernel_size": 11, "padding": 0}, "kernel_size 11 with dilation 1 spans 11 pixels"),
        ({"side": 8, "padding": 8, "padding_mode": "reflect"}, r"padding must be below side \(8\) to reflect, not 8"),
        ({"side": 8, "padding": 9, "padding_mode": "circular"}, "padding must be at most side .8. to wrap around"),
        ({"kernel": "gabor", "kernel_size": 2}, "kernel_size must be at least 3 for the kernel gabor, not 2"),
        ({"image": "dog"}, "There is no picture “dog”"),
        (
            {"channels": 6, "groups": 4},
            r"groups must divide channels \(6\) and filters \(1\), .*: set groups to 1 first",
        ),
        (
            {"channels": 12, "filters": 18, "groups": 4},
            "set groups to 1, 2, 3 or 6 first, or the other two to multiples of 4",
        ),
        ({"side": 8, "stride": 2, "pooling": "max", "pool_size": 5}, "pool_size must be at most 4"),
        ({"kernel": "own", "weights": "1 2; 3"}, "row 2 of weights has 1 cell, but row 1 has 2 cells"),
        ({"kernel": "own", "weights": "1 2 3; 4 5 6"}, "weights must have as many rows as columns, not 2 by 3"),
        ({"weights": "a"}, "weights cannot hold “a”: write numbers"),
        ({"weights": "nan"}, "weights cannot hold “nan”"),
        ({"weights": "1e7"}, "weights cannot hold “1e7”: its numbers go from"),
        ({"weights": " "}, "weights has no cells"),
        ({"weights": "; ".join(["1 " * 12] * 12)}, "weights may have at most 11 rows, not 12"),
        ({"numbers": "1 2", "patch_size": 3}, "numbers must have as many rows as columns"),
        ({"numbers": "1 2; 3 4", "padding": 0}, "patch_size must be at least 3 for this window, not 2"),
        ({"kernel": "learnt", "learnt_from": "sevn"}, "There is no trained net “sevn”: did you mean seven"),
    ],
)
def test_what_cannot_be_is_refused_by_the_name_of_its_knob(values: dict[str, Any], line: str) -> None:
    with pytest.raises(UsageError, match=line):
        catalogue.parse_knobs(convolve, values)


@pytest.mark.parametrize("size", range(1, 12))
def test_a_card_may_ask_for_any_kernel_size_without_naming_a_kernel(size: int) -> None:
    knobs = catalogue.parse_knobs(convolve, {"kernel_size": size})
    assert knobs.model_dump()["kernel_size"] == size


TYPED = st.one_of(
    *(st.tuples(st.just(name), value.map(str)) for name, value in LEGAL.items()),
    st.tuples(st.sampled_from(list(LEGAL)), st.sampled_from(["", "0", "-1", "1e9", "nan", "1 2; 3", "?", "4.5"])),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(TYPED, max_size=30))
def test_whatever_is_typed_in_whatever_order_is_refused_in_a_line_or_runs(typed: list[tuple[str, str]]) -> None:
    knobs = ConvolveKnobs(side=8)
    for name, text in typed:
        try:
            knobs = catalogue.parse_knobs(convolve, values_of(knobs) | {name: text})
        except UsageError as refusal:
            line = str(refusal)
            assert line
            assert "\n" not in line
            assert any(knob in line for knob in LEGAL) or "picture" in line or "trained net" in line
    assert list(convolve.frames(knobs, "cpu"))


@settings(max_examples=60, deadline=None)
@given(legal_knobs(), legal_knobs())
def test_no_setting_is_a_dead_end(start: ConvolveKnobs, goal: ConvolveKnobs) -> None:
    goals = values_of(goal)
    neutral = {"groups": 1, "pooling": "none", "patch": "picture", "kernel": "box", "kernel_size": 1, "dilation": 1}
    neutral |= {"padding_mode": "zeros"}
    freely = {name: value for name, value in goals.items() if name not in neutral}
    knobs = start
    for name, value in [*neutral.items(), *freely.items(), *((name, goals[name]) for name in reversed(neutral))]:
        knobs = catalogue.parse_knobs(convolve, values_of(knobs) | {name: str(value)})
    assert values_of(knobs) == values_of(goal)


# Links, prediction, code


def test_the_cards_own_patch_and_kernel_come_to_its_answer_in_the_grid() -> None:
    topic = next(t for t in load_course(find_course(paths.content_dir())).topics() if t.slug == "what-is-a-cnn")
    card = next(card for card in topic.cards if card.id == "patch-times-kernel")
    for seed in range(10):
        face = card.draw(seed)
        assert face.demo is not None
        frame = last_frame(**face.demo.knobs)
        ((answer,),) = frame.grids["output"].rows
        assert face.back == f"**{answer}**".replace("-", "−")


def test_a_patch_of_ones_own_lies_under_the_window_as_written() -> None:
    frame = last_frame(
        show="grid",
        kernel="own",
        weights="1 0 -1; 0 1 0; 1 1 0",
        patch="own",
        numbers="4 3 2; 1 0 1; 2 3 4",
        padding="0",
    )
    assert frame.grids["patch"].rows == ((4, 3, 2), (1, 0, 1), (2, 3, 4))
    assert frame.grids["output"].rows == ((7,),)
    assert next(iter(frame.views)) == "grid"


def judged(**values: Any) -> tuple[tuple[str, ...], str]:
    """The choices, and the one that the run says came true."""
    knobs = ConvolveKnobs(**values)
    prediction = convolve.predict(knobs)
    assert prediction is not None
    *_, last = convolve.frames(knobs, "cpu")
    index = prediction.judge(last)
    assert index is not None
    return prediction.choices, prediction.choices[index]


def test_the_wrong_widths_are_those_that_people_come_to() -> None:
    choices, right = judged(side=64, kernel_size=5, stride=2, padding=2, dilation=2)
    assert right == "30"
    assert set(choices) == {"28", "29", "30", "31", "32", "64"}


def test_the_first_question_has_more_than_two_choices() -> None:
    choices, right = judged()
    assert right == "64"
    assert set(choices) == {"62", "63", "64", "66"}


def test_the_question_names_every_number_that_it_needs() -> None:
    prediction = convolve.predict(ConvolveKnobs(side=40, kernel_size=7, stride=3, padding=2, dilation=4))
    assert prediction is not None
    for part in ("40×40", "7×7", "stride 3", "padding 2", "dilation 4"):
        assert part in prediction.ask
    assert prediction.cards == ("map-size",)


@settings(max_examples=60, deadline=None)
@given(legal_knobs())
def test_whatever_the_knobs_the_right_width_is_among_the_choices(knobs: ConvolveKnobs) -> None:
    prediction = convolve.predict(knobs)
    assert prediction is not None
    index = prediction.judge(Frame(figures={"output_size": knobs.output_side}))
    assert index is not None
    assert prediction.choices[index] == str(knobs.output_side)
    assert len(prediction.choices) <= 6


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"kernel": "gabor", "kernel_size": 7, "channels": 3, "filters": 4, "stride": 2, "padding_mode": "reflect"},
        {"kernel": "random", "kernel_size": 4, "channels": 5, "dilation": 2, "activation": "relu", "image": "brick"},
        {"kernel": "own", "weights": "1 0.5 0; 0 -1/3 0; 0 2 0", "activation": "gelu", "pooling": "max"},
        {"kernel": "learnt", "learnt_from": NET, "learnt_filter": 3, "activation": "leaky-relu", "kernel_size": 5},
        {"kernel": "learnt", "learnt_from": NET, "learnt_filter": 9, "kernel_size": 2, "channels": 2},
        {"channels": 6, "filters": 4, "groups": 2, "activation": "tanh", "pooling": "average", "pool_size": 3},
        {"channels": 8, "filters": 8, "groups": 8, "activation": "sigmoid"},
    ],
    ids=["defaults", "colour", "mixtures", "own", "learnt", "learnt and cut", "groups", "depthwise"],
)
def test_the_code_that_is_shown_finds_the_same_numbers(
    values: dict[str, Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    script = tmp_path / "code.py"
    script.write_text(show_code(convolve, ConvolveKnobs(**values), seed=3), encoding="utf-8")
    runpy.run_path(str(script))
    assert printed(capsys.readouterr().out) == pytest.approx(dict(last_frame(3, **values).figures), abs=1e-5)


def test_the_code_that_is_shown_runs_alone(tmp_path: Path) -> None:
    script = tmp_path / "code.py"
    script.write_text(show_code(convolve, ConvolveKnobs()), encoding="utf-8")
    command = [sys.executable, "-P", str(script)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=tmp_path)
    assert printed(done.stdout)["output_size"] == 64


@settings(max_examples=40, deadline=None)
@given(legal_knobs())
def test_whatever_the_knobs_the_code_fits_on_a_page(knobs: ConvolveKnobs) -> None:
    code = show_code(convolve, knobs)
    assert len(code.splitlines()) <= SCREEN
    assert ("torch.load" in code) == (knobs.kernel == "learnt")


def printed(text: str) -> dict[str, float]:
    return {name: float(number) for name, number in map(str.split, text.splitlines())}
