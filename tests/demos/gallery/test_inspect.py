from __future__ import annotations

import inspect as python_inspect
import runpy
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cnntutor.demos import catalogue
from cnntutor.demos.frame import Frame
from cnntutor.demos.gallery import inspect as module
from cnntutor.demos.gallery.inspect import InspectKnobs, inspect
from cnntutor.demos.run import RunResult, run_headless
from cnntutor.demos.show_code import show_code
from cnntutor.errors import UsageError
from cnntutor.vision import colour

OWN = """\
import torch
from torch import nn
from torch.nn import functional as F


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 4, 3)
        self.idle = nn.Linear(2, 2)
        self.head = nn.Linear(4, 2)

    def forward(self, x):
        print("a learner's own print")
        x = F.relu(self.conv(x))
        return self.head(x.mean((2, 3))) @ torch.eye(2)


class Several(Net):
    def forward(self, x):
        return {"scores": super().forward(x)}


class Careless(Net):
    def forward(self, x):
        squares = (maps := self.conv(x).sigmoid()) * maps
        maps += 1
        return self.head(squares.mean((2, 3)))
"""


@pytest.fixture
def own(tmp_path: Path) -> str:
    (tmp_path / "own.py").write_text(OWN)
    return f"{tmp_path / 'own.py'}:Net"


@pytest.fixture(scope="module")
def usual() -> Frame:
    """The last frame of the default run."""
    return last_frame()


def last_frame(seed: int = 0, **values: Any) -> Frame:
    *_, last = inspect.frames(InspectKnobs(**values), "cpu", seed)
    return last


def column(frame: Frame, name: str, table: str = "layers") -> list[Any]:
    found = frame.tables[table]
    return [row[found.columns.index(name)] for row in found.rows]


def pixels_marked(pixels: colour.Pixels) -> set[tuple[int, int]]:
    return set(zip(*np.nonzero((pixels == colour.POSITIVE).all(axis=-1)), strict=True))


# The table


def test_every_layer_is_listed_with_its_cost(usual: Frame) -> None:
    assert column(usual, "layer")[:2] == ["blocks.0.conv", "blocks.0.norm"]
    assert sum(column(usual, "params")) == usual.figures["params"]
    assert sum(column(usual, "MACs")) == usual.figures["macs"]
    assert sum(column(usual, "params %")) == pytest.approx(100, abs=1)
    assert sum(column(usual, "MACs %")) == pytest.approx(100, abs=1)
    assert usual.figures["layers"] == len(set(column(usual, "layer")))


def test_the_chosen_layer_is_marked_and_its_numbers_are_figures() -> None:
    frame = last_frame(layer="blocks.1.conv")
    at = column(frame, "").index("▸")
    assert column(frame, "").count("▸") == 1
    assert column(frame, "layer")[at] == "blocks.1.conv"
    assert frame.figures["layer_params"] == column(frame, "params")[at]
    assert frame.figures["layer_macs"] == column(frame, "MACs")[at]
    assert f"{frame.figures['receptive_field']}×{frame.figures['receptive_field']}" == column(frame, "sees")[at]


@pytest.mark.parametrize(("sort", "name"), [("params", "params"), ("macs", "MACs")])
def test_the_table_can_be_sorted_by_cost(sort: str, name: str) -> None:
    amounts = column(last_frame(sort=sort), name)
    assert amounts == sorted(amounts, reverse=True)


def test_a_classic_has_the_numbers_that_are_known_of_it() -> None:
    frame = last_frame(model="resnet18", weights="random", side=64, layer="layer4.1.conv2")
    assert frame.figures["params"] == 11_689_512
    assert frame.figures["params_in_linear_layers"] == 513_000
    assert frame.figures["receptive_field"] == 435
    assert frame.figures["output_size"] == 2
    assert frame.formulas[0] == "parameters = 3·3·512·512 = 2,359,296"


def test_the_shares_add_up_layer_by_layer(usual: Frame) -> None:
    for curve in usual.charts["share of the whole"].values():
        assert list(curve.y) == sorted(curve.y)
        assert (curve.y[0], curve.y[-1]) == (0, pytest.approx(100))


# The maps


def test_the_strongest_channels_come_first_and_the_chosen_one_is_large(usual: Frame) -> None:
    assert usual.views["maps"] == ("what it sees", "16 of 16 maps", f"channel {usual.figures['channel']}")
    side = usual.figures["output_size"]
    assert usual.images[f"channel {usual.figures['channel']}"].shape == (side, side, 3)
    assert usual.images["16 of 16 maps"].shape == (4 * side + 3, 4 * side + 3, 3)


def test_the_picture_has_a_line_around_what_the_cell_sees() -> None:
    frame = last_frame(row=20, column=40)
    marked = pixels_marked(frame.images["what it sees"]) - pixels_marked(frame.images["picture"])
    around = {(r, c) for r in range(18, 23) for c in range(38, 43)} - {
        (r, c) for r in (19, 20, 21) for c in (39, 40, 41)
    }
    assert marked == around


def test_a_cell_that_sees_everything_has_the_whole_picture_framed() -> None:
    frame = last_frame(layer="pool")
    side = len(frame.images["picture"])
    marked = pixels_marked(frame.images["what it sees"])
    assert {(0, 0), (0, side - 1), (side - 1, 0), (side - 1, side - 1)} <= marked


def test_a_row_of_numbers_is_shown_as_a_sheet() -> None:
    frame = last_frame(layer="head")
    assert frame.views["maps"] == ("what it sees", "7 numbers")
    assert frame.images["7 numbers"].shape == (2, 4, 3)
    assert (frame.images["7 numbers"][1, 3] == colour.UNKNOWN).all()


# The cell


def test_a_convolutions_cell_is_taken_apart_down_to_its_products(usual: Frame) -> None:
    patch, kernel, products = (np.array(usual.grids[title].rows) for title in ("patch", "kernel", "products"))
    np.testing.assert_allclose(patch * kernel, products, atol=1e-9)
    assert (usual.views["cell"], usual.views["sum"]) == (("patch", "kernel"), ("products", "working"))
    working = dict(usual.tables["working"].rows)
    assert working["worked out"] == pytest.approx(working["the layer gave"], abs=1e-4)
    assert usual.figures["sum_of_products"] == pytest.approx(usual.figures["value"], abs=1e-5)


@pytest.mark.parametrize(
    ("layer", "parts"),
    [
        ("blocks.0.norm", {"mean μ", "variance σ²", "scale γ", "shift β"}),
        ("blocks.0.activation", {"input x"}),
        ("blocks.0.pool", {"largest"}),
        ("pool", {"sum", "count"}),
        ("head", {"58 more", "sum of products", "bias"}),
    ],
)
def test_other_layers_are_taken_apart_in_their_own_way(layer: str, parts: set[str]) -> None:
    working = dict(last_frame(layer=layer).tables["working"].rows)
    assert parts <= set(working)
    assert working["worked out"] == pytest.approx(working["the layer gave"], abs=2e-4)


def test_the_winner_of_a_pooling_is_marked() -> None:
    patch = last_frame(layer="blocks.0.pool").grids["patch"]
    ((row, column),) = patch.marked
    assert patch.rows[row][column] == max(cell for line in patch.rows for cell in line if cell is not None)


def test_what_is_left_open_is_chosen_by_its_amount() -> None:
    frame = last_frame(channel=3, row=5)
    asked = [last_frame(channel=3, row=5, column=column).figures["value"] for column in range(0, 96, 19)]
    assert frame.figures["row"] == 5
    assert abs(frame.figures["value"]) >= max(map(abs, asked))


@pytest.mark.parametrize(
    ("values", "line"),
    [
        ({"channel": 16}, "channel must be from 0 to 15 at blocks.0.conv, or −1 for the strongest, not 16"),
        ({"row": 96}, "row must be from 0 to 95 at blocks.0.conv, or −1 for the strongest, not 96"),
        ({"layer": "head", "column": 1}, "column must be 0 at head, or −1 for the strongest, not 1"),
        ({"layer": "blocks.0.con"}, "layer: the net runs no layer “blocks.0.con”: choose blocks.0.conv, "),
        ({"model": "texture"}, "There is no net “texture”: did you mean textures?"),
        ({"model": " "}, "model must name a net: choose "),
        ({"model": "none.py:Net"}, "model: there is no file none.py: write FILE.py:NAME"),
        ({"image": "dog"}, "There is no picture “dog”"),
    ],
)
def test_what_cannot_be_is_refused_by_the_name_of_its_knob(values: dict[str, Any], line: str) -> None:
    with pytest.raises(UsageError) as caught:
        run_headless("inspect", values, device="cpu")
    assert str(caught.value).startswith(line)


# Where the net looks, and what it says


def test_two_layers_look_at_the_picture_the_chosen_one_and_the_last(usual: Frame) -> None:
    assert usual.views["look"] == ("at blocks.0.conv", "at blocks.2.pool")
    assert usual.images["at blocks.0.conv"].shape == usual.images["picture"].shape


def test_the_likeliest_classes_are_named(usual: Frame) -> None:
    chances = column(usual, "probability", "classes")
    assert chances == sorted(chances, reverse=True)
    assert {"brick", "grass"} & set(column(usual, "class", "classes"))


# A learner's own net


def run_own(model: str, **values: Any) -> RunResult:
    return run_headless("inspect", {"model": model, **values}, device="cpu", consent=lambda _: True)


def test_a_learners_own_net_is_taken_apart_like_any_other(own: str, capsys: pytest.CaptureFixture[str]) -> None:
    result = run_own(own)
    assert result.figures["params"] == 40 + 6 + 10
    assert result.figures["sum_of_products"] != result.figures["value"]
    assert result.last.choices["layer"] == ("conv", "head")
    assert "2 is no layer" not in capsys.readouterr().out
    assert "Another 4 MACs are functions that belong to no layer." in result.last.caption


def test_what_a_learners_net_prints_stays_out_of_the_output(own: str, capsys: pytest.CaptureFixture[str]) -> None:
    run_own(own)
    printed = capsys.readouterr()
    assert printed.out == ""
    assert "a learner's own print" in printed.err


def test_own_code_asks_first_and_other_nets_do_not(own: str) -> None:
    assert InspectKnobs(model=own).code_to_run == Path(own.rpartition(":")[0])
    assert InspectKnobs().code_to_run is None
    with pytest.raises(UsageError, match="was not run"):
        run_headless("inspect", {"model": own}, device="cpu")


def test_a_net_that_answers_otherwise_is_shown_without_classes(own: str) -> None:
    frame = run_own(own.replace(":Net", ":Several")).last
    assert "classes" not in frame.tables
    assert frame.views["picture"] == ("picture",)
    assert "look" not in frame.views
    assert "The net must answer 1 image with scores" in frame.caption


def test_a_net_that_cannot_be_differentiated_is_inspected_without_a_look(own: str) -> None:
    frame = run_own(own.replace(":Net", ":Careless")).last
    assert frame.tables["working"].rows
    assert "look" not in frame.views
    assert "own.py: RuntimeError: one of the variables needed for gradient computation" in frame.caption


# The whole


def test_the_table_is_there_first_and_the_rest_follows() -> None:
    first, *_, last = inspect.frames(InspectKnobs(), "cpu")
    assert first.tables["layers"] == last.tables["layers"]
    assert list(last.views) == ["layers", "cost", "maps", "cell", "sum", "look", "picture"]
    assert first.progress is not None
    assert last.progress == 1
    assert {"model", "layer"} <= set(first.choices)


@pytest.mark.parametrize(
    ("values", "right"),
    [
        ({}, "the convolutions"),
        ({"model": "alexnet", "weights": "random", "side": 64}, "the linear layers at its end"),
    ],
)
def test_the_run_answers_the_question_asked_before_it(values: dict[str, Any], right: str) -> None:
    assert inspect.predict
    prediction = inspect.predict(InspectKnobs(**values))
    assert prediction
    judged = prediction.judge(last_frame(**values))
    assert judged is not None
    assert prediction.choices[judged] == right


def test_the_seed_decides_random_weights() -> None:
    def value(seed: int) -> float:
        return last_frame(seed, weights="random").figures["value"]

    assert value(1) == value(1) != value(2)


def test_the_demo_hides_no_module_of_pythons(usual: Frame) -> None:
    assert python_inspect.signature(catalogue.load)
    assert python_inspect.__file__ != module.__file__


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"layer": "blocks.1.conv", "channel": 4, "row": 0, "column": 0, "image": "chelsea", "side": 64},
        {"layer": "head", "weights": "random"},
        {"model": "mobilenet_v2", "weights": "random", "side": 64, "layer": "features.3.conv.1.0", "row": 3},
        {"column": 5, "channel": 2},
    ],
    ids=["defaults", "corner", "head", "depthwise", "column"],
)
def test_the_code_that_is_shown_finds_the_same_numbers(
    values: dict[str, Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    script = tmp_path / "code.py"
    script.write_text(show_code(inspect, InspectKnobs(**values), seed=3), encoding="utf-8")
    runpy.run_path(str(script))
    found = printed(capsys.readouterr().out)
    figures = last_frame(3, **values).figures
    assert {"params", "macs", "output_size", "value"} <= set(found)
    assert found == pytest.approx({name: figures[name] for name in found}, abs=1e-4)


def test_the_code_that_is_shown_runs_alone(tmp_path: Path) -> None:
    script = tmp_path / "code.py"
    script.write_text(show_code(inspect, InspectKnobs()), encoding="utf-8")
    command = [sys.executable, "-P", str(script)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=tmp_path)
    assert printed(done.stdout)["output_size"] == 96


def printed(text: str) -> dict[str, float]:
    return {name: float(number) for name, number in map(str.split, text.splitlines())}
