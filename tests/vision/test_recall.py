import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest
from torch.autograd import gradcheck

from cnntutor.memory.forgetting import DECAY, retrievability
from cnntutor.vision.recall import SHAPES, Shape, days_until, log_loss, recall, wilson

decays, scales, ratios = st.floats(0.05, 2), st.floats(0.2, 12), st.floats(0.01, 500)


def chance(shape: Shape, ratio: float, decay: float, scale: float) -> float:
    logs = torch.tensor([decay, scale], dtype=torch.float64).log()
    return float(recall(shape, torch.tensor([ratio], dtype=torch.float64), logs))


@given(ratios, decays, scales)
def test_the_power_law_is_the_curve_of_fsrs_with_a_longer_stability(ratio: float, decay: float, scale: float) -> None:
    expected = retrievability(ratio * 7, 7 * scale, decay)
    assert chance("power", ratio, decay, scale) == pytest.approx(expected, rel=1e-9)


@given(ratios, scales)
def test_the_exponential_halves_with_each_half_life(ratio: float, scale: float) -> None:
    half_life = days_until("exponential", 0.5, DECAY, scale)
    assert chance("exponential", ratio, DECAY, scale) == pytest.approx(2 ** (-ratio / half_life), rel=1e-9)


@pytest.mark.parametrize("shape", SHAPES)
@given(kept=st.floats(0.3, 0.99), decay=decays, scale=scales)
def test_days_until_is_the_curve_the_other_way_round(shape: Shape, kept: float, decay: float, scale: float) -> None:
    assert chance(shape, days_until(shape, kept, decay, scale), decay, scale) == pytest.approx(kept)
    assert days_until(shape, 0.9, decay, scale) == pytest.approx(scale)


def test_the_loss_is_the_mean_of_minus_ln_of_the_chance_of_what_happened() -> None:
    said, came = [0.9, 0.8, 0.3], [1, 0, 1]
    expected = -(math.log(0.9) + math.log(0.2) + math.log(0.3)) / 3
    found = log_loss(torch.tensor(said, dtype=torch.float64), torch.tensor(came, dtype=torch.float64))
    assert float(found) == pytest.approx(expected)


@pytest.mark.parametrize("shape", SHAPES)
def test_autograds_gradients_are_those_of_finite_differences(shape: Shape) -> None:
    ratio = torch.tensor([0.1, 1.0, 3.0, 40.0], dtype=torch.float64)
    came = torch.tensor([1.0, 1.0, 0.0, 1.0], dtype=torch.float64)
    logs = torch.tensor([math.log(0.4), math.log(2)], dtype=torch.float64, requires_grad=True)
    assert gradcheck(lambda at: log_loss(recall(shape, ratio, at), came), (logs,))


@given(st.integers(1, 400), st.data())
def test_the_range_is_wilsons(count: int, data: st.DataObject) -> None:
    hits = data.draw(st.integers(0, count))
    expected = binomtest(hits, count).proportion_ci(0.95, method="wilson")
    assert wilson(hits, count, z=1.959963984540054) == pytest.approx(tuple(expected), abs=1e-9)
