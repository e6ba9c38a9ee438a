from __future__ import annotations

import runpy
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from captum.attr import LayerGradCam

from cnntutor.demos import catalogue
from cnntutor.demos.frame import Frame
from cnntutor.demos.gallery import grad_cam as module
from cnntutor.demos.gallery._grad_cam_knobs import GradCamKnobs
from cnntutor.demos.gallery._grad_cam_scene import scene_of
from cnntutor.demos.gallery.grad_cam import grad_cam
from cnntutor.demos.show_code import SCREEN, show_code
from cnntutor.errors import UsageError
from cnntutor.vision import checkpoints, images
from cnntutor.vision.checkpoints import Checkpoint
from cnntutor.vision.models import ConvNet
from cnntutor.vision.net_spec import NetSpec

CPU = torch.device("cpu")
METHODS = ("grad-cam", "grad-cam++", "layer-cam", "score-cam", "occlusion")

OWN_NET = """
from torch import nn

def tiny():
    maps = nn.Sequential(nn.Conv2d(3, 4, 3, stride=2), nn.ReLU())
    return nn.Sequential(maps, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(4, 3))

class Talker(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = tiny()

    def forward(self, x):
        print("seen")
        return self.net(x)

class Numpy(Talker):
    def forward(self, x):
        maps = self.net[0](x)
        maps.numpy()
        return self.net[1:](maps)
"""


def all_frames(seed: int = 0, **values: Any) -> list[Frame]:
    return list(grad_cam.frames(catalogue.parse_knobs(grad_cam, values), "cpu", seed))


def last_frame(seed: int = 0, **values: Any) -> Frame:
    return all_frames(seed, **values)[-1]


# What is found


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("layout", ["side by side", "stacked"])
def test_every_method_finds_the_texture_that_was_asked_for(method: str, layout: str) -> None:
    figures = last_frame(method=method, layout=layout, first="grass", second="stars", target="grass").figures
    assert figures["hit"] == 1
    assert figures["inside"] > 0.5
    assert figures["row" if layout == "stacked" else "column"] < 48


def test_two_questions_about_one_picture_get_two_maps() -> None:
    frame = last_frame(target="brick", second_target="gravel")
    assert frame.views["map"] == ("picture", "map of brick", "map of gravel")
    assert frame.figures["column"] < 48 <= frame.figures["second_column"]
    assert (frame.figures["hit"], frame.figures["second_hit"]) == (1, 1)


def test_one_class_may_be_looked_for_at_two_layers() -> None:
    frame = last_frame(target="brick", second_layer="blocks.1")
    assert frame.views["map"] == ("picture", "map of brick at blocks.2", "map of brick at blocks.1")
    assert (frame.figures["map_size"], frame.figures["second_map_size"]) == (12, 24)
    assert (frame.figures["stride"], frame.figures["second_stride"]) == (8, 4)


def test_the_same_question_twice_gets_one_map() -> None:
    assert "second_row" not in last_frame(target="brick", second_target="Brick").figures
    assert "second_row" not in last_frame(method="occlusion", target="brick", second_layer="blocks.1").figures


def test_the_raw_map_is_captums() -> None:
    frame = last_frame(target="gravel", layer="blocks.1.norm")
    scene = scene_of(GradCamKnobs(), CPU)
    net = scene.net.module
    raw = LayerGradCam(net, net.get_submodule("blocks.1.norm")).attribute(scene.x, 2, relu_attributions=True)
    assert frame.figures["peak"] == pytest.approx(raw.max().item(), rel=1e-4)
    assert frame.images["gravel, raw"].shape == (48, 48, 3)


def test_without_a_target_the_likeliest_class_is_looked_for() -> None:
    frame = last_frame(first="stars", second="gravel")
    likeliest, chance, _ = frame.tables["classes"].rows[0]
    assert frame.views["map"][1] == f"map of {likeliest}"
    assert frame.figures["probability"] == pytest.approx(chance, abs=1e-4)
    assert chance == max(row[1] for row in frame.tables["classes"].rows)


def test_a_class_that_is_not_in_the_picture_has_no_right_place() -> None:
    frame = last_frame(target="wood")
    assert "hit" not in frame.figures
    assert "inside" not in frame.figures
    assert "wood" in [row[0] for row in frame.tables["classes"].rows]


@pytest.mark.parametrize("target", ["gravel", "GRAVEL", "2"])
def test_a_class_is_asked_for_by_name_or_number(target: str) -> None:
    assert last_frame(target=target).figures["target"] == 2


def test_untrained_the_net_finds_something_else_and_the_seed_decides_what() -> None:
    def peak(seed: int, weights: str) -> float:
        return last_frame(seed, weights=weights, target="brick").figures["peak"]

    assert peak(1, "trained") == peak(2, "trained")
    assert peak(1, "random") == peak(1, "random") != peak(2, "random")


def test_a_larger_side_gives_a_finer_map() -> None:
    assert last_frame(side=192).figures["map_size"] == 24


# What is shown


def test_everything_is_in_a_view() -> None:
    frame = last_frame(second_target="gravel")
    assert list(frame.views) == ["map", "raw", "classes", "channels"]
    seen = {item for items in frame.views.values() for item in items}
    assert seen == {*frame.images, *frame.tables}


def test_the_choices_of_the_text_knobs_are_told_from_the_first_frame_on() -> None:
    for frame in all_frames():
        assert frame.choices["target"] == frame.choices["second_target"] == checkpoints.load("textures").class_names
        assert {"blocks.0.conv", "blocks.2"} <= set(frame.choices["layer"])
        assert "textures" in frame.choices["model"]
    for layer in frame.choices["layer"]:
        assert last_frame(layer=layer).figures["map_size"] in (96, 48, 24, 12, 1)


def test_the_map_comes_up_over_the_picture() -> None:
    opening, *fading = all_frames(target="brick")
    assert list(opening.images) == ["picture"]
    maps = [frame.images["map of brick"].astype(int) for frame in fading]
    away = [np.abs(map_ - opening.images["picture"]).sum() for map_ in maps]
    assert away == sorted(away)
    assert away[0] > 0
    assert [frame.progress for frame in fading] == sorted(frame.progress for frame in fading)
    assert fading[-1].progress == 1


def test_the_blend_is_taken_anew_for_every_frame() -> None:
    knobs = GradCamKnobs(target="brick", blend=1)
    frames = grad_cam.frames(knobs, "cpu")
    opening = next(frames)
    knobs.take(GradCamKnobs(target="brick", blend=0))
    *_, last = frames
    assert np.array_equal(last.images["map of brick"], opening.images["picture"])


@pytest.mark.parametrize("method", ["score-cam", "occlusion"])
def test_slow_methods_say_how_far_they_are(method: str) -> None:
    progress = [frame.progress for frame in all_frames(method=method) if "classes" in frame.views and not frame.figures]
    assert len(progress) >= 3
    assert progress == sorted(progress)


def test_the_channels_are_listed_with_what_they_add() -> None:
    table = last_frame(target="brick").tables["channels"]
    added = [row[2] for row in table.rows]
    assert [abs(value) for value in added] == sorted((abs(value) for value in added), reverse=True)
    weights = {row[0]: row[1] for row in table.rows}
    scene = scene_of(GradCamKnobs(), CPU)
    kept: list[torch.Tensor] = []
    scene.net.module.blocks[2].register_forward_hook(lambda _m, _i, output: kept.append(output))
    score = scene.net.module(scene.x)[0, 0]
    alpha = torch.autograd.grad(score, kept[0])[0].mean((0, 2, 3))
    assert weights == pytest.approx({channel: float(alpha[channel]) for channel in weights}, rel=1e-3)


def test_methods_without_channel_weights_show_none() -> None:
    assert "channels" not in last_frame(method="occlusion").views
    assert {row[1] for row in last_frame(method="layer-cam").tables["channels"].rows} == {None}


@pytest.mark.parametrize("method", METHODS)
def test_every_method_says_what_to_look_at_what_to_try_and_how_it_works(method: str) -> None:
    frame = last_frame(method=method)
    assert "**Look**" in frame.caption
    assert "**Try**" in frame.caption
    assert frame.formulas


def test_the_working_is_written_out_with_this_runs_numbers() -> None:
    weights, sum_, size = last_frame(target="brick").formulas
    assert "Z = 12·12 = 144" in weights
    assert "k = 1…64" in sum_
    assert size == "map side = 96 / 8 = 12 cells"
    assert "11² = 121 squares, 8 pixels apart" in last_frame(method="occlusion").formulas[0]


# Other pictures, other nets


def test_a_picture_of_the_learners_turns_the_scene_to_it(tmp_path: Path) -> None:
    path = tmp_path / "mine.png"
    images.open_picture("coffee").save(path)
    knobs = GradCamKnobs().with_picture(path)
    assert (knobs.scene, knobs.image) == ("picture", str(path))
    *_, frame = grad_cam.frames(knobs, "cpu")
    assert frame.images["picture"].shape == (96, 96, 3)
    assert "hit" not in frame.figures


@pytest.mark.parametrize("scene", ["mosaic", "picture"])
def test_a_grey_net_of_the_learners_is_shown_grey_pictures(home: Path, scene: str) -> None:
    spec = NetSpec(blocks=2, width=4, in_channels=1, side=8, classes=3)
    made = Checkpoint(spec, ConvNet(spec).state_dict(), ("a", "b", "c"), (0.5,), (0.25,), "folder", 0)
    checkpoints.save(made, "mine")
    frame = last_frame(model="mine", scene=scene, target="b")
    picture = frame.images["picture"]
    assert picture.shape == (8, 8, 3)
    assert (picture == picture[..., :1]).all()
    assert frame.figures["map_size"] == 2


@pytest.mark.parametrize("method", METHODS)
def test_the_learners_own_code_is_looked_into_after_a_question(own: Path, method: str) -> None:
    values = {"model": f"{own}:tiny", "side": 21, "method": method, "second_target": "1"}
    assert catalogue.parse_knobs(grad_cam, values).code_to_run == own
    frame = last_frame(**values)
    assert frame.views["map"][0] == "picture"
    assert set(frame.choices["target"]) == {"class 0", "class 1", "class 2"}


@pytest.fixture
def own(tmp_path: Path) -> Path:
    path = tmp_path / "own.py"
    path.write_text(OWN_NET, encoding="utf-8")
    return path


@pytest.mark.parametrize("method", METHODS)
def test_what_the_learners_net_prints_stays_out_of_the_output(
    own: Path, method: str, capsys: pytest.CaptureFixture[str]
) -> None:
    last_frame(model=f"{own}:Talker", side=21, method=method)
    printed = capsys.readouterr()
    assert printed.out == ""
    assert "seen" in printed.err


def test_a_mistake_of_the_learners_is_told_with_its_own_file_and_line(own: Path) -> None:
    line = OWN_NET.splitlines().index("        maps.numpy()") + 1
    with pytest.raises(UsageError, match=rf"^own\.py, line {line}: RuntimeError: Can't call numpy\(\) on Tensor"):
        last_frame(model=f"{own}:Numpy", side=21)


def test_a_classifier_of_torchvisions_is_looked_into_without_a_network() -> None:
    frame = last_frame(model="resnet18", weights="random", side=64)
    assert frame.figures["map_size"] == 2
    assert frame.figures["stride"] == 32
    assert "layer4.1.conv2" in frame.choices["layer"]


def test_without_a_network_one_line_says_what_works(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:9")
    with pytest.raises(UsageError, match=r"cannot be reached .*the net textures") as refused:
        last_frame(model="resnet18")
    assert "\n" not in str(refused.value)


# What is refused


@pytest.mark.parametrize(
    ("values", "line"),
    [
        ({"first": "brick", "second": "brick"}, "first and second must be different textures, not brick twice"),
        ({"model": ""}, "model must name a net: choose"),
        ({"image": "dog"}, "There is no picture “dog”"),
        ({"blend": 1.5}, "blend"),
    ],
)
def test_what_cannot_be_is_refused_by_the_name_of_its_knob(values: dict[str, Any], line: str) -> None:
    with pytest.raises(UsageError, match=line):
        catalogue.parse_knobs(grad_cam, values)


@pytest.mark.parametrize(
    ("values", "line"),
    [
        ({"model": "texture"}, "There is no net “texture”: did you mean textures"),
        ({"target": "gravle"}, "target: the net textures has no class “gravle”: choose gravel"),
        ({"target": "7"}, "target: .* or a number from 0 to 6"),
        ({"second_target": "silk"}, "second_target: the net textures has no class “silk”"),
        ({"layer": "blocks.3"}, "layer: the net has no feature maps called “blocks.3”: choose blocks"),
        ({"layer": "head"}, "layer: the net has no feature maps called “head”"),
        ({"second_layer": "x"}, "second_layer: the net has no feature maps called “x”"),
    ],
)
def test_what_the_net_does_not_have_is_refused_by_the_name_of_its_knob(values: dict[str, Any], line: str) -> None:
    with pytest.raises(UsageError, match=line):
        last_frame(**values)


# Predict first


@pytest.mark.parametrize(
    ("values", "right"),
    [
        ({"target": "brick"}, "in the brick"),
        ({"target": "gravel"}, "in the gravel"),
        ({"target": "gravel", "layout": "stacked"}, "in the gravel"),
        ({"target": "stars", "first": "stars", "second": "wood", "layout": "stacked"}, "in the stars"),
    ],
)
def test_the_run_says_which_half_was_right(values: dict[str, Any], right: str) -> None:
    knobs = catalogue.parse_knobs(grad_cam, values)
    asked = module.words.predict(knobs)
    assert asked
    assert f"**{values['target']}**" in asked.ask
    judged = asked.judge(last_frame(**values))
    assert judged is not None
    assert asked.choices[judged] == right


def test_a_map_of_nothing_is_a_third_answer() -> None:
    asked = module.words.predict(GradCamKnobs())
    assert asked
    assert asked.judge(Frame(figures={"peak": 0.0, "row": 0, "column": 0, "side": 96})) == 2
    assert asked.judge(Frame()) is None


def test_of_a_picture_the_size_of_the_map_is_asked() -> None:
    asked = module.words.predict(GradCamKnobs(scene="picture"))
    assert asked
    judged = asked.judge(last_frame(scene="picture"))
    assert judged is not None
    assert asked.choices[judged] == "12"
    assert module.words.predict(GradCamKnobs(scene="picture", layer="blocks.0")) is None


# The code that is shown


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"target": "stars", "second": "stars", "layout": "stacked", "method": "grad-cam++", "layer": "blocks.2.norm"},
        {"scene": "picture", "image": "coffee", "target": "5", "method": "layer-cam", "layer": "blocks.1.conv"},
        {"weights": "random", "side": 64, "number": 7},
        {"method": "score-cam", "target": "gravel"},
        {"method": "occlusion", "side": 50},
    ],
    ids=["defaults", "grad-cam++", "layer-cam", "random", "score-cam", "occlusion"],
)
def test_the_code_that_is_shown_finds_the_same_numbers(
    values: dict[str, Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    script = tmp_path / "code.py"
    script.write_text(show_code(grad_cam, GradCamKnobs(**values), seed=3), encoding="utf-8")
    runpy.run_path(str(script))
    printed = {name: float(number) for name, number in map(str.split, capsys.readouterr().out.splitlines())}
    figures = last_frame(3, **values).figures
    assert set(printed) == {"probability", "row", "column"}
    assert printed == pytest.approx({name: figures[name] for name in printed}, abs=1e-5)


@pytest.mark.parametrize("scene", ["mosaic", "picture"])
@pytest.mark.parametrize("method", METHODS)
def test_the_code_fits_on_a_page_and_works_the_method_out_by_hand(method: str, scene: str) -> None:
    knobs = catalogue.parse_knobs(
        grad_cam, {"method": method, "scene": scene, "target": "0", "layer": "blocks.0.conv", "weights": "random"}
    )
    code = show_code(grad_cam, knobs)
    assert len(code.splitlines()) <= SCREEN
    assert "gradcam" not in code
