from __future__ import annotations

import runpy
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from cnntutor.demos import catalogue
from cnntutor.demos.frame import Frame
from cnntutor.demos.gallery import _segment_words as words
from cnntutor.demos.gallery._segment_knobs import HELD_OUT, SegmentKnobs
from cnntutor.demos.gallery.segment import segment
from cnntutor.demos.run import run_headless
from cnntutor.demos.show_code import SCREEN, show_code
from cnntutor.errors import UsageError
from cnntutor.vision import masks
from cnntutor.vision.profile import profile
from cnntutor.vision.scenes import KINDS, scenes
from cnntutor.vision.unet import UNet

SMALL = {"side": 16, "width": 4, "steps": 10, "pictures": 32, "batch_size": 8}


@pytest.fixture(autouse=True)
def _one_thread() -> Iterator[None]:
    """Such small tensors are slower on several threads, and far slower on a busy machine."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@lru_cache
def frames_of(*values: tuple[str, Any], seed: int = 0) -> tuple[Frame, ...]:
    return tuple(segment.frames(catalogue.parse_knobs(segment, dict(values)), "cpu", seed))


def last_frame(seed: int = 0, **values: Any) -> Frame:
    return frames_of(*values.items(), seed=seed)[-1]


# The claim


def test_a_u_net_learns_the_masks_and_its_skips_clearly_help() -> None:
    figures = last_frame(steps=50, width=4, classes=3, pictures=96).figures
    assert figures["dice"] > 0.85
    assert figures["dice"] > figures["plain_dice"] + 0.05
    assert figures["border"] > figures["plain_border"] + 0.1


def test_a_run_without_a_screen_gives_the_figures() -> None:
    result = run_headless("segment", SMALL, device="cpu")
    assert {"dice", "iou", "accuracy", "border", "params"} <= set(result.figures)
    assert {"plain_dice", "plain_params"} <= set(result.figures)
    assert result.last.progress == 1


# The arithmetic


@settings(max_examples=40, deadline=None)
@given(st.integers(2, 5), st.integers(0, 1000))
def test_dice_and_iou_are_those_of_sets_of_pixels(classes: int, seed: int) -> None:
    draw = torch.Generator().manual_seed(seed)
    truth, guess = torch.randint(classes, (2, 6, 6), generator=draw)
    counts = masks.confusion(guess, truth, classes)
    places = [(i, j) for i in range(6) for j in range(6)]
    for kind in range(classes):
        a, b = ({place for place in places if mask[place] == kind} for mask in (truth, guess))
        if a | b:
            assert float(masks.iou(counts)[kind]) == pytest.approx(len(a & b) / len(a | b))
            assert float(masks.dice(counts)[kind]) == pytest.approx(2 * len(a & b) / (len(a) + len(b)))
        else:
            assert masks.dice(counts)[kind].isnan()


def test_the_articles_square_has_its_dice_and_iou() -> None:
    truth, guess = torch.zeros(2, 8, 8, dtype=torch.int64)
    truth[2:6, 2:6], guess[2:6, 3:7] = 1, 1
    counts = masks.confusion(guess, truth, 2)
    assert (float(masks.dice(counts)[1]), float(masks.iou(counts)[1])) == (0.75, 0.6)


def test_the_dice_loss_falls_to_zero_where_the_scores_are_right_and_sure() -> None:
    truth = torch.randint(3, (2, 8, 8), generator=torch.Generator().manual_seed(0))
    scores = 50 * torch.nn.functional.one_hot(truth, 3).movedim(-1, 1).float()
    assert float(masks.dice_loss(scores, truth)) == pytest.approx(0, abs=1e-6)
    assert float(masks.dice_loss(scores.flip(1), truth)) > 0.5


def test_a_border_pixel_has_a_neighbour_of_another_class() -> None:
    truth = torch.zeros(1, 6, 6, dtype=torch.int64)
    truth[:, :, 3:] = 2
    found = masks.borders(truth)[0]
    assert found[:, 2:4].all()
    assert not found[:, [0, 1, 4, 5]].any()


# Nets and scenes


@pytest.mark.parametrize("grow", ["nearest", "bilinear", "transposed"])
@pytest.mark.parametrize("skips", [True, False])
def test_a_net_answers_for_every_pixel(grow: Any, skips: bool) -> None:
    net = UNet(5, 4, 3, skips=skips, grow=grow)
    assert net(torch.zeros(2, 3, 24, 24)).shape == (2, 5, 24, 24)


def test_only_with_skips_does_the_fine_map_reach_the_last_block() -> None:
    for skips in (True, False):
        net = UNet(3, 4, 2, skips=skips).eval()
        joined: list[torch.Tensor] = []
        net.body.up.register_forward_pre_hook(lambda _, x, seen=joined: seen.append(x[0]))
        x = torch.randn(1, 3, 8, 8, generator=torch.Generator().manual_seed(0))
        net(x)
        (seen,) = joined
        assert seen.shape[1] == (12 if skips else 8)
        if skips:
            torch.testing.assert_close(seen[:, 8:], net.body.fine(x))


def test_the_work_that_is_foretold_is_the_nets_own() -> None:
    knobs = SegmentKnobs()
    net = UNet(knobs.classes, knobs.width, knobs.halvings)
    counted = profile(net, (1, 3, knobs.side, knobs.side)).macs
    head = knobs.width * knobs.classes * knobs.side**2
    assert counted == knobs.macs + head


@pytest.mark.parametrize("shape", ["digits", "halves"])
def test_scenes_are_two_textures_and_say_which_is_where(shape: Any) -> None:
    found = scenes(12, 16, 3, shape, "train", 1)
    assert found.x.shape == (12, 3, 16, 16)
    assert all(len(mask.unique()) == 2 for mask in found.y)
    again, other = (scenes(12, 16, 3, shape, "train", seed) for seed in (1, 2))
    assert torch.equal(found.x, again.x)
    assert not torch.equal(found.x, other.x)


# What is shown


def test_the_untrained_nets_are_shown_first_and_then_every_few_steps() -> None:
    shown = frames_of(*SMALL.items())
    assert [len(frame.curves["skips"].x) for frame in shown] == [1, 2]
    assert shown[0].progress == 0
    assert "Nothing is learnt yet" in shown[0].caption
    assert "**Look**" in shown[-1].caption
    assert "**Try**" in shown[-1].caption


@pytest.mark.parametrize("nets", ["skips", "no skips"])
def test_a_net_alone_is_the_same_as_beside_the_other(nets: str) -> None:
    alone, both = last_frame(**SMALL, nets=nets), last_frame(**SMALL)
    assert alone.figures.items() <= both.figures.items()
    assert set(alone.curves) == {nets}


def test_the_mask_is_painted_and_mistakes_alone_are_bright() -> None:
    frame = last_frame(**SMALL)
    wrong = (frame.images["wrong skips"] != (18, 22, 28)).any(-1)
    assert np.array_equal(wrong, (frame.images["skips"] != frame.images["truth"]).any(-1))


def test_another_example_is_another_scene_of_the_same_run() -> None:
    first, second = last_frame(**SMALL), last_frame(**SMALL, example=HELD_OUT - 1)
    assert first.figures == second.figures
    assert not np.array_equal(first.images["truth"], second.images["truth"])


# Questions, refusals, code


def test_the_run_says_which_net_was_better() -> None:
    asked = segment.predict(SegmentKnobs())
    assert asked is not None
    figures = [{"dice": a, "plain_dice": b} for a, b in ((0.9, 0.8), (0.8, 0.9), (0.9, 0.89))]
    assert [asked.judge(Frame(figures=found)) for found in figures] == [0, 1, 2]
    assert asked.judge(Frame()) is None
    assert segment.predict(SegmentKnobs(nets="skips")) is None


@pytest.mark.parametrize(("border", "said"), [(0.9, "one knows where"), (0.71, "little to add")])
def test_skips_are_praised_where_they_help_beside_a_border(border: float, said: str) -> None:
    figures = {"dice": 0.9, "plain_dice": 0.9, "border": border, "plain_border": 0.7}
    knobs = SegmentKnobs(halvings=1)
    caption = words.caption(knobs, knobs.steps, figures)
    assert said in caption
    assert "Raise `halvings` to 3" in caption


@pytest.mark.parametrize(
    ("values", "line"),
    [
        ({"side": 50}, "side must be a multiple of 8 for 3 halvings, .*: set 48 or 56"),
        ({"side": 16, "halvings": 5}, "multiple of 32 .*: set 32"),
        ({"side": 96, "width": 64}, "would take .* billion MACs"),
        ({"classes": 8}, "classes"),
    ],
)
def test_what_cannot_be_is_refused_by_the_name_of_its_knob(values: dict[str, Any], line: str) -> None:
    with pytest.raises(UsageError, match=line):
        catalogue.parse_knobs(segment, values)


@pytest.mark.parametrize(
    "values",
    [
        SMALL,
        {**SMALL, "scene": "halves", "grow": "transposed", "loss": "both", "nets": "skips", "classes": 7},
        {**SMALL, "grow": "bilinear", "loss": "dice", "nets": "no skips", "halvings": 1},
    ],
    ids=["digits", "halves", "alone"],
)
def test_the_code_that_is_shown_finds_the_same_numbers(
    values: dict[str, Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = show_code(segment, SegmentKnobs(**values), seed=3)
    script = tmp_path / "code.py"
    script.write_text(code, encoding="utf-8")
    runpy.run_path(str(script))
    printed = {name: float(number) for name, number in map(str.split, capsys.readouterr().out.splitlines())}
    figures = last_frame(3, **values).figures
    assert printed == pytest.approx({name: figures[name] for name in printed}, abs=1e-4)
    assert len(printed) == (1 if "nets" in values else 2)
    assert len(code.splitlines()) <= SCREEN


def test_the_code_fits_on_a_page() -> None:
    for values in ({}, {"loss": "both", "scene": "halves", "grow": "transposed"}):
        assert len(show_code(segment, SegmentKnobs(**values)).splitlines()) <= SCREEN
    assert len(KINDS) == 7
