from __future__ import annotations

from typing import get_args

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from cnntutor.errors import UsageError
from cnntutor.vision.convolution import Activation, PaddingMode, Window, activate, feature_maps, pad, patch_at, pool

ROW = torch.tensor([[1.0, 2.0, 3.0]])


@pytest.mark.parametrize(
    ("mode", "row"),
    [
        ("zeros", [0, 0, 1, 2, 3, 0, 0]),
        ("reflect", [3, 2, 1, 2, 3, 2, 1]),
        ("replicate", [1, 1, 1, 2, 3, 3, 3]),
        ("circular", [2, 3, 1, 2, 3, 1, 2]),
    ],
)
def test_each_border_holds_what_its_name_says(mode: PaddingMode, row: list[float]) -> None:
    image = ROW.expand(1, 1, 3, 3)
    assert pad(image, 2, mode)[0, 0, 3].tolist() == row


@given(
    st.integers(8, 20), st.integers(1, 5), st.integers(1, 4), st.integers(0, 5), st.integers(1, 3), st.integers(1, 3)
)
def test_every_cell_is_the_sum_of_products_of_its_patch(
    side: int, size: int, stride: int, padding: int, dilation: int, channels: int
) -> None:
    window = Window(size, stride, padding, "zeros", dilation)
    try:
        rows = window.output_side(side)
    except UsageError:
        return
    draw = torch.Generator().manual_seed(side)
    image = torch.rand(1, channels, side, side, generator=draw)
    weight = torch.randn(2, channels, size, size, generator=draw)
    padded = pad(image, padding, "zeros")
    maps = feature_maps(padded, weight, torch.tensor([0.5, -0.5]), window)
    assert maps.shape == (1, 2, rows, rows)
    for row, column in ((0, 0), (rows - 1, rows - 1), (rows // 2, 0)):
        patch = patch_at(padded[0], window, row, column)
        assert float(maps[0, 0, row, column]) == pytest.approx(float((patch * weight[0]).sum()) + 0.5, abs=1e-4)


def test_the_kernel_is_not_flipped() -> None:
    window = Window(2)
    image = torch.tensor([[0.0, 1.0], [0.0, 0.0]])[None, None]
    weight = torch.tensor([[0.0, 7.0], [0.0, 0.0]])[None, None]
    assert feature_maps(image, weight, torch.zeros(1), window).item() == 7


@pytest.mark.parametrize(
    ("window", "line"),
    [
        (Window(5, dilation=3), "kernel_size 5 with dilation 3 spans 13 pixels, but the padded image has only 8"),
        (Window(3, padding=8, mode="reflect"), r"padding must be below side \(8\) to reflect, not 8"),
        (Window(3, padding=9, mode="circular"), r"padding must be at most side \(8\) to wrap around, not 9"),
    ],
)
def test_a_window_that_does_not_fit_names_the_knob(window: Window, line: str) -> None:
    with pytest.raises(UsageError, match=line):
        window.output_side(8)


@pytest.mark.parametrize("mode", ["zeros", "reflect", "replicate", "circular"])
@given(padding=st.integers(0, 16))
def test_every_border_that_is_allowed_can_be_made(mode: PaddingMode, padding: int) -> None:
    window = Window(1, padding=padding, mode=mode)
    try:
        side = window.output_side(8)
    except UsageError:
        return
    assert pad(torch.zeros(1, 1, 8, 8), padding, mode).shape[-1] == side


@given(
    st.builds(
        Window,
        st.integers(1, 11),
        padding=st.integers(0, 16),
        mode=st.sampled_from(get_args(PaddingMode)),
        dilation=st.integers(1, 4),
    )
)
def test_the_least_side_is_the_first_that_is_not_refused(window: Window) -> None:
    least = window.least_side
    assert window.output_side(least) >= 1
    if least > 1:
        with pytest.raises(UsageError):
            window.output_side(least - 1)


@given(st.integers(8, 40), st.integers(1, 8), st.integers(1, 8), st.integers(0, 3))
def test_what_no_window_reaches_is_what_a_smaller_picture_would_lack(
    side: int, size: int, stride: int, padding: int
) -> None:
    window = Window(size, stride, padding)
    unread = window.unread(side)
    reached = (window.output_side(side) - 1) * stride + window.span
    assert reached + unread == side + 2 * padding


@pytest.mark.parametrize(
    ("name", "module"),
    [
        ("none", nn.Identity()),
        ("relu", nn.ReLU()),
        ("leaky-relu", nn.LeakyReLU(0.01)),
        ("tanh", nn.Tanh()),
        ("sigmoid", nn.Sigmoid()),
        ("gelu", nn.GELU()),
    ],
)
def test_activations_are_those_of_their_name(name: Activation, module: nn.Module) -> None:
    values = torch.linspace(-4, 4, 33).reshape(3, 11)
    torch.testing.assert_close(activate(values, name), module(values))


def test_gelu_is_the_exact_one() -> None:
    x = torch.tensor(1.5, dtype=torch.float64)
    assert activate(x, "gelu").item() == pytest.approx(float(x * torch.special.ndtr(x)))


def test_pooling_keeps_the_largest_or_the_mean_and_drops_what_is_left_over() -> None:
    maps = torch.arange(25.0).reshape(1, 5, 5)
    assert pool(maps, "max", 2).tolist() == [[[6, 8], [16, 18]]]
    assert pool(maps, "average", 2).tolist() == [[[3, 5], [13, 15]]]
    assert pool(maps, "none", 2) is maps
