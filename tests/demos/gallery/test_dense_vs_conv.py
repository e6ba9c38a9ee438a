from __future__ import annotations

import runpy
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from cnntutor.demos import catalogue
from cnntutor.demos.frame import Frame
from cnntutor.demos.gallery._dense_vs_conv_knobs import DenseVsConvKnobs, cost_of_cnn, cost_of_dense
from cnntutor.demos.gallery._dense_vs_conv_words import FEW_STEPS, caption
from cnntutor.demos.gallery.dense_vs_conv import dense_vs_conv
from cnntutor.demos.run import run_headless
from cnntutor.demos.show_code import SCREEN, show_code
from cnntutor.errors import UsageError
from cnntutor.vision.profile import profile
from cnntutor.vision.rivals import dense_net, pooled_cnn

SMALL = {"side": 8, "pictures": 100, "epochs": 1, "units": 8, "filters": 3}


@cache
def defaults() -> Frame:
    """The last frame of the run that everybody sees first."""
    torch.set_num_threads(1)
    return run_headless("dense-vs-conv", device="cpu").last


def frames(seed: int = 0, **values: Any) -> list[Frame]:
    return list(dense_vs_conv.frames(catalogue.parse_knobs(dense_vs_conv, values), "cpu", seed))


# The claim


def test_the_cnn_reads_as_well_with_less_than_half_the_learnt_numbers() -> None:
    figures = defaults().figures
    assert figures["cnn_params"] < figures["dense_params"] / 2
    assert abs(figures["dense_accuracy"] - figures["cnn_accuracy"]) < 0.02
    assert min(figures["dense_accuracy"], figures["cnn_accuracy"]) > 0.95


def test_with_equally_many_learnt_numbers_the_cnn_leads() -> None:
    figures = frames(side=8, units=35, epochs=4)[-1].figures
    assert figures["dense_params"] == pytest.approx(figures["cnn_params"], rel=0.1)
    assert figures["cnn_leads_by"] > 1


def test_only_the_dense_net_grows_with_the_pictures() -> None:
    sides, dense, cnn = zip(*defaults().tables["by side"].rows, strict=True)
    assert list(dense) == sorted(dense)
    assert len(set(dense)) == len(sides)
    assert set(cnn) == {2902}


def test_the_numbers_of_the_first_run_are_those_of_the_pencil() -> None:
    figures = defaults().figures
    assert figures["dense_params"] == 256 * 128 + 128 + 2 * 128 + 128 * 10 + 10 == 34_442
    assert figures["cnn_params"] == 9 * 12 + 2 * 9 * 144 + 3 * 24 + 12 * 10 + 10 == 2902
    assert figures["first_weights_ratio"] == pytest.approx(256 * 128 / (9 * 12), abs=1e-4)
    assert [formula.rpartition("= ")[2] for formula in defaults().formulas[:2]] == ["34,442", "2,902"]


# The counting


@settings(max_examples=15, deadline=None)
@given(st.integers(8, 24), st.integers(2, 40), st.integers(2, 9), st.sampled_from([1, 3, 5, 7]))
def test_both_nets_are_counted_as_they_are_built(side: int, units: int, filters: int, kernel: int) -> None:
    knobs = DenseVsConvKnobs(side=side, units=units, filters=filters, kernel=kernel, pictures=20, epochs=1)
    nets = (dense_net(side, units), pooled_cnn(filters, kernel))
    for net, cost in zip(nets, (cost_of_dense(knobs, side), cost_of_cnn(knobs, side)), strict=True):
        found = profile(net, (1, side, side))
        assert (cost.params, cost.macs) == (found.params, found.macs)


# The run


def test_both_nets_are_seen_untrained_and_after_every_epoch() -> None:
    untrained, *learning = frames(**SMALL | {"epochs": 3})
    assert untrained.progress == 0
    assert [frame.progress for frame in learning] == pytest.approx([1 / 3, 2 / 3, 1])
    assert [len(curve.x) for curve in learning[-1].charts["held-out accuracy"].values()] == [4, 4]


def test_the_same_seed_gives_the_same_run_and_another_seed_another() -> None:
    first, second, other = (frames(seed, **SMALL)[-1].figures for seed in (1, 1, 2))
    assert first == second != other


def test_a_cnn_with_more_learnt_numbers_is_not_praised_for_saving_some() -> None:
    said = {kernel: caption(DenseVsConvKnobs(side=8, kernel=kernel), 1, (0.9, 0.9)) for kernel in (3, 7)}
    assert "sharing saves weights" in said[3]
    assert "sharing saves weights" not in said[7]


def test_the_units_that_are_advised_make_both_nets_about_equally_large() -> None:
    units = int(caption(DenseVsConvKnobs(), 1, (0.9, 0.9)).split("`units` to ")[1].split(":")[0])
    knobs = DenseVsConvKnobs(units=units)
    dense, cnn = (cost(knobs, knobs.side).params for cost in (cost_of_dense, cost_of_cnn))
    assert 0.9 * cnn < dense <= cnn


def test_a_run_too_short_to_judge_says_how_long_it_should_be() -> None:
    caption = frames(**SMALL | {"epochs": 2})[-1].caption
    assert f"`epochs` to {FEW_STEPS // 2}" in caption


@pytest.mark.parametrize(
    ("values", "line"),
    [
        ({"side": 4}, "side must be at least 8, not 4"),
        ({"filters": 1}, "filters must be at least 2"),
        ({"kernel": 4}, "kernel must be odd, so that it has a centre, not 4"),
        ({"kernel": 9}, "kernel must be at most 7"),
        ({"side": 64, "filters": 128, "kernel": 7}, "side, filters or kernel must be smaller, .* billion MACs"),
        ({"epochs": "many"}, "epochs must be a whole number"),
    ],
)
def test_what_cannot_be_is_refused_by_the_name_of_its_knob(values: dict[str, Any], line: str) -> None:
    with pytest.raises(UsageError, match=line):
        catalogue.parse_knobs(dense_vs_conv, values)


# Prediction, code


def test_the_run_itself_says_which_prediction_was_right() -> None:
    prediction = dense_vs_conv.predict(DenseVsConvKnobs())
    assert prediction is not None
    assert prediction.judge(defaults()) == 1
    leads = {-5.0: 0, 0.0: 1, 2.0: 1, 2.1: 2}
    assert {lead: prediction.judge(Frame(figures={"cnn_leads_by": lead})) for lead in leads} == leads
    assert prediction.judge(Frame()) is None


@pytest.mark.parametrize("values", [{}, SMALL | {"pictures": 65, "kernel": 5, "learning_rate": 0.02}])
def test_the_code_that_is_shown_finds_the_same_numbers(
    values: dict[str, Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    seed = 3 if values else 0
    figures = frames(seed, **values)[-1].figures if values else defaults().figures
    script = tmp_path / "code.py"
    script.write_text(show_code(dense_vs_conv, DenseVsConvKnobs(**values), seed), encoding="utf-8")
    runpy.run_path(str(script))
    printed = {name: float(number) for name, number in map(str.split, capsys.readouterr().out.splitlines())}
    assert printed == pytest.approx({name: figures[name] for name in printed}, abs=1e-6)
    assert set(printed) == {"dense_accuracy", "dense_params", "cnn_accuracy", "cnn_params"}


@pytest.mark.parametrize("values", [{}, {"side": 8}, {"pictures": 50}])
def test_the_code_fits_on_a_page_and_needs_nothing_of_this_program(values: dict[str, Any]) -> None:
    code = show_code(dense_vs_conv, DenseVsConvKnobs(**values))
    assert len(code.splitlines()) <= SCREEN
    assert "from cnntutor" not in code
