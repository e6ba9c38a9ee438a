from __future__ import annotations

import runpy
from pathlib import Path
from typing import Any, get_args

import pytest
import torch
from captum.attr import GuidedBackprop, IntegratedGradients, Saliency
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import spearmanr
from torch import Tensor, nn

from cnntutor.demos import catalogue
from cnntutor.demos.frame import Frame
from cnntutor.demos.gallery import _saliency_maps as made
from cnntutor.demos.gallery import _saliency_words as words
from cnntutor.demos.gallery._saliency_knobs import METHODS, SaliencyKnobs, View, figure
from cnntutor.demos.gallery.saliency import saliency as demo
from cnntutor.demos.run import RunResult, run_headless
from cnntutor.demos.show_code import SCREEN, show_code
from cnntutor.errors import UsageError
from cnntutor.vision import saliency
from cnntutor.vision.forgetting import forgetful, parts
from cnntutor.vision.models import ConvNet
from cnntutor.vision.net_spec import NetSpec

CPU = torch.device("cpu")

LIGHT = {"mosaics": 2, "samples": 3, "steps": 32, "window": 32}
"""A run of a second."""


@pytest.fixture(autouse=True, scope="module")
def one_thread() -> None:
    torch.set_num_threads(1)


@pytest.fixture(scope="module")
def run() -> RunResult:
    return run_headless("saliency", LIGHT, device="cpu")


def small_net(seed: int = 0) -> ConvNet:
    torch.manual_seed(seed)
    return ConvNet(NetSpec(blocks=2, width=4, in_channels=3, side=8, classes=5)).eval()


# The claim


def test_integrated_gradients_add_up_to_the_change_of_the_score(run: RunResult) -> None:
    assert run.figures["sum_of_shares"] == pytest.approx(run.figures["score_change"], rel=0.01)


def test_grad_cam_and_occlusion_find_the_surface_and_slopes_are_everywhere(run: RunResult) -> None:
    inside = {method: run.figures[f"inside_{figure(method)}"] for method in METHODS}
    assert min(inside["grad-cam"], inside["occlusion"]) > 0.9
    assert max(inside["slope"], inside["smoothed"], inside["integrated"], inside["guided"]) < 0.85


def test_the_guided_map_outlives_what_the_net_has_learnt_and_the_slopes_do_not(run: RunResult) -> None:
    alike = {method: run.figures[f"alike_{figure(method)}"] for method in METHODS}
    assert alike["guided"] > 0.2
    assert max(alike["slope"], alike["integrated"], alike["grad-cam"]) < 0.1


def test_black_sky_gets_no_share_on_the_way_from_black() -> None:
    for baseline, low, high in (("black", 0.0, 0.35), ("white", 0.5, 1.0)):
        study = made.start(SaliencyKnobs(first="stars", baseline=baseline, steps=8), CPU)
        found = made.map_of(study, "integrated", study.model, study.x)
        assert low < made._judged(study.mosaic, "stars", found)[0] < high


# Against captum, scipy and paper


@pytest.mark.filterwarnings("ignore:Setting backward hooks")
@pytest.mark.parametrize("target", [0, 3])
def test_slopes_are_captums(target: int) -> None:
    net, x = small_net(), torch.randn(2, 3, 8, 8)
    ours = saliency.slopes(net, x, target)
    torch.testing.assert_close(ours, Saliency(net).attribute(x.clone().requires_grad_(), target, abs=False))
    torch.testing.assert_close(
        saliency.guided_slopes(net, x, target), GuidedBackprop(net).attribute(x.clone().requires_grad_(), target)
    )
    torch.testing.assert_close(saliency.slopes(net, x, target), ours)  # the hooks are gone


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 10**6), st.integers(2, 20), st.integers(0, 4))
def test_integrated_gradients_are_captums(seed: int, steps: int, target: int) -> None:
    net = small_net(seed)
    x, start = torch.randn(2, 1, 3, 8, 8)
    theirs = IntegratedGradients(net).attribute(x, start, target, n_steps=steps, method="riemann_middle")
    torch.testing.assert_close(
        saliency.integrated_gradients(net, x, target, start, steps), theirs.float(), atol=1e-6, rtol=1e-4
    )


def test_two_eyes_share_a_full_score_though_both_slopes_are_zero() -> None:
    class Face(nn.Module):
        def forward(self, eyes: Tensor) -> Tensor:
            return eyes.flatten(1).sum(1, keepdim=True).clamp(max=1)

    both = torch.ones(1, 1, 1, 2)
    assert saliency.slopes(Face(), both, 0).tolist() == [[[[0, 0]]]]
    shares = saliency.integrated_gradients(Face(), both, 0, torch.zeros_like(both), 100)
    assert shares.flatten().tolist() == pytest.approx([0.5, 0.5])


def test_without_noise_smooth_slopes_are_the_slopes() -> None:
    net, x = small_net(), torch.randn(1, 3, 8, 8)
    smooth = saliency.smooth_slopes(net, x, 1, noise=0, samples=4)
    torch.testing.assert_close(smooth, saliency.slopes(net, x, 1).abs())
    assert not torch.allclose(saliency.smooth_slopes(net, x, 1, noise=0.5, samples=4), smooth)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=2, max_size=40))
def test_the_rank_correlation_is_scipys_with_ties_and_zero_for_a_flat_map(pairs: list[tuple[int, int]]) -> None:
    first, second = (torch.tensor(values).float() for values in zip(*pairs, strict=True))
    flat = len(set(first.tolist())) == 1 or len(set(second.tolist())) == 1
    expected = 0.0 if flat else spearmanr(first, second).statistic
    assert saliency.rank_correlation(first, second) == pytest.approx(expected, abs=1e-9)


def test_a_net_forgets_from_the_last_part_to_the_first_and_stays_as_it_was() -> None:
    net = small_net()
    kept = {name: values.clone() for name, values in net.state_dict().items()}
    assert [len(list(part.parameters())) for part in parts(net)] == [2, 3, 3]
    for count, changed in enumerate([[], ["head"], ["head", "blocks.1"], ["head", "blocks.1", "blocks.0"]]):
        state = forgetful(net, count, seed=1).state_dict()
        now = {name for name, values in state.items() if name.endswith("weight") and values.ndim > 1}
        differ = {name.rpartition(".conv")[0] or "head" for name in now if not torch.equal(state[name], kept[name])}
        assert differ == set(changed)
    assert all(torch.equal(values, kept[name]) for name, values in net.state_dict().items())


# The run


def test_the_picture_comes_first_and_every_view_by_the_end(run: RunResult) -> None:
    first = next(iter(demo.frames(SaliencyKnobs(**LIGHT), "cpu")))
    assert first.views == {"maps": ("picture",)}
    assert set(run.last.views) == set(get_args(View))
    seen = {item for items in run.last.views.values() for item in items}
    assert seen == {*run.last.images, *run.last.charts, *run.last.tables}
    assert (run.frames, run.last.progress) == (made.pieces(SaliencyKnobs(**LIGHT)) + 1, 1)
    assert all(len(items) <= 4 for items in run.last.views.values())


def test_the_passes_are_counted(run: RunResult) -> None:
    rows = {row[0]: row for row in run.last.tables["verdict"].rows}
    assert (rows["integrated"][-1], rows["smoothed"][-1], rows["Grad-CAM"][-1]) == (32, 3, 1)
    assert rows["occlusion"][-1] == 5**2 + 1


@pytest.mark.parametrize("show", get_args(View))
def test_every_view_has_its_words_and_names_real_knobs(show: Any, run: RunResult) -> None:
    knobs = SaliencyKnobs(show=show)
    text = words.caption(knobs, run.figures)
    assert text.startswith("**Look**")
    assert set(text.partition("**Try**")[2].split("`")[1::2]) <= set(SaliencyKnobs.model_fields)


@pytest.mark.parametrize(("target", "other"), [("first", "second"), ("second", "first")])
def test_the_other_surface_is_what_to_try(target: Any, other: str, run: RunResult) -> None:
    assert f"Set `target` to {other}" in words.caption(SaliencyKnobs(target=target), run.figures)


def test_the_run_answers_its_question(run: RunResult) -> None:
    asked = words.predict(SaliencyKnobs(**LIGHT))
    judged = asked.judge(run.last)
    assert judged is not None
    assert asked.choices[judged].startswith("Grad-CAM")
    assert asked.judge(Frame()) is None


def test_a_mosaic_of_one_surface_is_refused() -> None:
    with pytest.raises(UsageError, match=r"second must be another surface than first \(brick\)"):
        catalogue.parse_knobs(demo, {"second": "brick"})


@pytest.mark.parametrize("method", METHODS)
def test_the_code_that_is_shown_finds_the_same_numbers(
    method: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    knobs = SaliencyKnobs(**LIGHT | {"steps": 6, "target": "second", "baseline": "noise", "layout": "stacked"})
    code = show_code(demo, knobs.model_copy(update={"method": method}), seed=3)
    (tmp_path / "code.py").write_text(code, encoding="utf-8")
    runpy.run_path(str(tmp_path / "code.py"))
    printed = {name: float(number) for name, number in map(str.split, capsys.readouterr().out.splitlines())}
    torch.manual_seed(3)
    study = made.start(knobs, CPU)
    found = made.map_of(study, method, study.model, study.x)
    row, column = divmod(int(found.argmax()), 96)
    inside, _ = made._judged(study.mosaic, knobs.name, found)
    assert (printed["row"], printed["column"]) == (row, column)
    assert printed["inside"] == pytest.approx(inside, abs=1e-4)
    assert len(code.splitlines()) <= SCREEN
    if method == "integrated":
        before, after = made.scores_at_the_ends(study)
        assert printed["score_change"] == pytest.approx(after - before, abs=1e-4)
        assert printed["sum_of_shares"] == pytest.approx(
            float(made.shares(study, study.model, study.x).sum()), abs=1e-4
        )
