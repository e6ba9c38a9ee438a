from __future__ import annotations

import runpy
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from numpy.linalg import lstsq
from torch.nn.functional import conv2d

from cnntutor.demos import catalogue
from cnntutor.demos.frame import Frame
from cnntutor.demos.gallery._feature_maps_climb import levels_of, subject_of
from cnntutor.demos.gallery._feature_maps_knobs import FeatureMapsKnobs
from cnntutor.demos.gallery.feature_maps import feature_maps
from cnntutor.demos.run import run_headless
from cnntutor.demos.show_code import SCREEN, show_code
from cnntutor.errors import UsageError
from cnntutor.vision import checkpoints, colour, data, favourites, probing
from cnntutor.vision.checkpoints import Checkpoint
from cnntutor.vision.models import ConvNet
from cnntutor.vision.net_spec import NetSpec


@cache
def defaults() -> Frame:
    """The last frame of the run that everybody sees first."""
    return run_headless("feature-maps", device="cpu").last


def frames(seed: int = 0, **values: Any) -> list[Frame]:
    return list(feature_maps.frames(catalogue.parse_knobs(feature_maps, values), "cpu", seed))


# The claim


def test_a_probe_reads_more_behind_every_block_and_most_where_the_net_was_trained() -> None:
    figures = defaults().figures
    assert figures["probe_1"] > figures["probe_0"] + 0.3
    assert figures["probe_2"] > figures["probe_1"] + 0.3
    assert figures["probe_2"] > figures["untrained_2"] + 0.2


def test_these_are_the_numbers_that_the_lesson_tells() -> None:
    figures = defaults().figures
    assert [f"{figures[f'probe_{depth}']:.0%}" for depth in range(3)] == ["14%", "64%", "99%"]


def test_a_linear_probe_climbs_as_well() -> None:
    figures = frames(probe="linear")[-1].figures
    assert figures["probe_0"] + 0.5 < figures["probe_1"] < figures["probe_2"] - 0.1


def test_with_depth_a_channels_favourites_are_more_of_one_class() -> None:
    figures = defaults().figures
    assert figures["selective_2"] > figures["selective_1"] + 0.1
    assert figures["selective_2"] > frames(weights="random")[-1].figures["selective_2"] + 0.1


# The probes and the favourites


def test_the_nearest_mean_is_found_on_paper() -> None:
    seen, y = torch.tensor([[0.0, 0], [0, 2], [10, 0], [10, 2]]), torch.tensor([0, 0, 1, 1])
    assert probing.nearest_mean(seen, y, torch.tensor([[4.9, 9.0], [5.1, 9]])).tolist() == [0, 1]


def test_the_linear_probe_is_ridge_regression_as_numpy_solves_it() -> None:
    draw = torch.Generator().manual_seed(0)
    seen, y, new = torch.randn(40, 5, generator=draw), torch.arange(40) % 3, torch.randn(30, 5, generator=draw)
    mean, std = seen.mean(0), seen.std(0)
    a, b = (np.c_[((part - mean) / std).numpy(), np.ones(len(part))] for part in (seen, new))
    pull = np.sqrt(probing.RIDGE * 40) * np.eye(6)
    weights = lstsq(np.r_[a, pull], np.r_[np.eye(3)[y.numpy()], np.zeros((6, 3))], rcond=None)[0]
    assert probing.linear(seen, y, new).tolist() == (b @ weights).argmax(1).tolist()


def test_a_channels_favourite_is_the_largest_answer_anywhere() -> None:
    maps = torch.zeros(4, 3, 5)
    maps[2, 1, 4], maps[0, 0, 2], maps[0, 2, 2] = 7, 5, 6
    first, second, third = favourites.favourites(maps, 3)
    assert (first.picture, first.row, first.column, first.value) == (2, 1, 4, 7)
    assert (second.picture, second.row, second.column) == (0, 2, 2)
    assert third.picture in (1, 3)


def test_a_favourite_patch_of_the_first_block_gives_its_answer_when_it_is_convolved_again() -> None:
    knobs = FeatureMapsKnobs(block=1)
    subject = subject_of(knobs)
    level = levels_of(subject, knobs)[0]
    x, block = subject.data.held_out.x, subject.net.blocks[0]
    inner = next(each for each in level.likes(3, 200) if 0 < each.row < 7 and 0 < each.column < 7)
    patch = x[inner.picture, :, inner.row - 1 : inner.row + 2, inner.column - 1 : inner.column + 2]
    with torch.no_grad():
        answer = block.norm(conv2d(subject.prepared(patch[None]), block.conv.weight)).relu()[0, 3, 0, 0]
    assert float(answer) == pytest.approx(inner.value, rel=1e-4)
    pixels = favourites.patch_of(x[inner.picture], level.seen, inner.row, inner.column)
    assert np.array_equal(pixels, colour.rgb(patch))


def test_what_lies_beyond_the_border_is_shown_as_unknown() -> None:
    knobs = FeatureMapsKnobs()
    level = levels_of(subject_of(knobs), knobs)[0]
    patch = favourites.patch_of(torch.ones(1, 8, 8), level.seen, 0, 7)
    assert patch.shape == (3, 3, 3)
    assert (patch[0] == colour.UNKNOWN).all()
    assert (patch[:, 2] == colour.UNKNOWN).all()
    assert (patch[1:, :2] == 255).all()


# The run


def test_the_way_up_goes_through_every_block_and_ends_where_it_shall() -> None:
    start, *way = frames(block=1)
    assert list(start.images) == ["the picture"]
    assert [frame.figures["block"] for frame in way] == [1, 2, 1]
    assert [frame.hold > 0 for frame in way] == [True, True, False]
    assert "9 of 16 maps" in way[-1].images


def test_the_channel_that_was_asked_for_is_the_one_of_the_block_to_stop_at() -> None:
    *_, first, second, last = frames(channel=20)
    assert (second.figures["channel"], last.figures["channel"]) == (20, 20)
    assert first.figures["channel"] < 16
    assert "favourites of 20" in last.images


def test_the_net_of_textures_shows_a_photograph_and_pieces_of_surfaces() -> None:
    frame = frames(model="textures", image="coffee")[-1]
    assert frame.images["the picture"].shape == (96, 96, 3)
    assert frame.tables["on the way up"].rows[3][:3] == ("block 3", "64×12×12", "18×18")
    assert (frame.figures["numbers_left"], frame.figures["sees"]) == (64 * 12 * 12, 18)


@pytest.mark.parametrize(
    ("values", "line"),
    [
        ({"model": "digts"}, "There is no trained net “digts”: did you mean digits"),
        ({"block": 3}, "block must be from 0 to 2 for the net digits, not 3"),
        ({"channel": 32}, "channel must be below 32 at block 2, or −1 for the strongest, not 32"),
        ({"block": 1, "channel": 16}, "channel must be below 16 at block 1"),
        ({"number": 360}, "number must be at most 359"),
    ],
)
def test_what_cannot_be_is_refused_by_the_name_of_its_knob(values: dict[str, Any], line: str) -> None:
    with pytest.raises(UsageError, match=line):
        frames(**values)


def test_a_net_that_has_learnt_something_else_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CNNTUTOR_HOME", str(tmp_path))
    spec = NetSpec(width=2, classes=2)
    kept = Checkpoint(spec, ConvNet(spec).state_dict(), ("cat", "dog"), (0,), (1,), "pets", seed=0)
    checkpoints.save(kept, "pets")
    with pytest.raises(UsageError, match="model must have learnt digits or textures, and pets has learnt pets"):
        frames(model="pets")


# Prediction, code


def test_the_run_itself_says_which_prediction_was_right() -> None:
    prediction = feature_maps.predict(FeatureMapsKnobs())
    assert prediction is not None
    assert prediction.judge(defaults()) == 0
    assert prediction.judge(frames(weights="random")[-1]) == 1
    assert prediction.judge(Frame(figures={"probe_last": 0.1})) == 3
    assert prediction.judge(Frame()) is None


@pytest.mark.parametrize(
    "values",
    [{}, {"weights": "random", "block": 1, "channel": 3, "probe": "linear"}, {"model": "textures", "image": "chelsea"}],
    ids=["defaults", "untrained", "textures"],
)
def test_the_code_that_is_shown_finds_the_same_numbers(
    values: dict[str, Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = show_code(feature_maps, FeatureMapsKnobs(**values), seed=3)
    assert len(code.splitlines()) <= SCREEN
    script = tmp_path / "code.py"
    script.write_text(code, encoding="utf-8")
    runpy.run_path(str(script))
    printed = {name: float(number) for name, number in map(str.split, capsys.readouterr().out.splitlines())}
    figures = frames(3, **values)[-1].figures
    assert printed == pytest.approx({name: figures[name] for name in printed}, rel=1e-5)
    assert {"probe_0", "probe_1", "probe_2", "channel", "peak"} <= set(printed)


def test_the_held_out_digits_are_those_that_nobody_learnt_from() -> None:
    digits = data.load("digits")
    subject = subject_of(FeatureMapsKnobs(number=7))
    assert torch.equal(subject.picture, digits.held_out.x[7])
