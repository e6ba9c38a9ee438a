from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn

from cnntutor.vision.dissect import LISTED, Dissection, dissect, maps_of


def cell(layer: nn.Module, taken: Tensor, at: tuple[int, int, int] = (0, 0, 0)) -> Dissection:
    layer.eval()
    with torch.no_grad():
        return dissect(layer, taken, layer(taken), at)


@st.composite
def convolutions(draw: st.DrawFn) -> nn.Conv2d:
    groups = draw(st.sampled_from([1, 2, 4]))
    stride = draw(st.integers(1, 3))
    same = stride == 1 and draw(st.booleans())
    return nn.Conv2d(
        4,
        draw(st.sampled_from([4, 8])),
        draw(st.tuples(st.integers(1, 3), st.integers(1, 3))),
        stride,
        "same" if same else draw(st.tuples(st.integers(0, 2), st.integers(0, 2))),
        draw(st.integers(1, 2)),
        groups,
        bias=draw(st.booleans()),
        padding_mode=draw(st.sampled_from(["zeros", "reflect", "replicate", "circular"])),
    )


@settings(max_examples=60, deadline=None)
@given(convolutions(), st.data())
def test_any_cell_of_any_convolution_is_its_sum_of_products(layer: nn.Conv2d, data: st.DataObject) -> None:
    taken = torch.randn(1, 4, 9, 8)
    with torch.no_grad():
        maps = layer(taken)[0]
    at = tuple(data.draw(st.integers(0, size - 1)) for size in maps.shape)
    found = cell(layer, taken, at)  # type: ignore[arg-type]
    assert found.value == float(maps[at])
    assert found.result == pytest.approx(found.value, abs=1e-5)
    bias = 0.0 if layer.bias is None else float(layer.bias.detach()[at[0]])
    assert found.sum_of_products == pytest.approx(found.value - bias, abs=1e-5)
    patch, kernel, products = found.windows.values()
    torch.testing.assert_close(products, patch * kernel)
    parts = [value for name, value in found.terms if name.startswith("channel") or name.endswith("more")]
    assert sum(parts) == pytest.approx(found.sum_of_products, abs=1e-9)


def test_the_channel_that_adds_most_is_the_one_on_the_table() -> None:
    layer = nn.Conv2d(2, 1, 1, bias=False)
    with torch.no_grad():
        layer.weight[0, :, 0, 0] = torch.tensor([1.0, -5.0])
    found = cell(layer, torch.ones(1, 2, 3, 3))
    assert found.windows["kernel"].item() == -5
    assert found.terms == (("channel 1", -5.0), ("channel 0", 1.0), ("sum of products", -4.0))


def test_a_grouped_filter_reads_the_channels_of_its_group() -> None:
    layer = nn.Conv2d(4, 4, 1, groups=2)
    names = [name for name, _ in cell(layer, torch.randn(1, 4, 3, 3), (3, 0, 0)).terms]
    assert sorted(names[:2]) == ["channel 2", "channel 3"]


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 20), st.booleans())
def test_an_output_of_a_linear_layer_is_the_sum_of_its_terms(features: int, bias: bool) -> None:
    layer = nn.Linear(features, 3, bias=bias)
    found = cell(layer, torch.randn(1, features), (2, 0, 0))
    assert found.result == pytest.approx(found.value, abs=1e-5)
    assert len(found.terms) == min(features, LISTED) + (features > LISTED) + 1 + bias


def test_a_token_is_read_at_its_row() -> None:
    layer, tokens = nn.Linear(4, 3), torch.randn(1, 5, 4)
    found = cell(layer, tokens, (2, 3, 0))
    assert found.value == pytest.approx(layer(tokens)[0, 3, 2].item())
    assert found.result == pytest.approx(found.value, abs=1e-5)


POOLINGS = [
    nn.MaxPool2d(2),
    nn.MaxPool2d(3, 2, 1),
    nn.MaxPool2d((2, 3), 1, dilation=2),
    nn.AvgPool2d(2),
    nn.AvgPool2d(3, 2, 1),
    nn.AvgPool2d((3, 2), 1, 1, count_include_pad=False),
    nn.AdaptiveAvgPool2d(1),
    nn.AdaptiveAvgPool2d((3, 5)),
]


@pytest.mark.parametrize("layer", POOLINGS, ids=str)
@pytest.mark.parametrize("end", [False, True], ids=["first", "last"])
def test_a_pooled_cell_comes_from_its_window(layer: nn.Module, end: bool) -> None:
    taken = torch.randn(1, 2, 8, 9)
    rows, columns = layer(taken).shape[2:]
    found = cell(layer, taken, (1, rows - 1, columns - 1) if end else (1, 0, 0))
    assert found.result == pytest.approx(found.value, abs=1e-6)


def test_the_winner_of_a_max_pooling_is_marked_and_the_border_is_not_there() -> None:
    taken = torch.arange(16.0).reshape(1, 1, 4, 4)
    found = cell(nn.MaxPool2d(3, 2, 1), taken)
    assert found.marked == ((2, 2),)
    assert found.windows["patch"][0].isnan().all()
    assert found.windows["patch"][2, 2] == 5


@pytest.mark.parametrize(
    "layer",
    [nn.BatchNorm2d(3), nn.BatchNorm2d(3, affine=False), nn.BatchNorm2d(3, track_running_stats=False)],
    ids=["usual", "plain", "without running statistics"],
)
def test_a_normalised_cell_is_worked_out_with_the_channels_numbers(layer: nn.BatchNorm2d) -> None:
    layer(torch.randn(8, 3, 4, 4) * 3 + 1)
    if layer.affine:
        nn.init.normal_(layer.weight)
        nn.init.normal_(layer.bias)
    found = cell(layer, torch.randn(1, 3, 4, 4), (2, 1, 3))
    assert found.result == pytest.approx(found.value, abs=1e-5)


def test_a_row_of_numbers_is_normalised_likewise() -> None:
    found = cell(nn.BatchNorm1d(4), torch.randn(1, 4), (3, 0, 0))
    assert found.result == pytest.approx(found.value, abs=1e-5)


@pytest.mark.parametrize(("x", "y"), [(-2.0, 0.0), (3.0, 3.0)])
def test_relu_keeps_what_is_positive(x: float, y: float) -> None:
    found = cell(nn.ReLU(), torch.full((1, 1, 2, 2), x))
    assert (found.terms, found.value, found.result) == ((("input x", x),), y, y)


@pytest.mark.parametrize(
    ("layer", "says"),
    [
        (nn.Dropout(), "passed on as it is"),
        (nn.GELU(), "GELU of this one number"),
        (nn.GroupNorm(1, 2), "What GroupNorm does is not taken apart"),
        (nn.ConvTranspose2d(2, 2, 2), "What ConvTranspose2d does is not taken apart"),
        (nn.MaxPool2d(2, ceil_mode=True), "What MaxPool2d does is not taken apart"),
        (nn.Flatten(), "What Flatten does is not taken apart"),
    ],
)
def test_other_layers_give_their_number_and_say_so(layer: nn.Module, says: str) -> None:
    taken = torch.randn(1, 2, 4, 4)
    found = cell(layer, taken)
    assert says in found.how
    assert found.value == maps_of(layer.eval()(taken))[0, 0, 0].item()


def test_outputs_of_every_kind_are_maps() -> None:
    assert maps_of(torch.zeros(1, 5)).shape == (5, 1, 1)
    assert maps_of(torch.zeros(1, 7, 5)).shape == (5, 7, 1)
    assert maps_of(torch.zeros(1, 5, 3, 4)).shape == (5, 3, 4)
