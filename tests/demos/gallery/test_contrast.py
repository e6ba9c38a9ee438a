from __future__ import annotations

import runpy
from collections.abc import Iterator
from functools import cache
from math import log
from pathlib import Path
from typing import Any, get_args

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn.functional import cosine_embedding_loss

from cnntutor.demos import catalogue
from cnntutor.demos.frame import Frame
from cnntutor.demos.gallery import _contrast_words as words
from cnntutor.demos.gallery._contrast_knobs import ContrastKnobs, View
from cnntutor.demos.gallery._contrast_learner import Learner
from cnntutor.demos.gallery.contrast import _in_order, contrast
from cnntutor.demos.protocol import describe
from cnntutor.demos.run import run_headless
from cnntutor.demos.show_code import SCREEN, show_code
from cnntutor.errors import UsageError
from cnntutor.vision import contrast as science

SMALL = {"steps": 12, "batch": 8, "labels": 20}


@pytest.fixture(autouse=True, scope="module")
def _one_thread() -> Iterator[None]:
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture(scope="module")
def defaults(_one_thread: None) -> Frame:
    """The last frame of the run that everybody sees first."""
    return run_headless("contrast", device="cpu").last


@cache
def frames(seed: int = 3, **values: Any) -> list[Frame]:
    return list(contrast.frames(catalogue.parse_knobs(contrast, SMALL | values), "cpu", seed))


# The claim


def test_features_learnt_without_labels_beat_untrained_ones_under_a_linear_probe(defaults: Frame) -> None:
    figures = defaults.figures
    assert figures["gain"] == pytest.approx(100 * (figures["probe_learnt"] - figures["probe_untrained"]), abs=0.01)
    assert (figures["gain"] + _gain(1) + _gain(2)) / 3 > 3  # one body is luckier than another
    assert figures["gain_pushed"] > 15


def _gain(seed: int) -> float:
    torch.manual_seed(seed)
    learner = Learner(ContrastKnobs(steps=100), torch.device("cpu"))
    assert list(learner.rounds())[-1] == 100
    return 100 * (learner.probed("learnt", (0,))[0] - learner.probed("untrained", (0,))[0])


def test_a_body_that_is_told_the_classes_is_examined_beside_it(defaults: Frame) -> None:
    assert defaults.figures["probe_supervised"] > defaults.figures["probe_untrained"] + 0.05
    told, fresh, now = (defaults.curves[of].y for of in ("told", "fresh", "now"))
    assert told[0] == fresh[0] == now[0]
    assert told[-1] == pytest.approx(100 * defaults.figures["probe_supervised"])


def test_views_that_stand_still_do_not_teach_that_place_is_no_matter(defaults: Frame) -> None:
    torch.manual_seed(0)
    still = Learner(ContrastKnobs(steps=60, shift=0), torch.device("cpu"))
    assert list(still.rounds())[-1] == 60
    assert still.probed("learnt", (1,))[0] < defaults.figures["pushed_learnt"] - 0.15


def test_without_rivals_all_pictures_are_answered_alike(defaults: Frame) -> None:
    lazy = frames(task="only agree", steps=48, batch=16)[-1]
    assert lazy.figures["alike"] > words.COLLAPSED
    assert lazy.figures["loss"] < 0.01
    assert lazy.caption.startswith("**Look** Collapse")
    assert defaults.figures["alike"] < 0.2


# The arithmetic


@settings(max_examples=20, deadline=None)
@given(st.integers(2, 9), st.floats(0.05, 2), st.integers(0, 9))
def test_the_loss_is_that_of_the_paper_pair_by_pair(pictures: int, temperature: float, seed: int) -> None:
    z = torch.randn(2 * pictures, 5, generator=torch.Generator().manual_seed(seed), dtype=torch.double)
    cosine = torch.nn.CosineSimilarity(0)
    each = []
    for i in range(2 * pictures):
        partner = (i + pictures) % (2 * pictures)
        rivals = torch.stack([cosine(z[i], z[k]) / temperature for k in range(2 * pictures) if k != i])
        each.append(rivals.logsumexp(0) - cosine(z[i], z[partner]) / temperature)
    assert float(science.find_partner(z, temperature)) == pytest.approx(float(torch.stack(each).mean()))


def test_whoever_answers_all_alike_guesses_among_all_others() -> None:
    assert float(science.find_partner(torch.ones(128, 8), 0.2)) == pytest.approx(log(127), abs=1e-5)
    assert float(science.agree(torch.ones(128, 8))) == pytest.approx(0, abs=1e-6)
    assert science.alikeness(torch.ones(128, 8)) == pytest.approx(1)
    assert science.alikeness(torch.eye(4)) == 0


def test_agreement_is_torchs_own_cosine_loss() -> None:
    one, other = torch.randn(2, 6, 5, generator=torch.Generator().manual_seed(0))
    expected = float(cosine_embedding_loss(one, other, torch.ones(6)))
    assert float(science.agree(torch.cat([one, other]))) == pytest.approx(expected)


@given(st.integers(-2, 2), st.integers(-2, 2))
def test_a_picture_that_is_pushed_and_pushed_back_keeps_what_was_not_pushed_out(push: int, back: int) -> None:
    x = torch.arange(64.0).view(1, 1, 8, 8)
    assert torch.equal(science.pushed(x, push)[..., 2:6], x[..., 2 - push : 6 - push])
    assert science.pushed(science.pushed(x, back), -back)[..., 2:6].equal(x[..., 2:6])


def test_a_view_is_the_picture_moved_by_at_most_the_shift() -> None:
    x = torch.zeros(200, 1, 8, 8)
    x[..., 4, 4] = 1
    moved = science.view(x, 2, 0.0, torch.Generator().manual_seed(0))
    places = moved.flatten(1).argmax(1)
    assert set((places // 8).tolist()) == set((places % 8).tolist()) == {2, 3, 4, 5, 6}
    assert torch.equal(science.view(x, 0, 0.0, torch.Generator()), x)


def test_a_linear_probe_separates_what_a_straight_cut_can() -> None:
    y = torch.arange(40) % 4
    x = torch.nn.functional.one_hot(y).float() + 0.1 * torch.randn(40, 4, generator=torch.Generator().manual_seed(0))
    assert torch.equal(science.linear_probe(x[:20], y[:20], x[20:], 4), y[20:])


# The run


def test_the_untrained_body_is_seen_first_and_then_six_halts() -> None:
    found = frames()
    assert [frame.progress for frame in found] == pytest.approx([number / 6 for number in range(7)])
    assert found[0].figures["gain"] == 0
    assert "loss" not in found[0].figures
    assert found[0].images["untrained"].tolist() == found[0].images["step 0"].tolist()
    assert len(found[-1].curves["now"].x) == 7


def test_another_seed_is_another_body(defaults: Frame) -> None:
    other = next(iter(contrast.frames(ContrastKnobs(), "cpu", 1)))
    assert other.figures["probe_pixels"] == defaults.figures["probe_pixels"]
    assert other.figures["probe_untrained"] != defaults.figures["probe_untrained"]


def test_captions_name_knobs_that_there_are(defaults: Frame) -> None:
    names = {knob.name for knob in describe(ContrastKnobs)}
    others = [words.caption(ContrastKnobs(**knobs), 200, defaults.figures) for knobs in ({"shift": 0}, {"push": 0})]
    for caption in (defaults.caption, *others):
        assert set(caption.split("`")[1::2]) <= names
    assert "84 % of new digits, on the untrained body 72 %" in defaults.caption


def test_the_view_that_is_asked_for_comes_first(defaults: Frame) -> None:
    assert tuple(defaults.views) == get_args(View)
    assert next(iter(_in_order("neighbours", "step 0"))) == "neighbours"


def test_partners_stand_out_among_the_pairs_that_are_shown(defaults: Frame) -> None:
    amounts = defaults.images["step 200"].astype(int).sum(-1)
    partners = amounts.diagonal().mean()
    rivals = (amounts.sum() - amounts.trace()) / (amounts.size - len(amounts))
    assert partners > 1.5 * rivals
    assert defaults.figures["partners_found"] > 20 / 127


@pytest.mark.parametrize(
    ("values", "line"),
    [
        ({"batch": 1}, "batch must be at least 2, not 1"),
        ({"batch": 256, "steps": 2000}, "batch or steps must be fewer: the run would look at 1,024,000 views"),
        ({"task": "only agree", "temperature": 1}, "temperature is for finding the partner"),
        ({"task": "sleep"}, "task must be"),
    ],
)
def test_what_cannot_be_is_refused_by_the_name_of_its_knob(values: dict[str, Any], line: str) -> None:
    with pytest.raises(UsageError, match=line):
        catalogue.parse_knobs(contrast, values)


# Prediction, code


def test_the_run_itself_says_which_prediction_was_right(defaults: Frame) -> None:
    prediction = contrast.predict(ContrastKnobs())
    assert prediction is not None
    assert prediction.judge(defaults) == 1
    gains = {-5.0: 0, 2.9: 0, 3.0: 1, 15.0: 1, 15.1: 2}
    assert {gain: prediction.judge(Frame(figures={"gain": gain})) for gain in gains} == gains
    assert prediction.judge(Frame()) is None


@pytest.mark.parametrize("values", [{}, {"task": "only agree", "shift": 2, "noise": 0.1, "push": -2}])
def test_the_code_that_is_shown_finds_the_same_numbers(
    values: dict[str, Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    script = tmp_path / "code.py"
    code = show_code(contrast, ContrastKnobs(**SMALL | values), 3)
    script.write_text(code, encoding="utf-8")
    runpy.run_path(str(script))
    printed = {name: float(number) for name, number in map(str.split, capsys.readouterr().out.splitlines())}
    figures = frames(**values)[-1].figures
    assert printed == pytest.approx({name: figures[name] for name in printed}, abs=1e-5)
    assert len(printed) == 7
    assert len(code.splitlines()) <= SCREEN
    assert "cnntutor" not in code.replace(str(Path(__file__).parents[3]), "")
