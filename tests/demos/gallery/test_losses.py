from __future__ import annotations

import math
import runpy
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional

from cnntutor.demos import catalogue
from cnntutor.demos.frame import Frame
from cnntutor.demos.gallery._losses_knobs import LossesKnobs
from cnntutor.demos.gallery._losses_work import COST, GAP, OF_MASK
from cnntutor.demos.gallery.losses import losses
from cnntutor.demos.run import run_headless
from cnntutor.demos.show_code import SCREEN, show_code
from cnntutor.errors import UsageError
from cnntutor.vision import losses as science

SHOWS = ["descent", "cost", "pull", "sample", "losses", "error", "mask"]


def last_frame(**values: Any) -> Frame:
    *_, last = losses.frames(catalogue.parse_knobs(losses, values), "cpu")
    return last


SCORES = st.lists(st.floats(-20, 20), min_size=2, max_size=8)


# The claim: by hand is what torch computes


@settings(max_examples=60, deadline=None)
@given(SCORES, st.floats(0, 0.9), st.data())
def test_cross_entropy_and_its_gradient_are_torchs(values: list[float], smoothing: float, data: st.DataObject) -> None:
    true = data.draw(st.integers(0, len(values) - 1))
    scores = torch.tensor(values, dtype=torch.float64, requires_grad=True)
    expected = functional.cross_entropy(scores, torch.tensor(true), label_smoothing=smoothing)
    expected.backward()
    loss, gradient = science.cross_entropy(scores.detach(), true, smoothing)
    torch.testing.assert_close(loss, expected.detach())
    torch.testing.assert_close(gradient, scores.grad)


@settings(max_examples=60, deadline=None)
@given(SCORES, st.sampled_from([0.0, 0.5, 1.0, 2.0, 5.0]), st.data())
def test_focal_loss_and_its_gradient_are_autograds(values: list[float], gamma: float, data: st.DataObject) -> None:
    true = data.draw(st.integers(0, len(values) - 1))
    scores = torch.tensor(values, dtype=torch.float64, requires_grad=True)
    log_p = scores.log_softmax(0)[true]
    others = torch.cat([scores[:true], scores[true + 1 :]]).logsumexp(0) - scores.logsumexp(0)
    expected = -(gamma * others).exp() * log_p
    expected.backward()
    loss, gradient = science.focal(scores.detach(), true, gamma)
    torch.testing.assert_close(loss, expected.detach())
    torch.testing.assert_close(gradient, scores.grad, atol=1e-9, rtol=1e-6)


@settings(max_examples=60, deadline=None)
@given(st.floats(-10, 10), st.floats(0.05, 5))
def test_smooth_l1_and_its_slope_are_torchs(error: float, beta: float) -> None:
    d = torch.tensor(error, dtype=torch.float64, requires_grad=True)
    expected = functional.smooth_l1_loss(d, torch.zeros_like(d), beta=beta)
    expected.backward()
    loss, slope = science.smooth_l1(d.detach(), beta)
    torch.testing.assert_close(loss, expected.detach())
    torch.testing.assert_close(slope, d.grad)


@pytest.mark.parametrize(("share", "found", "false"), [(0.01, 0.01, 0.01), (0.25, 0.9, 0.2), (0.5, 0.5, 0.99)])
def test_the_masks_losses_are_those_of_all_its_pixels(share: float, found: float, false: float) -> None:
    truth = (torch.arange(10_000) < share * 10_000).double()
    p = torch.where(truth > 0, found, false).double()
    dice = 1 - 2 * (p * truth).sum() / (p.sum() + truth.sum())
    figures = last_frame(share=share, found=found, false=false, steps=1).figures
    assert figures["dice_loss"] == pytest.approx(float(dice))
    assert figures["pixel_cross_entropy"] == pytest.approx(float(functional.binary_cross_entropy(p, truth)))


def test_cross_entropy_never_rests_and_smoothing_does() -> None:
    result = run_headless("losses", device="cpu")
    figures = result.figures
    assert figures["still_moving"] > 0.1
    assert figures["still_moving_smoothed"] < 0.02
    assert figures["lead_smoothed"] == pytest.approx(figures["best_lead"], abs=0.01)
    assert figures["lead"] > figures["best_lead"] + 1
    assert result.last.progress == 1


def test_at_its_resting_place_smoothed_cross_entropy_has_no_pull_and_its_least_value() -> None:
    figures = last_frame(smoothing=0.3, steps=500).figures
    scores = torch.tensor([figures["best_lead"], 0.0, 0.0], dtype=torch.float64)
    loss, gradient = science.cross_entropy(scores, 0, 0.3)
    assert gradient.abs().max() < 1e-12
    wanted = science.targets(3, 0, 0.3)
    assert float(loss) == pytest.approx(float(-(wanted * wanted.log()).sum()))


# The numbers of the lesson


def test_the_articles_sample_comes_out_as_in_the_article() -> None:
    rows = last_frame(scores="2 1 0").tables["by class"].rows
    assert [row[2:] for row in rows] == [(0.665, -0.335), (0.245, 0.245), (0.09, 0.09)]


@pytest.mark.parametrize(("tenths", "gamma"), [(5, 1), (8, 2), (9, 2)])
def test_a_card_may_ask_for_a_probability(tenths: int, gamma: int) -> None:
    figures = last_frame(scores=f"{round(math.log(tenths / (10 - tenths)), 4)} 0", gamma=gamma, steps=1).figures
    assert figures["p"] == pytest.approx(tenths / 10, abs=1e-4)
    assert figures["focal_factor"] == pytest.approx((1 - tenths / 10) ** gamma, abs=1e-3)
    assert figures["gradient"] == pytest.approx(tenths / 10 - 1, abs=1e-4)


def test_a_net_that_finds_nothing_is_charged_by_dice_and_hardly_by_cross_entropy() -> None:
    frame = last_frame(show="mask")
    assert (round(frame.figures["pixel_cross_entropy"], 3), round(frame.figures["dice_loss"], 2)) == (0.056, 0.99)
    charts = frame.charts[OF_MASK]
    assert charts["Dice"].y[0] - charts["Dice"].y[-1] > 10 * (
        charts["pixel cross-entropy"].y[0] - charts["pixel cross-entropy"].y[-1]
    )


def test_without_gamma_focal_is_cross_entropy() -> None:
    figures = last_frame(gamma=0, steps=1).figures
    assert figures["focal"] == figures["cross_entropy"]


# What is shown


@pytest.mark.parametrize("show", SHOWS)
def test_the_view_that_is_asked_for_comes_first_and_has_its_words(show: str) -> None:
    frame = last_frame(show=show)
    assert next(iter(frame.views)) == show
    assert set(frame.views) == set(SHOWS)
    assert "**Look**" in frame.caption
    assert "**Try**" in frame.caption
    assert frame.formulas


def test_the_descent_is_told_step_by_step() -> None:
    frames = list(losses.frames(LossesKnobs(steps=40), "cpu"))
    lengths = [len(next(iter(frame.charts[GAP].values())).x) for frame in frames]
    assert lengths == [*range(1, 41, 2), 41]


def test_the_smoothed_curve_has_its_lowest_point_where_the_descent_rests() -> None:
    frame = last_frame(smoothing=0.3)
    curve = frame.charts[COST]["smoothed"]
    lowest = curve.x[curve.y.index(min(curve.y))]
    assert lowest == pytest.approx(frame.figures["best_lead"], abs=0.15)


# Questions, refusals, code


@pytest.mark.parametrize(("values", "index"), [({}, 0), ({"rate": 0.01}, 2), ({"turn": 3, "rate": 10}, 0)])
def test_the_run_says_whose_lead_still_grows(values: dict[str, Any], index: int) -> None:
    asked = losses.predict(LossesKnobs(**values))
    assert asked is not None
    assert asked.judge(last_frame(**values)) == index
    assert asked.judge(Frame()) is None


@pytest.mark.parametrize("values", [{"rate": 20}, {"scores": "20 0"}, {"turn": 5}])
def test_what_moves_too_little_to_be_seen_is_not_asked_as_if_it_rested(values: dict[str, Any]) -> None:
    assert losses.predict(LossesKnobs(**values)) is None


def test_without_smoothing_there_is_nothing_to_ask_and_no_resting_place() -> None:
    assert losses.predict(LossesKnobs(smoothing=0)) is None
    frame = last_frame(smoothing=0)
    assert "best_lead" not in frame.figures
    assert "infinity" in frame.formulas[-1]


@pytest.mark.parametrize(
    ("values", "line"),
    [
        ({"scores": "1"}, "scores must be 2 to 12 numbers, not 1"),
        ({"scores": "1 a"}, "scores cannot hold “a”"),
        ({"scores": "1 nan"}, "scores cannot hold “nan”"),
        ({"scores": "1 21"}, "write numbers from −20 to 20"),
        ({"true": 4}, "true must be at most 3, the number of scores, not 4"),
        ({"smoothing": 1}, "smoothing"),
    ],
)
def test_what_cannot_be_is_refused_by_the_name_of_its_knob(values: dict[str, Any], line: str) -> None:
    with pytest.raises(UsageError, match=line):
        catalogue.parse_knobs(losses, values)


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"scores": "0.5 -1 3 2", "true": 3, "turn": -2, "gamma": 0.5, "smoothing": 0.4, "rate": 0.3, "steps": 7},
        {"error": -0.2, "beta": 0.4, "share": 0.3, "found": 0.8, "false": 0.2, "gamma": 0, "smoothing": 0},
    ],
    ids=["defaults", "sample", "number and mask"],
)
def test_the_code_that_is_shown_finds_the_same_numbers(
    values: dict[str, Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = show_code(losses, LossesKnobs(**values))
    script = tmp_path / "code.py"
    script.write_text(code, encoding="utf-8")
    runpy.run_path(str(script))
    printed = {name: float(number) for name, number in map(str.split, capsys.readouterr().out.splitlines())}
    figures = last_frame(**values).figures
    assert len(printed) == 11
    assert printed == pytest.approx({name: figures[name] for name in printed}, abs=1e-5)
    assert len(code.splitlines()) <= SCREEN
