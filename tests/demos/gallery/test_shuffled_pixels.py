from __future__ import annotations

import runpy
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from cnntutor.demos import catalogue
from cnntutor.demos.frame import Frame
from cnntutor.demos.gallery._shuffled_pixels_knobs import ShuffledPixelsKnobs
from cnntutor.demos.gallery.shuffled_pixels import shuffled_pixels
from cnntutor.demos.run import run_headless
from cnntutor.demos.show_code import SCREEN, show_code
from cnntutor.errors import UsageError
from cnntutor.vision.data import load
from cnntutor.vision.shuffling import block_order, in_order, neighbours_correlation

SMALL = {"runs": 1, "epochs": 1, "filters": 2, "units": 4, "pictures": 41}


@cache
def defaults() -> Frame:
    """The last frame of the run that everybody sees first."""
    return run_headless("shuffled-pixels", device="cpu").last


def frames(seed: int = 0, **values: Any) -> list[Frame]:
    return list(shuffled_pixels.frames(catalogue.parse_knobs(shuffled_pixels, values), "cpu", seed))


# The claim


def test_the_shuffle_costs_the_cnn_its_lead_and_the_dense_net_nothing() -> None:
    figures = defaults().figures
    assert figures["runs"] == 3
    assert figures["lead"] > 1
    assert figures["lead_shuffled"] <= 0.5
    assert abs(figures["dense_change"]) < 1


def test_with_an_order_of_its_own_for_each_picture_both_nets_only_guess() -> None:
    figures = frames(shuffle="a new one each", runs=1, epochs=3)[-1].figures
    assert figures["cnn_accuracy_shuffled"] < 0.2
    assert figures["dense_accuracy_shuffled"] < 0.2
    assert figures["dense_accuracy"] > 0.8


def test_where_nothing_moves_nothing_changes() -> None:
    figures = frames(block=8, **SMALL)[-1].figures
    assert (figures["cnn_change"], figures["dense_change"]) == (0, 0)
    assert figures["neighbours"] == figures["neighbours_shuffled"]


def test_neighbours_are_strangers_after_the_shuffle_unless_blocks_stay_whole() -> None:
    alike = {block: frames(block=block, **SMALL)[0].figures["neighbours_shuffled"] for block in (1, 4)}
    assert abs(alike[1]) < 0.15
    assert alike[4] > 0.25


# The shuffle


@settings(max_examples=25, deadline=None)
@given(st.sampled_from([1, 2, 4, 8]), st.integers(0, 99))
def test_an_order_moves_whole_blocks_and_loses_no_pixel(block: int, seed: int) -> None:
    order = block_order(8, block, torch.Generator().manual_seed(seed))
    assert sorted(order.tolist()) == list(range(64))
    rows, columns = order.view(8, 8) // 8, order.view(8, 8) % 8
    for top in range(0, 8, block):
        for left in range(0, 8, block):
            square = (slice(top, top + block), slice(left, left + block))
            assert (rows[square] - rows[square][0, 0]).tolist() == [[row] * block for row in range(block)]
            assert (columns[square] - columns[square][0, 0]).tolist() == [list(range(block))] * block


def test_a_shuffle_can_be_undone() -> None:
    x = load("digits").held_out.x[:5]
    order = block_order(8, 1, torch.Generator().manual_seed(0))
    assert torch.equal(in_order(in_order(x, order), order.argsort()), x)
    each = torch.stack([order.roll(turn) for turn in range(5)])
    assert torch.equal(in_order(x, each)[3], in_order(x[3:4], each[3])[0])


def test_the_correlation_is_1_for_a_slope_and_0_for_a_board() -> None:
    slope = torch.arange(8.0).expand(1, 1, 8, 8)
    assert neighbours_correlation(slope) == pytest.approx(1)
    assert neighbours_correlation(torch.tensor([[[[0.0, 1, 1, 0, 0, 1, 1, 0, 0]]]])) == pytest.approx(0, abs=1e-6)


# What is shown


def test_the_window_holds_nine_neighbours_whose_homes_lie_apart() -> None:
    images = defaults().images
    now, home = (images[title].astype(int) for title in ("nine neighbours now", "and where they lived"))
    marked = [(picture[..., 0] > picture[..., 2]) for picture in (now, home)]
    assert [int(mark.sum()) for mark in marked] == [9, 9]
    assert marked[0][2:5, 3:6].all()
    assert not marked[1][2:5, 3:6].all()


def test_the_table_has_the_lead_of_every_run() -> None:
    rows = {str(row[0]).strip(): row for row in defaults().tables["right, in %"].rows}
    assert list(rows) == ["CNN", "dense net", "the CNN's lead", "in run 1", "in run 2", "in run 3"]
    leads = [float(str(rows[f"in run {run}"][1])) for run in (1, 2, 3)]
    assert sum(leads) / 3 == pytest.approx(defaults().figures["lead"], abs=0.1)


def test_every_evaluation_of_every_run_is_a_frame() -> None:
    seen = frames(**SMALL | {"epochs": 6, "runs": 2})
    assert [frame.progress for frame in seen] == pytest.approx([0, 1 / 4, 1 / 2, 1 / 2, 3 / 4, 1])
    assert [frame.figures["runs"] for frame in seen] == [0, 0, 1, 1, 1, 2]


def test_the_same_seed_gives_the_same_run_and_another_seed_another() -> None:
    first, second, other = (frames(seed, **SMALL)[-1].figures for seed in (1, 1, 2))
    assert first == second != other


@pytest.mark.parametrize(
    ("values", "line"),
    [
        ({"block": 3}, "block must be 1, 2, 4 or 8, so that blocks fill 8 pixels, not 3"),
        ({"pictures": 900}, "pictures must be at most 750"),
        ({"shuffle": "none"}, "shuffle must be one for all or a new one each"),
        ({"digit": 10}, "digit must be at most 9"),
    ],
)
def test_what_cannot_be_is_refused_by_the_name_of_its_knob(values: dict[str, Any], line: str) -> None:
    with pytest.raises(UsageError, match=line):
        catalogue.parse_knobs(shuffled_pixels, values)


# Prediction, code


def test_the_run_itself_says_which_prediction_was_right() -> None:
    prediction = shuffled_pixels.predict(ShuffledPixelsKnobs())
    assert prediction is not None
    assert prediction.choices[prediction.judge(defaults()) or 0] == "only the CNN"
    both = Frame(figures={"cnn_change": -80.0, "dense_change": -80.0})
    assert prediction.judge(both) == 0
    assert prediction.judge(Frame()) is None
    assert shuffled_pixels.predict(ShuffledPixelsKnobs(block=8)) is None


@pytest.mark.parametrize("values", [{}, SMALL | {"shuffle": "a new one each", "block": 2, "runs": 2}])
def test_the_code_that_is_shown_finds_the_same_numbers(
    values: dict[str, Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    seed = 5 if values else 0
    figures = frames(seed, **values)[-1].figures if values else defaults().figures
    code = show_code(shuffled_pixels, ShuffledPixelsKnobs(**values), seed)
    assert len(code.splitlines()) <= SCREEN
    assert "from cnntutor" not in code
    script = tmp_path / "code.py"
    script.write_text(code, encoding="utf-8")
    runpy.run_path(str(script))
    printed = {name: float(number) for name, number in map(str.split, capsys.readouterr().out.splitlines())}
    assert len(printed) == 4
    assert printed == pytest.approx({name: figures[name] for name in printed}, abs=1e-6)
