from __future__ import annotations

import runpy
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from cnntutor.demos import catalogue
from cnntutor.demos.frame import Frame
from cnntutor.demos.gallery import _patches_words as words
from cnntutor.demos.gallery._patches_cut import cut_up
from cnntutor.demos.gallery._patches_knobs import PatchesKnobs
from cnntutor.demos.gallery.patches import patches
from cnntutor.demos.run import run_headless
from cnntutor.demos.show_code import SCREEN, show_code
from cnntutor.errors import UsageError
from cnntutor.vision.patches import TinyViT, cut, join, shuffled

CPU = torch.device("cpu")
QUICK: dict[str, Any] = {"blocks": 1, "epochs": 3}


@cache
def trained() -> tuple[Frame, ...]:
    return tuple(patches.frames(PatchesKnobs(**QUICK), "cpu", 0))


def last_frame(**values: Any) -> Frame:
    *_, last = patches.frames(catalogue.parse_knobs(patches, {"epochs": 0, **values}), "cpu", 0)
    return last


# Patches


@settings(max_examples=25, deadline=None)
@given(
    st.integers(1, 5), st.integers(1, 4), st.integers(1, 3), st.integers(1, 3), st.integers(1, 6), st.integers(0, 99)
)
def test_cutting_and_projecting_is_a_convolution(
    side: int, down: int, channels: int, pictures: int, width: int, seed: int
) -> None:
    torch.manual_seed(seed)
    embed = nn.Conv2d(channels, width, side, side)
    x = torch.rand(pictures, channels, side * down, side * 2)
    by_hand = cut(x, side) @ embed.weight.flatten(1).T + embed.bias
    torch.testing.assert_close(by_hand, embed(x).flatten(2).transpose(1, 2), atol=1e-5, rtol=1e-5)


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 4), st.integers(1, 4), st.integers(1, 4), st.integers(1, 3))
def test_what_is_cut_can_be_joined(side: int, down: int, across: int, channels: int) -> None:
    x = torch.rand(2, channels, side * down, side * across)
    assert torch.equal(join(cut(x, side), side, side * down, side * across), x)


def test_patches_move_as_the_order_says() -> None:
    x = torch.arange(16.0).view(1, 1, 4, 4)
    moved = shuffled(x, 2, torch.tensor([3, 0, 1, 2]))
    assert moved[0, 0].tolist() == [[10, 11, 0, 1], [14, 15, 4, 5], [2, 3, 8, 9], [6, 7, 12, 13]]


@pytest.mark.parametrize("values", [{}, {"patch": 32, "width": 8}, {"side": 64, "patch": 4, "image": "coffee"}])
def test_the_embedding_of_a_picture_is_a_convolution(values: dict[str, Any]) -> None:
    knobs = PatchesKnobs(**values)
    found = cut_up(knobs, CPU)
    assert found.conv_difference < 1e-5
    assert found.tokens.shape == (knobs.tokens, knobs.width)


# Order


def test_the_order_is_lost_without_places_and_found_with_them() -> None:
    found = cut_up(PatchesKnobs(), CPU)
    assert found.order_difference < 1e-6
    assert found.places_difference > 1e-3


def test_a_transformer_without_places_gives_the_same_scores_for_shuffled_tiles() -> None:
    torch.manual_seed(0)
    x, order = torch.rand(4, 1, 8, 8), torch.randperm(16)
    bag, placed = (TinyViT(8, 2, 16, 2, 10, positions=positions).eval() for positions in (False, True))
    with torch.no_grad():
        torch.testing.assert_close(bag(shuffled(x, 2, order)), bag(x), atol=1e-5, rtol=1e-5)
        assert float((placed(shuffled(x, 2, order)) - placed(x)).abs().max()) > 0.01


def test_how_much_is_looked_at_adds_up_to_one() -> None:
    looked_at = TinyViT(8, 2, 16, 2, 10, positions=True).looked_at(torch.rand(3, 1, 8, 8))
    assert looked_at.shape == (3, 16)
    torch.testing.assert_close(looked_at.sum(1), torch.ones(3))


def test_only_the_bag_of_tiles_keeps_its_answers() -> None:
    figures = trained()[-1].figures
    assert figures["bag_changed"] < 0.01
    assert figures["vit_accuracy"] > figures["bag_accuracy"] + 0.1
    assert figures["vit_shuffled"] < figures["vit_accuracy"] - 0.3
    assert figures["cnn_accuracy"] > 0.98
    assert figures["cnn_shuffled"] < 0.3


# What is shown


def test_the_picture_is_there_before_anything_is_learnt() -> None:
    opening = trained()[0]
    assert opening.progress == 0
    assert opening.figures["tokens"] == 36
    assert opening.figures["params"] == nn.Conv2d(3, 64, 16).weight.numel() + 64
    assert list(opening.views) == ["digits", "picture", "tokens", "race", "answers", "attention"]


def test_every_epoch_adds_a_point_to_every_curve() -> None:
    frames = trained()
    assert len(frames) == 1 + QUICK["epochs"]
    assert {len(curve.x) for curve in frames[-1].curves.values()} == {len(frames)}
    assert frames[-1].curves["ViT"].y[-1] == frames[-1].figures["vit_accuracy"]


def test_the_shuffled_picture_has_the_same_pixels() -> None:
    found = cut_up(PatchesKnobs(), CPU)
    assert not torch.equal(found.picture, found.shuffled)
    assert torch.equal(found.picture.flatten().sort().values, found.shuffled.flatten().sort().values)


def test_the_table_tells_what_each_net_calls_a_digit_before_and_after() -> None:
    for _, _, _, bag in trained()[-1].tables["answers"].rows:
        before, after = str(bag).split(" → ")
        assert before == after


def test_without_a_screen_it_runs() -> None:
    result = run_headless("patches", {"epochs": 0, "patch": 8})
    assert result.figures["pairs"] == 144**2
    assert result.last.progress == 1
    assert "`epochs`" in result.last.caption


# What is refused, asked and shown as code


@pytest.mark.parametrize(
    ("values", "line"),
    [
        (
            {"patch": 7},
            r"patch must divide side \(96\), which 7 does not: set side to 98 first, or patch to one of 4, 6, 8",
        ),
        ({"patch": 64, "side": 32}, "patch must divide side .*: set side to 64 first"),
        ({"width": 30}, "width must be a multiple of 4"),
        ({"tile": 3}, "tile must be 1, 2 or 4"),
        ({"blocks": 9}, "blocks"),
    ],
)
def test_what_cannot_be_is_refused_by_the_name_of_its_knob(values: dict[str, Any], line: str) -> None:
    with pytest.raises(UsageError, match=line):
        catalogue.parse_knobs(patches, values)


def test_the_ways_out_of_a_refusal_work() -> None:
    for values in ({"patch": 7, "side": 98}, {"patch": 8}, {"patch": 64, "side": 64}):
        catalogue.parse_knobs(patches, values)
    with pytest.raises(UsageError, match="set side to 350 first"):
        catalogue.parse_knobs(patches, {"patch": 50, "side": 384})


def test_the_run_says_whose_answers_stayed() -> None:
    asked = words.predict(PatchesKnobs())
    assert asked
    judged = asked.judge(trained()[-1])
    assert judged is not None
    assert "without" in asked.choices[judged]
    assert asked.judge(Frame()) is None
    assert words.predict(PatchesKnobs(epochs=0)) is None


@pytest.mark.parametrize(
    "values", [QUICK, {"epochs": 0, "tile": 4, "image": "astronaut", "side": 60, "patch": 10, "width": 20}]
)
def test_the_code_that_is_shown_finds_the_same_numbers(
    values: dict[str, Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = show_code(patches, PatchesKnobs(**values))
    assert len(code.splitlines()) <= SCREEN
    script = tmp_path / "code.py"
    script.write_text(code, encoding="utf-8")
    runpy.run_path(str(script))
    printed = {name: float(number) for name, number in map(str.split, capsys.readouterr().out.splitlines())}
    figures = trained()[-1].figures if values is QUICK else last_frame(**values).figures
    assert len(printed) == 9
    assert printed == pytest.approx({name: figures[name] for name in printed}, abs=1e-5)
