"""The numbers of `content/cnn/optimisers` that its examples do not print."""

import math

import pytest
import torch
from torch import optim


@pytest.mark.parametrize(
    ("rate", "across", "along"),
    [
        (0.019, [-0.90, 0.81, -0.73], [9.81, 9.62, 9.44]),
        (0.020, [-1.00, 1.00, -1.00], [9.80, 9.60, 9.41]),
        (0.021, [-1.10, 1.21, -1.33], [9.79, 9.58, 9.38]),
    ],
)
def test_the_table_of_the_first_three_steps(rate: float, across: list[float], along: list[float]) -> None:
    assert [round((1 - 100 * rate) ** step, 2) for step in (1, 2, 3)] == across
    assert [round(10 * (1 - rate) ** step, 2) for step in (1, 2, 3)] == along


def test_momentum_adds_up_what_agrees_and_halves_what_alternates() -> None:
    w = torch.zeros(2, requires_grad=True)
    sgd = optim.SGD([w], lr=1.0, momentum=0.9)
    for step in range(200):
        before = w.detach().clone()
        w.grad = torch.tensor([1.0, (-1.0) ** step])
        sgd.step()
    moved = (w.detach() - before).abs()
    assert moved[0].item() == pytest.approx(10, rel=1e-3)
    assert moved[1].item() == pytest.approx(1 / 1.9, rel=1e-3)


def test_guessing_among_ten_classes_costs_ln_10() -> None:
    assert round(math.log(10), 1) == 2.3


def test_linear_scaling_from_256_to_8192() -> None:
    assert math.isclose(0.1 * 8192 / 256, 3.2)


def test_the_cosine_at_one_half_one_third_and_two_thirds() -> None:
    w = torch.zeros(1, requires_grad=True)
    sgd = optim.SGD([w], lr=1.0)
    schedule = optim.lr_scheduler.CosineAnnealingLR(sgd, 60)
    rates = []
    for _ in range(60):
        rates.append(schedule.get_last_lr()[0])
        sgd.step()
        schedule.step()
    assert [rates[step] for step in (20, 30, 40)] == pytest.approx([0.75, 0.5, 0.25])


def test_adam_holds_a_thousandth_of_the_square_after_one_step() -> None:
    w = torch.zeros(1, requires_grad=True)
    adam = optim.Adam([w])
    w.grad = torch.tensor([5.0])
    adam.step()
    assert adam.state[w]["exp_avg_sq"].item() == pytest.approx(25 / 1000)
    assert (adam.defaults["lr"], adam.defaults["eps"]) == (0.001, 1e-8)


def test_a_hundred_times_the_loss_leaves_adam_alone() -> None:
    ends = []
    for factor in (1.0, 100.0):
        w = torch.ones(1, requires_grad=True)
        adam = optim.Adam([w], lr=0.01)
        for _ in range(20):
            w.grad = factor * 2 * w.detach()  # of factor · w²
            adam.step()
        ends.append(w.item())
    assert ends[0] == pytest.approx(ends[1], rel=1e-5)


def test_bfloat16_has_two_to_three_digits_and_float16_ends_above_1e_8() -> None:
    assert 2 <= -math.log10(torch.finfo(torch.bfloat16).eps) < 3
    assert torch.finfo(torch.float16).smallest_normal * torch.finfo(torch.float16).eps > 2e-8


def test_one_cycle_called_once_an_epoch_never_leaves_its_climb() -> None:
    w = torch.zeros(1, requires_grad=True)
    sgd = optim.SGD([w], lr=1.0)
    schedule = optim.lr_scheduler.OneCycleLR(sgd, 0.1, total_steps=30 * 23, cycle_momentum=False)
    rates = []
    for _ in range(30):
        rates.append(schedule.get_last_lr()[0])
        sgd.step()
        schedule.step()
    assert rates == sorted(rates)
    assert rates[-1] < 0.01
    assert (30 * 23, 0.3 * 30 * 23) == (690, 207)
