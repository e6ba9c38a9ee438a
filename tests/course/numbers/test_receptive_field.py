"""Numbers of the topic “Receptive field” that its examples do not print."""

from __future__ import annotations

import numpy as np
import pytest

from cnntutor.vision.arithmetic import receptive_field

CONV = (3, 1, 1, 1)
POOL = (2, 2, 0, 1)
RESNET18_STEM = [(7, 2, 3, 1), (3, 2, 1, 1)]


def paths(dilations: list[int]) -> np.ndarray:
    """How many ways lead from each pixel of the field through a stack of 3-tap layers."""
    ways = np.ones(1, dtype=object)
    for dilation in dilations:
        taps = np.zeros(2 * dilation + 1, dtype=object)
        taps[::dilation] = 1
        ways = np.convolve(ways, taps)
    return ways


def test_three_layers_have_a_bell_of_paths():
    ways = paths([1, 1, 1])
    assert ways.tolist() == [1, 3, 6, 7, 6, 3, 1]
    assert ways.sum() == 27
    both_axes = np.outer(ways, ways)
    assert (both_axes.max(), both_axes[0, 0], both_axes.sum()) == (49, 1, 729)


@pytest.mark.parametrize(("dilations", "span", "read"), [((2, 2, 2), 13, 7), ((1, 2, 4), 15, 15), ((2,) * 4, 17, 9)])
def test_a_repeated_dilation_leaves_holes(dilations, span, read):
    ways = paths(list(dilations))
    assert receptive_field([(3, 1, d, d) for d in dilations]).size == len(ways) == span
    assert np.count_nonzero(ways) == read


@pytest.mark.parametrize("layers", range(2, 6))
def test_doubling_dilations_see_one_less_than_a_power_of_two(layers):
    assert receptive_field([(3, 1, 2**n, 2**n) for n in range(layers)]).size == 2 ** (layers + 1) - 1


def test_of_201_pixels_95_per_cent_come_from_33():
    influence = np.ones(1)
    for _ in range(100):
        influence = np.convolve(influence, np.full(3, 1 / 3))
    assert len(influence) == receptive_field([CONV] * 100).size == 201
    middle = [influence[100 - half : 101 + half].sum() for half in (15, 16)]
    assert middle[0] < 0.95 <= middle[1]
    assert round(201 / 33) == 6


def test_resnet_18_sees_11_after_its_stem_and_435_at_its_end():
    stem = receptive_field(RESNET18_STEM)
    assert (stem.size, stem.jump) == (11, 4)
    stages = [CONV] * 4 + ([(3, 2, 1, 1)] + [CONV] * 3) * 3
    assert receptive_field(RESNET18_STEM + stages).size == 435


def test_the_crack_net_sees_32_around_the_unit_in_row_12():
    field = receptive_field([CONV, CONV, POOL, CONV, CONV, POOL, CONV, CONV])
    centre = field.start + 12 * field.jump
    assert (centre - field.size // 2, centre + field.size // 2) == (34, 66)


def test_the_loop_of_the_quiz_agrees():
    field = receptive_field([(3, 2, 1, 1), (3, 2, 1, 1), CONV])
    assert (field.size, field.jump) == (15, 4)
