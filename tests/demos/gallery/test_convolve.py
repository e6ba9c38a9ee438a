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

from cnntutor.demos import catalogue
from cnntutor.demos.frame import Frame
from cnntutor.demos.gallery import convolve as module
from cnntutor.demos.gallery.convolve import ConvolveKnobs, convolve
from cnntutor.demos.show_code import show_code
from cnntutor.errors import UsageError
from cnntutor.vision import images, kernels

CPU = torch.device("cpu")


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """Small tensors are done sooner by one thread than shared among several."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


def last_frame(seed: int = 0, **values: Any) -> Frame:
    *_, last = convolve.frames(ConvolveKnobs(**values), "cpu", seed)
    return last


@st.composite
def legal_knobs(draw: st.DrawFn) -> ConvolveKnobs:
    """Any knobs that the demo accepts, the size of the work kept small."""
    while True:
        values = {
            "image": draw(st.sampled_from(images.SHIPPED)),
            "side": draw(st.integers(8, 20)),
            "kernel": draw(st.sampled_from(kernels.NAMES)),
            "kernel_size": draw(st.integers(1, 11)),
            "stride": draw(st.integers(1, 8)),
            "padding": draw(st.integers(0, 16)),
            "padding_mode": draw(st.sampled_from(["zeros", "reflect", "replicate", "circular"])),
            "dilation": draw(st.integers(1, 4)),
            "channels": draw(st.integers(1, 6)),
            "filters": draw(st.integers(1, 10)),
            "activation": draw(st.sampled_from(["none", "relu"])),
        }
        try:
            return ConvolveKnobs(**values)
        except UsageError:
            continue


def reference(layer: module._Layer, knobs: ConvolveKnobs) -> torch.Tensor:
    """The same layer as torch has it, border and all: [shown, rows, columns]."""
    conv = nn.Conv2d(
        knobs.channels,
        len(layer.weight),
        knobs.kernel_size,
        knobs.stride,
        knobs.padding,
        knobs.dilation,
        padding_mode=knobs.padding_mode,
    )
    p = knobs.padding
    image = layer.padded[:, p : p + knobs.side, p : p + knobs.side]
    with torch.no_grad():
        conv.weight[:] = layer.weight
        conv.bias.zero_()
        maps = conv(image[None])[0]
    return maps.relu() if knobs.activation == "relu" else maps


@settings(max_examples=50, deadline=None)
@given(legal_knobs())
def test_every_legal_setting_gives_what_torch_gives(knobs: ConvolveKnobs) -> None:
    torch.manual_seed(0)
    layer = module._layer(knobs, CPU)
    expected = reference(layer, knobs)
    torch.testing.assert_close(layer.maps, expected, atol=1e-5, rtol=1e-4)
    figures = module._figures(layer)
    assert figures["output_size"] == expected.shape[-1]
    assert figures["max"] == pytest.approx(float(expected[0].max()), abs=1e-5)


@settings(max_examples=30, deadline=None)
@given(legal_knobs())
def test_the_table_by_hand_sums_to_the_first_cell(knobs: ConvolveKnobs) -> None:
    torch.manual_seed(0)
    layer = module._layer(knobs, CPU)
    first, tables = float(layer.maps[0, 0, 0]), module._tables(layer)
    *products, (_, _, _, total) = tables["the first cell by hand"].rows
    assert sum(row[3] for row in products) == pytest.approx(total, abs=1e-4 * len(products))
    assert (max(total, 0) if knobs.activation == "relu" else total) == pytest.approx(first, abs=1e-4)
    assert tables["the first cells"].rows[0][4] == pytest.approx(first, abs=1e-4)


def test_parameters_and_macs_are_those_of_the_whole_layer() -> None:
    figures = last_frame(side=56, channels=64, filters=128, padding=1).figures
    assert figures["params"] == 73_728 + 128
    assert figures["macs"] == 231_211_008


def test_the_working_is_written_out_with_this_runs_numbers() -> None:
    size, params, macs = last_frame(side=64, stride=2, channels=3, filters=16).formulas
    assert size == "output size = ⌊(64 + 2·1 − 1·(3 − 1) − 1)/2⌋ + 1 = 32"
    assert params == "parameters = (3·3·3 + 1)·16 = 448"
    assert macs == "MACs = 3·3·3·16·32·32 = 442,368"


def test_the_feature_map_fills_row_by_row() -> None:
    frames = list(convolve.frames(ConvolveKnobs(side=32), "cpu"))
    unknown = [(frame.images["feature map"] == module.colour.UNKNOWN).all(axis=(1, 2)).sum() for frame in frames]
    assert unknown == sorted(unknown, reverse=True)
    assert unknown[0] > unknown[-1] == 0
    assert [frame.progress for frame in frames] == sorted(frame.progress for frame in frames)
    assert frames[-1].progress == 1
    assert len(frames) <= 12


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


@pytest.mark.parametrize("filters", [1, 2, 5, 512])
def test_other_filters_appear_beside_the_chosen_one(filters: int) -> None:
    titles = list(last_frame(side=16, filters=filters).images)
    assert titles[:3] == ["input", "kernel", "feature map"]
    assert titles[3:] == ([f"filters 1–{min(filters, 8)} of {filters}"] if filters > 1 else [])


def test_relu_leaves_nothing_below_zero() -> None:
    assert last_frame(activation="none").figures["min"] < 0
    assert last_frame(activation="relu").figures["min"] == 0


def test_the_seed_decides_the_random_weights() -> None:
    def mean(seed: int) -> float:
        return last_frame(seed, kernel="random").figures["mean"]

    assert mean(1) == mean(1) != mean(2)


@pytest.mark.parametrize(
    ("values", "line"),
    [
        ({"side": 8, "kernel_size": 11, "padding": 0}, "kernel_size 11 with dilation 1 spans 11 pixels"),
        ({"side": 8, "padding": 8, "padding_mode": "reflect"}, r"padding must be below side \(8\) to reflect, not 8"),
        ({"side": 8, "padding": 9, "padding_mode": "circular"}, "padding must be at most side .8. to wrap around"),
        ({"kernel": "gabor", "kernel_size": 2}, "kernel_size must be at least 3 for the kernel gabor, not 2"),
        ({"image": "dog"}, "There is no picture “dog”"),
    ],
)
def test_what_cannot_be_is_refused_by_the_name_of_its_knob(values: dict[str, Any], line: str) -> None:
    with pytest.raises(UsageError, match=line):
        catalogue.parse_knobs(convolve, values)


@pytest.mark.parametrize("size", range(1, 12))
def test_a_card_may_ask_for_any_kernel_size_without_naming_a_kernel(size: int) -> None:
    knobs = catalogue.parse_knobs(convolve, {"kernel_size": size})
    assert knobs.model_dump()["kernel_size"] == size


@pytest.mark.parametrize("kernel", kernels.NAMES)
def test_every_kernel_says_what_to_look_at_and_what_to_try(kernel: str) -> None:
    caption = last_frame(side=8, kernel=kernel).caption
    assert "**Look**" in caption
    assert "**Try**" in caption


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"kernel": "gabor", "kernel_size": 7, "channels": 3, "filters": 4, "stride": 2, "padding_mode": "reflect"},
        {"kernel": "random", "kernel_size": 4, "channels": 5, "dilation": 2, "activation": "relu", "image": "brick"},
    ],
    ids=["defaults", "colour", "mixtures"],
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


def printed(text: str) -> dict[str, float]:
    return {name: float(number) for name, number in map(str.split, text.splitlines())}
