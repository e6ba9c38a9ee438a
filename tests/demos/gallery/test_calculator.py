from __future__ import annotations

import re
import runpy
from pathlib import Path
from typing import Any

import pytest
import torch

from cnntutor.demos import catalogue
from cnntutor.demos.frame import Frame
from cnntutor.demos.gallery import _calculator_words as words
from cnntutor.demos.gallery._calculator_knobs import CalculatorKnobs
from cnntutor.demos.gallery.calculator import calculator
from cnntutor.demos.knobs import KnobKind
from cnntutor.demos.run import run_headless
from cnntutor.demos.show_code import SCREEN, show_code
from cnntutor.errors import UsageError
from cnntutor.vision.net_bill import sound
from cnntutor.vision.net_build import build
from cnntutor.vision.profile import profile

VGG = (
    "c64k3p1 r c64k3p1 r p2 c128k3p1 r c128k3p1 r p2 c256k3p1 r c256k3p1 r c256k3p1 r p2 c512k3p1 r c512k3p1 r"
    " c512k3p1 r p2 c512k3p1 r c512k3p1 r c512k3p1 r p2 f l4096 r d0.5 l4096 r d0.5 l1000"
)


@pytest.fixture(scope="module")
def run() -> Frame:
    torch.set_num_threads(1)
    return run_headless("calculator", device="cpu").last


def last_frame(**values: Any) -> Frame:
    *_, last = calculator.frames(catalogue.parse_knobs(calculator, values), "cpu", 0)
    return last


# The claim; test_net_text.py has it for random stacks


@pytest.mark.parametrize(
    "values",
    [{}, {"net": VGG, "side": 224}, {"net": "c8k5p2g4 n gelu a3s2p1 c6k1b0 g f d0.2 l3", "channels": 4, "side": 19}],
    ids=["defaults", "vgg16", "every kind"],
)
def test_the_figures_are_those_of_the_module_that_the_net_builds(values: dict[str, Any]) -> None:
    knobs, last = catalogue.parse_knobs(calculator, values), last_frame(**values)
    assert isinstance(knobs, CalculatorKnobs)
    with torch.device("meta"):
        found = profile(build(knobs.bill), (knobs.channels, knobs.side, knobs.side))
    assert (last.figures["parameters"], last.figures["macs"]) == (found.params, found.macs)
    assert (last.figures["module_parameters"], last.figures["module_macs"]) == (found.params, found.macs)
    assert [row[2:] for row in last.tables["the bill"].rows[:-1]] == [(row.params, row.macs) for row in found.rows]


def test_vgg_16_has_the_known_numbers() -> None:
    made = sound(VGG, CalculatorKnobs(side=224).task)
    assert (made.params, made.macs) == (138_357_544, 15_470_264_320)


def test_the_default_net_has_the_numbers_of_the_lesson(run: Frame) -> None:
    assert [row[2:] for row in run.tables["the bill"].rows] == [
        (448, 110_592),
        (0, 0),
        (4_640, 294_912),
        (0, 0),
        (0, 0),
        (20_490, 20_480),
        (25_578, 425_984),
    ]
    assert [row[1] for row in run.tables["bytes of the maps"].rows] == [
        *(16_384, 16_384, 8_192, 8_192, 8_192, 40, 57_384),
        *(102_312, None),
    ]
    assert [row[2] for row in run.tables["bytes of the maps"].rows[-3:]] == [3_672_576, 409_248, 4_081_824]
    assert "Three bills, three winners" in run.caption


# The working


def test_every_line_of_working_comes_to_what_it_says() -> None:
    made = catalogue.parse_knobs(calculator, {"net": "c8k5p2g4 n p3s2p1 c6k1b0 f l3 l2b0", "channels": 4, "side": 19})
    assert isinstance(made, CalculatorKnobs)
    lines = [line for row in made.bill.rows for line in words.working(row)]
    lines.append(words.totals(made, made.bill)[-1].removeprefix("all "))
    for line in lines:
        working, result = re.sub(r"^\w+ = ", "", line).removesuffix(" bytes").replace(",", "").rsplit(" = ", 1)
        working = working.replace("·", "*").replace("−", "-")
        working = re.sub(r"⌊(.*)/(\d+)⌋", r"((\1) // \2)", working)
        assert eval(working) == int(result), line
    assert len(lines) == 21


def test_the_working_is_that_of_the_block_that_is_asked_for() -> None:
    assert last_frame(block=1).formulas[1] == "parameters = (3·3·3 + 1)·16 = 448"
    assert last_frame().formulas[1] == "parameters = (3·3·16 + 1)·32 = 4,640"


def test_whoever_asks_for_bytes_sees_them_first_and_their_working() -> None:
    last = last_frame(show="bytes", net="conv 20 k3 p1", side=10, batch=8)
    assert next(iter(last.views)) == "bytes"
    assert last.formulas == ("bytes = 4·20·10·10 = 8,000", "all maps, batch of 8 = 8·8,000 = 64,000")
    assert (last.figures["map_bytes"], last.figures["batch_bytes"]) == (8_000, 64_000)


def test_the_net_is_a_knob_that_is_put_together_on_a_screen_of_its_own() -> None:
    knob = calculator.controls[0]
    assert (knob.name, knob.kind, knob.task_from) == ("net", KnobKind.NET, "task")
    assert knob.help == knob.description


# The run


def test_the_picture_passes_block_by_block_and_the_views_come_at_the_end() -> None:
    frames = list(calculator.frames(CalculatorKnobs(), "cpu", 0))
    assert [len(frame.tables["the bill"].rows) for frame in frames] == [2, 3, 4, 5, 6, 7, 7]
    assert [frame.hold > 0 for frame in frames] == [True] * 6 + [False]
    assert frames[0].formulas == words.working(CalculatorKnobs().bill.rows[0])
    assert list(frames[-1].views) == ["bill", "shares", "bytes", "sees", "code"]


def test_the_run_answers_its_question(run: Frame) -> None:
    assert calculator.predict is not None
    prediction = calculator.predict(CalculatorKnobs())
    assert prediction is not None
    assert prediction.choices[prediction.judge(run) or 0] == "block 3, conv 32 k3 s2 p1"
    assert prediction.judge(Frame()) is None
    assert calculator.predict(CalculatorKnobs(net="relu | conv 3")) is None


def test_nets_without_weights_or_with_one_winner_have_words_too() -> None:
    assert "has 100 % of the bytes" in last_frame(net="relu").caption
    won = "Block 1, conv 8 k3, has 100 % of the parameters, 100 % of the MACs and 100 % of the bytes."
    assert last_frame(net="conv 8").caption.startswith(f"**Look** {won}")


@pytest.mark.parametrize(
    ("values", "line"),
    [
        ({"net": "conv 8 | cnv"}, "net: at character 10: there is no block “cnv”: did you mean conv?"),
        ({"net": "conv 8 k9", "side": 5}, r"net: block 1 \(conv 8 k9\): its window spans 9, and the padded map"),
        ({"block": 7}, "block must be from 0 to 6"),
    ],
)
def test_what_cannot_be_is_refused_with_its_place(values: dict[str, Any], line: str) -> None:
    with pytest.raises(UsageError, match=line):
        catalogue.parse_knobs(calculator, values)


@pytest.mark.parametrize("values", [{}, {"net": VGG, "side": 64, "batch": 3}], ids=["defaults", "longest"])
def test_the_code_that_is_shown_finds_the_same_numbers(
    values: dict[str, Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = show_code(calculator, catalogue.parse_knobs(calculator, values), seed=3)
    script = tmp_path / "code.py"
    script.write_text(code, encoding="utf-8")
    runpy.run_path(str(script))
    lines = [line for line in capsys.readouterr().out.splitlines() if not line.startswith("#")]
    printed = {name: float(number) for name, number in map(str.split, lines)}
    figures = last_frame(**values).figures
    assert printed == {name: figures[name] for name in ("parameters", "macs", "map_bytes", "training_bytes")}
    assert len(code.splitlines()) <= SCREEN
