from __future__ import annotations

import runpy
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

from cnntutor.demos import catalogue
from cnntutor.demos.frame import Frame
from cnntutor.demos.gallery import _transfer_words as words
from cnntutor.demos.gallery._transfer_knobs import TransferKnobs
from cnntutor.demos.gallery.transfer import transfer
from cnntutor.demos.run import run_headless
from cnntutor.demos.show_code import SCREEN, show_code
from cnntutor.errors import UsageError
from cnntutor.vision import borrowing

SMALL: dict[str, Any] = {"runs": 1, "pretraining": 1, "steps": 3, "width": 2, "examples": 2, "most": 3}


@cache
def few() -> Frame:
    """The run that everybody sees first, but for the many pictures at the end of the curves."""
    return run_headless("transfer", {"most": 5}, device="cpu").last


@cache
def small() -> tuple[Frame, ...]:
    return tuple(transfer.frames(TransferKnobs(**SMALL), "cpu", seed=1))


# The claim


def test_from_few_pictures_a_borrowed_body_beats_a_fresh_net_and_fine_tuning_beats_both() -> None:
    figures = few().figures
    assert figures["old_accuracy"] > 0.8
    assert figures["frozen"] > figures["scratch"] + 0.02
    assert figures["tuned"] > figures["scratch"] + 0.08
    assert figures["tuned"] > figures["frozen"]


# The parts


def test_a_digit_lies_whole_somewhere_on_the_ground() -> None:
    draw = torch.Generator().manual_seed(0)
    x = torch.rand(40, 1, 3, 2) + 0.1
    ground = borrowing.scattered(x, 6, 0.0, draw)
    assert ground.shape == (40, 1, 6, 6)
    corners = set()
    for digit, picture in zip(x[:, 0], ground[:, 0], strict=True):
        top, left = picture.nonzero().min(dim=0).values.tolist()
        assert torch.equal(picture[top : top + 3, left : left + 2], digit)
        assert int((picture != 0).sum()) == 6
        corners.add((top, left))
    assert len(corners) > 10


def test_noise_has_the_deviation_asked_for() -> None:
    ground = borrowing.scattered(torch.zeros(50, 1, 8, 8), 12, 0.2, torch.Generator().manual_seed(0))
    assert float(ground.std()) == pytest.approx(0.2, rel=0.05)


def test_nothing_that_is_borrowed_is_changed_and_a_frozen_body_not_even_in_its_norms() -> None:
    torch.manual_seed(0)
    body, fresh, head = borrowing.body(2).eval(), borrowing.body(2), nn.Linear(8, 3)
    before = [{name: value.clone() for name, value in part.state_dict().items()} for part in (body, fresh, head)]
    x, y = torch.rand(6, 1, 12, 12), torch.arange(6) % 3
    ways = dict(borrowing.three_ways(body, fresh, head, x, y, steps=4, slower=10))
    for part, kept in zip((body, fresh, head), before, strict=True):
        assert all(torch.equal(value, kept[name]) for name, value in part.state_dict().items())
    assert list(ways) == ["scratch", "frozen", "tuned"]
    assert ways["frozen"][0] is body  # type: ignore[index]
    moved = ways["tuned"][0].state_dict()  # type: ignore[index]
    assert not torch.equal(moved["0.weight"], before[0]["0.weight"])
    assert torch.equal(moved["1.running_mean"], before[0]["1.running_mean"])


# The run


def test_the_body_and_its_head_are_counted() -> None:
    figures = few().figures
    assert (figures["body_params"], figures["head_params"]) == (13_236, 48 * 3 + 3)
    assert few().formulas[0] == "head = 48·3 + 3 = 147 numbers; body = 13,236"


def test_the_curves_grow_from_few_pictures_to_many() -> None:
    assert not small()[0].curves
    last = small()[-1]
    assert last.curves["from scratch"].x == (2, 3)
    assert [row[0] for row in last.tables["7, 8 and 9 named right, in %"].rows] == [2, 3]
    assert [frame.progress for frame in small()] == pytest.approx([0, 0.4, 0.7, 1])
    assert TransferKnobs().counts == (2, 5, 10, 20, 50)
    assert TransferKnobs(examples=7, most=10).counts == (2, 5, 7, 10)


def test_everything_is_in_a_view() -> None:
    for frame in small():
        seen = {item for items in frame.views.values() for item in items}
        assert seen == {*frame.images, *frame.charts, *frame.tables}


def test_the_words_follow_the_figures() -> None:
    knobs, figures = TransferKnobs(), few().figures | {"lead_most": -4.0}
    assert "the fresh net is ahead" in words.caption(knobs, figures)
    assert "the lead is gone" in words.caption(knobs, figures | {"lead_most": 1.0})
    assert "leads by +9.0 points" in words.caption(knobs, figures | {"lead_most": 9.0})
    for changed in (knobs, TransferKnobs(pretraining=0), TransferKnobs(slower=1)):
        named = words.caption(changed, figures).split("`")[1::2]
        assert named
        assert set(named) <= set(TransferKnobs.model_fields)


@pytest.mark.parametrize(
    ("values", "line"),
    [
        ({"examples": 0}, "examples must be at least 1"),
        ({"examples": 20, "most": 10}, "most must be at least examples, 20, not 10"),
        ({"slower": 0}, "slower must be at least 1"),
    ],
)
def test_what_cannot_be_is_refused_in_a_line(values: dict[str, Any], line: str) -> None:
    with pytest.raises(UsageError, match=line):
        catalogue.parse_knobs(transfer, values)


# Predict first, and the code


def test_the_run_says_which_guess_was_right() -> None:
    asked = words.predict(TransferKnobs())
    assert asked
    assert asked.choices[asked.judge(few()) or 0] == "a new head, then all of it in small steps"
    assert asked.judge(Frame()) is None
    assert words.predict(TransferKnobs(pretraining=0)) is None


def test_the_code_that_is_shown_finds_the_same(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = show_code(transfer, TransferKnobs(**SMALL), seed=1)
    assert len(code.splitlines()) <= SCREEN
    script = tmp_path / "code.py"
    script.write_text(code, encoding="utf-8")
    runpy.run_path(str(script))
    printed = {name: float(number) for name, number in map(str.split, capsys.readouterr().out.splitlines())}
    figures = small()[-1].figures
    expected = {f"{way}_2": figures[way] for way in ("scratch", "frozen", "tuned")}
    expected |= {f"{way}_3": figures[f"{way}_most"] for way in ("scratch", "frozen", "tuned")}
    assert printed == pytest.approx(expected)
