from __future__ import annotations

import runpy
from functools import cache
from pathlib import Path
from typing import Any, get_args

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from cnntutor.demos import catalogue
from cnntutor.demos.frame import Frame
from cnntutor.demos.gallery import _augment_words as words
from cnntutor.demos.gallery._augment_knobs import AugmentKnobs
from cnntutor.demos.gallery.augment import augment
from cnntutor.demos.run import run_headless
from cnntutor.demos.show_code import SCREEN, show_code
from cnntutor.errors import UsageError
from cnntutor.vision import changes
from cnntutor.vision.torchvision_import import torchvision

CHANGES = get_args(changes.Change)


@cache
def defaults() -> Frame:
    """The last frame of the run that everybody sees first."""
    return run_headless("augment", device="cpu").last


@cache
def small(**values: Any) -> tuple[Frame, ...]:
    return tuple(augment.frames(AugmentKnobs(**{"pictures": 60, "showings": 2} | values), "cpu"))


def shares(low: float = 0.0) -> st.SearchStrategy[float]:
    return st.floats(low, 1)


# The claim


def test_a_moderate_turn_keeps_the_label_and_an_extreme_one_makes_nines_of_sixes() -> None:
    figures = defaults().figures
    assert figures["right"] > 0.9
    assert figures["right_plain"] - figures["right"] < 0.1
    assert figures["right_full"] < 0.4
    assert figures["upside_down_nine"] > 0.9
    assert defaults().tables["all sixes, in %"].rows[0] == ("0°", "100", "0")


@pytest.mark.parametrize("change", ["shift", "crop", "light", "noise"])
def test_other_changes_too_are_harmless_at_first_and_ruinous_in_the_end(change: str) -> None:
    figures = small(change=change)[-1].figures
    assert figures["right"] > 0.95
    assert figures["right_full"] < 0.65


@pytest.mark.parametrize("change", ["mixup", "cutmix"])
def test_the_answer_goes_over_to_the_picture_that_is_mixed_in(change: str) -> None:
    figures = small(change=change)[-1].figures
    assert figures["right_plain"] > 0.95
    assert figures["right_full"] < 0.05
    assert figures["second"] < 0.2
    assert figures["second_full"] > 0.95


# The changes


@settings(max_examples=15, deadline=None)
@given(st.sampled_from(CHANGES), shares(0.01), st.integers(0, 99))
def test_a_change_keeps_shape_and_range_and_draws_the_same_for_the_same_seed(
    change: changes.Change, strength: float, seed: int
) -> None:
    x = torch.rand(3, 1, 8, 8)
    before = torch.get_rng_state()
    first = changes.varied(x, change, strength, seed)
    assert torch.equal(torch.get_rng_state(), before)
    assert first.shape == x.shape
    assert 0 <= float(first.min()) <= float(first.max()) <= 1
    assert torch.equal(first, changes.varied(x, change, strength, seed))
    assert changes.varied(x, change, 0.0, seed) is x


@pytest.mark.parametrize("change", CHANGES)
def test_every_showing_is_drawn_anew(change: changes.Change) -> None:
    drawn = changes.varied(torch.rand(1, 1, 8, 8).expand(8, -1, -1, -1), change, 0.5, seed=0)
    assert len({tuple(picture.flatten().tolist()) for picture in drawn}) > 1


def test_a_turn_by_half_a_circle_is_both_flips() -> None:
    x = torch.rand(2, 1, 8, 8)
    torch.testing.assert_close(changes.turned(x, 180), x.flip(-1, -2), atol=1e-5, rtol=0)


def test_mixup_is_torchvisions_at_the_share_that_it_draws() -> None:
    v2 = torchvision().transforms.v2
    x = torch.rand(4, 1, 8, 8)
    torch.manual_seed(0)
    mixed, label = v2.MixUp(num_classes=4)(x, torch.arange(4))
    share = 1 - float(label[0, 0])
    assert 0 < share < 1
    torch.testing.assert_close(changes.mixed(x, x.roll(1, 0), share), mixed)


@settings(max_examples=40, deadline=None)
@given(shares(), st.integers(1, 12), st.integers(1, 12))
def test_cutmix_gives_the_label_by_the_pixels_that_came_in(share: float, height: int, width: int) -> None:
    pasted, label = changes.pasted(torch.zeros(1, 1, height, width), torch.ones(1, 1, height, width), share)
    assert float(pasted.mean()) == pytest.approx(label)
    assert abs(label - share) <= 1 / height + 1 / width


def test_the_working_of_a_label_counts_whole_pixels() -> None:
    frame = small(change="cutmix", strength=0.3)[-1]
    assert frame.formulas[1] == "second's share of a digit's label = 4·4 / (8·8) = 0.25"
    assert (0.3, "25") in {(row[0], row[3]) for row in frame.tables["by strength, in %"].rows}
    assert small(change="mixup")[-1].formulas[1] == "label = 0.9 · first + 0.1 · second"


# What is shown


def test_the_showings_follow_each_other_and_the_table_has_them_all() -> None:
    frames = small(strength=1.0, showings=3)
    shown = [frame for frame in frames if frame.hold] + [frames[-1]]
    assert [len(frame.tables["the net"].rows) for frame in shown] == [1, 2, 3]
    assert len({frame.images["at this showing"].tobytes() for frame in shown}) == 3
    assert [frame.progress for frame in frames] == sorted(frame.progress or 0 for frame in frames)
    assert frames[-1].progress == 1


def test_the_numbers_have_a_row_for_every_strength() -> None:
    rows = small(strength=0.15, change="crop")[-1].tables["by strength, in %"].rows
    assert [row[0] for row in rows] == [0, 0.1, 0.15, 0.2, 0.3, 0.5, 0.7, 1.0]
    assert rows[-1][1] == "8 % of the area kept"


@pytest.mark.parametrize("change", ["turn", "mixup"])
def test_everything_is_in_a_view(change: str) -> None:
    frame = small(change=change)[-1]
    assert {item for items in frame.views.values() for item in items} == {*frame.images, *frame.charts, *frame.tables}


@pytest.mark.parametrize("change", ["turn", "crop", "noise"])
def test_at_full_strength_nobody_is_sent_there_again(change: str) -> None:
    figures = {"right_plain": 0.99, "right": 0.3, "right_full": 0.3, "upside_down_nine": 0.9}
    caption = words.caption(AugmentKnobs(change=change, strength=1), figures)  # type: ignore[arg-type]
    assert "Set `strength` to 1" not in caption
    assert caption.count("30 %") == 1
    assert "Set `strength` to 1" in words.caption(AugmentKnobs(change=change), figures)  # type: ignore[arg-type]


def test_the_words_name_knobs_that_there_are() -> None:
    named = {name for text in words._TRY.values() for name in text.split("`")[1::2]}
    assert named <= set(AugmentKnobs.model_fields)
    assert set(words._TRY) == {*CHANGES, "mixup", "cutmix"}


@pytest.mark.parametrize(
    ("values", "line"),
    [
        ({"strength": 1.5}, "strength must be at most 1"),
        ({"change": "blur"}, "change must be turn, shift"),
        ({"showings": 0}, "showings must be at least 1"),
        ({"image": "nobody"}, "There is no picture “nobody”"),
    ],
)
def test_what_cannot_be_is_refused_in_a_line(values: dict[str, Any], line: str) -> None:
    with pytest.raises(UsageError, match=line):
        catalogue.parse_knobs(augment, values)


# Predict first, and the code


def test_the_run_says_which_guess_was_right() -> None:
    sixes, shares = words.predict(AugmentKnobs()), words.predict(AugmentKnobs(change="shift"))
    assert sixes
    assert shares
    assert sixes.choices[sixes.judge(defaults()) or 0] == "9"
    assert shares.choices[shares.judge(small(change="shift")[-1]) or 0] == "97 or more of 100"
    assert [shares.judge(Frame(figures={"right": right})) for right in (0.9, 0.6, 0.1)] == [1, 2, 3]
    assert sixes.judge(Frame()) is None
    assert words.predict(AugmentKnobs(change="light", strength=0)) is None


@pytest.mark.parametrize("change", ["turn", "randaugment", "cutmix"])
def test_the_code_that_is_shown_finds_the_same(change: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    script = tmp_path / "code.py"
    script.write_text(show_code(augment, AugmentKnobs(pictures=60, change=change)), encoding="utf-8")
    runpy.run_path(str(script))
    printed = {name: float(number) for name, number in map(str.split, capsys.readouterr().out.splitlines())}
    assert len(printed) == (5 if change == "turn" else 3)
    figures = small(change=change)[-1].figures
    assert printed == pytest.approx({name: figures[name] for name in printed})


def test_the_code_fits_on_a_screen_whatever_is_changed() -> None:
    for change in (*CHANGES, "mixup", "cutmix"):
        assert len(show_code(augment, AugmentKnobs(change=change)).splitlines()) <= SCREEN
