from __future__ import annotations

import warnings
from math import cos, pi
from typing import Any

import pytest
import torch

from cnntutor.errors import UsageError
from cnntutor.vision.learning_rate import LearningRate
from cnntutor.vision.train_config import TrainConfig

STEPS = 9


def rates(steps: int = STEPS, factors: dict[int, float] | None = None, **values: Any) -> list[float]:
    """The rate of every step; `factors` turns the factor before a step."""
    config = TrainConfig(learning_rate=0.1, **values)
    optimiser = torch.optim.SGD([torch.zeros(1, requires_grad=True)], config.learning_rate)
    rate, found = LearningRate(optimiser, config, steps), []
    for step in range(steps):
        rate.factor = (factors or {}).get(step, rate.factor)
        found.append(rate.set())
        assert optimiser.param_groups[0]["lr"] == found[-1]
        optimiser.step()
        rate.advance()
    return found


def test_constant_stays() -> None:
    assert rates(schedule="constant") == pytest.approx([0.1] * STEPS)


def test_step_falls_to_a_tenth_after_each_third() -> None:
    assert rates(schedule="step") == pytest.approx([0.1] * 3 + [0.01] * 3 + [0.001] * 3)


def test_cosine_falls_along_half_a_wave() -> None:
    assert rates(schedule="cosine") == pytest.approx([0.05 * (1 + cos(pi * step / STEPS)) for step in range(STEPS)])


def test_one_cycle_rises_to_the_learning_rate_and_falls_to_nothing() -> None:
    found = rates(100, schedule="one-cycle")
    top = found.index(max(found))
    assert max(found) == pytest.approx(0.1)
    assert 25 <= top <= 30
    assert found[:top] == sorted(found[:top])
    assert found[top:] == sorted(found[top:], reverse=True)
    assert found[-1] < 1e-5


def test_a_warm_up_rises_in_equal_parts_before_the_schedule_begins() -> None:
    assert rates(schedule="constant", warm_up=3) == pytest.approx([0.025, 0.05, 0.075] + [0.1] * 6)
    after = [0.05 * (1 + cos(pi * step / 6)) for step in range(6)]
    assert rates(schedule="cosine", warm_up=3) == pytest.approx([0.025, 0.05, 0.075, *after])


@pytest.mark.parametrize("schedule", ["constant", "step", "cosine", "one-cycle"])
def test_a_factor_takes_effect_at_once_and_leaves_the_schedule_as_it_was(schedule: Any) -> None:
    plain = rates(schedule=schedule)
    turned = rates(schedule=schedule, factors={3: 0.1, 6: 1.0})
    assert turned == pytest.approx([rate * (0.1 if 3 <= step < 6 else 1) for step, rate in enumerate(plain)])


@pytest.mark.parametrize("schedule", ["constant", "step", "cosine", "one-cycle"])
@pytest.mark.parametrize("steps", [1, 2, 3])
def test_the_shortest_runs_come_to_their_end_without_a_warning(schedule: Any, steps: int) -> None:
    with warnings.catch_warnings(action="error"):
        assert len(rates(steps, schedule=schedule)) == steps


def test_a_warm_up_as_long_as_the_run_is_refused() -> None:
    with pytest.raises(UsageError, match="warm_up must be below the 9 steps of the run, not 9"):
        rates(schedule="constant", warm_up=9)


def test_one_cycle_takes_no_warm_up() -> None:
    with pytest.raises(UsageError, match="one-cycle warms up by itself"):
        TrainConfig(schedule="one-cycle", warm_up=5)
