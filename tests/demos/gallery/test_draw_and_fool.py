"""draw-and-fool: a drawing is read by the net as its own digits are, covered, and led astray."""

from __future__ import annotations

import runpy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch

from cnntutor.demos.catalogue import load, parse_knobs
from cnntutor.demos.frame import Frame
from cnntutor.demos.gallery.draw_and_fool import _Seen
from cnntutor.demos.run import run_headless
from cnntutor.demos.show_code import show_code
from cnntutor.errors import UsageError
from cnntutor.vision import attacks, data, nets
from cnntutor.vision.strokes import SAMPLES, Stroke, counted, read, write

DEMO = load("draw-and-fool")


@pytest.fixture(scope="module", autouse=True)
def one_thread() -> Iterator[None]:
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


def frames(**values: Any) -> list[Frame]:
    return list(DEMO.frames(parse_knobs(DEMO, values), device="cpu"))


@pytest.mark.parametrize("digit", SAMPLES)
@pytest.mark.parametrize("fit", [True, False])
def test_every_sample_is_recognised(digit: int, fit: bool) -> None:
    first = next(iter(DEMO.frames(parse_knobs(DEMO, {"drawing": SAMPLES[digit], "fit": fit}), device="cpu")))
    assert first.figures["digit"] == digit
    assert first.figures["chance"] > 0.9


def test_a_small_digit_in_a_corner_is_read_once_it_is_fitted() -> None:
    strokes = [Stroke(tuple((x // 2, y // 2) for x, y in stroke.points)) for stroke in read(SAMPLES[2])]
    found = {fit: frames(drawing=write(strokes), fit=fit, steps=1)[0].figures["digit"] for fit in (True, False)}
    assert found[True] == 2
    assert found[False] != 2


def test_the_scores_come_first_and_are_the_nets_own() -> None:
    shown = frames()
    assert list(shown[0].views) == ["scores", "ink"]
    assert list(shown[-1].views) == ["scores", "ink", "cover", "fool"]
    net = nets.open_net("digits")
    picture = torch.from_numpy(counted(parse_knobs(DEMO, {}).bitmap))[None]  # type: ignore[attr-defined]
    with torch.no_grad():
        scores = net.module((picture[None] - net.mean[0]) / net.std[0])[0]
    listed = [score for _, score, *_ in shown[-1].tables["answers"].rows]
    assert listed == [round(float(score), 1) for score in scores]


def test_covering_is_judged_patch_by_patch() -> None:
    knobs = parse_knobs(DEMO, {"cover": 3})
    seen = _Seen.of(knobs, torch.device("cpu"))  # type: ignore[arg-type]
    falls = seen.covered(3)
    assert falls.shape == (6, 6)
    x = seen.x.clone()
    x[..., 2:5, 1:4] = 0
    assert float(falls[2, 1]) == pytest.approx(seen.chance - float(seen.net(x).softmax(1)[0, seen.best]), abs=1e-6)
    assert frames(cover=3)[-1].figures["worst_cover"] == pytest.approx(float(falls.max()), abs=1e-6)


@pytest.mark.parametrize("target", ["", "0", "8"])
def test_the_least_change_leads_to_the_digit_that_is_aimed_at(target: str) -> None:
    last = frames(target=target, steps=10)[-1]
    figures = last.figures
    assert figures["taken_for"] != figures["digit"]
    assert not target or figures["taken_for"] == int(target)
    assert 0 < figures["least_change"] <= 1
    first, *rest = last.tables["answers then"].rows
    assert first[0] == str(figures["taken_for"])
    assert max(float(row[2] or 0) for row in rest) <= float(first[2] or 0)


@pytest.mark.parametrize("aim", [9, 0])
def test_the_change_stays_within_its_bound_and_a_step_less_does_not_fool(aim: int) -> None:
    seen = _Seen.of(parse_knobs(DEMO, {}), torch.device("cpu"))  # type: ignore[arg-type]
    fooled = seen.fooled(aim, 10)
    assert fooled is not None
    assert int(seen.net(fooled.picture).argmax()) == aim != seen.best
    assert float((fooled.picture - seen.x).abs().max()) <= fooled.epsilon + 1e-6
    assert 0 <= float(fooled.picture.min()) <= float(fooled.picture.max()) <= 1
    less = attacks.pgd(seen.net, seen.x, torch.tensor([aim]), fooled.epsilon - 1 / 32, 10, towards=True)
    assert int(seen.net(less).argmax()) != aim


def test_to_aim_at_what_it_says_already_is_to_aim_at_the_runner_up() -> None:
    own, free = (frames(target=target, steps=5)[-1] for target in ("3", ""))
    assert own.figures == free.figures
    assert own.figures["taken_for"] != 3
    assert "turn `target` to another digit" in own.caption


@pytest.mark.parametrize(("least", "choice"), [(1 / 32, 0), (3 / 32, 1), (0.25, 2), (0.75, 3)])
def test_the_guess_is_judged_by_the_run(least: float, choice: int) -> None:
    assert DEMO.predict is not None
    prediction = DEMO.predict(parse_knobs(DEMO, {}))
    assert prediction is not None
    assert prediction.judge(Frame(figures={"least_change": least})) == choice
    assert prediction.judge(Frame()) is None
    assert DEMO.predict(parse_knobs(DEMO, {"drawing": ""})) is None


def test_the_runner_up_is_nearer_than_the_last() -> None:
    rows = frames()[0].tables["answers"].rows
    last = min(rows, key=lambda row: float(row[1] or 0))[0]
    assert frames(steps=10)[-1].figures["least_change"] < frames(target=last, steps=10)[-1].figures["least_change"]


def test_blank_paper_gets_an_answer_too() -> None:
    last = frames(drawing="", steps=5)[-1]
    assert "Blank paper" in last.caption
    assert "draw" in last.caption


def test_the_sets_own_digits_are_inked_alike() -> None:
    """The samples' share of ink is that of the pictures that the net learnt from."""
    mean = float(data.load("digits").train.x.mean())
    own = [float(counted(parse_knobs(DEMO, {"drawing": text}).bitmap).mean()) for text in SAMPLES.values()]  # type: ignore[attr-defined]
    assert sum(own) / len(own) == pytest.approx(mean, abs=0.08)


@pytest.mark.parametrize("show", ["scores", "cover", "fool", "ink"])
def test_what_to_look_at_first_is_the_first_view_and_try_names_knobs(show: str) -> None:
    last = frames(show=show, steps=5)[-1]
    assert next(iter(last.views)) == show
    named = last.caption.split("**Try** ")[1].split("`")[1::2]
    assert set(named) <= {knob.name for knob in DEMO.controls}


@pytest.mark.parametrize(
    ("values", "line"),
    [
        ({"drawing": "scribble"}, "drawing: stroke 1 must be points"),
        ({"target": "11"}, "target must be a digit from 0 to 9, or empty, not “11”"),
        ({"cover": 5}, "cover must be at most 4, not 5"),
    ],
)
def test_what_cannot_be_is_refused_in_one_line(values: dict[str, object], line: str) -> None:
    with pytest.raises(UsageError, match=line):
        parse_knobs(DEMO, values)


@pytest.mark.parametrize("values", [{"steps": 6}, {"drawing": SAMPLES[4], "target": "9", "cover": 1, "steps": 6}])
def test_the_code_that_is_shown_finds_the_same_numbers(
    values: dict[str, object], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "script.py").write_text(show_code(DEMO, parse_knobs(DEMO, values)), encoding="utf-8")
    runpy.run_path(str(tmp_path / "script.py"))
    printed = {name: float(value) for name, value in (line.split() for line in capsys.readouterr().out.splitlines())}
    assert printed == pytest.approx(dict(frames(**values)[-1].figures), abs=1e-4)


def test_it_runs_without_a_screen_from_a_typed_drawing() -> None:
    result = run_headless("draw-and-fool", {"drawing": SAMPLES[0], "steps": "5"}, device="cpu")
    assert result.figures["digit"] == 0
