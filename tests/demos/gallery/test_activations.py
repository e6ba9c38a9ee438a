from __future__ import annotations

import runpy
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit, ndtr
from torch import nn

from cnntutor.demos import catalogue
from cnntutor.demos.frame import Frame
from cnntutor.demos.gallery import _activations_look as look
from cnntutor.demos.gallery import _activations_words as words
from cnntutor.demos.gallery._activations_knobs import ActivationsKnobs
from cnntutor.demos.gallery._activations_work import Trained, gradients
from cnntutor.demos.gallery.activations import activations as demo
from cnntutor.demos.run import run_headless
from cnntutor.demos.show_code import SCREEN, show_code
from cnntutor.errors import UsageError
from cnntutor.vision import activations, data
from cnntutor.vision.activations import NAMES, ActivationName
from cnntutor.vision.dead_units import PlainNet, normalised, train

QUICK: dict[str, Any] = {"steps": 5, "width": 4, "side": 24, "layers": 4}

MODULES = {
    "relu": nn.ReLU(),
    "leaky-relu": nn.LeakyReLU(0.1),
    "elu": nn.ELU(),
    "selu": nn.SELU(),
    "gelu": nn.GELU(),
    "silu": nn.SiLU(),
    "sigmoid": nn.Sigmoid(),
    "tanh": nn.Tanh(),
}


@cache
def all_frames(seed: int = 0, **values: Any) -> list[Frame]:
    return list(demo.frames(ActivationsKnobs(**QUICK | values), "cpu", seed))


def last_frame(seed: int = 0, **values: Any) -> Frame:
    return all_frames(seed, **values)[-1]


@cache
def dead(name: ActivationName, rate: float, seed: int) -> float:
    """Share of dead units of the demo's net after its training."""
    torch.manual_seed(seed)
    digits = data.load("digits")
    net = PlainNet(16, name, 10)
    list(train(net, digits, rate, 45))
    x, _ = normalised(digits, net.head.weight)
    return float(torch.cat(net.dead(x)).float().mean())


# The claim


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(NAMES), st.floats(-15, 15))
def test_slopes_by_formula_are_those_of_autograd(name: ActivationName, at: float) -> None:
    x = torch.tensor([at], dtype=torch.float64, requires_grad=True)
    (slope,) = torch.autograd.grad(MODULES[name](x).sum(), x)
    torch.testing.assert_close(activations.slope(name, x.detach(), 0.1), slope, atol=1e-9, rtol=1e-7)
    torch.testing.assert_close(activations.value(name, x.detach(), 0.1), MODULES[name](x.detach()))


def test_the_larger_the_learning_rate_the_more_units_die() -> None:
    slow, fast, fastest = (dead("relu", rate, seed=1) for rate in (0.0625, 0.25, 0.5))
    assert slow == 0
    assert 0.02 < fast < 0.3
    assert fastest > fast + 0.2


def test_a_leak_keeps_every_unit_alive() -> None:
    assert dead("leaky-relu", 0.5, seed=1) == 0
    assert dead("relu", 0.5, seed=1) > 0.3


# Curves, depth and units


def test_the_curves_are_those_of_their_papers() -> None:
    x = np.linspace(-5, 5, 11)
    expected = {"gelu": x * ndtr(x), "silu": x * expit(x), "elu": np.where(x > 0, x, np.expm1(x))}
    for name, y in expected.items():
        assert activations.value(name, torch.from_numpy(x)).numpy() == pytest.approx(y, abs=1e-12)


@pytest.mark.parametrize(("name", "most"), [("sigmoid", 0.25), ("tanh", 1), ("relu", 1), ("gelu", 1.129)])
def test_the_steepest_slope_is_found(name: ActivationName, most: float) -> None:
    assert activations.steepest(name) == pytest.approx(most, abs=1e-3)


@pytest.mark.parametrize(("name", "arrives"), [("sigmoid", "2e-13"), ("tanh", "0.2"), ("relu", "3")])
def test_as_much_of_a_gradient_arrives_as_the_lesson_says(name: ActivationName, arrives: str) -> None:
    torch.manual_seed(0)
    sizes = gradients(ActivationsKnobs(layers=20), name)
    assert len(sizes) == 20
    assert f"{sizes[-1]:.1g}" == arrives


@pytest.mark.parametrize("bias", [0.0, -100.0])
def test_a_unit_is_dead_if_no_gradient_comes_to_it(bias: float) -> None:
    net = PlainNet(4, "relu", 10)
    with torch.no_grad():
        net.convs[0].bias[1] = bias
    x = torch.rand(32, 1, 8, 8)
    net(x).square().sum().backward()
    silent = net.convs[0].weight.grad.abs().amax((1, 2, 3)) == 0
    assert bool(net.dead(x)[0][1]) == bool(silent[1]) == (bias < 0)


def test_a_loss_that_runs_away_ends_the_training_with_weights_that_are_numbers() -> None:
    torch.manual_seed(0)
    net = PlainNet(4, "leaky-relu", 10)
    losses = list(train(net, data.load("digits"), 4.0, 100))
    assert len(losses) < 100
    assert np.isfinite(losses).all()


# The run


def test_the_default_run_counts_the_dead() -> None:
    result = run_headless("activations")
    found = result.figures
    assert found["dead_at_lowest"] == 0
    assert found["dead"] > 0.3
    assert (found["value"], found["slope"], found["at_best"]) == (0, 0, 1)
    assert 0.4 < found["zeros"] < 0.6
    assert list(result.last.views) == ["curve", "map", "depth", "dead", "nets", "family"]
    assert "0 % are dead after training at learning rate 0.0312, and 56 % at 0.5" in result.last.caption


def test_everything_but_the_dead_is_there_at_once() -> None:
    first, *_, last = frames = all_frames()
    assert list(first.views) == ["curve", "map", "depth", "family"]
    assert "dead" not in first.figures
    assert len(last.curves[f"relu {look.DEAD}"].x) == 5
    assert [frame.progress for frame in frames] == sorted(frame.progress or 0 for frame in frames)
    assert last.progress == 1
    seen = {item for items in last.views.values() for item in items}
    assert seen == {*last.images, *last.charts, *last.tables}


def test_value_and_slope_are_read_off_at_x() -> None:
    frame = last_frame(activation="leaky-relu", second="leaky-relu", leak=0.2, x=-5)
    assert (frame.figures["value"], frame.figures["slope"]) == (-1, pytest.approx(0.2))
    assert frame.formulas[0] == "leaky-relu(−5) = −1, slope 0.2"
    assert not [name for name in frame.figures if name.startswith("second")]


def test_at_best_a_power_of_a_quarter_passes_sigmoids() -> None:
    frame = last_frame(activation="sigmoid", layers=5)
    assert 1 / frame.figures["at_best"] == 4**5
    assert frame.formulas[1] == "5 layers at best: 0.25^5 = 1 in 1,024"


def test_the_family_is_the_lessons_table() -> None:
    rows = {row[0]: row[1:] for row in last_frame().tables["family"].rows}
    assert rows["elu"] == (-0.98, -0.63, 0, 1, 4)
    assert rows["silu"] == (-0.07, -0.27, 0, 0.73, 3.93)


def test_a_net_that_ran_away_is_marked() -> None:
    nets = [Trained("relu", 0.5, 0.25, 2.3, ran_away=False), Trained("gelu", 0.5, 0.5, 1e20, ran_away=True)]
    assert look.dead_table(nets).rows == ((0.5, "25 %", "2.30", "50 %", "∞"),)
    assert look.dead_table(nets[:1]).columns == ("rate", "relu", "loss")


@pytest.mark.parametrize(
    ("leak", "said", "again"), [(0, "the ReLU again", "`leak` to 0"), (1, "a straight line", "`leak` to 1")]
)
def test_a_leak_of_none_or_all_is_not_called_a_little_slope(leak: float, said: str, again: str) -> None:
    knobs = ActivationsKnobs(activation="leaky-relu", leak=leak)
    caption = words.caption(knobs, {"dead": 0.5, "dead_at_lowest": 0})
    assert said in caption
    assert "no unit is ever cut off" not in caption
    assert again not in caption
    assert words.formulas(knobs, {"value": -0.0, "slope": 0, "steepest": 1, "at_best": 1})[0].endswith("= 0, slope 0")


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("share", [0.0, 0.5])
def test_every_activation_says_what_to_look_at_and_what_to_try(name: ActivationName, share: float) -> None:
    caption = words.caption(ActivationsKnobs(activation=name), {"dead": share, "dead_at_lowest": 0})
    assert caption.startswith("**Look**")
    assert "\n\n**Try**" in caption


@pytest.mark.parametrize(
    ("values", "line"),
    [
        ({"activation": "softmax"}, "activation"),
        ({"leak": 2}, "leak"),
        ({"learning_rate": 9}, "learning_rate"),
        ({"image": "dog"}, "There is no picture “dog”"),
    ],
)
def test_what_cannot_be_is_refused_by_the_name_of_its_knob(values: dict[str, Any], line: str) -> None:
    with pytest.raises(UsageError, match=line):
        catalogue.parse_knobs(demo, values)


# Predict first, and the code


@pytest.mark.parametrize(
    ("share", "right"), [(0, "none"), (0.1, "fewer than"), (0.25, "a quarter"), (0.9, "a quarter"), (1, "all")]
)
def test_the_count_says_which_guess_was_right(share: float, right: str) -> None:
    asked = words.predict(ActivationsKnobs())
    judged = asked.judge(Frame(figures={"dead": share}))
    assert judged is not None
    assert asked.choices[judged].startswith(right)
    assert asked.judge(Frame()) is None


@pytest.mark.parametrize("values", [{}, {"activation": "leaky-relu", "leak": 0.3, "x": 2, "learning_rate": 4.0}])
def test_the_code_that_is_shown_finds_the_same(
    values: dict[str, Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    knobs = ActivationsKnobs(**QUICK | {"second": values.get("activation", "relu")} | values)
    code = show_code(demo, knobs, seed=3)
    assert len(code.splitlines()) <= SCREEN
    script = tmp_path / "code.py"
    script.write_text(code, encoding="utf-8")
    runpy.run_path(str(script))
    printed = {name: float(number) for name, number in map(str.split, capsys.readouterr().out.splitlines())}
    *_, last = demo.frames(knobs, "cpu", 3)
    assert set(printed) == {"value", "slope", "steepest", "at_best", "arrives", "dead"}
    assert printed == pytest.approx({name: last.figures[name] for name in printed}, rel=1e-5)
