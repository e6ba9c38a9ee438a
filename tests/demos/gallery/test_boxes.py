from __future__ import annotations

import runpy
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from cnntutor.demos import catalogue
from cnntutor.demos.frame import Frame
from cnntutor.demos.gallery import _boxes_look as look
from cnntutor.demos.gallery._boxes_knobs import BoxesKnobs
from cnntutor.demos.gallery.boxes import boxes
from cnntutor.demos.run import run_headless
from cnntutor.demos.show_code import SCREEN, show_code
from cnntutor.errors import UsageError
from cnntutor.vision.arithmetic import iou
from cnntutor.vision.boxes import Box, Rule, average_precision, counted, right_ones, rounds

CROWD = "10 10 30 70 0.9; 12 12 32 72 0.8; 40 10 60 70 0.7; 48 10 68 70 0.6"
"""The article's four."""

THRESHOLDS = st.sampled_from([0.0, 0.313, 0.5, 0.71])


def last_frame(**values: Any) -> Frame:
    *_, last = boxes.frames(catalogue.parse_knobs(boxes, values), "cpu")
    return last


def a_box(most: int = 20) -> st.SearchStrategy[Box]:
    along = st.tuples(st.integers(0, most - 1), st.integers(1, most)).map(lambda p: (p[0], min(most, p[0] + p[1])))
    return st.tuples(along, along).map(lambda p: (p[0][0], p[1][0], p[0][1], p[1][1]))


def kept(found: list[Box], scores: list[float], rule: Rule, kinds: list[int] | None = None) -> list[int]:
    return [done.best for done in rounds(found, scores, kinds or [0] * len(found), rule)]


# The claim


@settings(max_examples=60, deadline=None)
@given(a_box(), a_box())
def test_iou_is_what_counting_the_pixels_gives(first: Box, second: Box) -> None:
    shared, covered = counted(first, second)
    assert iou(first, second) == pytest.approx(shared / covered)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(a_box(), st.integers(0, 1)), min_size=1, max_size=25), st.sampled_from([0.0, 0.313, 0.5, 0.71])
)
def test_dropping_doubles_keeps_what_a_table_of_all_overlaps_says(
    found: list[tuple[Box, int]], threshold: float
) -> None:
    """The overlaps all at once, by painting every box; then who is beaten by a box that is kept."""
    items, kinds = [box for box, _ in found], [kind for _, kind in found]
    scores = [1 - number / 100 for number in range(len(items))]
    painted = torch.zeros(len(items), 20, 20, dtype=torch.int64)
    for number, (x1, y1, x2, y2) in enumerate(items):
        painted[number, y1:y2, x1:x2] = 1
    flat = painted.flatten(1)
    shared, area = flat @ flat.T, flat.sum(1)
    same = torch.tensor(kinds)[:, None] == torch.tensor(kinds)
    beats = (shared / (area[:, None] + area - shared).double() > threshold) & same
    alive = torch.ones(len(items), dtype=torch.bool)
    for number in range(len(items)):
        alive[number] = not (beats[number, :number] & alive[:number]).any()
    assert kept(items, scores, Rule("hard", threshold), kinds) == alive.nonzero().flatten().tolist()


def test_the_default_run_drops_the_doubles_and_the_grade_rises() -> None:
    result = run_headless("boxes", device="cpu")
    figures = result.figures
    assert (figures["boxes"], figures["kept"]) == (8, 4)
    assert figures["map_before"] < 0.95 < figures["map"] == 1
    assert figures["map_coco"] < 0.9
    assert result.frames == 6


def test_the_articles_crowd_comes_out_as_in_the_article() -> None:
    assert last_frame(boxes=CROWD).figures["kept"] == 3
    assert last_frame(boxes=CROWD, threshold=0.4).figures["kept"] == 2
    fates = [row[-1] for row in last_frame(boxes=CROWD, threshold=0.4).tables["boxes"].rows]
    assert fates == ["kept", "of 1", "kept", "of 3"]


def test_a_box_that_was_deleted_deletes_nobody() -> None:
    chain: list[Box] = [(0, 0, 10, 10), (3, 0, 13, 10), (6, 0, 16, 10)]
    assert kept(chain, [0.9, 0.8, 0.7], Rule("hard", 0.5)) == [0, 2]


# Turning scores down instead


def test_soft_rules_follow_the_paper() -> None:
    pair: list[Box] = [(0, 0, 10, 10), (5, 0, 15, 10)]
    for rule, factor in (
        (Rule("linear", 0.3), 1 - 1 / 3),
        (Rule("linear", 0.4), 1),
        (Rule("gaussian", sigma=0.5), 2.718281828 ** (-(1 / 9) / 0.5)),
    ):
        last = list(rounds(pair, [0.9, 0.6], [0, 0], rule))[-1]
        assert last.score == pytest.approx(0.6 * factor)


@settings(max_examples=40, deadline=None)
@given(st.lists(a_box(), min_size=1, max_size=12))
def test_a_threshold_of_one_and_a_wide_gaussian_drop_nothing(found: list[Box]) -> None:
    scores = [1 - number / 100 for number in range(len(found))]
    assert len(kept(found, scores, Rule("hard", 1.0))) == len(found)
    assert len(kept(found, scores, Rule("gaussian", sigma=5))) == len(found)


def test_the_method_linear_brings_back_the_saucer_that_hard_deletes() -> None:
    def fate(**values: Any) -> str:
        return str(last_frame(threshold=0.4, **values).tables["boxes"].rows[2][-1])

    assert fate() == "of 1"
    assert fate(method="linear") == "kept"


# Grading


def test_average_precision_is_the_articles() -> None:
    assert average_precision([True, False, True, True, False], objects=4) == 0.625
    assert average_precision([], objects=3) == 0


@settings(max_examples=60, deadline=None)
@given(st.lists(st.booleans(), max_size=12), st.integers(0, 4))
def test_average_precision_is_the_area_under_the_smoothed_curve(right: list[bool], missed: int) -> None:
    import numpy as np

    objects = sum(right) + missed + (not right or not any(right))
    hits = np.cumsum(right)
    recall = np.concatenate([[0], hits / objects, [1]])
    precision = np.concatenate([[0], hits / np.arange(1, len(right) + 1), [0]])
    smooth = np.maximum.accumulate(precision[::-1])[::-1]
    area = float((np.diff(recall) * smooth[1:]).sum())
    assert average_precision(right, objects) == pytest.approx(area)


def test_an_object_is_found_once_and_only_by_its_own_class() -> None:
    box: Box = (0, 0, 10, 10)
    assert right_ones([(box, "a"), (box, "a"), (box, "b")], [(box, "a")], 0.5) == (True, False, False)


@pytest.mark.parametrize("hundredths", [52, 67, 87])
def test_cocos_grade_counts_the_bars_that_loose_boxes_pass(hundredths: int) -> None:
    loose = f"0 0 {hundredths} 50; 0 50 {hundredths} 100"
    figures = last_frame(boxes=loose, truth="0 0 100 50; 0 50 100 100", show="bars").figures
    assert figures["map_coco"] == pytest.approx((hundredths - 50) // 5 / 10 + 0.1)
    assert figures["map_voc"] == 1


# What is shown


def test_a_box_is_moved_and_its_overlap_falls() -> None:
    overlaps = [last_frame(move=2, right=right).figures["iou"] for right in (0, 5, 25)]
    assert overlaps[2] < 0.5 < overlaps[0]
    x1, y1, x2, y2 = BoxesKnobs(move=2, right=3, down=4, wider=5).detections[1].box
    assert (x1, y1, x2, y2) == (16, 5, 80, 74)


def test_the_pair_is_painted_pixel_by_pixel() -> None:
    plain, painted = look.backdrop("coffee"), look.pair("coffee", (10, 10, 20, 20), (15, 10, 25, 20))
    changed = (plain != painted).any(axis=-1)
    assert changed.sum() == 150 * look.SCALE**2
    white = (painted == round(0.75 * 255)).all(axis=-1)
    assert white.sum() == 50 * look.SCALE**2


@pytest.mark.parametrize("show", ["doubles", "pair", "grade", "bars"])
def test_the_view_that_is_asked_for_comes_first_and_has_its_words(show: str) -> None:
    frame = last_frame(show=show)
    assert next(iter(frame.views)) == show
    assert "**Look**" in frame.caption
    assert "**Try**" in frame.caption


def test_without_objects_nothing_is_graded() -> None:
    frame = last_frame(boxes=CROWD)
    assert "map" not in frame.figures
    assert set(frame.views) == {"doubles", "pair"}
    assert "nothing to grade" in last_frame(boxes=CROWD, show="grade").caption


@pytest.mark.parametrize(
    ("values", "said", "advised"),
    [
        ({"threshold": 0.8}, "All 8 boxes are kept", "lower it to 0.4"),
        ({"threshold": 0.4}, "Of 8 boxes 4 are kept", "`method` to linear"),
        ({"threshold": 0.4, "method": "linear"}, "Of 8 boxes 7 are kept", "`least` to 0.3"),
    ],
)
def test_whoever_followed_the_advice_is_led_on(values: dict[str, Any], said: str, advised: str) -> None:
    caption = last_frame(**values).caption
    assert said in caption
    assert advised in caption


# Questions, refusals, links, code


@pytest.mark.parametrize("values", [{}, {"threshold": 0.2, "by_class": False}, {"boxes": CROWD, "method": "gaussian"}])
def test_the_run_says_how_many_are_left(values: dict[str, Any]) -> None:
    asked = boxes.predict(catalogue.parse_knobs(boxes, values))
    assert asked is not None
    frame = last_frame(**values)
    judged = asked.judge(frame)
    assert judged is not None
    assert asked.choices[judged] == str(frame.figures["kept"])


@pytest.mark.parametrize(
    ("values", "line"),
    [
        ({"boxes": "0 0 10 10"}, "boxes must have 2 to 16 boxes"),
        ({"boxes": "0 0 10 10; 1 2 3"}, "box 2 of boxes must be four whole numbers, a score and a class"),
        ({"boxes": "0 0 10 10; 5 5 5 9"}, "box 2 of boxes needs x1 < x2"),
        ({"boxes": "0 0 10 10; 5 5 9 9 2"}, "box 2 of boxes has a score from 0 to 1"),
        ({"truth": "0 0 10.5 10"}, "box 1 of truth must be four whole numbers and a class"),
        ({"first": 2, "second": 2}, "first and second must be different boxes"),
        ({"boxes": CROWD, "move": 5}, "move must be at most 4"),
        ({"right": 90}, "right, down and wider must leave box 1 in the picture"),
        ({"wider": -80}, "wider must be at least -56"),
    ],
)
def test_what_cannot_be_is_refused_by_the_name_of_its_knob(values: dict[str, Any], line: str) -> None:
    with pytest.raises(UsageError, match=line):
        catalogue.parse_knobs(boxes, values)


@pytest.mark.parametrize(("side", "move"), [(10, 2.0), (20, 12.0), (30, 24.0)])
def test_the_cards_shifted_boxes_come_to_its_answer(side: int, move: float) -> None:
    figures = last_frame(show="pair", boxes=f"0 0 {side} {side}; {move} 0 {side + move} {side}").figures
    assert figures["iou"] == pytest.approx((side - move) / (side + move))


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"method": "linear", "threshold": 0.3, "by_class": False, "least": 0.3, "move": 2, "right": 8, "bar": 0.7},
        {"method": "gaussian", "sigma": 0.2, "least": 0.4, "bar": 0.9},
        {"boxes": CROWD},
    ],
    ids=["defaults", "linear", "gaussian", "own"],
)
def test_the_code_that_is_shown_finds_the_same_numbers(
    values: dict[str, Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = show_code(boxes, catalogue.parse_knobs(boxes, values))
    script = tmp_path / "code.py"
    script.write_text(code, encoding="utf-8")
    runpy.run_path(str(script))
    printed = {name: float(number) for name, number in map(str.split, capsys.readouterr().out.splitlines())}
    figures = last_frame(**values).figures
    assert printed == pytest.approx({name: figures[name] for name in printed})
    assert ("map" in printed) == ("map" in figures)
    assert len(code.splitlines()) <= SCREEN
