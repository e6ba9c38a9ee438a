from __future__ import annotations

import math
import runpy
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from cnntutor.demos import catalogue
from cnntutor.demos.frame import Frame
from cnntutor.demos.gallery import _residual_race as racing
from cnntutor.demos.gallery import _residual_words as words
from cnntutor.demos.gallery import residual as module
from cnntutor.demos.gallery._residual_knobs import ResidualKnobs
from cnntutor.demos.gallery.residual import residual
from cnntutor.demos.run import run_headless
from cnntutor.demos.show_code import SCREEN, show_code
from cnntutor.errors import UsageError
from cnntutor.vision.deep_nets import DeepNet, DeepSpec, between, gradient_norms, likeness

SMALL = {"depth": 6, "width": 4, "steps": 3}
"""A run of a fraction of a second."""


def all_frames(seed: int = 0, **values: Any) -> list[Frame]:
    return list(residual.frames(catalogue.parse_knobs(residual, SMALL | values), "cpu", seed))


def first_frame(seed: int = 0, **values: Any) -> Frame:
    return next(iter(residual.frames(catalogue.parse_knobs(residual, values), "cpu", seed)))


@pytest.fixture(scope="module")
def run() -> Frame:
    """With batch norm, long enough for the residual net to learn."""
    torch.set_num_threads(1)
    return run_headless("residual", {"norm": "batch", "width": 8, "steps": 50, "depth": 18}, device="cpu").last


# The claim


@pytest.mark.parametrize("block", ["original", "pre-activation"])
@pytest.mark.parametrize("seed", range(2))
def test_the_plain_nets_first_gradient_is_over_a_million_times_smaller(block: str, seed: int) -> None:
    figures = first_frame(seed, block=block).figures
    assert figures["gradient_plain"] < figures["gradient_residual"] / 1e6
    assert figures["gradient_residual"] > 1e-3


def test_of_thirty_layers_the_first_hears_the_loss_only_with_shortcuts() -> None:
    curves = first_frame().curves
    assert len(curves["plain"].x) == len(curves["residual"].x) == 30
    assert curves["plain"].y[-1] - curves["plain"].y[0] > 10
    assert abs(curves["residual"].y[-1] - curves["residual"].y[0]) < 2


def test_a_norm_repairs_the_size_and_the_plain_net_learns_badly_all_the_same(run: Frame) -> None:
    assert run.figures["gradient_ratio"] < 10
    assert run.figures["alike_residual"] > run.figures["alike_plain"] + 0.2
    assert run.figures["accuracy_residual"] > run.figures["accuracy_plain"] + 0.2
    assert run.figures["loss_residual"] < run.figures["loss_plain"] - 0.3


def test_a_residual_net_spares_a_block_more_easily(run: Frame) -> None:
    kept = {kind: run.figures[f"lesion_{kind}"] / run.figures[f"accuracy_{kind}"] for kind in ("plain", "residual")}
    assert kept["residual"] > kept["plain"]
    assert len(run.curves["residual less one"].x) == 8


def test_the_run_answers_its_question(run: Frame) -> None:
    prediction = residual.predict(ResidualKnobs())
    assert prediction is not None
    assert prediction.choices[prediction.judge(first_frame())] == "over a million times smaller"
    assert prediction.choices[prediction.judge(run)] == "about as large, or larger"
    assert prediction.judge(Frame()) is None


# The science


@pytest.mark.parametrize("shortcut", [False, True])
@pytest.mark.parametrize("norm", ["none", "batch"])
def test_gradient_norms_are_those_of_backward(shortcut: bool, norm: Any) -> None:
    torch.manual_seed(0)
    net, x, y = DeepNet(DeepSpec(8, 4, shortcut, norm)), torch.randn(5, 1, 8, 8), torch.arange(5)
    found = gradient_norms(net, x, y)
    torch.nn.functional.cross_entropy(net(x), y).backward()
    assert found == pytest.approx([float(layer.weight.grad.norm()) for layer in net.layers], rel=1e-4)
    assert len(found) == 8


@pytest.mark.parametrize(("norm", "block"), [("none", "original"), ("batch", "original"), ("batch", "pre-activation")])
def test_branches_that_start_at_zero_leave_a_net_of_two_layers(norm: Any, block: Any) -> None:
    torch.manual_seed(0)
    net, x = DeepNet(DeepSpec(10, 4, True, norm, block, zero_last=True)), torch.randn(3, 1, 8, 8)
    torch.testing.assert_close(net(x), net.last(net.first(x).relu().mean((2, 3))))


def test_a_block_that_is_taken_out_hands_on_its_input() -> None:
    net, x = DeepNet(DeepSpec(6, 4, False)), torch.rand(2, 4, 4, 4)
    net.each_block[0].removed = True
    assert net.each_block[0](x) is x
    assert net.each_block[1](x) is not x


def test_likeness_is_one_for_equal_directions_however_small_and_zero_for_unrelated_ones() -> None:
    same = 1e-30 * torch.tensor([[1.0, 2.0], [2.0, 4.0], [0.5, 1.0]])
    assert likeness(same) == pytest.approx(1, abs=1e-6)
    assert likeness(torch.eye(3)) == 0
    assert likeness(torch.tensor([[1.0, 0.0], [-3.0, 0.0]])) == -1


def test_between_two_pictures_the_steps_are_equal() -> None:
    steps = between(torch.zeros(1, 2, 2), torch.ones(1, 2, 2), 5)
    assert steps[:, 0, 0, 0].tolist() == [0, 0.25, 0.5, 0.75, 1]


# Routes


@given(st.integers(1, 20), st.integers(-5, 5))
def test_all_routes_together_are_worth_the_product_of_the_blocks(blocks: int, slope: int) -> None:
    knobs = ResidualKnobs(blocks=blocks, slope=slope)
    *rows, (_, routes, _, total) = module._routes(knobs).rows
    assert routes == 2**blocks == sum(row[1] for row in rows)
    assert total == pytest.approx(math.prod([1 + slope] * blocks), rel=1e-9, abs=1e-3)


def test_the_cards_chain_comes_out_as_on_the_card() -> None:
    frame = first_frame(show="paths", blocks=4, slope=2, depth=4)
    assert frame.figures["chain_residual"] == 81
    assert frame.figures["chain_plain"] == 16
    assert frame.figures["routes"] == 16
    assert [row[1] for row in frame.tables["routes"].rows] == [1, 4, 6, 4, 1, 16]
    assert frame.formulas[0] == "with shortcuts (1 + 2)^4 = 81, the sum of the column “adds”"


# The run


def test_the_last_frame_has_every_view_and_the_first_those_that_need_no_step() -> None:
    frames = all_frames()
    assert list(frames[0].views) == ["layers", "alike", "paths", "table"]
    assert list(frames[-1].views) == ["layers", "loss", "depth", "alike", "lesion", "paths", "table"]
    progress = [frame.progress for frame in frames]
    assert progress == sorted(progress)
    assert progress[-1] == 1


@pytest.mark.parametrize("show", ["layers", "loss", "depth", "alike", "lesion", "paths"])
def test_the_view_that_is_asked_for_has_its_words(show: Any, run: Frame) -> None:
    knobs = ResidualKnobs(show=show)
    assert next(iter(module._views(knobs, {curve.chart for curve in run.curves.values()}))) == show
    caption = words.caption(knobs, run.figures)
    assert caption.startswith("**Look**")
    assert "**Try**" in caption


def test_a_loss_that_has_exploded_is_still_a_short_number(run: Frame) -> None:
    caption = words.caption(ResidualKnobs(), {**run.figures, "loss_residual": 8.3e30, "gradient_ratio": 6.1e12})
    assert "6·10^12 times smaller" in caption
    assert "one's 8·10^30;" in caption


def test_with_he_the_advice_is_to_let_each_block_begin_at_zero(run: Frame) -> None:
    assert "`zero_last`" in words.caption(ResidualKnobs(start="he"), run.figures)


def test_the_same_seed_gives_the_same_figures_and_another_seed_others() -> None:
    first, again, other = (all_frames(seed)[-1].figures for seed in (1, 1, 2))
    assert first == again
    assert first != other


@pytest.mark.parametrize("depth", [5, 29])
def test_an_odd_depth_is_refused(depth: int) -> None:
    with pytest.raises(UsageError, match=f"depth must be even.*not {depth}: set {depth - 1} or {depth + 1}"):
        catalogue.parse_knobs(residual, {"depth": depth})


def test_a_loss_that_is_no_number_is_told_by_the_knob_to_turn() -> None:
    race = racing.start(ResidualKnobs(**SMALL), torch.device("cpu"))
    torch.nn.init.constant_(race.nets["residual"].last.weight, math.nan)
    with pytest.raises(
        UsageError, match=r"loss of the residual net is no number after 1 step: set learning_rate lower"
    ):
        next(racing.learn(race))


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"norm": "batch", "zero_last": True, "steps": 12},
        {"start": "he", "block": "pre-activation", "zero_last": True},
    ],
    ids=["defaults", "batch", "he"],
)
def test_the_code_that_is_shown_finds_the_same_numbers(
    values: dict[str, Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = show_code(residual, ResidualKnobs(**SMALL | values), seed=3)
    script = tmp_path / "code.py"
    script.write_text(code, encoding="utf-8")
    runpy.run_path(str(script))
    printed = {name: float(number) for name, number in map(str.split, capsys.readouterr().out.splitlines())}
    figures = all_frames(3, **values)[-1].figures
    assert printed == pytest.approx({name: figures[name] for name in printed}, rel=1e-4, abs=1e-9)
    assert len(printed) == 6
    assert len(code.splitlines()) <= SCREEN
    assert "import cnntutor" not in code
