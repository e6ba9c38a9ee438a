"""The numbers of the topic “Normalisation” that no example of its article prints."""

from __future__ import annotations

import pytest
import torch
from torch import nn


def test_thirty_layers_of_factor_one_and_a_half() -> None:
    assert round(1.5**30, -4) == 190_000
    assert 0.5**30 < 1e-9


def test_two_of_2_4_6_8_lies_3_over_root_5_below_the_mean() -> None:
    values = torch.tensor([2.0, 4.0, 6.0, 8.0])
    assert values.mean() == 5
    assert values.var(correction=0) == 5
    assert round(-3 / 5**0.5, 2) == -1.34


def test_numbers_that_share_a_mean() -> None:
    pictures, channels, side = 8, 32, 14
    assert pictures * side * side == 1_568
    pictures, side = 16, 10
    assert [side**2, channels // 8 * side**2, pictures * side**2, channels * side**2] == [100, 400, 1600, 3200]


def test_group_norm_holds_the_ends_together() -> None:
    x = torch.randn(2, 6, 4, 4, generator=torch.Generator().manual_seed(0))
    torch.testing.assert_close(nn.GroupNorm(6, 6)(x), nn.InstanceNorm2d(6)(x))
    torch.testing.assert_close(nn.GroupNorm(1, 6)(x), nn.LayerNorm([6, 4, 4])(x))


def test_layer_norm_of_a_whole_map_learns_a_scale_for_every_cell() -> None:
    assert nn.LayerNorm([6, 4, 4]).weight.shape == (6, 4, 4)
    assert nn.GroupNorm(1, 6).weight.shape == (6,)


def test_batch_norm_learns_two_numbers_a_channel_and_stores_the_averages() -> None:
    bn = nn.BatchNorm2d(64)
    assert sum(p.numel() for p in bn.parameters()) == 128
    assert {"running_mean", "running_var"} <= set(bn.state_dict())
    assert bn.momentum == 0.1
    assert bn.running_mean is not None
    assert bn.running_var is not None
    assert bn.running_mean.unique().tolist() == [0]
    assert bn.running_var.unique().tolist() == [1]


def test_one_picture_with_one_cell_is_refused_in_training() -> None:
    with pytest.raises(ValueError, match="more than 1 value per channel"):
        nn.BatchNorm1d(3)(torch.zeros(1, 3))


def test_ten_times_the_weights_give_a_tenth_of_the_gradient() -> None:
    norms = []
    for scale in (1, 10):
        torch.manual_seed(1)
        conv = nn.Conv2d(3, 8, 3, bias=False)
        conv.weight.data *= scale
        (nn.BatchNorm2d(8)(conv(torch.randn(4, 3, 10, 10))) ** 3).sum().backward()
        assert conv.weight.grad is not None
        norms.append(conv.weight.grad.norm().item())
    assert norms[0] / norms[1] == pytest.approx(10, rel=0.01)


def test_a_bias_before_batch_norm_has_no_effect() -> None:
    x = torch.randn(4, 8, 5, 5, generator=torch.Generator().manual_seed(0))
    torch.testing.assert_close(nn.BatchNorm2d(8)(x + 7), nn.BatchNorm2d(8)(x), atol=1e-4, rtol=0)


def test_in_eval_it_folds_into_the_convolution() -> None:
    torch.manual_seed(0)
    conv, bn = nn.Conv2d(3, 4, 3, bias=False), nn.BatchNorm2d(4)
    x = torch.randn(2, 3, 6, 6)
    bn(conv(x))
    bn.eval()
    assert bn.running_mean is not None
    assert bn.running_var is not None
    factor = bn.weight / (bn.running_var + bn.eps).sqrt()
    folded = nn.functional.conv2d(x, conv.weight * factor[:, None, None, None], bn.bias - bn.running_mean * factor)
    torch.testing.assert_close(folded, bn(conv(x)))


def test_frozen_parameters_do_not_freeze_the_running_averages() -> None:
    bn = nn.BatchNorm1d(1).requires_grad_(False)
    bn(torch.tensor([[8.0], [12.0]]))
    assert bn.running_mean is not None
    assert bn.running_mean.item() == 1
