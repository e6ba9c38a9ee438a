"""Numbers of the topic “Activations” that its examples do not print."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional


def slope(activation: Callable[[Tensor], Tensor], at: float) -> float:
    x = torch.tensor(at, dtype=torch.double, requires_grad=True)
    activation(x).backward()
    return x.grad.item()


def test_a_sigmoid_is_at_most_a_quarter_steep():
    assert slope(torch.sigmoid, 0) == 0.25
    assert max(slope(torch.sigmoid, tenth / 10) for tenth in range(-50, 51)) == 0.25


def test_twenty_quarters_are_one_in_a_trillion():
    assert f"{0.25**20:.0e}" == "9e-13"
    assert round(0.25**20 * 1e12) == 1


@pytest.mark.parametrize(
    ("activation", "left", "right"),
    [
        (torch.sigmoid, 0.02, 0.02),
        (torch.tanh, 0, 0),
        (functional.relu, 0, 1),
        (functional.leaky_relu, 0.01, 1),
        (functional.elu, 0.02, 1),
        (functional.gelu, 0, 1),
    ],
)
def test_the_slopes_of_the_summary(activation, left, right):
    assert abs(round(slope(activation, -4), 2)) == left
    assert round(slope(activation, 4), 2) == right


def test_the_sigmoid_is_flat_at_4():
    assert round(slope(torch.sigmoid, 4), 3) == 0.018


def test_the_gate_of_gelu():
    x = torch.tensor([-1.0, 1.0], dtype=torch.double)
    assert [round(share) for share in (100 * functional.gelu(x) / x).tolist()] == [16, 84]
    dip = functional.gelu(torch.linspace(-3, 0, 30_001, dtype=torch.double)).min().item()
    assert round(dip, 2) == -0.17
    assert functional.gelu(torch.tensor(-6.0)).item() == pytest.approx(0, abs=1e-6)


def test_the_outputs_at_minus_one_stand_in_the_order_of_the_quiz():
    x = torch.tensor(-1.0)
    family = [functional.relu, functional.leaky_relu, functional.gelu, functional.elu]
    outputs = [activation(x).item() for activation in family]
    assert [round(output, 2) for output in outputs] == [0, -0.01, -0.16, -0.63]


def test_the_constants_of_pytorch():
    assert nn.LeakyReLU().negative_slope == 0.01
    assert nn.PReLU().weight.tolist() == [0.25]
    assert functional.elu(torch.tensor(-50.0)).item() == -1
    assert functional.selu(torch.tensor(1.0)).item() == pytest.approx(1.0507, abs=5e-5)
    assert functional.selu(torch.tensor(-50.0)).item() == pytest.approx(-1.0507 * 1.6733, abs=5e-4)
