from __future__ import annotations

import runpy
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import torch
from torch.utils.flop_counter import FlopCounterMode

from cnntutor.demos import catalogue
from cnntutor.demos.frame import Frame
from cnntutor.demos.gallery import _architectures_words as words
from cnntutor.demos.gallery._architectures_body import HEIGHT, body
from cnntutor.demos.gallery._architectures_knobs import ArchitecturesKnobs
from cnntutor.demos.gallery.architectures import architectures
from cnntutor.demos.run import run_headless
from cnntutor.demos.show_code import SCREEN, show_code
from cnntutor.errors import UsageError
from cnntutor.vision.anatomy import Anatomy, bare_classifier, take_apart
from cnntutor.vision.profile import profile
from cnntutor.vision.torchvision_import import torchvision

apart = cache(take_apart)


def all_frames(**values: Any) -> list[Frame]:
    return list(architectures.frames(catalogue.parse_knobs(architectures, values), "cpu", 0))


def stages(net: Anatomy) -> list[tuple[str, int, int]]:
    return [(stage.where, stage.channels, stage.layers) for stage in net.stages]


# The numbers


@pytest.mark.parametrize("name", ["alexnet", "vgg16", "resnet18", "squeezenet1_1", "mobilenet_v3_small", "vit_b_32"])
def test_the_numbers_are_those_that_torchvision_publishes(name: str) -> None:
    published = next(iter(torchvision().models.get_model_weights(name))).meta
    assert apart(name).params == published["num_params"]
    assert apart(name).macs / 1e9 == pytest.approx(published["_ops"], abs=6e-4)


def test_resnet_18_and_vgg_16_have_the_known_numbers() -> None:
    resnet, vgg = apart("resnet18"), apart("vgg16")
    assert (resnet.params, resnet.macs) == (11_689_512, 1_814_073_344)
    assert (vgg.params, vgg.macs) == (138_357_544, 15_470_264_320)
    assert (resnet.linear_params, vgg.linear_params) == (513_000, 123_642_856)
    assert (str(resnet.sees), str(vgg.sees)) == ("435×435", "196×196")
    assert vgg.layers == 16


@pytest.mark.parametrize("name", ["resnet18", "vit_b_32"])
def test_torchs_own_counter_counts_as_much_work(name: str) -> None:
    net = bare_classifier(name)
    with FlopCounterMode(display=False) as counted:
        net(torch.zeros(1, 3, 224, 224, device="meta"))
    assert apart(name).macs == counted.get_total_flops() // 2


def test_a_net_without_numbers_is_profiled_as_one_with_them() -> None:
    found = profile(torchvision().models.resnet18(weights=None), (3, 64, 64))
    bare = take_apart("resnet18", 64).profile
    assert (bare.params, bare.macs) == (found.params, found.macs)
    assert bare.rows == found.rows


# Stages and kinds


def test_resnet_18_has_the_body_that_its_paper_draws() -> None:
    assert stages(apart("resnet18")) == [
        ("112×112", 64, 1),
        ("56×56", 64, 4),
        ("28×28", 128, 5),
        ("14×14", 256, 5),
        ("7×7", 512, 5),
        ("flat", 1000, 1),
    ]


def test_branches_are_counted_where_they_are_joined_and_gates_where_they_are_used() -> None:
    assert [channels for _, channels, _ in stages(apart("googlenet"))] == [64, 192, 480, 832, 1024, 1000]
    assert [where for where, _, _ in stages(apart("mobilenet_v3_small"))] == [
        "112×112", "56×56", "28×28", "14×14", "7×7", "flat",
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["alexnet", "googlenet", "mobilenet_v3_small", "vit_b_32"])
def test_stages_hold_all_the_work_and_all_the_numbers(name: str) -> None:
    net = apart(name)
    assert sum(stage.params for stage in net.stages) == net.params
    assert sum(stage.macs for stage in net.stages) == sum(kind.macs for kind in net.kinds) == net.macs


def test_mobilenets_work_is_in_its_1x1_layers() -> None:
    first = apart("mobilenet_v3_small").kinds[0]
    assert first.name == "1×1"
    assert first.macs > 0.7 * apart("mobilenet_v3_small").macs


def test_a_net_that_calculates_while_it_is_built_is_built_with_numbers() -> None:
    state = torch.random.get_rng_state()
    assert sum(p.numel() for p in bare_classifier("regnet_y_400mf").parameters()) == 4_344_144
    assert torch.equal(torch.random.get_rng_state(), state)


# What is shown


def test_the_second_net_joins_the_first() -> None:
    opening, first, both = all_frames(model="squeezenet1_1", second="alexnet")
    assert not opening.figures
    assert "second_params" not in first.figures
    assert list(first.figures.items()) == list(both.figures.items())[: len(first.figures)]
    assert list(both.views) == ["bodies", "numbers", "squeezenet1_1", "alexnet", "kernels", "depth"]
    assert [frame.progress for frame in (opening, first, both)] == [0, 0.5, 1]
    assert "resnet18" in both.choices["second"]
    assert "alexnet: parameters ×49.5, MACs ×2.05" in both.formulas


def test_the_curves_end_at_everything() -> None:
    frame = all_frames(model="squeezenet1_1", second="alexnet", count="params")[-1]
    assert [curve.y[-1] for curve in frame.curves.values()] == pytest.approx([100, 100])
    assert list(frame.curves) == ["squeezenet1_1, parameters", "alexnet, parameters"]


def test_the_brightest_box_is_where_most_of_what_is_counted_lies() -> None:
    net = apart("alexnet")
    macs, params = (body(net, count).astype(int).sum(-1)[HEIGHT // 2] for count in ("macs", "params"))
    assert macs[:40].max() > macs[-5]
    assert params[-5] > params[:40].max()


def test_without_a_screen_it_runs_as_it_stands() -> None:
    figures = run_headless("architectures").figures
    assert (figures["params"], figures["second_params"]) == (61_100_840, 6_624_904)


# What is refused, asked and shown as code


@pytest.mark.parametrize(
    ("values", "line"),
    [
        ({"second": "alexnet"}, "model and second must be different nets, not alexnet twice"),
        ({"model": "mine.py:Net"}, "model must be a classifier of torchvision"),
        ({"second": ""}, "second must be a classifier of torchvision"),
        ({"side": 641}, "side"),
    ],
)
def test_what_cannot_be_is_refused_by_the_name_of_its_knob(values: dict[str, Any], line: str) -> None:
    with pytest.raises(UsageError, match=line):
        catalogue.parse_knobs(architectures, values)


@pytest.mark.parametrize(
    ("values", "line"),
    [
        ({"model": "resnet19"}, "no classifier “resnet19”: did you mean resnet"),
        ({"side": 20}, "The net cannot take an input of 3 × 20 × 20"),
        ({"model": "regnet_y_128gf"}, "has 644,812,894 parameters"),
    ],
)
def test_what_torchvision_does_not_have_or_cannot_take_is_told_in_a_line(values: dict[str, Any], line: str) -> None:
    with pytest.raises(UsageError, match=line):
        all_frames(**values)


def test_the_run_says_who_is_heavier_and_who_works_more() -> None:
    asked = words.predict(ArchitecturesKnobs())
    frame = all_frames()[-1]
    assert asked.judge(frame) == 2
    assert asked.choices[2] == "alexnet has more parameters, googlenet does more work"
    turned = {
        name.removeprefix("second_") if name.startswith("second_") else f"second_{name}": value
        for name, value in frame.figures.items()
    }
    assert asked.judge(Frame(figures=turned)) == 3
    assert asked.judge(Frame(figures=frame.figures | {"second_macs": 1})) == 0
    assert asked.judge(Frame()) is None


@pytest.mark.parametrize("values", [{}, {"model": "vit_b_32", "second": "squeezenet1_0", "side": 224}])
def test_the_code_that_is_shown_finds_the_same_numbers(
    values: dict[str, Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = show_code(architectures, ArchitecturesKnobs(**values))
    assert len(code.splitlines()) <= SCREEN
    script = tmp_path / "code.py"
    script.write_text(code, encoding="utf-8")
    runpy.run_path(str(script))
    printed = {name: float(number) for name, number in map(str.split, capsys.readouterr().out.splitlines())}
    figures = all_frames(**values)[-1].figures
    assert len(printed) == 10
    assert printed == {name: figures[name] for name in printed}
