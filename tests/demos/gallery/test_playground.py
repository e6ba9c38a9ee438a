from __future__ import annotations

import re
import runpy
from pathlib import Path
from typing import Any

import pytest
import torch

from cnntutor.demos import catalogue
from cnntutor.demos.frame import Frame
from cnntutor.demos.gallery import _playground_words as words
from cnntutor.demos.gallery._playground_knobs import PlaygroundKnobs
from cnntutor.demos.gallery.playground import playground
from cnntutor.demos.run import run_headless
from cnntutor.demos.show_code import SCREEN, show_code
from cnntutor.errors import UsageError
from cnntutor.vision.net_build import build
from cnntutor.vision.profile import profile

SMALL: dict[str, Any] = {"pictures": 100, "epochs": 1}
DENSE = "flatten | linear 10"
EVERY_KIND = "c4k3p1g1 n gelu a2 c6k2d2 silu p2 tanh sigmoid d0.1 f l12b0 n r l10"


@pytest.fixture(scope="module")
def run() -> Frame:
    torch.set_num_threads(1)
    return run_headless("playground", device="cpu").last


def knobs(**values: Any) -> PlaygroundKnobs:
    found = catalogue.parse_knobs(playground, SMALL | values)
    assert isinstance(found, PlaygroundKnobs)
    return found


def frames(seed: int = 0, **values: Any) -> list[Frame]:
    return list(playground.frames(knobs(**values), "cpu", seed))


# The claim


def test_the_net_of_the_lesson_reads_more_than_95_of_100_digits_that_it_never_saw(run: Frame) -> None:
    assert run.figures["accuracy"] > 0.95
    assert run.figures["parameters"] == 5178


@pytest.mark.parametrize(
    "values", [{}, {"net": EVERY_KIND, "side": 12}, {"net": DENSE}], ids=["lesson", "all", "dense"]
)
def test_the_figures_are_those_that_profile_finds_in_the_built_module(values: dict[str, Any]) -> None:
    made, figures = knobs(**values).bill, frames(**values)[0].figures
    found = profile(build(made), made.task.picture)
    maps = [str(row.receptive_field) for row in found.rows if len(row.output_shape) == 3 and row.kind[:8] != "Adaptive"]
    assert (figures["parameters"], figures["macs"]) == (found.params, found.macs)
    side = figures["receptive_field"]
    assert (maps or ["1×1"])[-1] == f"{side}×{side}"


def test_the_sums_of_the_working_come_to_the_figures(run: Frame) -> None:
    for line, figure in zip(run.formulas, ("parameters", "macs", "receptive_field"), strict=True):
        _, working, result = line.replace(",", "").replace("·", "*").split(" = ")
        assert eval(working) == int(result) == run.figures[figure]
    assert words.formulas(knobs(net=DENSE).bill)[2] == "receptive field = 1 = 1"


# What is seen


def test_the_table_has_a_row_for_each_block_and_the_sums(run: Frame) -> None:
    rows = run.tables["the net"].rows
    assert rows[0] == ("conv 16 k3 p1 b0", "16×8×8", "3×3", 144, "█")
    assert rows[4] == ("conv 32 k3 p1 b0", "32×4×4", "8×8", 4608, "█████")
    assert rows[9] == ("linear 10", "10", "all", 330, "▏")
    assert rows[10] == ("all", "", "", 5178, "83,264")
    assert max(map(len, run.tables["the net"].lines())) <= 48


def test_the_table_stands_while_the_curves_grow() -> None:
    first, *_, last = frames()
    assert first.tables["the net"] == last.tables["the net"]
    assert first.figures["epochs"] == 0
    assert len(first.curves["held-out accuracy"].x) == 1
    assert len(last.curves["held-out accuracy"].x) == 2
    assert len(last.curves["train accuracy"].x) == 2
    assert (first.progress, last.progress) == (0, 1)


@pytest.mark.parametrize(
    ("net", "title"),
    [
        ("c5k3 r f l10", "block 1: filters"),
        (DENSE, "block 2: weights"),
        ("p2 f l10", None),
    ],
)
def test_the_first_weights_are_shown_where_they_are_squares(net: str, title: str | None) -> None:
    frame = frames(net=net)[0]
    assert frame.views.get("filters") == ((title,) if title else None)
    # Ten squares of 8×8 stand in four columns, five of 3×3 in three, with a gap of one between them.
    sizes = {"block 1: filters": (7, 11), "block 2: weights": (26, 35)}
    assert title is None or frame.images[title].shape[:2] == sizes[title]


def test_the_rate_can_be_turned_while_it_learns() -> None:
    turned = knobs(epochs=3)
    running = playground.frames(turned, "cpu", 0)
    next(running)
    turned.take(knobs(epochs=3, learning_rate=1e-5))
    *_, last = running
    assert last.figures["loss"] != frames(epochs=3)[-1].figures["loss"]


def test_the_captions_say_what_to_look_at_and_what_to_try(run: Frame) -> None:
    assert "98.1 % of the held-out digits are right. Block 5, conv 32 k3 p1 b0, does 89 % of the work" in run.caption
    assert "half of what is learnt" in run.caption
    first, *_, last = frames(net="c4k3 r p2 f l10", epochs=4)
    assert "Nothing is learnt yet" in first.caption
    assert "Guessing gives 10 % and ln 10 = 2.30." in first.caption
    for caption in (first.caption, last.caption, run.caption):
        assert re.match(r"\*\*Look\*\* .+\n\n\*\*Try\*\* ", caption)
        assert set(re.findall("`(.+?)`", caption)) <= set(PlaygroundKnobs.model_fields)


@pytest.mark.parametrize(
    ("values", "accuracy", "advice"),
    [
        ({}, 0.3, "set `learning_rate` to a third"),
        ({"learning_rate": 1e-5}, 0.3, "ten times as much"),
        ({"net": DENSE, "pictures": 1437}, 0.9, "without a convolution"),
        ({}, 0.9, "with 100 digits"),
        ({"pictures": 1437}, 0.9, "One thing at a time"),
        ({"pictures": 1437, "net": "c6k3p1 r p2 c8k3p1 r p2 f l10"}, 0.97, "A small net"),
    ],
)
def test_the_advice_is_for_this_net(values: dict[str, Any], accuracy: float, advice: str) -> None:
    from cnntutor.vision.train_history import Evaluation, History

    turned = knobs(**values)
    done = History(2, 2, learning_rates=[0.1, 0.1], evaluations=[Evaluation(2, 1, 0.5, accuracy, 0.5, accuracy + 0.1)])
    caption = words.caption(turned, turned.bill, done)
    assert advice in caption
    assert "On its own digits it is 10 points better" in caption


# Predict first


@pytest.mark.parametrize(("accuracy", "choice"), [(0.2, 0), (0.5, 1), (0.8, 2), (0.949, 2), (0.95, 3)])
def test_the_held_out_accuracy_decides_the_guess(accuracy: float, choice: int) -> None:
    assert playground.predict is not None
    prediction = playground.predict(PlaygroundKnobs(epochs=1))
    assert prediction is not None
    assert "**5,178** numbers to learn, and **1,437** digits to learn them from, once over" in prediction.ask
    assert prediction.judge(Frame(figures={"accuracy": accuracy})) == choice
    assert prediction.judge(Frame()) is None


# What cannot be


@pytest.mark.parametrize(
    ("values", "line"),
    [
        ({"net": "conv 8 | cnv"}, "net: at character 10: there is no block “cnv”: did you mean conv?"),
        ({"net": "conv 8 k9"}, r"net: block 1 \(conv 8 k9\): its window spans 9"),
        (
            {"net": "conv 8 k3"},
            "net: the net ends with 8×6×6, but there are 10 classes: end with flatten",
        ),
        ({"net": "c512k3p1 c512k3p1 g f l10", "pictures": 1437}, "MACs a picture would be learnt too slowly here"),
        ({"learning_rate": 0}, "learning_rate must be at least 1e-05"),
    ],
)
def test_what_cannot_be_is_refused_by_the_name_of_its_knob(values: dict[str, Any], line: str) -> None:
    with pytest.raises(UsageError, match=line):
        knobs(**values)


def test_a_loss_that_is_no_number_ends_the_run_with_one_line() -> None:
    with pytest.raises(UsageError, match="no longer a number after"):
        frames(net="c8k3 c8k3 f l10", optimiser="sgd", learning_rate=10, epochs=20)


# The code


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"net": EVERY_KIND, "side": 12, "optimiser": "sgd", "learning_rate": 0.1},
        {"net": DENSE, "pictures": 65},
        {"net": "c2k2s1p2d2g1b0 c2k2p1d2g2b0 " * 9 + "f l10", "side": 12},
    ],
    ids=["lesson", "every kind", "dense", "longest"],
)
def test_the_code_that_is_shown_finds_the_same_numbers(
    values: dict[str, Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    last = frames(seed=3, **values)[-1]
    code = show_code(playground, knobs(**values), seed=3, device="cpu")
    script = tmp_path / "code.py"
    script.write_text(code, encoding="utf-8")
    runpy.run_path(str(script))
    printed = {name: float(number) for name, number in map(str.split, capsys.readouterr().out.splitlines())}
    assert printed == {name: last.figures[name] for name in ("parameters", "macs", "receptive_field", "accuracy")}
    assert len(code.splitlines()) <= SCREEN
