from __future__ import annotations

import numpy as np
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import signal

from cnntutor.vision import flips
from cnntutor.vision.flips import Extent, Operation

SCIPY = {"cross-correlation": signal.correlate2d, "convolution": signal.convolve2d}


def squares(most: int) -> st.SearchStrategy[torch.Tensor]:
    """Square matrices of whole numbers, which double precision adds up exactly."""
    cells = st.integers(-9, 9)
    return st.integers(1, most).flatmap(
        lambda side: st.lists(cells, min_size=side**2, max_size=side**2).map(
            lambda values: torch.tensor(values, dtype=torch.float64).reshape(side, side)
        )
    )


@settings(max_examples=60, deadline=None)
@given(squares(6), squares(6), st.sampled_from(["valid", "same", "full"]), st.sampled_from(list(SCIPY)))
def test_both_operations_are_scipys_whether_laid_or_stamped(
    inputs: torch.Tensor, kernel: torch.Tensor, extent: Extent, operation: Operation
) -> None:
    if extent == "valid" and len(kernel) > len(inputs):
        return  # SciPy lets the two change places
    expected = SCIPY[operation](inputs.numpy(), kernel.numpy(), extent)
    *_, stamped = flips.stamps(inputs, kernel, extent, operation)
    assert np.array_equal(flips.laid(inputs, kernel, extent, operation).numpy(), expected)
    assert np.array_equal(stamped.numpy(), expected)


@given(squares(5))
def test_a_half_turn_is_two_quarter_turns(kernel: torch.Tensor) -> None:
    assert torch.equal(flips.flipped(kernel), kernel.rot90(2))


def test_the_flip_leaves_the_channels_in_their_order() -> None:
    kernel = torch.arange(8.0).reshape(2, 2, 2)
    assert flips.flipped(kernel).tolist() == [[[3, 2], [1, 0]], [[7, 6], [5, 4]]]


def test_each_input_adds_one_copy_of_the_kernel_or_of_its_half_turn() -> None:
    inputs, kernel = torch.tensor([[2.0, 3.0], [0, 0]]), torch.tensor([[1.0, 10], [0, 0]])
    copies = [table[0].tolist() for table in flips.stamps(inputs, kernel, "full", "convolution")]
    turned = [table[1].tolist() for table in flips.stamps(inputs, kernel, "full", "cross-correlation")]
    assert copies == [[2, 20, 0], [2, 23, 30], [2, 23, 30], [2, 23, 30]]
    assert turned == [[20, 2, 0], [20, 32, 3], [20, 32, 3], [20, 32, 3]]
