"""The numbers of the topic “Residual connections” that no example of its article prints."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest
import torch
from torch import nn

from cnntutor.vision.arithmetic import conv_params


def gradient_norm(depth: int, prepare: Callable[[nn.Linear], object]) -> float:
    """Of a plain net of linear layers behind ReLUs, at its input."""
    torch.manual_seed(0)
    x = torch.randn(8, 64, requires_grad=True)
    y = x
    for _ in range(depth):
        linear = nn.Linear(64, 64)
        prepare(linear)
        y = linear(y.relu())
    return float(torch.autograd.grad(y[:, 0].sum(), x)[0].norm())


def test_ten_factors_of_a_half_leave_a_thousandth() -> None:
    assert round(0.5**10, 3) == 0.001


def test_default_weights_shrink_a_gradient_by_about_0_41_a_layer() -> None:
    variance = nn.Linear(64, 64).weight.var().item() * 64
    assert variance == pytest.approx(1 / 3, rel=0.05)
    assert math.sqrt(1 / 3 / 2) == pytest.approx(0.41, abs=0.005)


def test_he_initialisation_keeps_the_size_of_the_gradient() -> None:
    default = gradient_norm(40, lambda linear: None)
    he = gradient_norm(40, lambda linear: nn.init.kaiming_normal_(linear.weight))
    assert default < 1e-14
    assert 0.01 < he < 100


def test_routes_through_three_blocks_and_ten() -> None:
    assert [math.comb(3, branches) for branches in range(4)] == [1, 3, 3, 1]
    assert 2**3 == 8
    assert 2**10 == 1024


def test_half_of_the_routes_bypass_a_given_block() -> None:
    assert 2 ** (5 - 1) / 2**5 == 0.5


def test_the_projection_is_little_beside_the_branch() -> None:
    branch = conv_params(64, 128, 3, bias=False) + conv_params(128, 128, 3, bias=False)
    assert branch == 221_184
    assert conv_params(64, 128, 1, bias=False) == 8_192


def test_a_vector_broadcasts_onto_maps_without_an_error() -> None:
    assert (torch.zeros(2, 64, 8, 8) + torch.zeros(2, 64, 1, 1)).shape == (2, 64, 8, 8)


def test_residual_blocks_in_a_row_multiply_one_plus_the_slope() -> None:
    x = torch.tensor(1.0, requires_grad=True)
    y = x
    for slope in (3.0, 2.0, 1.0):
        y = y + slope * y
    (derivative,) = torch.autograd.grad(y, x)
    assert derivative.item() == (1 + 3) * (1 + 2) * (1 + 1)
