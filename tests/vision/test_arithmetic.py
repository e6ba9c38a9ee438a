"""Exact arithmetic against real modules, and against pencil and paper."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from torch import nn

from cnntutor.vision.arithmetic import (
    conv_macs,
    conv_params,
    cross_correlation,
    dense_params,
    iou,
    output_size,
    receptive_field,
    softmax,
)

SMALL = st.integers(1, 4)
LAYERS = st.lists(st.tuples(st.integers(1, 4), st.integers(1, 3), st.integers(0, 2), SMALL), min_size=1, max_size=4)


@settings(deadline=None)
@given(size=st.integers(1, 40), kernel=st.integers(1, 7), stride=SMALL, padding=st.integers(0, 4), dilation=SMALL)
def test_output_size_is_torchs(size, kernel, stride, padding, dilation):
    layer = nn.Conv2d(1, 1, kernel, stride=stride, padding=padding, dilation=dilation)
    try:
        expected = layer(torch.zeros(1, 1, size, size)).shape[-1]
    except RuntimeError:
        with pytest.raises(ValueError, match="spans"):
            output_size(size, kernel, stride=stride, padding=padding, dilation=dilation)
    else:
        assert output_size(size, kernel, stride=stride, padding=padding, dilation=dilation) == expected


@settings(deadline=None)
@given(groups=SMALL, per_in=SMALL, per_out=SMALL, kernel=st.tuples(SMALL, SMALL), bias=st.booleans())
def test_conv_params_is_torchs(groups, per_in, per_out, kernel, bias):
    c_in, c_out = groups * per_in, groups * per_out
    layer = nn.Conv2d(c_in, c_out, kernel, groups=groups, bias=bias)
    expected = sum(p.numel() for p in layer.parameters())
    assert conv_params(c_in, c_out, kernel, groups=groups, bias=bias) == expected


@settings(deadline=None)
@given(n_in=SMALL, n_out=SMALL, bias=st.booleans())
def test_dense_params_is_torchs(n_in, n_out, bias):
    expected = sum(p.numel() for p in nn.Linear(n_in, n_out, bias=bias).parameters())
    assert dense_params(n_in, n_out, bias=bias) == expected


def test_macs_are_weights_times_positions():
    assert conv_macs(64, 128, 3, 56, 56) == 231_211_008
    assert conv_macs(8, 8, 3, 5, 7, groups=8) == 8 * 9 * 35
    assert conv_macs(3, 4, (1, 5), 2, 2) == conv_params(3, 4, (1, 5), bias=False) * 4


@settings(deadline=None, max_examples=40)
@given(LAYERS)
def test_the_receptive_field_is_where_the_gradient_reaches(layers):
    field = receptive_field(layers)
    assume(field.size <= 120)
    size = 2 * field.size + 4 * field.jump * 6
    net = nn.Sequential(*(nn.Conv1d(1, 1, k, s, p, d, bias=False) for k, s, p, d in layers)).double()
    for p in net.parameters():
        nn.init.ones_(p)
    pixels = torch.zeros(1, 1, size, dtype=torch.float64, requires_grad=True)
    out = net(pixels)
    cell = out.shape[-1] // 2
    out[0, 0, cell].backward()
    reached = pixels.grad[0, 0].nonzero().flatten()
    centre = field.start + cell * field.jump
    first = centre - Fraction(field.size, 2)
    assume(first >= 0 and first + field.size <= size)
    assert (int(reached[0]), int(reached[-1])) == (first, first + field.size - 1)


def test_receptive_fields_by_hand():
    assert receptive_field([]).size == 1
    assert [receptive_field([(3, 1, 1, 1)] * n).size for n in (1, 2, 3)] == [3, 5, 7]
    assert receptive_field([(7, 2, 3, 1), (3, 2, 1, 1)]).size == 11
    assert receptive_field([(3, 1, 2, 2)]).size == 5
    assert receptive_field([(3, 2, 1, 1)] * 3).jump == 8


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(-9, 9), st.integers(-9, 9)), min_size=1, max_size=9))
def test_cross_correlation_is_torchs(pairs):
    patch, kernel = ([float(pair[side]) for pair in pairs] for side in (0, 1))
    expected = torch.nn.functional.conv1d(torch.tensor([[patch]]), torch.tensor([[kernel]])).item()
    assert cross_correlation(patch, kernel) == expected


@settings(deadline=None)
@given(st.lists(st.floats(-500, 500), min_size=1, max_size=6))
def test_softmax_is_torchs(scores):
    expected = torch.softmax(torch.tensor(scores, dtype=torch.float64), 0).tolist()
    assert softmax(scores) == pytest.approx(expected)
    assert math.isclose(sum(softmax(scores)), 1)


@pytest.mark.parametrize(
    ("box", "other", "expected"),
    [
        ((0, 0, 2, 2), (0, 0, 2, 2), 1),
        ((0, 0, 2, 2), (2, 2, 4, 4), 0),
        ((0, 0, 2, 2), (5, 5, 6, 6), 0),
        ((0, 0, 2, 2), (1, 1, 3, 3), 1 / 7),
        ((0, 0, 4, 4), (1, 1, 3, 3), 1 / 4),
    ],
)
def test_iou_by_hand(box, other, expected):
    assert iou(box, other) == pytest.approx(expected)
    assert iou(other, box) == pytest.approx(expected)


@pytest.mark.parametrize(
    "impossible",
    [
        lambda: output_size(3, 7),
        lambda: output_size(0, 1),
        lambda: output_size(3, 1, padding=-1),
        lambda: conv_params(3, 8, 3, groups=2),
        lambda: conv_params(0, 8, 3),
        lambda: conv_macs(3, 8, 3, 0, 4),
        lambda: dense_params(0, 1),
        lambda: receptive_field([(0, 1, 0, 1)]),
        lambda: receptive_field([(3, 1, -1, 1)]),
        lambda: cross_correlation([1], [1, 2]),
        lambda: softmax([]),
        lambda: iou((0, 0, 0, 1), (0, 0, 1, 1)),
        lambda: iou((0, 0, 1), (0, 0, 1, 1)),
    ],
)
def test_the_impossible_is_refused(impossible):
    with pytest.raises(ValueError, match=r".+"):
        impossible()
