from __future__ import annotations

import copy
import io
import runpy
from pathlib import Path
from typing import Any, get_args

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn
from torch.nn.functional import cross_entropy

from cnntutor.demos import catalogue
from cnntutor.demos.frame import Frame
from cnntutor.demos.gallery import _shrink_nets as made
from cnntutor.demos.gallery import _shrink_words as words
from cnntutor.demos.gallery._shrink_knobs import LAYERS, ShrinkKnobs, View
from cnntutor.demos.gallery.shrink import shrink
from cnntutor.demos.run import RunResult, run_headless
from cnntutor.demos.show_code import SCREEN, show_code
from cnntutor.errors import UsageError
from cnntutor.vision import pruning, sizes
from cnntutor.vision.distilling import distillation_loss
from cnntutor.vision.quantising import folded, quantised, weights_of

TINY = {"width": 4, "epochs": 1, "again": 1, "student": 3, "lessons": 1, "batch": 2}
"""A run of a fraction of a second, whose nets know little."""

OTHERS = {"bits": 3, "scales": "per layer", "calibrate": "noise", "cut": 0.3, "labels": 65, "temperature": 2.0}


@pytest.fixture(autouse=True, scope="module")
def one_thread() -> None:
    torch.set_num_threads(1)


@pytest.fixture(scope="module")
def run() -> RunResult:
    return run_headless("shrink", TINY | OTHERS, device="cpu", seed=3)


@pytest.fixture(scope="module")
def shop() -> made.Workshop:
    """One in which the net has learnt to read."""
    torch.manual_seed(0)
    shop = made.start(ShrinkKnobs(width=16))
    net = made.new(16, 0)
    trained(net, shop, 6, made.RATE)
    shop.judge("float", folded(net))
    return shop


def trained(net: nn.Module, shop: made.Workshop, epochs: int, rate: float) -> nn.Module:
    *_, _ = made.learn(net, shop.x, shop.y, epochs, rate, seed=0)
    return net


def tiny_net(width: int = 4) -> nn.Sequential:
    net = made.new(width, seed=0)
    net(torch.randn(16, 1, 8, 8))  # norms that have seen something
    return folded(net.eval())


# The claim


def test_eight_bits_cost_at_most_a_point_and_two_bits_very_many(shop: made.Workshop) -> None:
    net, right = shop.nets["float"], shop.right["float"]
    assert isinstance(net, nn.Sequential)
    assert right > 0.93
    assert made.accuracy(quantised(net, shop.x[:64]), *shop.held_out) > right - 0.01
    assert made.accuracy(quantised(net, shop.x[:64], 2), *shop.held_out) < right - 0.3


def test_ranges_that_were_measured_on_noise_do_not_fit(shop: made.Workshop) -> None:
    net = shop.nets["float"]
    assert isinstance(net, nn.Sequential)
    noise = torch.rand(64, 1, 8, 8, generator=torch.Generator().manual_seed(0))
    assert made.accuracy(quantised(net, noise), *shop.held_out) < shop.right["float"] - 0.2


def test_half_of_the_weights_can_go_if_the_rest_learns_on_but_filters_are_missed(shop: made.Workshop) -> None:
    right = shop.right["float"]
    cut = trained(pruning.without_weights(shop.nets["float"], 0.5), shop, 2, made.RATE_AGAIN)
    assert made.accuracy(cut, *shop.held_out) > right - 0.02
    slim = pruning.without_filters(shop.nets["float"], 0.5)
    assert made.accuracy(slim, *shop.held_out) < right - 0.3


def test_a_student_with_a_teacher_and_no_label_beats_one_with_a_hundred(shop: made.Workshop) -> None:
    shop.knobs = ShrinkKnobs(width=16, student=8, lessons=6)
    for _ in made._teach(shop):
        pass
    assert shop.right["student"] > shop.right["alone"] + 0.05


# Sizes


def test_the_sizes_are_those_of_the_nets(run: RunResult) -> None:
    knobs = ShrinkKnobs(**TINY | OTHERS)
    figures, size = run.figures, knobs.size
    net = tiny_net(knobs.width)
    layers = pruning.layers(net)
    assert figures["weights"] == sum(layer.weight.numel() for layer in layers)
    assert figures["bytes_float"] == sum(4 * parameter.numel() for parameter in net.parameters())
    slim = pruning.without_filters(net, knobs.cut)
    assert figures["bytes_filters"] == sum(4 * parameter.numel() for parameter in slim.parameters())
    assert size.biases == sum(layer.bias.numel() for layer in layers if layer.bias is not None)


@pytest.mark.parametrize("scales", ["per channel", "per layer"])
def test_a_quantised_net_has_as_many_numbers_as_are_counted(scales: Any) -> None:
    rounded = quantised(tiny_net(), torch.randn(8, 1, 8, 8), 8, scales)
    found = 0
    for layer in rounded.modules():
        if callable(getattr(layer, "weight", None)):
            weight = layer.weight()
            steps = weight.q_per_channel_scales() if scales == "per channel" else torch.tensor([weight.q_scale()])
            found += weight.int_repr().nbytes + 4 * layer.bias().numel() + 4 * steps.numel() + 4 + 1
    size = ShrinkKnobs(width=4, student=2).size
    assert sizes.quantised_bytes(size.weights, size.biases, LAYERS, 8, scales) == found + 4 + 1


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 300), st.floats(0, 1), st.integers(0, 9))
def test_a_cut_layer_packs_into_as_many_bytes_as_are_counted(weights: int, share: float, biases: int) -> None:
    layer = nn.Linear(weights, 1)
    cut = pruning.settled(pruning.without_weights(nn.Sequential(layer), share))
    (weight,) = weights_of(cut)
    mask = weight.flatten().numpy() != 0
    kept = sizes.weights_left(weights, share)
    assert mask.sum() == kept
    file = io.BytesIO(np.packbits(mask).tobytes() + weight.flatten().numpy()[mask].tobytes() + bytes(4 * biases))
    assert sizes.packed_bytes(weights, kept, biases) == len(file.getvalue())


# The nets


def test_folding_leaves_the_answers_as_they_were() -> None:
    net = made.new(4, seed=0)
    net(torch.randn(16, 1, 8, 8))
    x = torch.randn(5, 1, 8, 8)
    with torch.no_grad():
        torch.testing.assert_close(folded(net.eval())(x), net(x), atol=1e-5, rtol=1e-4)


@pytest.mark.parametrize("bits", [2, 5, 8])
def test_no_weight_is_off_by_more_than_half_a_step(bits: int) -> None:
    net = tiny_net()
    for exact, rounded in zip(weights_of(net), weights_of(quantised(net, torch.randn(4, 1, 8, 8), bits)), strict=True):
        step = exact.abs().flatten(1).amax(1) / (2 ** (bits - 1) - 1)
        assert ((exact - rounded).abs().flatten(1).amax(1) <= step / 2 + 1e-6).all()


def test_cut_weights_are_the_smallest_and_stay_zero_while_the_rest_learns() -> None:
    net = tiny_net()
    sizes_ = torch.cat([weight.abs().flatten() for weight in weights_of(net)])
    cut = pruning.without_weights(net, 0.7)
    adam = torch.optim.Adam(cut.parameters(), 0.1)
    cross_entropy(cut.train()(torch.randn(8, 1, 8, 8)), torch.arange(8)).backward()
    adam.step()
    after = torch.cat([weight.flatten() for weight in weights_of(pruning.settled(cut))])
    assert torch.equal(after == 0, sizes_ <= sizes_.quantile(0.7))


def test_filters_that_gave_nothing_go_without_a_trace() -> None:
    net = tiny_net()
    for conv in pruning.layers(net)[:2]:
        conv.weight.data[::2] = 0
        assert conv.bias is not None
        conv.bias.data[::2] = 0
    before = copy.deepcopy(net)
    x = torch.randn(3, 1, 8, 8)
    slim = pruning.without_filters(net, 0.5)
    assert [len(layer.weight) for layer in pruning.layers(slim)] == [2, 4, 10]
    with torch.no_grad():
        torch.testing.assert_close(slim(x), net(x))
        torch.testing.assert_close(before(x), net(x))


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10**6), st.floats(0.5, 20))
def test_distilling_pulls_as_the_cross_entropy_with_soft_targets(seed: int, temperature: float) -> None:
    torch.manual_seed(seed)
    scores, answers = torch.randn(2, 4, 10, dtype=torch.float64)
    scores.requires_grad_()
    hinton = temperature**2 * cross_entropy(scores / temperature, (answers / temperature).softmax(1))
    ours = distillation_loss(scores, answers, temperature)
    pulls = (torch.autograd.grad(loss, scores)[0] for loss in (ours, hinton))
    torch.testing.assert_close(*pulls)
    assert float(distillation_loss(answers, answers, temperature)) == pytest.approx(0, abs=1e-9)


# The run


def test_sizes_come_first_and_every_view_by_the_end(run: RunResult) -> None:
    first = next(iter(shrink.frames(ShrinkKnobs(**TINY | OTHERS), "cpu", 3)))
    assert list(first.views) == ["costs", "weights"]
    assert first.figures["bytes_float"] == run.figures["bytes_float"]
    assert set(run.last.views) == {"costs", "time", "bits", "cut", "student", "doubt", "weights"}
    assert run.last.images["3 bits"].shape == (23, 15, 3)
    assert (run.frames, run.last.progress) == (made.pieces(ShrinkKnobs(**TINY)) + 1, 1)
    assert all(run.figures[f"ms_{name}"] > 0 for name in ("float", "bits", "cut", "filters", "student"))


def test_every_view_has_its_words_and_names_real_knobs(shop: made.Workshop, run: RunResult) -> None:
    shop.right = {name.removeprefix("right_"): right for name, right in run.figures.items()}
    shop.times = {count: dict.fromkeys(("float", "bits", "cut", "filters"), 1.0) for count in (1, 64)}
    shop.by_bits = {scales: [(2, 0.5)] for scales in made.SCALES}
    for show in get_args(View):
        shop.knobs = ShrinkKnobs(show=show)
        text = words.caption(shop)
        assert text.startswith("**Look**")
        assert set(text.partition("**Try**")[2].split("`")[1::2]) <= set(ShrinkKnobs.model_fields)
        assert words.formulas(shop.knobs)


def test_the_clock_answers_the_question() -> None:
    asked = words.predict(ShrinkKnobs())
    verdicts = [asked.judge(Frame(figures={"ms_float": 1.0, "ms_cut": taken})) for taken in (0.5, 0.9, 1.1, 2)]
    assert verdicts == [0, 1, 1, 2]
    assert asked.judge(Frame()) is None


def test_a_student_as_wide_as_its_teacher_is_refused() -> None:
    with pytest.raises(UsageError, match=r"student must be narrower .* below width \(8\)"):
        catalogue.parse_knobs(shrink, {"width": 8})


def test_rounding_with_few_bits_or_ranges_from_noise_is_asked_about() -> None:
    asked = words.predict(ShrinkKnobs(calibrate="noise"))
    verdicts = [asked.judge(Frame(figures={"right_float": 0.99, "right_bits": right})) for right in (0.985, 0.95, 0.3)]
    assert verdicts == [0, 1, 2]


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize(("show", "printed"), [("costs", 5), ("bits", 2), ("student", 3)])
def test_the_code_that_is_shown_finds_the_same_numbers(
    show: Any, printed: int, run: RunResult, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    script = tmp_path / "code.py"
    script.write_text(show_code(shrink, ShrinkKnobs(**TINY | OTHERS, show=show), seed=3), encoding="utf-8")
    runpy.run_path(str(script))
    found = {name: float(number) for name, number in map(str.split, capsys.readouterr().out.splitlines())}
    assert found == pytest.approx({name: run.figures[name] for name in found}, abs=1e-9)
    assert len(found) == printed


@pytest.mark.parametrize("show", get_args(View))
def test_the_code_fits_on_a_page(show: Any) -> None:
    assert len(show_code(shrink, ShrinkKnobs(show=show, scales="per layer")).splitlines()) <= SCREEN
