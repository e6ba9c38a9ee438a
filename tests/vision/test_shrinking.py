from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from cnntutor.vision import shrinking
from cnntutor.vision.shrinking import binomial, cells_inside, layers_of, shrunk


def test_the_blur_weighs_by_pascals_triangle() -> None:
    assert [binomial(taps) for taps in (1, 2, 3, 5)] == [(1,), (1, 1), (1, 2, 1), (1, 4, 6, 4, 1)]
    with pytest.raises(ValueError, match="at least 1 tap"):
        binomial(0)


@pytest.mark.parametrize(("way", "layer"), [("max", nn.MaxPool2d), ("average", nn.AvgPool2d)])
def test_pooling_is_torchs_own(way: shrinking.Shrinking, layer: type[nn.Module]) -> None:
    maps = torch.randn(2, 3, 11, 11)
    assert torch.equal(shrunk(maps, way, 3), layer(3)(maps))


def test_a_stride_tells_stripes_from_shifted_stripes_and_a_blur_before_it_does_not() -> None:
    stripes = torch.tensor([0.0, 0.0, 0.0, 4.0] * 4).expand(1, 1, 16, 16)
    strided, blurred = (
        [shrunk(stripes.roll(shift, 3), way, 2, 3, "circular") for shift in (0, 1)] for way in ("stride", "blurpool")
    )
    assert strided[0].flatten().tolist() == [0.0] * 64
    assert strided[1][0, 0, 0].tolist() == [4.0, 0.0] * 4
    assert [maps.sum() for maps in blurred] == [128, 128]  # the same mean, whatever the place


def test_blurpool_is_a_dense_maximum_a_blur_and_a_step() -> None:
    maps = torch.rand(1, 2, 9, 9)
    dense = nn.MaxPool2d(2, stride=1)(nn.functional.pad(maps, (0, 1, 0, 1)))
    row = torch.tensor([0.25, 0.5, 0.25])
    kernel = torch.outer(row, row)
    # The cell 1, 2 of the result has its middle at 2, 4 of the dense maximum.
    by_hand = (dense[0, :, 1:4, 3:6] * kernel).sum(dim=(1, 2))
    assert torch.allclose(shrunk(maps, "blurpool", 2)[0, :, 1, 2], by_hand)
    assert shrunk(maps, "blurpool", 2).shape == (1, 2, 4, 4)


@given(st.sampled_from(shrinking.WAYS), st.integers(1, 4), st.integers(2, 5), st.integers(8, 20))
@settings(max_examples=40, deadline=None)
def test_the_cells_inside_are_those_that_the_border_does_not_reach(
    way: shrinking.Shrinking, factor: int, taps: int, side: int
) -> None:
    def row(border: float) -> torch.Tensor:
        padded = nn.functional.pad(torch.ones(1, 1, side, side), [1] * 4, value=border)
        sums = nn.functional.conv2d(padded, torch.ones(1, 1, 3, 3))
        return shrunk(sums, way, factor, taps, "replicate" if border else "zeros")[0, 0, :, side // factor // 2]

    same = (row(0.0) == row(1000.0)).nonzero().flatten().tolist()
    inside = cells_inside(((3, 1, 1, 1), *layers_of(way, factor, taps)), side, side // factor)
    assert set(inside) <= set(same)
    if way != "blurpool":  # whose dense maximum may look at the border and not change by it
        assert list(inside) == same


def test_no_cell_is_inside_where_every_window_meets_the_border() -> None:
    assert list(cells_inside(((9, 1, 4, 1),), 8, 8)) == []
