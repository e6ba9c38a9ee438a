"""adversary: what is changed stays invisible and within its bounds, and the aim does the harm."""

from __future__ import annotations

import runpy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn
from torch.nn.functional import cross_entropy

from cnntutor.demos.catalogue import load, parse_knobs
from cnntutor.demos.frame import Frame
from cnntutor.demos.gallery import _adversary_words as words
from cnntutor.demos.gallery._adversary_knobs import AdversaryKnobs
from cnntutor.demos.run import run_headless
from cnntutor.demos.show_code import show_code
from cnntutor.errors import UsageError
from cnntutor.vision import attacks

DEMO = load("adversary")
SMALL = {"net": "digits", "epsilon": 48, "pictures": 60, "steps": 6}


@pytest.fixture(scope="module", autouse=True)
def one_thread() -> Iterator[None]:
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


def frames(seed: int = 0, **values: Any) -> list[Frame]:
    return list(DEMO.frames(parse_knobs(DEMO, values), device="cpu", seed=seed))


@pytest.fixture(scope="module")
def invisible() -> list[Frame]:
    """Six of 255 grey levels, on photographs."""
    return frames(pictures=21, steps=4)


def test_one_aimed_step_halves_the_accuracy_at_a_change_nobody_sees_and_noise_does_not(invisible: list[Frame]) -> None:
    figures = invisible[-1].figures
    assert figures["accuracy"] >= 0.95
    assert figures["fgsm_accuracy"] <= figures["accuracy"] / 2
    assert figures["pgd_accuracy"] <= figures["fgsm_accuracy"]
    assert figures["noise_accuracy"] >= 0.9
    assert figures["largest_change"] <= 6 + 1e-3
    assert (figures["flipped"], figures["noise_flipped"]) == (1, 0)


def test_the_picture_comes_at_once_and_the_accuracies_grow_one_by_one(invisible: list[Frame]) -> None:
    assert "fgsm_accuracy" not in invisible[0].figures
    assert set(invisible[0].images) == {"before", "change ×21", "after"}
    lengths = [len(frame.curves["FGSM"].x) for frame in invisible[1:]]
    assert lengths == [1, 2, 3, 4, 5, 6, 7, 8, 8]
    assert invisible[-1].curves["FGSM"].x == (0, 1, 2, 4, 6, 8, 12, 16)


def test_a_picture_can_be_led_to_any_class() -> None:
    for target in ("3", "8"):
        table = frames(**SMALL | {"epsilon": 64}, method="pgd", target=target, number=0)[-1].tables["answers"]
        assert table.rows[0][0] == target


linear = st.integers(0, 2**16).map(lambda seed: torch.Generator().manual_seed(seed))


@given(linear, st.floats(0.001, 0.5), st.integers(1, 6), st.booleans())
@settings(max_examples=40, deadline=None)
def test_an_attack_stays_within_epsilon_and_within_the_picture(
    lots: torch.Generator, epsilon: float, steps: int, towards: bool
) -> None:
    x, weights = torch.rand(3, 1, 4, 4, generator=lots), torch.randn(16, 5, generator=lots)
    y = torch.randint(5, (3,), generator=lots)
    moved = attacks.pgd(lambda pictures: pictures.flatten(1) @ weights, x, y, epsilon, steps, towards=towards)
    assert float((moved - x).abs().max()) <= epsilon + 1e-6
    assert 0 <= float(moved.min()) <= float(moved.max()) <= 1


@given(linear, st.floats(0.001, 0.1))
@settings(max_examples=40, deadline=None)
def test_one_step_raises_a_linear_units_loss_as_much_as_any_such_change_can(
    lots: torch.Generator, epsilon: float
) -> None:
    x = 0.2 + 0.6 * torch.rand(1, 1, 3, 3, generator=lots)
    weights = torch.randn(9, generator=lots)

    def net(pictures: torch.Tensor) -> torch.Tensor:
        score = pictures.flatten(1) @ weights
        return torch.stack([score, -score], dim=1)

    y = torch.tensor([0])
    before, after = (float(net(pictures)[0, 0]) for pictures in (x, attacks.fgsm(net, x, y, epsilon)))
    assert before - after == pytest.approx(epsilon * float(weights.abs().sum()), rel=1e-3)


def test_pgd_of_one_step_is_fgsm_and_the_slope_is_autograds() -> None:
    torch.manual_seed(0)
    net = nn.Sequential(nn.Conv2d(1, 4, 3), nn.ReLU(), nn.Flatten(), nn.Linear(16, 3))
    x, y = torch.rand(2, 1, 4, 4), torch.tensor([0, 2])
    assert torch.equal(attacks.pgd(net, x, y, 0.05, 1), attacks.fgsm(net, x, y, 0.05))
    pixels = x.clone().requires_grad_(True)
    cross_entropy(net(pixels), y, reduction="sum").backward()
    assert torch.allclose(attacks.slope(net, x, y), pixels.grad)  # type: ignore[arg-type]


def test_the_least_epsilon_is_the_first_that_works() -> None:
    asked: list[float] = []

    def flips(epsilon: float) -> bool:
        asked.append(epsilon)
        return epsilon >= 0.25

    assert attacks.least_epsilon(flips, 0.5, 10) == pytest.approx(0.25)
    assert len(asked) == 5
    assert attacks.least_epsilon(lambda _: False, 0.5, 4) is None


@pytest.mark.parametrize("show", ["picture", "answers", "accuracy", "walk"])
def test_what_to_look_at_first_is_the_first_view_and_try_names_knobs(show: str) -> None:
    last = frames(**SMALL, method="pgd", show=show)[-1]
    assert next(iter(last.views)) == show
    named = last.caption.split("**Try** ")[1].split("`")[1::2]
    assert named
    assert set(named) <= {knob.name for knob in DEMO.controls}


@pytest.mark.parametrize(
    ("values", "line"),
    [
        ({"target": "cat"}, "target must be brick, .*, or empty, not “cat”"),
        ({"net": "digits", "target": "brick"}, "target must be 0, 1, 2"),
        ({"epsilon": 0}, "epsilon must be at least 0.5, not 0"),
        ({"number": 350}, "number must be at most 349, not 350"),
    ],
)
def test_what_cannot_be_is_refused_in_one_line(values: dict[str, object], line: str) -> None:
    with pytest.raises(UsageError, match=line):
        parse_knobs(DEMO, values)


@pytest.mark.parametrize(
    ("noise", "aimed", "said"),
    [(1, 0.2, "Noise cancels"), (0.9, 0.85, "does little"), (0.3, 0, "even where it is not aimed")],
)
def test_what_is_said_of_noise_is_what_the_accuracies_say(noise: float, aimed: float, said: str) -> None:
    figures = {"flipped": 1, "accuracy": 1, "noise_accuracy": noise, "fgsm_accuracy": aimed, "pgd_accuracy": aimed}
    assert said in words.caption(AdversaryKnobs(), figures)


def test_the_guess_is_judged_by_the_run() -> None:
    assert DEMO.predict is not None
    prediction = DEMO.predict(parse_knobs(DEMO, {}))
    assert prediction is not None
    assert [prediction.judge(Frame(figures={"fgsm_accuracy": share})) for share in (0.95, 0.7, 0.4, 0.0)] == [
        0,
        1,
        2,
        3,
    ]
    assert prediction.judge(Frame()) is None


@pytest.mark.parametrize("more", [{}, {"method": "pgd", "target": "3", "number": 5}])
def test_the_code_that_is_shown_finds_the_same_numbers(
    more: dict[str, object], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    values = {**SMALL, **more}
    (tmp_path / "script.py").write_text(show_code(DEMO, parse_knobs(DEMO, values), seed=3), encoding="utf-8")
    runpy.run_path(str(tmp_path / "script.py"))
    printed = {name: float(value) for name, value in (line.split() for line in capsys.readouterr().out.splitlines())}
    figures = frames(seed=3, **values)[-1].figures
    assert printed == pytest.approx({name: figures[name] for name in printed}, abs=1e-5)
    assert len(printed) == 8


def test_it_runs_without_a_screen() -> None:
    assert (
        run_headless("adversary", {name: str(value) for name, value in SMALL.items()}, device="cpu").figures["flipped"]
        == 1
    )
