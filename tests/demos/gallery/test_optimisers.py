from __future__ import annotations

import math
import runpy
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from cnntutor.demos import catalogue
from cnntutor.demos.frame import Frame
from cnntutor.demos.gallery import _optimisers_look as look
from cnntutor.demos.gallery import _optimisers_words as words
from cnntutor.demos.gallery._optimisers_knobs import OptimisersKnobs
from cnntutor.demos.gallery.optimisers import LIMITED, optimisers
from cnntutor.demos.run import RunResult, run_headless
from cnntutor.demos.show_code import SCREEN, show_code
from cnntutor.errors import UsageError
from cnntutor.vision import descent, range_test
from cnntutor.vision.descent import RACERS, Racer, Surface
from cnntutor.vision.train_config import Schedule

SMALL: dict[str, Any] = {"steps": 5, "net_steps": 4, "test_steps": 24, "batch": 8}
SURFACES: tuple[Surface, ...] = ("valley", "bend", "saddle")


@pytest.fixture(scope="module", autouse=True)
def one_thread() -> Iterator[None]:
    """Small work is done sooner by one."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="module")
def default_run() -> RunResult:
    return run_headless("optimisers")


def last_frame(seed: int = 0, **values: Any) -> Frame:
    *_, last = optimisers.frames(OptimisersKnobs(**SMALL | values), "cpu", seed)
    return last


def way(racer: Racer, curvature: float, rate: float, steps: int, momentum: float = 0.9) -> np.ndarray:
    """Down the valley."""
    found = descent.descend(racer, "valley", curvature, [rate] * steps, momentum, torch.zeros(steps, 2))
    return found.double().numpy()


# The claim


@settings(max_examples=8, deadline=None)
@given(st.floats(1, 200), st.floats(0.1, 0.9))
def test_plain_descent_diverges_above_two_over_the_curvature_and_not_below(curvature: float, share: float) -> None:
    held = way("plain", curvature, share * 2 / curvature, 25)
    thrown = way("plain", curvature, (1 + share) * 2 / curvature, 25)
    assert abs(held[-1, 1]) < 0.1
    assert len(thrown) < 26 or abs(thrown[-1, 1]) > 50


@pytest.mark.parametrize(("curvature", "momentum"), [(100.0, 0.9), (5.0, 0.5)])
@pytest.mark.parametrize("racer", LIMITED)
def test_each_of_them_holds_just_below_its_own_limit_and_not_above(
    racer: Racer, curvature: float, momentum: float
) -> None:
    limit = descent.limit(racer, curvature, momentum)
    held, thrown = (way(racer, curvature, times * limit, 120, momentum)[:, 1] for times in (0.97, 1.03))
    assert abs(held[-1]) < 0.1
    assert len(thrown) < 121 or abs(thrown[-1]) > 10


@settings(max_examples=10, deadline=None)
@given(st.sampled_from(RACERS), st.floats(1, 50), st.floats(0.001, 0.02), st.sampled_from([0.5, 0.9]))
def test_paths_are_those_of_the_update_rules(racer: Racer, curvature: float, rate: float, mu: float) -> None:
    steps = 12
    w, v, squares = np.array([10.0, 1.0]), np.zeros(2), np.zeros(2)
    expected = [w]
    for step in range(1, steps + 1):
        g = w * [1, curvature]
        if racer == "Adam":
            v, squares = 0.9 * v + 0.1 * g, 0.999 * squares + 0.001 * g**2
            w = w - rate * (v / (1 - 0.9**step)) / (np.sqrt(squares / (1 - 0.999**step)) + 1e-8)
        else:
            v = (0 if racer == "plain" else mu) * v + g
            w = w - rate * (g + mu * v if racer == "Nesterov" else v)
        expected.append(w)
    assert way(racer, curvature, rate, steps, mu) == pytest.approx(np.array(expected), rel=1e-3, abs=1e-4)


@pytest.mark.parametrize(("rate", "height"), [(0.019, "1.08"), (0.020, "50.9"), (0.021, "9.5e+09")])
def test_the_three_runs_of_the_lesson_end_as_it_says(rate: float, height: str) -> None:
    along, across = way("plain", 100, rate, 100)[-1]
    assert f"{(along**2 + 100 * across**2) / 2:.3g}" == height


@pytest.mark.parametrize("surface", SURFACES)
def test_a_surface_is_zero_at_its_lowest_point_and_slopes_as_finite_differences_say(surface: Surface) -> None:
    bottom = {"valley": (0.0, 0.0), "bend": (1.0, 1.0), "saddle": (0.0, 1.0)}[surface]
    assert descent.height(surface, *torch.tensor(bottom), 30) == 0
    w = torch.tensor([0.4, -0.3], dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(lambda w: descent.height(surface, w[0], w[1], 30), w)
    assert descent.slope(surface, w, 30).shape == (2,)


def test_a_falling_rate_shrinks_the_cloud_that_noise_makes() -> None:
    pushes = 10 * torch.randn(200, 2, generator=torch.Generator().manual_seed(0))
    clouds = {}
    for schedule in get_args(Schedule):
        rates = descent.rates(schedule, 0.1, 200)
        late = descent.descend("plain", "valley", 5, rates, 0, pushes)[-20:]
        clouds[schedule] = float(descent.height("valley", *late.T, 5).mean())
    constant = clouds.pop("constant")
    assert max(clouds.values()) < constant / 3


# The range test


def test_the_reading_finds_the_slope_the_bottom_and_the_burst() -> None:
    rates = range_test.rising(0.001, 10, 60)
    falls = [2.3] * 20 + list(np.linspace(2.3, 0.3, 16)) + [0.3] * 8 + [1.0, 2.0, 5.0]
    reading = range_test.read(rates, falls)
    assert reading is not None
    assert rates[20] < reading.steepest < rates[36]
    assert rates[34] < reading.lowest < rates[44]
    assert reading.bursts == rates[46]


def test_a_test_that_never_bursts_says_so_and_one_that_bursts_at_once_is_not_read() -> None:
    rates = range_test.rising(0.001, 0.01, 24)
    calm = range_test.read(rates, [2.3] * 24)
    assert calm is not None
    assert calm.bursts is None
    assert look.reading_table(calm).rows[-1] == ("blows up", "never")
    assert range_test.read(rates, [2.3] * 12) is None


@settings(max_examples=15, deadline=None)
@given(st.floats(1e-5, 0.5), st.floats(1.1, 1000), st.integers(24, 90))
def test_rates_rise_by_one_factor_from_end_to_end(lowest: float, times: float, steps: int) -> None:
    rates = np.array(range_test.rising(lowest, lowest * times, steps))
    assert (rates[0], rates[-1]) == (pytest.approx(lowest), pytest.approx(lowest * times))
    assert rates[1:] / rates[:-1] == pytest.approx(np.full(steps - 1, times ** (1 / (steps - 1))))


# The run


def test_the_default_run_races_trains_and_tests(default_run: RunResult) -> None:
    found = default_run.figures
    assert found["factor"] == pytest.approx(1 - 0.013 * 100, abs=1e-6)
    assert found["height_plain"] > 1
    assert max(found[f"height_{racer}"] for racer in ("momentum", "nesterov", "adam")) < 0.01
    assert min(found[f"accuracy_{racer.lower()}"] for racer in RACERS) > 0.9
    assert 0.03 < found["rate_steepest"] < 0.1 < found["rate_lowest"] < found["rate_bursts"]
    assert default_run.last.progress == 1


def test_every_part_of_the_last_frame_is_in_a_view(default_run: RunResult) -> None:
    last = default_run.last
    assert list(last.views) == ["race", "heights", "limits", "net", "range test"]
    seen = {item for items in last.views.values() for item in items}
    assert seen == {*last.images, *last.charts, *last.tables}


def test_paths_grow_and_progress_never_falls() -> None:
    frames = list(optimisers.frames(OptimisersKnobs(**SMALL), "cpu"))
    assert len(frames[0].curves[f"plain {look.HEIGHT}"].x) == 1
    assert len(frames[-1].curves[f"plain {look.HEIGHT}"].x) == 6
    assert not np.array_equal(frames[0].images[look.PATHS], frames[-1].images[look.PATHS])
    assert [frame.progress for frame in frames] == sorted(frame.progress or 0 for frame in frames)


def test_who_is_thrown_out_is_lost_and_the_others_are_not() -> None:
    frame = last_frame(learning_rate=0.04, curvature=1000, steps=60)
    assert math.isinf(frame.figures["height_plain"])
    assert [row[0] for row in frame.tables[look.RACE].rows if row[-1] == "lost"] == ["plain", "momentum", "Nesterov"]
    assert "Above their limits: plain, momentum and Nesterov" in frame.caption


def test_a_net_whose_loss_is_no_number_is_lost() -> None:
    frame = last_frame(net_plain=10, lowest_rate=1, highest_rate=100, net_steps=20)
    assert ("plain", "10", "lost") in frame.tables[look.NETS].rows


@pytest.mark.parametrize(
    "values",
    [
        {"learning_rate": 0.019},
        {"learning_rate": 0.02},
        {"learning_rate": 0.021},
        {"noise": 2},
        {"noise": 2, "schedule": "cosine"},
        {"surface": "saddle"},
        {"surface": "bend"},
        {"show": "net"},
        {"show": "range test"},
    ],
)
def test_captions_name_knobs_that_there_are(values: dict[str, Any]) -> None:
    figures = {f"{what}_{racer.lower()}": 0.5 for racer in RACERS for what in ("height", "accuracy")}
    caption = words.caption(OptimisersKnobs(**values), figures | {"rate_steepest": 0.06, "rate_lowest": 0.1})
    assert caption.startswith("**Look**")
    named = caption.split("**Try**")[1].split("`")[1::2]
    assert named
    assert set(named) <= set(OptimisersKnobs.model_fields)


@pytest.mark.parametrize(
    ("values", "line"),
    [
        ({"surface": "hill"}, "surface"),
        ({"momentum": 1}, "momentum"),
        ({"lowest_rate": 1, "highest_rate": 0.5}, "lowest_rate must be below highest_rate"),
    ],
)
def test_what_cannot_be_is_refused_by_the_name_of_its_knob(values: dict[str, Any], line: str) -> None:
    with pytest.raises(UsageError, match=line):
        catalogue.parse_knobs(optimisers, values)


# Predict first, and the code


@pytest.mark.parametrize(
    ("rate", "right"), [(1e-5, "slide"), (0.013, "lower"), (0.02, "always as high"), (0.021, "higher")]
)
def test_the_first_step_says_which_guess_was_right(rate: float, right: str) -> None:
    knobs = OptimisersKnobs(**SMALL | {"learning_rate": rate})
    asked = words.predict(knobs)
    judged = asked.judge(Frame(figures={"factor": knobs.factor}))
    assert judged is not None
    assert right in asked.choices[judged]
    assert asked.judge(Frame()) is None


def test_a_rate_near_zero_is_not_taken_for_the_limit() -> None:
    knobs = OptimisersKnobs(curvature=1, learning_rate=1e-5)
    caption = words.caption(knobs, {"height_plain": 50, "height_momentum": 50})
    assert "Plain descent (orange) stands at height 50" in caption


def test_elsewhere_the_lowest_racer_is_asked_for() -> None:
    asked = words.predict(OptimisersKnobs(surface="saddle"))
    heights = {f"height_{racer.lower()}": float(place) for place, racer in enumerate(reversed(RACERS))}
    judged = asked.judge(Frame(figures=heights))
    assert judged is not None
    assert asked.choices[judged] == "Adam"
    assert asked.judge(Frame()) is None


@pytest.mark.parametrize(
    ("values", "prefix"),
    [
        ({"surface": "saddle", "momentum": 0}, "height_"),
        ({"surface": "bend", "schedule": "one-cycle", "noise": 1}, "height_"),
        ({"show": "net", "schedule": "cosine"}, "accuracy_"),
        ({"show": "range test", "tested": "Adam", "highest_rate": 0.03}, "rate_"),
    ],
)
def test_the_code_that_is_shown_finds_the_same(
    values: dict[str, Any], prefix: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = show_code(optimisers, OptimisersKnobs(**SMALL | values), seed=3)
    assert len(code.splitlines()) <= SCREEN
    script = tmp_path / "code.py"
    script.write_text(code, encoding="utf-8")
    runpy.run_path(str(script))
    printed = {name: float(number) for name, number in map(str.split, capsys.readouterr().out.splitlines())}
    figures = last_frame(seed=3, **values).figures
    assert set(printed) == {name for name in figures if name.startswith(prefix)} - {"rate_bursts"}
    assert printed == pytest.approx({name: figures[name] for name in printed}, rel=1e-4)
