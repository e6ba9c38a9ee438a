from __future__ import annotations

import runpy
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import spearmanr

from cnntutor.demos import catalogue
from cnntutor.demos.frame import Frame
from cnntutor.demos.gallery import _pareto_words as words
from cnntutor.demos.gallery import pareto as module
from cnntutor.demos.gallery._pareto_knobs import SETS, ParetoKnobs
from cnntutor.demos.gallery.pareto import pareto
from cnntutor.demos.run import RunResult, run_headless
from cnntutor.demos.show_code import SCREEN, show_code
from cnntutor.errors import UsageError
from cnntutor.vision.anatomy import bare_classifier
from cnntutor.vision.latency import Measured, count_macs, measure, top1
from cnntutor.vision.pareto import front, rank_correlation
from cnntutor.vision.profile import profile

CPU = torch.device("cpu")
TINY: dict[str, Any] = {"nets": "growing", "side": 32, "passes": 1}


@cache
def run() -> RunResult:
    return run_headless("pareto", TINY)


def net(name: str, top1: float, macs: int, ms: float, params: int = 1) -> Measured:
    return Measured(name, top1, params, macs, ms / 1000)


NETS = [
    net("quick", 60, 100_000_000, 10, 3),
    net("slow", 59, 50_000_000, 40, 2),
    net("good", 80, 400_000_000, 30, 9),
    net("large", 70, 4_000_000_000, 200, 99),
]


def frame(measured: list[Measured] = NETS, **values: Any) -> Frame:
    return module._frame(ParetoKnobs(**values), measured, 1.0)


def starred(shown: Frame) -> set[str]:
    names = [str(row[0]) for row in shown.tables["measured"].rows]
    return {name[2:] for name in names if name.startswith("★")}


# The front


def beats(one: tuple[float, float], other: tuple[float, float]) -> bool:
    return one != other and one[0] <= other[0] and one[1] >= other[1]


@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), max_size=12))
def test_a_point_is_on_the_front_if_no_other_is_as_cheap_and_as_good(points: list[tuple[int, int]]) -> None:
    unbeaten = {at for at, point in enumerate(points) if not any(beats(other, point) for other in points)}
    assert set(front(points)) == unbeaten


@settings(max_examples=40)
@given(st.lists(st.tuples(st.floats(0, 1e9), st.floats(0, 100)), min_size=1))
def test_the_front_begins_with_the_cheapest_and_ends_with_the_best(points: list[tuple[float, float]]) -> None:
    kept = [points[at] for at in front(points)]
    assert kept == sorted(kept)
    assert kept[0][0] == min(cost for cost, _ in points)
    assert kept[-1][1] == max(worth for _, worth in points)


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=2, max_size=10))
def test_the_rank_correlation_is_scipys(pairs: list[tuple[int, int]]) -> None:
    a, b = zip(*pairs, strict=True)
    if len(set(a)) > 1 and len(set(b)) > 1:
        assert rank_correlation(a, b) == pytest.approx(spearmanr(a, b).statistic)


# The measuring


@pytest.mark.parametrize("name", ["resnet18", "shufflenet_v2_x0_5"])
def test_macs_are_those_of_the_profile(name: str) -> None:
    assert count_macs(bare_classifier(name), name, 64) == profile(bare_classifier(name), (3, 64, 64)).macs


def test_what_is_timed_is_the_net_itself() -> None:
    found = measure("squeezenet1_1", 48, 2, 2, "first", CPU)
    assert found.params == 1_235_496
    assert found.seconds > 0


def test_accuracies_are_those_that_torchvision_publishes() -> None:
    assert (top1("resnet50", "first"), top1("resnet50", "best")) == (76.13, 80.858)


# The run


def test_every_net_takes_its_place() -> None:
    figures = run().figures
    assert figures["nets"] == len(SETS["growing"])
    table = run().last.tables["measured"]
    assert {str(row[0]).strip("★ ") for row in table.rows} == set(SETS["growing"])
    assert [row[3] for row in table.rows] == sorted(row[3] for row in table.rows)
    assert len(starred(run().last)) == figures["front_latency"]
    assert figures["macs_ratio"] == pytest.approx(figures["most_macs"] / figures["least_macs"])


def test_before_a_net_is_measured_it_is_said_what_is_to_come() -> None:
    opening = next(iter(pareto.frames(ParetoKnobs(), "cpu", 0)))
    assert "7 nets" in opening.caption
    assert opening.progress == 0


def test_the_front_turns_with_what_is_counted() -> None:
    assert starred(frame()) == {"quick", "good"}
    by_macs = frame(cost="macs")
    assert starred(by_macs) == {"quick", "slow", "good"}
    assert by_macs.figures["front_latency"] == frame().figures["front_latency"] == 2
    assert list(frame().curves) == ["the front", "slow", "large"]


def test_the_stair_goes_through_its_nets_and_no_other_lies_above_it() -> None:
    stair = frame().curves["the front"]
    points = set(zip((round(x, 3) for x in stair.x), stair.y, strict=True))
    assert {(1.0, 60), (1.477, 60), (1.477, 80)} <= points
    assert max(stair.y) == pytest.approx(80, abs=1)


def test_the_worst_buy_is_named_with_what_beats_it() -> None:
    look = frame(nets="growing").caption
    assert "nothing here beats quick and good" not in look  # not all nets are there yet
    measured = [*NETS, net("a", 1, 1, 1), net("b", 2, 2, 2)]
    look = frame(measured, nets="growing").caption
    assert "nothing here beats a, b, quick and good" in look
    assert "large is beaten by good, which is no less accurate at 1/6.67 of the cost" in look


def test_a_batch_costs_a_picture_its_share() -> None:
    alone, eight = (frame(batch=batch).tables["measured"].rows[0] for batch in (1, 8))
    assert alone[3] == pytest.approx(8 * eight[3])


# What is refused, asked and shown as code


@pytest.mark.parametrize(
    ("values", "line"),
    [
        ({"add": "vgg16"}, "add: vgg16 is among the mixed nets already"),
        ({"add": "mine.py:Net"}, "add must be a classifier of torchvision"),
        ({"side": 16}, "side"),
        ({"cost": "money"}, "cost"),
    ],
)
def test_what_cannot_be_is_refused_by_the_name_of_its_knob(values: dict[str, Any], line: str) -> None:
    with pytest.raises(UsageError, match=line):
        catalogue.parse_knobs(pareto, values)


@pytest.mark.parametrize(
    ("name", "line"),
    [("vit_b_16", "side: vit_b_16 cannot take pictures of 64×64"), ("resnet19", "no classifier “resnet19”")],
)
def test_what_cannot_be_measured_is_told_in_a_line(name: str, line: str) -> None:
    with pytest.raises(UsageError, match=line):
        measure(name, 64, 1, 1, "first", CPU)


@pytest.mark.parametrize(("ms", "right"), [(40 * 80, 0), (40 * 4, 1), (40 * 800, 2)])
def test_the_run_says_how_far_apart_the_times_are(ms: float, right: int) -> None:
    knobs = ParetoKnobs(nets="growing")
    asked = words.predict(knobs)
    assert asked
    measured = [*NETS[:3], net("largest", 70, 4_000_000_000, ms), *NETS[:2]]
    assert asked.judge(frame(measured, nets="growing")) == right
    assert asked.judge(frame()) is None


def test_the_code_that_is_shown_finds_the_same_numbers(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = show_code(pareto, run().knobs)
    assert len(code.splitlines()) <= SCREEN
    script = tmp_path / "code.py"
    script.write_text(code, encoding="utf-8")
    runpy.run_path(str(script))
    printed = {name: float(number) for name, number in map(str.split, capsys.readouterr().out.splitlines())}
    assert printed.pop("latency_ratio") > 0  # no two measurements are alike
    assert printed.pop("front_latency") >= 1
    assert printed == pytest.approx({name: run().figures[name] for name in printed})
    assert len(printed) == 6


@pytest.mark.parametrize("values", [{}, {"recipe": "best", "nets": "small", "add": "densenet121", "cost": "params"}])
def test_the_code_fits_on_a_page_whatever_the_knobs(values: dict[str, Any]) -> None:
    code = show_code(pareto, catalogue.parse_knobs(pareto, values))
    assert len(code.splitlines()) <= SCREEN
    assert all(name in code for name in catalogue.parse_knobs(pareto, values).names)  # type: ignore[attr-defined]
