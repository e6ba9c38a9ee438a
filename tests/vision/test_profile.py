from __future__ import annotations

import doctest
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn
from torch.nn import functional as F
from torch.nn.utils import parametrizations
from torch.utils.flop_counter import FlopCounterMode

from cnntutor.errors import UsageError
from cnntutor.vision import arithmetic
from cnntutor.vision.profile import Row, profile
from cnntutor.vision.torchvision_import import torchvision


def flops(net: nn.Module, shape: tuple[int, ...]) -> int:
    """FLOPs of one picture as torch itself counts them."""
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        net.eval()(torch.rand(1, *shape))
    return counter.get_total_flops()


def row_of(net: nn.Module, name: str, shape: tuple[int, ...] = (3, 32, 32)) -> Row:
    return next(row for row in profile(net, shape).rows if row.name == name)


# Cost


@pytest.mark.parametrize(
    ("name", "params", "macs"),
    [
        ("resnet18", 11_689_512, 1_814_073_344),
        ("vgg16", 138_357_544, 15_470_264_320),
        ("mobilenet_v2", 3_504_872, 300_774_272),
    ],
)
def test_known_nets_cost_what_is_known_of_them(name: str, params: int, macs: int) -> None:
    with torch.device("meta"):
        net = torchvision().models.get_model(name, weights=None)
    net = net.to_empty(device="cpu")  # weights do not matter here, and drawing VGG's takes seconds
    found = profile(net, (3, 224, 224))
    assert (found.params, found.macs) == (params, macs)
    assert sum(row.params for row in found.rows) == params
    assert found.macs_elsewhere == 0


@pytest.mark.parametrize("name", ["alexnet", "squeezenet1_1", "densenet121", "shufflenet_v2_x1_0", "efficientnet_b0"])
def test_a_mac_is_two_of_the_flops_that_torch_counts(name: str) -> None:
    net = torchvision().models.get_model(name, weights=None)
    assert 2 * profile(net, (3, 96, 96)).macs == flops(net, (3, 96, 96))


@st.composite
def stacks(draw: st.DrawFn) -> nn.Sequential:
    """Convolutions of any geometry, transposed ones among them, with layers between that cost nothing."""
    layers: list[nn.Module] = []
    channels = 4
    for _ in range(draw(st.integers(1, 4))):
        groups, out = draw(st.sampled_from([1, 2])), draw(st.sampled_from([2, 4, 6]))
        kind = draw(st.sampled_from([nn.Conv2d, nn.Conv2d, nn.ConvTranspose2d]))
        kernel = draw(st.tuples(st.integers(1, 3), st.integers(1, 3)))
        stride, padding = draw(st.integers(1, 2)), draw(st.integers(1, 2))
        bias = draw(st.booleans())
        layers.append(kind(channels, out, kernel, stride, padding, groups=groups, bias=bias))
        layers.append(draw(st.sampled_from([nn.ReLU(), nn.BatchNorm2d(out), nn.Identity(), nn.AvgPool2d(1)])))
        channels = out
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(channels, 5))


@settings(max_examples=40, deadline=None)
@given(stacks())
def test_any_stack_costs_what_torch_counts(net: nn.Sequential) -> None:
    try:
        expected = flops(net, (4, 20, 20))
    except RuntimeError:
        return  # shrunk to nothing
    found = profile(net, (4, 20, 20))
    assert 2 * found.macs == expected
    assert found.macs_elsewhere == 0
    assert found.params == sum(parameter.numel() for parameter in net.parameters())


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 4), st.integers(1, 4), st.integers(1, 5), st.integers(1, 2), st.booleans())
def test_rows_agree_with_the_arithmetic_of_the_course(
    c_in: int, c_out: int, kernel: int, stride: int, bias: bool
) -> None:
    net = nn.Conv2d(2 * c_in, 2 * c_out, kernel, stride, groups=2, bias=bias)
    (row,) = profile(net, (2 * c_in, 11, 9)).rows
    height = arithmetic.output_size(11, kernel, stride=stride)
    width = arithmetic.output_size(9, kernel, stride=stride)
    assert row.output_shape == (2 * c_out, height, width)
    assert row.params == arithmetic.conv_params(2 * c_in, 2 * c_out, kernel, groups=2, bias=bias)
    assert row.macs == arithmetic.conv_macs(2 * c_in, 2 * c_out, kernel, height, width, groups=2)
    seen = arithmetic.receptive_field([(kernel, stride, 0, 1)])
    assert row.receptive_field is not None
    assert row.receptive_field.rows == row.receptive_field.columns == seen


@pytest.mark.parametrize(
    ("net", "shape", "macs"),
    [
        (nn.Conv1d(2, 3, 5), (2, 10), 6 * 3 * 2 * 5),
        (nn.Conv3d(1, 2, 2), (1, 3, 3, 3), 8 * 2 * 8),
        (nn.ConvTranspose2d(3, 2, 4, stride=2), (3, 5, 5), 25 * 3 * 2 * 16),
        (nn.Linear(7, 3), (7,), 21),
        (nn.BatchNorm2d(3), (3, 4, 4), 0),
        (nn.MaxPool2d(2), (3, 4, 4), 0),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, nn.Module) else "",
)
def test_every_kind_of_layer_costs_what_pencil_and_paper_say(net: nn.Module, shape: tuple[int, ...], macs: int) -> None:
    assert profile(net, shape).macs == macs


def test_attention_counts_its_projections_and_both_products() -> None:
    class Attention(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.attend = nn.MultiheadAttention(8, 2, batch_first=True)

        def forward(self, x: Tensor) -> Tensor:
            tokens = x.flatten(2).transpose(1, 2)  # [N, 6, 8]
            return self.attend(tokens, tokens, tokens)[0]

    found = profile(Attention(), (8, 2, 3))
    assert found.macs == 4 * 6 * 8 * 8 + 2 * 6 * 6 * 8
    assert found.params == found.rows[0].params == 4 * 8 * 8 + 4 * 8
    assert found.unused == ()


def test_a_batch_changes_the_shapes_and_not_the_cost() -> None:
    net = nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU())
    one, many = profile(net, (3, 8, 8)), profile(net, (5, 3, 8, 8))
    assert [row.output_shape for row in one.rows] == [(4, 6, 6)] * 2
    assert [row.output_shape for row in many.rows] == [(5, 4, 6, 6)] * 2
    assert one.macs == many.macs


# Odd nets


class Twice(nn.Module):
    """One layer called twice, its weights shared with a second, a third never called, and a product on the side."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 3, 3, padding=1)
        self.twin = nn.Conv2d(3, 3, 3, padding=1, bias=False)
        self.twin.weight = self.conv.weight
        self.idle = nn.Linear(2, 2)
        self.scale = nn.Parameter(torch.ones(3, 1, 1))

    def forward(self, x: Tensor) -> dict[str, Any]:
        x = self.twin(self.conv(self.conv(x)) * self.scale)
        return {"maps": [x], "gram": x.flatten(2) @ x.flatten(2).transpose(1, 2)}


def test_parameters_are_counted_once_and_calls_each_time() -> None:
    found = profile(Twice(), (3, 8, 8))
    conv = 3 * 3 * 9 * 64
    assert [(row.name, row.params, row.macs) for row in found.rows] == [
        ("conv", 84, conv),
        ("conv", 0, conv),
        ("twin", 0, conv),
        ("", 3, 0),
    ]
    assert found.params == 84 + 3 + 6
    assert found.rows[-1].output_shape == (3, 8, 8)


def test_what_is_in_no_layer_is_said_to_be_elsewhere() -> None:
    found = profile(Twice(), (3, 8, 8))
    assert found.unused == ("idle",)
    assert found.macs_elsewhere == 3 * 3 * 64


class Bare(nn.Module):
    """A layer that calls one function."""

    def __init__(self, function: Callable[[Tensor], Tensor]) -> None:
        super().__init__()
        self.function = function

    def forward(self, x: Tensor) -> Tensor:
        return self.function(x)


W = torch.randn(4, 2, 3, 3)


@pytest.mark.parametrize(
    "function",
    [
        lambda x: x @ x.transpose(2, 3),
        lambda x: torch.bmm(x[0], x[0].transpose(1, 2)),
        lambda x: torch.addmm(torch.zeros(6, 6), x[0, 0], x[0, 0].t()),
        lambda x: F.linear(x, torch.ones(3, 8), torch.zeros(3)),
        lambda x: F.conv2d(x, W[:, :1], stride=2, groups=4),
        lambda x: F.conv2d(x, weight=torch.ones(5, 4, 1, 1)),
        lambda x: F.conv_transpose2d(x, W, stride=2),
        lambda x: torch.einsum("nchw,ncvw->nchv", x, x),
        lambda x: x.relu() + F.max_pool2d(x, 3, 1, 1) * 2,
    ],
    ids=["matmul", "bmm", "addmm", "linear", "grouped", "named", "transposed", "einsum", "none"],
)
def test_a_layer_of_ones_own_costs_the_products_that_it_makes(function: Callable[[Tensor], Tensor]) -> None:
    found = profile(Bare(function), (4, 6, 8))
    assert 2 * found.macs == flops(Bare(function), (4, 6, 8))
    assert found.macs_elsewhere == 0


def test_attention_as_a_function_costs_its_two_products() -> None:
    """Torch's own counter leaves it out on the processor."""
    net = Bare(lambda x: F.scaled_dot_product_attention(x, x[:, :, :3], x[:, :, :3]))
    assert profile(net, (4, 6, 8)).macs == 4 * 2 * 6 * 3 * 8


def test_layers_and_functions_together_cost_what_torch_counts() -> None:
    net = torchvision().models.get_model("swin_t", weights=None)
    found = profile(net, (3, 64, 64))
    assert found.macs_elsewhere > 0
    assert 2 * (found.macs + found.macs_elsewhere) == flops(net, (3, 64, 64))


@pytest.mark.parametrize("normed", [parametrizations.weight_norm, parametrizations.spectral_norm])
def test_a_weight_that_is_made_anew_at_each_call_belongs_to_its_layer(normed: Callable[[nn.Module], nn.Module]) -> None:
    plain = nn.Sequential(nn.Conv2d(3, 4, 3), nn.Conv2d(4, 4, 3))
    made = nn.Sequential(normed(nn.Conv2d(3, 4, 3)), nn.Conv2d(4, 4, 3))
    expected, found = profile(plain, (3, 8, 8)), profile(made, (3, 8, 8))
    assert [row.name for row in found.rows] == ["0", "1"]
    assert (found.macs, found.macs_elsewhere) == (expected.macs, 0)
    assert [str(row.receptive_field) for row in found.rows] == ["3×3", "5×5"]


class Adapted(nn.Linear):
    """A linear layer with a small one beside it, as in LoRA."""

    def __init__(self) -> None:
        super().__init__(8, 8)
        self.beside = nn.Linear(8, 8, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        return super().forward(x) + self.beside(x)


def test_a_layer_that_holds_another_is_not_counted_twice() -> None:
    found = profile(nn.Sequential(nn.Flatten(), Adapted()), (2, 2, 2))
    assert 2 * (found.macs + found.macs_elsewhere) == flops(nn.Sequential(nn.Flatten(), Adapted()), (2, 2, 2))


def test_profiling_pulls_in_no_compiler() -> None:
    """It takes longer to import than most nets take to be profiled."""
    code = (
        "import sys; from torch import nn; from cnntutor.vision.profile import profile;"
        "profile(nn.Sequential(nn.Conv2d(3, 4, 3), nn.Flatten()), (3, 8, 8)); print('torch._dynamo' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_the_example_in_the_documentation_is_true() -> None:
    failed, tried = doctest.testmod(sys.modules[profile.__module__])
    assert (failed, tried) == (0, 3)


def test_lazy_layers_take_their_shape() -> None:
    net = nn.Sequential(nn.LazyConv2d(4, 3), nn.Flatten(), nn.LazyLinear(2))
    found = profile(net, (3, 6, 6))
    assert [row.kind for row in found.rows] == ["Conv2d", "Flatten", "Linear"]
    assert found.params == 112 + 130


def test_a_net_that_cannot_take_the_shape_says_where_it_stops() -> None:
    net = nn.Sequential(nn.Conv2d(3, 4, 3), nn.Flatten(), nn.Linear(100, 2))
    with pytest.raises(UsageError, match=r"an input of 3 × 8 × 8 \(mat1 and mat2.*; it stops at 2 \(Linear\)"):
        profile(net, (3, 8, 8))


@pytest.mark.parametrize("shape", [(8, 8), (2, 3, 8, 8, 8), (3, 0, 8)])
def test_a_shape_that_is_none_is_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(UsageError, match="has 3 positive sizes"):
        profile(nn.Conv2d(3, 4, 3), shape)


@pytest.mark.parametrize("shape", [(3, 8, 8), (1, 2, 3)], ids=["runs", "fails"])
def test_the_net_is_left_as_it_was_found(shape: tuple[int, ...]) -> None:
    net = nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.Dropout(0.5))
    net[1].eval()
    net[0].weight.grad = torch.ones_like(net[0].weight)
    before = {name: value.clone() for name, value in net.state_dict().items()}
    random = torch.get_rng_state()
    try:
        profile(net, shape)
    except UsageError:
        assert shape == (1, 2, 3)
    assert [part.training for part in net.modules()] == [True, True, False, True]
    assert all(torch.equal(value, before[name]) for name, value in net.state_dict().items())
    assert all(parameter.requires_grad for parameter in net.parameters())
    assert torch.equal(net[0].weight.grad, torch.ones_like(net[0].weight))
    assert not any(part._forward_hooks or part._forward_pre_hooks for part in net.modules())
    assert torch.equal(torch.get_rng_state(), random)


# What layers see


class Residual(nn.Module):
    """x + conv(conv(x)), its shortcut optionally a strided 1×1 convolution; functional pooling at its end."""

    def __init__(self, stride: int) -> None:
        super().__init__()
        self.a = nn.Conv2d(1, 1, 3, stride, padding=1)
        self.b = nn.Conv2d(1, 1, (1, 5), padding=(0, 2))
        self.shortcut = nn.Conv2d(1, 1, 1, stride)
        self.end = nn.Identity()

    def forward(self, x: Tensor) -> Tensor:
        y = F.relu(self.shortcut(x) + self.b(self.a(x)))
        return self.end(F.max_pool2d(torch.cat([y, y], dim=1), 2))


def stack(*layers: nn.Module) -> nn.Sequential:
    return nn.Sequential(*layers)


SEEING = {
    "chain": stack(nn.Conv2d(1, 2, 3, 2), nn.ReLU(), nn.MaxPool2d(3, 2, 1), nn.Conv2d(2, 1, 3, dilation=2)),
    "same padding": stack(nn.Conv2d(1, 1, 5, padding="same"), nn.AvgPool2d(2)),
    "padded by a layer": stack(nn.ZeroPad2d((3, 1, 2, 1)), nn.Conv2d(1, 1, 5, 2)),
    "adaptive pooling": stack(nn.Conv2d(1, 1, 3, padding=1), nn.AdaptiveAvgPool2d(9)),
    "residual": Residual(1),
    "strided residual": Residual(2),
}


def reached(net: nn.Module, row: int, column: int, side: int) -> list[int]:
    """The smallest rectangle of pixels that a cell changes with, [top, left, bottom, right], found by brightening each.

    With positive weights nothing cancels out, no ReLU closes, and the brightened pixel wins every pooling.
    """
    with torch.no_grad():
        for parameter in net.double().parameters():
            parameter.fill_(1.0)
        spots = 1000 * torch.eye(side**2, dtype=torch.double).reshape(-1, 1, side, side)
        cell = net.eval()(torch.cat([torch.zeros_like(spots[:1]), spots]) + 1)[:, 0, row, column]
    changed = (cell[1:] != cell[0]).reshape(side, side).nonzero()
    return [*changed.amin(0).tolist(), *(changed.amax(0) + 1).tolist()]


@pytest.mark.parametrize("name", SEEING)
@pytest.mark.parametrize(("row", "column"), [(3, 3), (2, 1)])
def test_a_cell_changes_with_the_pixels_of_its_patch_and_with_no_others(name: str, row: int, column: int) -> None:
    net = SEEING[name]
    seen = profile(net, (1, 36, 36)).rows[-1].receptive_field
    assert seen is not None
    top, left, bottom, right = seen.patch(row, column)
    inside = [max(0, top), max(0, left), bottom, right]
    assert reached(net, row, column, 36) == inside
    assert not seen.whole


@pytest.mark.parametrize(("name", "sees"), [("resnet18", 435), ("vgg16", 212), ("mobilenet_v2", 491)])
def test_known_nets_see_what_is_known_of_them(name: str, sees: int) -> None:
    """Araujo, Norris & Sim (2019), table 1 (there the last layer before global pooling)."""
    with torch.device("meta"):
        net = torchvision().models.get_model(name, weights=None)
    rows = profile(net.to_empty(device="cpu"), (3, 64, 64)).rows
    known = [row.receptive_field for row in rows if row.receptive_field and not row.receptive_field.whole]
    assert known[-1].size == sees


@pytest.mark.parametrize(
    "end",
    [
        [nn.AdaptiveAvgPool2d(1)],
        [nn.Flatten()],
        [nn.GroupNorm(2, 4)],
        [nn.InstanceNorm2d(4), nn.Conv2d(4, 4, 3)],
        [nn.AdaptiveMaxPool2d(1), nn.Flatten(), nn.Linear(4, 2)],
    ],
    ids=str,
)
def test_what_pools_or_normalises_over_the_map_sees_the_whole_input(end: list[nn.Module]) -> None:
    seen = profile(stack(nn.Conv2d(3, 4, 3, padding=1), *end), (3, 8, 8)).rows[-1].receptive_field
    assert str(seen) == "whole input"


def test_pixels_that_no_window_reaches_are_not_said_to_be_seen() -> None:
    net = stack(nn.Conv2d(1, 1, 3, stride=3), nn.Flatten())
    seen = profile(net, (1, 8, 8)).rows[-1].receptive_field
    assert seen is not None
    assert str(seen) == "6×6"
    assert seen.patch(0, 0) == (0, 0, 6, 6)


def test_squeeze_and_excitation_lets_every_cell_see_everything() -> None:
    rows = profile(torchvision().models.get_model("mobilenet_v3_small", weights=None), (3, 64, 64)).rows
    first = next(index for index, row in enumerate(rows) if row.kind == "AdaptiveAvgPool2d")
    assert str(rows[first - 1].receptive_field) != "whole input"
    assert {str(row.receptive_field) for row in rows[first:]} == {"whole input"}


class Branching(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 3)

    def forward(self, x: Tensor) -> Tensor:
        return self.conv(x) if x.sum() > 0 else self.conv(-x)


@pytest.mark.parametrize(
    "net",
    [Branching(), stack(nn.Conv2d(3, 4, 3), nn.Upsample(scale_factor=2)), stack(nn.ConvTranspose2d(3, 4, 3))],
    ids=["branches on values", "upsampling", "transposed"],
)
def test_where_the_reach_is_not_known_none_is_given(net: nn.Module) -> None:
    assert profile(net, (3, 8, 8)).rows[-1].receptive_field is None


class Between(nn.Module):
    """Two convolutions and any function of the maps between them."""

    def __init__(self, function: Callable[[Tensor], Tensor]) -> None:
        super().__init__()
        self.first, self.last, self.function = nn.Conv2d(1, 2, 3, padding=1), nn.Conv2d(2, 2, 3, padding=1), function

    def forward(self, x: Tensor) -> Tensor:
        last: Tensor = self.last(self.function(self.first(x)))
        return last


@pytest.mark.parametrize(
    "function",
    [
        lambda x: x.transpose(-1, -2),
        lambda x: x.transpose(2, -1),
        lambda x: x.chunk(2, dim=2)[0],
        lambda x: torch.split(x, 4, 2)[1],
        lambda x: x[:, :, torch.tensor([7, 6, 5, 4, 3, 2, 1, 0])],
    ],
    ids=["transposed", "half negative", "chunk of rows", "split of rows", "rows turned round"],
)
def test_maps_whose_cells_have_moved_give_no_guess(function: Callable[[Tensor], Tensor]) -> None:
    assert row_of(Between(function), "last", (1, 8, 8)).receptive_field is None


@pytest.mark.parametrize(
    "function",
    [
        lambda x: torch.cat(x.chunk(2, dim=1)[::-1], 1),
        lambda x: torch.cat(torch.split(x, 1, 1), dim=1),
        lambda x: x.view(-1, 1, 2, 8, 8).transpose(1, 2).flatten(1, 2),
        lambda x: x[:, :2],
    ],
    ids=["chunks", "split", "shuffled channels", "some channels"],
)
def test_channels_may_be_parted_and_shuffled(function: Callable[[Tensor], Tensor]) -> None:
    assert str(row_of(Between(function), "last", (1, 8, 8)).receptive_field) == "5×5"


def test_a_norm_without_running_statistics_looks_at_the_whole_map() -> None:
    net = nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4, track_running_stats=False))
    assert str(row_of(net, "1").receptive_field) == "whole input"
