from __future__ import annotations

import runpy
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from cnntutor.demos import catalogue
from cnntutor.demos.frame import Frame
from cnntutor.demos.gallery import _separable_look as look
from cnntutor.demos.gallery import _separable_words as words
from cnntutor.demos.gallery._separable_knobs import SeparableKnobs
from cnntutor.demos.gallery._separable_layers import layers_of
from cnntutor.demos.gallery.separable import separable
from cnntutor.demos.run import run_headless
from cnntutor.demos.show_code import SCREEN, show_code
from cnntutor.errors import UsageError
from cnntutor.vision.profile import profile
from cnntutor.vision.stopwatch import milliseconds

CPU = torch.device("cpu")
SMALL: dict[str, Any] = {"channels": 8, "filters": 12, "side": 9, "groups": 4, "rounds": 1}


def last_frame(seed: int = 0, **values: Any) -> Frame:
    *_, last = separable.frames(SeparableKnobs(**SMALL | values), "cpu", seed)
    return last


KNOBS = st.integers(1, 4).flatmap(
    lambda groups: st.builds(
        SeparableKnobs,
        channels=st.integers(1, 4).map(lambda times: times * groups),
        filters=st.integers(1, 5).map(lambda times: times * groups),
        groups=st.just(groups),
        kernel_size=st.sampled_from([1, 3, 5]),
        side=st.integers(4, 9),
    )
)


# The claim


@settings(max_examples=25, deadline=None)
@given(KNOBS)
def test_macs_and_weights_are_exactly_those_that_the_layers_take(knobs: SeparableKnobs) -> None:
    layers = layers_of(knobs, CPU)
    rivals = {
        "ordinary": layers.ordinary,
        "grouped": layers.grouped,
        "depthwise": layers.depthwise,
        "separable": nn.Sequential(layers.depthwise, layers.pointwise),
    }
    predicted = look.costs(knobs)
    for name, layer in rivals.items():
        counted = profile(layer, (knobs.channels, knobs.side, knobs.side))
        assert (counted.macs, counted.params) == (predicted[name].macs, predicted[name].weights)


@settings(max_examples=50, deadline=None)
@given(KNOBS)
def test_the_share_is_one_over_the_filters_and_one_over_the_taps(knobs: SeparableKnobs) -> None:
    assert 1 / knobs.saving == pytest.approx(1 / knobs.filters + 1 / knobs.kernel_size**2)
    assert knobs.saving < knobs.kernel_size**2


def test_the_default_run_counts_the_lessons_layer_and_times_it() -> None:
    result = run_headless("separable", {"rounds": 1})
    found = result.figures
    assert (found["weights_ordinary"], found["weights_separable"]) == (73_728, 8_768)
    assert found["macs_ordinary"] == 73_728 * 28**2
    assert found["saving"] == pytest.approx(8.4, abs=0.05)
    assert result.last.formulas[2] == "share = 1/128 + 1/3² = 0.1189"
    assert min(value for name, value in found.items() if name.startswith("ms_")) > 0
    assert "**Look** 8.4 times fewer MACs" in result.last.caption


def test_the_lessons_counts_of_numbers_moved_are_the_demos() -> None:
    rows = {row[0]: row[2:] for row in look.traffic_table(SeparableKnobs(side=56)).rows}
    assert rows["ordinary"] == (675_840, 342.1)
    assert rows["depthwise"] == (401_984, 4.5)
    assert rows["then 1×1"] == (610_304, 42.1)
    assert rows["separable"][0] == 1_012_288


@pytest.mark.parametrize("kernel_size", [1, 3, 5])
def test_the_pair_is_an_ordinary_convolution_with_one_pattern_a_channel(kernel_size: int) -> None:
    assert last_frame(kernel_size=kernel_size).figures["difference"] < 1e-5
    bank = layers_of(SeparableKnobs(**SMALL), CPU).bank
    first, *others = bank[:, 0].flatten(1)
    assert all(torch.linalg.matrix_rank(torch.stack([first, other])) == 1 for other in others)


# Groups


def test_two_grouped_layers_never_meet_unless_the_channels_are_shuffled() -> None:
    figures = last_frame().figures
    assert (figures["reach_twice"], figures["reach_shuffled"]) == (2, 6)
    assert last_frame(filters=16).figures["reach_shuffled"] == 8


@pytest.mark.parametrize("shuffled", [False, True])
def test_what_two_grouped_layers_reach_is_what_gradients_find(shuffled: bool) -> None:
    knobs = SeparableKnobs(**SMALL)
    first, second = nn.Conv2d(8, 12, 1, groups=4), nn.Conv2d(12, 12, 1, groups=4)
    x = torch.rand(1, 8, 1, 1, requires_grad=True)
    middle = first(x)
    if shuffled:
        middle = nn.ChannelShuffle(4)(middle)
    out = second(middle)[0, :, 0, 0]
    slopes = torch.stack([torch.autograd.grad(unit, x, retain_graph=True)[0][0, :, 0, 0] for unit in out])
    assert np.array_equal(look.reach_of_two(knobs, shuffled=shuffled), (slopes != 0).float().numpy())


# The run


def test_the_count_is_there_at_once_and_the_clock_follows() -> None:
    frames = list(separable.frames(SeparableKnobs(**SMALL), "cpu"))
    assert frames[0].figures["macs_ordinary"] == frames[-1].figures["macs_ordinary"]
    assert [row[3] for row in frames[0].tables["count and clock"].rows] == [None] * 5
    assert None not in [row[3] for row in frames[-1].tables["count and clock"].rows]
    assert [frame.progress for frame in frames] == sorted(frame.progress or 0 for frame in frames)
    assert frames[-1].progress == 1
    assert frames[-1].curves["by the clock"].x == (1.0, 3.0, 6.0, 12.0)
    assert frames[-1].curves["by the count"].y[-1] == pytest.approx(frames[-1].figures["saving"])


def test_everything_is_in_a_view() -> None:
    frame = last_frame()
    seen = {item for items in frame.views.values() for item in items}
    assert seen == {*frame.images, *frame.charts, *frame.tables}


def test_a_1x1_kernel_leaves_nothing_to_part() -> None:
    assert "nothing to part" in last_frame(kernel_size=1).caption
    assert words.predict(SeparableKnobs(kernel_size=1)) is None


def test_each_run_is_timed_in_turn_after_one_to_warm_up() -> None:
    calls: list[str] = []
    found = milliseconds({name: lambda name=name: calls.append(name) for name in "ab"}, CPU, rounds=2)
    assert calls == list("ababab")
    assert set(found) == {"a", "b"}


@pytest.mark.parametrize(
    ("values", "line"),
    [
        ({"kernel_size": 4}, "kernel_size must be odd, so that the map keeps its side, not 4"),
        ({"groups": 3}, r"groups must divide channels \(64\) and filters \(128\), which 3 does not: set it to 1"),
        ({"side": 224, "kernel_size": 11}, "side must be smaller: the ordinary layer would take 49,736,056,832 MACs"),
    ],
)
def test_what_cannot_be_is_refused_in_a_line(values: dict[str, Any], line: str) -> None:
    with pytest.raises(UsageError, match=line):
        catalogue.parse_knobs(separable, values)


# Predict first, and the code


@pytest.mark.parametrize(
    ("speed_up", "right"),
    [(8.4, "about 8.4"), (8, "about 8.4"), (4, "faster, but"), (12, "more than 8.4"), (0.9, "no faster")],
)
def test_the_clock_says_which_guess_was_right(speed_up: float, right: str) -> None:
    asked = words.predict(SeparableKnobs())
    assert asked
    judged = asked.judge(Frame(figures={"speed_up": speed_up}))
    assert judged is not None
    assert asked.choices[judged].startswith(right)
    assert asked.judge(Frame()) is None


@pytest.mark.parametrize("values", [{}, {"kernel_size": 5, "filters": 32, "groups": 8, "side": 14}])
def test_the_code_that_is_shown_finds_the_same(
    values: dict[str, Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = show_code(separable, SeparableKnobs(rounds=1, **values), seed=3)
    assert len(code.splitlines()) <= SCREEN
    script = tmp_path / "code.py"
    script.write_text(code, encoding="utf-8")
    runpy.run_path(str(script))
    printed = {name: float(number) for name, number in map(str.split, capsys.readouterr().out.splitlines())}
    *_, last = separable.frames(SeparableKnobs(rounds=1, **values), "cpu", 3)
    counted = [name for name in printed if not name.startswith("ms_") and name not in ("speed_up", "difference")]
    assert len(counted) == 11
    assert {name: printed[name] for name in counted} == pytest.approx({name: last.figures[name] for name in counted})
    assert printed["difference"] < 1e-5
