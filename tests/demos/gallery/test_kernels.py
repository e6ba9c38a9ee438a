from __future__ import annotations

import runpy
from collections.abc import Iterator
from math import cos, pi
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from scipy import ndimage

from cnntutor.demos import catalogue
from cnntutor.demos.frame import Frame
from cnntutor.demos.gallery import _kernels_answers as answers
from cnntutor.demos.gallery import _kernels_look as look
from cnntutor.demos.gallery import _kernels_words as words
from cnntutor.demos.gallery._kernels_knobs import KernelsKnobs
from cnntutor.demos.gallery.kernels import kernels as demo
from cnntutor.demos.run import run_headless
from cnntutor.demos.show_code import SCREEN, show_code
from cnntutor.errors import UsageError
from cnntutor.vision import checkpoints, kernels, spectrum

CPU = torch.device("cpu")
KEEP = ("identity", "box", "gaussian", "sharpen", "emboss")
VANISH = ("sobel-x", "sobel-y", "laplacian", "gabor")
SIZES = st.sampled_from([3, 5, 7, 9])


@pytest.fixture(scope="module", autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """No nets of the learner's own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CNNTUTOR_HOME", str(tmp_path_factory.mktemp("home")))
        yield


def all_frames(seed: int = 0, **values: Any) -> list[Frame]:
    return list(demo.frames(KernelsKnobs(**{"side": 32} | values), "cpu", seed))


def last_frame(seed: int = 0, **values: Any) -> Frame:
    return all_frames(seed, **values)[-1]


# The claim


@settings(max_examples=20, deadline=None)
@given(st.sampled_from(KEEP), SIZES, st.floats(0, 255))
def test_kernels_that_sum_to_one_keep_an_even_picture(name: kernels.KernelName, size: int, brightness: float) -> None:
    even = torch.full((1, 12, 12), brightness)
    torch.testing.assert_close(answers.answer(even, kernels.kernel(name, size)), even[0], atol=1e-3, rtol=1e-5)


@settings(max_examples=20, deadline=None)
@given(st.sampled_from(VANISH), SIZES, st.floats(0, 255))
def test_kernels_that_sum_to_zero_answer_zero_to_it(name: kernels.KernelName, size: int, brightness: float) -> None:
    even = torch.full((1, 12, 12), brightness)
    assert answers.answer(even, kernels.kernel(name, size)).abs().max() < 1e-3


@pytest.mark.parametrize(("kernel", "rises"), [("gaussian", 0.25), ("sharpen", 0.25), ("sobel-x", 0), ("laplacian", 0)])
def test_a_brighter_picture_raises_only_the_answers_of_kernels_that_keep_brightness(kernel: str, rises: float) -> None:
    before, after = (last_frame(kernel=kernel, brighten=more).figures["mean"] for more in (0, 0.25))
    assert after - before == pytest.approx(rises, abs=1e-4)


def test_the_tiny_pictures_give_the_lessons_numbers() -> None:
    rows = {row[0]: row[2:] for row in last_frame().tables["on tiny pictures"].rows}
    assert rows["gaussian"] == (7, 7, 2)
    assert rows["sharpen"] == (7, 7, 40)
    assert rows["laplacian"] == (0, 0, -32)
    assert rows["sobel-x"] == (0, 16, 0)


# Answers and gains


@pytest.mark.parametrize("name", answers.HAND_MADE)
@pytest.mark.parametrize("size", [3, 7])
def test_answers_are_those_of_scipy(name: kernels.KernelName, size: int) -> None:
    grey, kernel = torch.rand(1, 16, 16), kernels.kernel(name, size)
    expected = ndimage.correlate(grey[0].double().numpy(), kernel.astype(float), mode="nearest")
    assert answers.answer(grey, kernel).numpy() == pytest.approx(expected, abs=1e-4)


@pytest.mark.parametrize("net", ["digits", "textures"])
def test_learnt_answers_are_those_of_the_nets_own_first_layer(net: str) -> None:
    knobs = KernelsKnobs(learnt_from=net, side=16)
    picture = answers.picture_of(knobs, CPU)
    found = answers.learnt_answers(picture, answers.learnt_of(knobs))
    kept = checkpoints.load(net)
    x = picture if kept.spec.in_channels == 3 else answers.colour.grey_of(picture)
    x = (x - torch.tensor(kept.mean)[:, None, None]) / torch.tensor(kept.std)[:, None, None]
    expected = kept.model().blocks[0].conv(x[None])[0].detach()
    torch.testing.assert_close(found[:, 1:-1, 1:-1], expected[:, 1:-1, 1:-1], atol=1e-5, rtol=1e-4)


@pytest.mark.parametrize("name", ["gaussian", "sobel-x", "sharpen"])
@pytest.mark.parametrize("step", [4, 16])
def test_a_gain_is_how_much_larger_a_wave_comes_out(name: kernels.KernelName, step: int) -> None:
    kernel = kernels.kernel(name, 3)
    frequencies, across, _ = spectrum.along_the_axes(kernel)
    wave = np.array([[cos(2 * pi * frequencies[step] * x) for x in range(64)]] * 64)
    out = ndimage.correlate(wave, kernel.astype(float), mode="wrap")
    assert np.sqrt((out**2).mean() / (wave**2).mean()) == pytest.approx(across[step], abs=1e-6)


@pytest.mark.parametrize("name", answers.HAND_MADE)
def test_the_gain_of_an_even_surface_is_the_sum_of_the_weights(name: kernels.KernelName) -> None:
    kernel = kernels.kernel(name, 5)
    whole = spectrum.gains(kernel)
    assert whole[spectrum.STEPS, spectrum.STEPS] == pytest.approx(abs(kernel.sum()), abs=1e-5)
    assert spectrum.along_the_axes(kernel)[1][0] == pytest.approx(abs(kernel.sum()), abs=1e-5)


@pytest.mark.parametrize("angle", [0, 30, 90, 135])
def test_a_mixture_of_the_two_sobels_is_known_as_an_edge_of_its_direction(angle: int) -> None:
    turn = angle * pi / 180
    x, y = (torch.from_numpy(kernels.kernel(name, 3)) for name in ("sobel-x", "sobel-y"))
    assert look.most_like(cos(turn) * x + cos(turn - pi / 2) * y) == (f"edge at {angle}°", pytest.approx(1))


def test_a_kernel_by_hand_is_most_like_itself() -> None:
    for name, title in look.ALIKE.items():
        assert look.most_like(-torch.from_numpy(kernels.kernel(name, 5))) == (title, pytest.approx(1))
    assert look.most_like(torch.ones(1, 1)) == ("blur", 1)


# The run


def test_the_default_run_shows_both_families() -> None:
    result = run_headless("kernels")
    found = result.figures
    assert (found["sum"], found["even"], found["ramp"]) == (0, 0, 16)
    assert found["best_angle"] in answers.ANGLES
    assert result.last.formulas[0] == "even surface: 7·Σw = 7·0 = 0"
    assert "Learnt filter 1 is most like an edge at 34°" in result.last.caption
    assert "**Try**" in result.last.caption


@pytest.mark.parametrize(("down", "angle"), [(0, 0), (1, 90), (0.7, 45)])
def test_stripes_answer_most_to_the_wave_that_runs_their_way(down: float, angle: int, tmp_path: Path) -> None:
    across = 1 - down if down != 0.7 else 0.7
    y, x = np.mgrid[:96, :96]
    stripes = np.where(np.cos((across * x + down * y) * 2 * pi / 6) > 0, 255, 0).astype(np.uint8)
    path = tmp_path / "stripes.png"
    Image.fromarray(stripes).save(path)
    assert last_frame(image=str(path), side=96).figures["best_angle"] == angle


def test_the_learnt_filters_go_by_and_the_chosen_one_stays() -> None:
    frames = all_frames(learnt_filter=3)
    *passing, last = frames
    assert np.array_equal(last.images["learnt"], passing[2].images["learnt"])
    assert not np.array_equal(last.images["learnt"], passing[0].images["learnt"])
    assert "Learnt filter 3 " in passing[2].caption
    assert "Learnt filter 3 " in last.caption
    assert [frame.progress for frame in frames] == sorted(frame.progress or 0 for frame in frames)
    assert (last.progress, last.hold) == (1, 0)


def test_the_curve_by_angle_grows_with_the_wave() -> None:
    lengths = [len(frame.curves["energy"].x) if "energy" in frame.curves else 1 for frame in all_frames()]
    assert lengths == [*range(1, len(answers.ANGLES) + 1), len(answers.ANGLES)]


def test_everything_is_in_a_view() -> None:
    frame = last_frame()
    seen = {item for items in frame.views.values() for item in items}
    assert seen == {*frame.images, *frame.charts, *frame.grids, *frame.tables}
    assert "weights" not in last_frame(kernel_size=9).grids


@pytest.mark.parametrize("kernel", kernels.NAMES)
def test_every_kernel_says_what_to_look_at_and_what_to_try(kernel: str) -> None:
    caption = words.caption(KernelsKnobs(kernel=kernel), 1, ("blur", 0.5), {"sum": 0.3})
    assert caption.startswith("**Look**")
    assert "\n\n**Try**" in caption


def test_filters_are_counted_round() -> None:
    assert last_frame(learnt_filter=17).figures["learnt_sum"] == last_frame(learnt_filter=1).figures["learnt_sum"]


@pytest.mark.parametrize(
    ("values", "line"),
    [
        ({"kernel_size": 4}, "kernel_size must be odd, so that the kernel has a centre, not 4"),
        ({"wave_size": 10}, "wave_size must be odd"),
        ({"learnt_from": "texture"}, "There is no trained net “texture”: did you mean textures"),
        ({"image": "dog"}, "There is no picture “dog”"),
    ],
)
def test_what_cannot_be_is_refused_in_a_line(values: dict[str, Any], line: str) -> None:
    with pytest.raises(UsageError, match=line):
        catalogue.parse_knobs(demo, values)


# Predict first, and the code


@pytest.mark.parametrize("kernel", [*KEEP, *VANISH])
def test_the_run_says_which_guess_was_right(kernel: str) -> None:
    asked = words.predict(KernelsKnobs(kernel=kernel))
    assert asked
    judged = asked.judge(Frame(figures=answers.to_tiny_pictures(kernels.kernel(kernel, 3))))
    assert judged is not None
    assert asked.choices[judged] == ("7" if kernel in KEEP else "0")


def test_of_random_weights_nothing_is_asked() -> None:
    assert words.predict(KernelsKnobs(kernel="random")) is None


@pytest.mark.parametrize(
    "values",
    [{}, {"kernel": "random", "kernel_size": 5, "brighten": 0.3, "learnt_from": "digits", "wave_size": 5, "side": 40}],
)
def test_the_code_that_is_shown_finds_the_same(
    values: dict[str, Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = show_code(demo, KernelsKnobs(**values), seed=3)
    assert len(code.splitlines()) <= SCREEN
    script = tmp_path / "code.py"
    script.write_text(code, encoding="utf-8")
    runpy.run_path(str(script))
    printed = {name: float(number) for name, number in map(str.split, capsys.readouterr().out.splitlines())}
    *_, last = demo.frames(KernelsKnobs(**values), "cpu", 3)
    assert len(printed) == 10
    assert printed == pytest.approx({name: last.figures[name] for name in printed}, abs=1e-4)
