"""The guided walk: reading it, and where one is on it."""

from __future__ import annotations

from pathlib import Path

import pytest

from cnntutor.course.cards import DemoLink
from cnntutor.course.check import check
from cnntutor.course.load import load_course
from cnntutor.course.models import Problem
from cnntutor.course.reading.walk import MOST_LETTERS, read_walk
from cnntutor.course.walk import Stop, Walk
from cnntutor.demo_links import broken_links
from cnntutor.paths import shipped

GOOD = """\
title: A small walk
stops:
  - demo: convolve kernel=own weights="1 0; 0 1"
    minutes: 6
    say: >-
      Look
      here.
    ask: What is it?
  - demo: convolve
    minutes: 3.5
    say: And there.
"""


def read(folder: Path, text: str) -> tuple[Walk, list[Problem]]:
    (folder / "walk.yaml").write_text(text)
    problems: list[Problem] = []
    return read_walk(folder, problems.append), problems


def walk(*minutes: float) -> Walk:
    return Walk("A walk", tuple(Stop(DemoLink("convolve", {}), each, "Look.") for each in minutes))


def test_stops_come_in_order_with_their_knobs(tmp_path: Path) -> None:
    found, problems = read(tmp_path, GOOD)
    assert problems == []
    first, second = found.stops
    assert first == Stop(
        DemoLink("convolve", {"kernel": "own", "weights": "1 0; 0 1"}), 6, "Look here.", "What is it?", 3
    )
    assert (second.minutes, second.ask, second.line) == (3.5, "", 9)


def test_a_course_without_a_walk_has_no_stops_and_no_problem(tmp_path: Path) -> None:
    problems: list[Problem] = []
    assert read_walk(tmp_path, problems.append) == Walk()
    assert problems == []


@pytest.mark.parametrize(
    ("old", "new", "line", "message"),
    [
        ("minutes: 6", "minutes: 4", 2, "the walk takes 7.5 minutes, not ten"),
        ("minutes: 6", "minutes: 8", 2, "the walk takes 11.5 minutes"),
        ("minutes: 6", "minutes: six", 4, "“six” is no number of minutes"),
        ("    minutes: 6\n", "", 3, "the stop has no `minutes`"),
        ("kernel=own", "kernel", 3, "“kernel” sets no knob"),
        ("And there.", "And there. " * 40, 11, f"letters → say it in {MOST_LETTERS}"),
        ("ask: What", "asks: What", 8, "a stop has no key `asks`"),
        ("title: A small walk\n", "", 1, "the walk has no `title`"),
    ],
)
def test_a_mistake_is_told_with_its_line(tmp_path: Path, old: str, new: str, line: int, message: str) -> None:
    assert old in GOOD
    _, problems = read(tmp_path, GOOD.replace(old, new))
    assert any(problem.line == line and message in str(problem) for problem in problems), problems


@pytest.mark.parametrize("text", ["- one\n- two\n", "stops: [", "title: Nothing\nstops: no list\n", ""])
def test_what_is_no_walk_has_no_stops_and_a_problem(tmp_path: Path, text: str) -> None:
    found, problems = read(tmp_path, text)
    assert found.stops == ()
    assert problems


def test_the_checker_tells_of_a_walk_of_the_wrong_length(home: Path, tmp_path: Path) -> None:
    folder = tmp_path / "content" / "small"
    before = len(check(load_course(folder)))
    read(folder, GOOD.replace("minutes: 6", "minutes: 60"))
    after = check(load_course(folder))
    assert len(after) == before + 1
    assert any(problem.file.name == "walk.yaml" for problem in after)


@pytest.mark.parametrize(("old", "new"), [("demo: convolve\n", "demo: levitate\n"), ("kernel=own", "kernle=own")])
def test_a_stop_whose_demo_cannot_be_opened_is_told_with_its_line(
    home: Path, tmp_path: Path, old: str, new: str
) -> None:
    folder = tmp_path / "content" / "small"
    read(folder, GOOD.replace(old, new))
    (problem,) = broken_links(load_course(folder))
    assert (problem.file.name, problem.line) == ("walk.yaml", 9 if "levitate" in new else 3)
    assert "its demo cannot be opened" in problem.message


def test_the_course_that_ships_has_a_walk_of_ten_minutes() -> None:
    problems: list[Problem] = []
    found = read_walk(shipped("content") / "cnn", problems.append)
    assert problems == []
    assert 9 <= len(found.stops) <= 11
    assert found.stops[0].link.demo == "tour"


# Where one is


def test_steps_stay_on_the_walk_and_lead_off_its_end() -> None:
    three = walk(3, 3, 4)
    assert [three.step(at, 1) for at in range(3)] == [1, 2, None]
    assert [three.step(at, -1) for at in range(3)] == [0, 0, 1]


@pytest.mark.parametrize(("kept", "at"), [(2, 2), (0, 0), (3, 0), (-1, 0), (None, 0), ("2", 0), (True, 0), ([1], 0)])
def test_one_goes_on_where_one_left_off_if_that_stop_is_still_there(kept: object, at: int) -> None:
    assert walk(3, 3, 4).place(kept) == at


def test_the_heading_counts_stops_and_the_minutes_left() -> None:
    ten = walk(*[1] * 10)
    assert ten.heading(2) == "Tour 3/10 · about 8 minutes left"
    assert walk(9, 0.5).heading(1) == "Tour 2/2 · about 1 minute left"


def test_as_text_each_stop_has_the_command_that_opens_it(tmp_path: Path) -> None:
    lines = list(read(tmp_path, GOOD)[0].lines())
    assert lines[0] == "A small walk: 2 stops, about 10 minutes."
    assert "   Question: What is it?" in lines
    assert '   cnntutor demo open convolve --set kernel=own --set "weights=1 0; 0 1"' in lines
