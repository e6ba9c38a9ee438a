from __future__ import annotations

import runpy
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from cnntutor.demos import catalogue
from cnntutor.demos.frame import Frame
from cnntutor.demos.gallery import _tour_pictures as pictures
from cnntutor.demos.gallery._tour_knobs import TourKnobs
from cnntutor.demos.gallery._tour_way import way_of
from cnntutor.demos.gallery.tour import tour
from cnntutor.demos.run import run_headless
from cnntutor.demos.show_code import SCREEN, show_code
from cnntutor.errors import UsageError
from cnntutor.vision import checkpoints, colour, data, images, texture_patches, textures

CPU = torch.device("cpu")

OWN_NET = """
import torch
from torch import nn

class Twice(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 3, 3, padding=1)
        self.relu = nn.ReLU(inplace=True)
        self.head = nn.Linear(3, 2)

    def forward(self, x):
        x = self.relu(self.conv(x))
        x = self.relu(self.conv(x) - 1)
        return self.head(x.mean((2, 3)))

class Idle(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 3, 3)

    def forward(self, x):
        return x.sum((2, 3))
"""


@cache
def defaults() -> tuple[Frame, ...]:
    """The run that everybody sees first."""
    return tuple(frames())


def frames(seed: int = 0, **values: Any) -> list[Frame]:
    return list(tour.frames(catalogue.parse_knobs(tour, values), "cpu", seed))


def layer_said(frame: Frame) -> str:
    """The layer that a frame's caption names."""
    return frame.caption.split("`")[1]


def order_of_calls(net: nn.Module, x: Tensor) -> list[str]:
    """The leaves in the order in which they run, by plain hooks."""
    called: list[str] = []
    for name, layer in net.named_modules():
        if not list(layer.children()):
            layer.register_forward_hook(lambda *_, name=name: called.append(name))
    with torch.no_grad():
        net(x)
    return called


# The claim


def test_the_answer_is_the_nets_own() -> None:
    kept = checkpoints.load("textures")
    piece = texture_patches.pieces("held-out", 1, 96).x
    with torch.no_grad():
        chances = kept.model()((piece - 0.5) / 0.5)[0].softmax(0)
    last = defaults()[-1]
    assert last.figures["probability"] == pytest.approx(float(chances.max()), abs=1e-6)
    assert textures.NAMES[int(last.figures["top_class"])] == "brick"
    shown = {str(row[0]): row[1] for row in last.tables["the answer"].rows}
    assert shown == pytest.approx({name: 100 * float(chances[at]) for at, name in enumerate(textures.NAMES)}, abs=0.051)


@pytest.mark.parametrize("model", ["textures", "digits"])
def test_every_layer_is_visited_in_the_order_in_which_the_net_calls_it(model: str) -> None:
    kept = checkpoints.load(model)
    called = order_of_calls(kept.model(), torch.zeros(1, kept.spec.in_channels, kept.spec.side, kept.spec.side))
    visited = [layer_said(frame) for frame in frames(model=model)[1:-1]]
    assert visited == called


def test_a_layer_that_runs_twice_is_visited_twice_and_shows_what_it_gave_each_time(tmp_path: Path) -> None:
    file = tmp_path / "own.py"
    file.write_text(OWN_NET)
    _, *walk, last = frames(model=f"{file}:Twice", side=8)
    assert [layer_said(frame) for frame in walk] == ["conv", "relu", "conv", "relu", "head"]
    firsts = [frame.images["out: 3 maps of 8×8"] for frame in walk[:4]]
    assert not np.array_equal(firsts[0], firsts[2])
    assert last.figures["layers"] == 5
    assert [frame.figures["zeros"] > 0 for frame in walk[:4]] == [False, True, False, True]


# On the way


def test_the_way_of_the_numbers_is_that_of_the_lesson() -> None:
    sizes = [frame.formulas[0] for frame in defaults()[1:-1]]
    assert sizes[0] == "numbers: 3·96·96 = 27,648 → 16·96·96 = 147,456"
    assert "16·96·96 = 147,456 → 16·48·48 = 36,864" in sizes[3]
    assert "32·48·48 = 73,728 → 32·24·24 = 18,432" in sizes[7]
    assert "64·24·24 = 36,864 → 64·12·12 = 9,216" in sizes[11]
    assert (defaults()[-1].figures["most_numbers"], defaults()[-1].figures["largest_at"]) == (147_456, 1)


def test_the_first_convolution_is_counted_on_paper() -> None:
    first = defaults()[1]
    assert first.formulas[1:] == ("parameters = 3·3·3·16 = 432", "MACs = 3·3·3·16·96·96 = 3,981,312")
    assert (first.figures["layer_params"], first.figures["layer_macs"]) == (432, 3_981_312)


def test_all_maps_are_in_sight_and_one_of_them_is_large() -> None:
    frame = defaults()[1]
    assert frame.views["walk"][1] == "out: 16 maps of 96×96"
    assert frame.images["out: 16 maps of 96×96"].shape == (4 * 96 + 3, 4 * 96 + 3, 3)
    large = next(pixels for title, pixels in frame.images.items() if title.startswith("channel"))
    assert large.shape == (96, 96, 3)
    assert np.array_equal(frame.images["in: the picture"], colour.rgb(texture_patches.pieces("held-out", 1, 96).x[0]))


def test_in_a_view_of_their_own_the_maps_lie_twice_as_wide_as_high() -> None:
    frame = defaults()[1]
    assert frame.views["maps"] == ("all 16 maps",)
    height, width = frame.images["all 16 maps"].shape[:2]
    assert (height, width) == (3 * 48 + 2, 6 * 48 + 5)


def test_the_table_marks_the_layer_that_is_visited() -> None:
    for frame in defaults()[1:-1]:
        (marked,) = [row for row in frame.tables["the way"].rows if row[0]]
        assert marked[1] == layer_said(frame)
    assert [row[0] for row in defaults()[-1].tables["the way"].rows] == [layer_said(at) for at in defaults()[1:-1]]


def test_the_last_probability_is_worked_out() -> None:
    (working,) = defaults()[-1].formulas
    assert working.endswith(f"+ …) = {defaults()[-1].figures['probability']:.3f}")


def test_one_channel_is_followed_until_channels_are_mixed() -> None:
    way = way_of(TourKnobs(), CPU)
    first, second = ([way.followed(place) for place in block] for block in (range(4), range(4, 8)))
    assert len(set(first)) == len(set(second)) == 1
    assert float(way.maps_at(3)[first[0]].std()) == pytest.approx(float(way.maps_at(3).flatten(1).std(1).max()), 1e-3)


def test_the_walk_can_stop_at_a_layer() -> None:
    walk = frames(model="digits", layer="blocks.0.pool")
    assert layer_said(walk[-1]) == "blocks.0.pool"
    assert (walk[-1].progress, walk[-1].hold) == (1, 0)
    assert (walk[-1].figures["map_size"], walk[-1].figures["channels"]) == (4, 16)
    assert "probability" not in walk[-1].figures


def test_the_pace_can_be_turned_on_the_way() -> None:
    knobs = TourKnobs(model="digits", pace=2)
    walk = tour.frames(knobs, "cpu")
    assert next(walk).hold == 2
    knobs.pace = 1
    assert next(walk).hold == 1
    assert {layer_said(frame) for frame in walk if frame.hold == 0.5} == {"flatten", "dropout"}


def test_maps_stand_on_the_sheet_row_by_row_each_in_its_own_range() -> None:
    maps = torch.zeros(3, 2, 2)
    maps[0, 0, 0], maps[1, 0, 1], maps[2, 1, 1] = 1, 1000, 1e-3
    sheet = pictures.sheet(maps)
    assert sheet.shape == (5, 5, 3)
    assert [sheet[place].tolist() for place in ((0, 0), (0, 4), (4, 1))] == [[255] * 3] * 3
    assert sheet[0, 1].tolist() == [0, 0, 0]
    assert (sheet[2] == colour.UNKNOWN).all()
    assert (sheet[3:, 3:] == colour.UNKNOWN).all()


def test_large_maps_are_drawn_smaller_by_their_means() -> None:
    maps = torch.ones(100, 64, 64)
    maps[0, :2, :2] = torch.tensor([[0.0, 0], [0, 4]])
    assert max(pictures.sheet(maps).shape) <= pictures.SHEET
    assert torch.equal(pictures._small(maps, 32)[0], torch.ones(32, 32))


# What walks


def test_a_net_is_shown_what_it_has_learnt_or_any_picture() -> None:
    digit = data.load("digits").held_out
    assert torch.equal(way_of(TourKnobs(model="digits", number=9), CPU).picture, digit.x[9])
    coffee = way_of(TourKnobs(scene="picture", image="coffee"), CPU)
    assert torch.equal(coffee.picture, images.as_tensor(images.square("coffee", 96)))
    assert coffee.truth == ""


def test_a_learners_own_picture_is_the_one_that_walks(tmp_path: Path) -> None:
    file = tmp_path / "own.png"
    images.square("coffee", 40).save(file)
    knobs = TourKnobs().with_picture(file)
    assert (knobs.scene, knobs.image) == ("picture", str(file))


def test_a_net_that_gives_no_scores_is_walked_through_all_the_same(tmp_path: Path) -> None:
    file = tmp_path / "own.py"
    file.write_text("from torch import nn\n\ndef maps():\n    return nn.Sequential(nn.Conv2d(3, 2, 3), nn.ReLU())\n")
    last = frames(model=f"{file}:maps", side=8)[-1]
    assert layer_said(last) == "1"
    assert "the answer" not in last.tables


@pytest.mark.parametrize(
    ("values", "line"),
    [
        ({"model": "textres"}, "There is no net “textres”: did you mean textures"),
        ({"model": " "}, "model must name a net: choose digits"),
        ({"model": "nowhere.py:Net"}, "model: there is no file"),
        ({"layer": "blocks.7.conv"}, "layer: the net runs no layer “blocks.7.conv”: choose blocks"),
        ({"pace": 9}, "pace must be at most 5"),
    ],
)
def test_what_cannot_be_is_refused_by_the_name_of_its_knob(values: dict[str, Any], line: str) -> None:
    with pytest.raises(UsageError, match=line):
        frames(**values)


def test_a_net_that_calls_none_of_its_layers_is_refused_in_a_line(tmp_path: Path) -> None:
    file = tmp_path / "own.py"
    file.write_text(OWN_NET)
    with pytest.raises(UsageError, match="model: the net calls no layers"):
        frames(model=f"{file}:Idle", side=8)


# Prediction, code


def test_the_run_itself_says_which_prediction_was_right() -> None:
    prediction = tour.predict(TourKnobs())
    assert prediction is not None
    assert prediction.judge(defaults()[-1]) == 1
    places = {0: 0, 1: 1, 4: 1, 5: 2, 8: 2, 9: 3, 12: 3}
    judged = {at: prediction.judge(Frame(figures={"largest_at": at, "layers": 12})) for at in places}
    assert judged == places
    assert prediction.judge(Frame()) is None
    assert tour.predict(TourKnobs(layer="head")) is None


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"model": "digits", "number": 20, "weights": "random"},
        {"scene": "picture", "image": "coffee", "layer": "blocks.1.activation"},
        {"model": "squeezenet1_1", "weights": "random", "side": 64},
    ],
    ids=["defaults", "digits", "a picture", "torchvision's"],
)
def test_the_code_that_is_shown_finds_the_same_numbers(
    values: dict[str, Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = show_code(tour, TourKnobs(**values), seed=3)
    assert len(code.splitlines()) <= SCREEN
    script = tmp_path / "code.py"
    script.write_text(code, encoding="utf-8")
    runpy.run_path(str(script))
    printed = {name: float(number) for name, number in map(str.split, capsys.readouterr().out.splitlines())}
    figures = run_headless("tour", values, device="cpu", seed=3).figures
    assert printed == pytest.approx({name: figures[name] for name in printed}, rel=1e-5)
    assert len(printed) == (9 if "layer" in values else 11) - 1
