from __future__ import annotations

import pytest
import torch
from torch import nn

from cnntutor.errors import UsageError
from cnntutor.vision.input_shape import input_shape


def flat(channels: int, side: int) -> nn.Module:
    """A net whose linear layer fits one side alone."""
    return nn.Sequential(nn.Conv2d(channels, 2, 3, padding=1), nn.Flatten(), nn.Linear(2 * side**2, 4))


POOLED = nn.Sequential(nn.Conv2d(1, 2, 3), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(2, 4))


@pytest.mark.parametrize(
    ("net", "shape"),
    [
        (POOLED, (1, 224, 224)),
        (flat(3, 32), (3, 32, 32)),
        (flat(1, 28), (1, 28, 28)),
        (flat(5, 8), (5, 8, 8)),
        (nn.Sequential(nn.Flatten(), nn.Linear(784, 10)), (1, 28, 28)),
        (nn.Sequential(nn.Flatten(), nn.Linear(3 * 50 * 50, 10)), (3, 50, 50)),
        (nn.Identity(), (3, 224, 224)),
        (nn.Sequential(nn.LazyConv2d(2, 3), nn.Flatten(), nn.LazyLinear(2)), (3, 224, 224)),
        (flat(3, 32).double(), (3, 32, 32)),
    ],
    ids=["pools", "32", "28", "five channels", "mlp", "coloured mlp", "nothing", "lazy", "double"],
)
def test_the_shape_is_found_by_trying(net: nn.Module, shape: tuple[int, int, int]) -> None:
    assert input_shape(net) == shape


def test_a_side_that_is_given_is_taken_if_it_fits() -> None:
    assert input_shape(POOLED, 40) == (1, 40, 40)
    assert input_shape(flat(3, 50), 50) == (3, 50, 50)


def test_a_side_that_does_not_fit_is_refused_with_one_that_does() -> None:
    with pytest.raises(UsageError, match=r"cannot take a picture of 3 × 64 × 64 \(.*shapes cannot.*\): set side to 32"):
        input_shape(flat(3, 32), 64)


def test_where_no_usual_side_fits_its_own_is_asked_for() -> None:
    with pytest.raises(UsageError, match="nor any other usual side: set side to its own"):
        input_shape(flat(3, 50))
    with pytest.raises(UsageError, match="set side to what its linear layers are made for"):
        input_shape(flat(3, 50), 64)


@pytest.mark.parametrize("side", [0, 32, 64])
def test_trying_leaves_the_net_as_it_was(side: int) -> None:
    net = nn.Sequential(nn.Conv2d(3, 2, 3, padding=1), nn.BatchNorm2d(2), nn.Flatten(), nn.Linear(2 * 32**2, 4))
    net[1].eval()
    before = {name: value.clone() for name, value in net.state_dict().items()}
    try:
        input_shape(net, side)
    except UsageError:
        assert side == 64
    assert [part.training for part in net.modules()] == [True, True, False, True, True]
    assert all(torch.equal(value, before[name]) for name, value in net.state_dict().items())


class Buggy(nn.Module):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x.no_such_method()  # type: ignore[no-any-return, operator]


def test_a_mistake_in_the_code_is_not_put_down_to_the_side() -> None:
    with pytest.raises(UsageError, match=r"^'Tensor' object has no attribute 'no_such_method'$"):
        input_shape(Buggy())
