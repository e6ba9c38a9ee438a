from __future__ import annotations

from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from cnntutor.errors import UsageError
from cnntutor.vision import arithmetic
from cnntutor.vision.models import ConvNet
from cnntutor.vision.net_spec import NetSpec

NORMS = ["none", "batch", "layer", "instance", "group"]
ACTIVATIONS = ["relu", "leaky-relu", "elu", "gelu", "silu"]


@st.composite
def specs(draw: st.DrawFn) -> NetSpec:
    """Any net that can be described, kept small."""
    while True:
        values = {
            "blocks": draw(st.integers(1, 4)),
            "width": draw(st.integers(1, 6)),
            "kernel": draw(st.sampled_from([1, 3, 5])),
            "norm": draw(st.sampled_from(NORMS)),
            "activation": draw(st.sampled_from(ACTIVATIONS)),
            "pooling": draw(st.sampled_from(["max", "average", "stride"])),
            "dropout": draw(st.sampled_from([0.0, 0.5])),
            "residual": draw(st.booleans()),
            "head": draw(st.sampled_from(["gap", "flatten"])),
            "in_channels": draw(st.integers(1, 3)),
            "side": draw(st.integers(2, 17)),
            "classes": draw(st.integers(2, 5)),
        }
        try:
            return NetSpec(**values)
        except UsageError:
            continue


@settings(max_examples=60, deadline=None)
@given(specs())
def test_every_net_that_can_be_described_learns_and_answers_each_class(spec: NetSpec) -> None:
    net = ConvNet(spec)
    scores = net(torch.randn(2, spec.in_channels, spec.side, spec.side))
    scores.sum().backward()
    assert scores.shape == (2, spec.classes)
    assert all(weights.grad is not None for weights in net.parameters())


@settings(max_examples=60, deadline=None)
@given(specs())
def test_each_block_has_the_sides_and_channels_that_the_description_works_out(spec: NetSpec) -> None:
    x = torch.randn(2, spec.in_channels, spec.side, spec.side)
    for block, channels, side in zip(ConvNet(spec).blocks, spec.channels, spec.sides[1:], strict=True):
        x = block(x)
        assert x.shape == (2, channels, side, side)


def test_the_parameters_of_the_default_net_are_those_worked_out_by_hand() -> None:
    convolutions = arithmetic.conv_params(1, 16, 3, bias=False) + arithmetic.conv_params(16, 32, 3, bias=False)
    norms, head = 2 * 16 + 2 * 32, (32 + 1) * 10
    assert sum(weights.numel() for weights in ConvNet(NetSpec()).parameters()) == convolutions + norms + head == 5178


def test_layers_have_paths_that_say_what_they_are() -> None:
    layers = dict(ConvNet(NetSpec(residual=True)).named_modules())
    assert isinstance(layers["blocks.0.conv"], nn.Conv2d)
    assert isinstance(layers["blocks.1.norm"], nn.BatchNorm2d)
    assert isinstance(layers["blocks.1.shortcut"], nn.Conv2d)
    assert isinstance(layers["head"], nn.Linear)


def test_a_shortcut_adds_its_projection_to_what_the_convolution_finds() -> None:
    net = ConvNet(NetSpec(blocks=1, norm="none", residual=True)).eval()
    block, x = net.blocks[0], torch.randn(3, 1, 8, 8)
    by_hand = nn.functional.max_pool2d((block.conv(x) + block.shortcut(x)).relu(), 2)
    torch.testing.assert_close(block(x), by_hand)


def test_layer_norm_evens_out_each_picture_over_all_its_channels() -> None:
    norm = ConvNet(NetSpec(norm="layer")).blocks[0].norm
    x = 3 * torch.randn(2, 16, 8, 8) + 1
    torch.testing.assert_close(norm(x), nn.functional.layer_norm(x, x.shape[1:]))


def test_group_norm_makes_do_with_the_groups_that_divide_the_channels() -> None:
    assert [ConvNet(NetSpec(norm="group", width=width)).blocks[0].norm.num_groups for width in (5, 6, 16)] == [1, 2, 8]


def test_the_seed_decides_the_first_weights() -> None:
    def weights(seed: int) -> torch.Tensor:
        torch.manual_seed(seed)
        return ConvNet(NetSpec()).head.weight

    assert torch.equal(weights(1), weights(1))
    assert not torch.equal(weights(1), weights(2))


@pytest.mark.parametrize(
    ("values", "line"),
    [
        ({"blocks": 0}, "blocks must be from 1 to 8, not 0"),
        ({"kernel": 4}, "kernel must be odd"),
        ({"dropout": 0.95}, "dropout must be from 0 to 0.9, not 0.95"),
        ({"norm": "bath"}, "norm must be none, batch, layer, instance, group, not “bath”"),
        ({"width": 512, "blocks": 3}, "width 512 doubled over 3 blocks comes to 2,048 channels"),
        ({"norm": "instance", "blocks": 4}, "norm instance needs more than one cell in a map, but 4 blocks shrink 8"),
        ({"norm": "instance", "blocks": 3, "pooling": "stride"}, "norm instance needs more than one cell"),
    ],
)
def test_a_net_that_cannot_be_is_refused_by_the_name_of_its_knob(values: dict[str, Any], line: str) -> None:
    with pytest.raises(UsageError, match=line):
        NetSpec(**values)
