"""The way through the course."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from cnntutor.course.journey import Activity, Progress, is_open, next_step
from cnntutor.course.load import load_course
from cnntutor.course.models import Course, Slug
from cnntutor.services import Services
from tests.conftest import write_course

EDGES, POOLING = Slug("edges"), Slug("pooling")
ALL = 4


def test_a_beginner_reads_first(services: Services) -> None:
    step = next_step(services.course, {})
    assert step is not None
    assert (step.topic.slug, step.activity) == (EDGES, Activity.READ)


def test_then_come_the_cards_then_the_quiz_then_the_next_topic(services: Services) -> None:
    progress = {EDGES: Progress(read=1.0, recalled=1)}
    steps = [next_step(services.course, progress)]
    progress[EDGES] = Progress(read=1.0, recalled=ALL)
    steps.append(next_step(services.course, progress))
    progress[EDGES] = Progress(read=1.0, recalled=ALL, quizzed=True)
    steps.append(next_step(services.course, progress))
    assert [(step.topic.slug, step.activity) for step in steps if step] == [
        (EDGES, Activity.LEARN),
        (EDGES, Activity.QUIZ),
        (POOLING, Activity.READ),
    ]


def test_a_topic_opens_once_those_it_needs_were_recalled(services: Services) -> None:
    pooling = services.course.topic("pooling")
    assert not is_open(pooling, services.course, {EDGES: Progress(recalled=ALL - 1)})
    assert is_open(pooling, services.course, {EDGES: Progress(recalled=ALL)})


def test_at_the_end_there_is_no_next_step(services: Services) -> None:
    done = {topic.slug: Progress(read=1.0, recalled=ALL, quizzed=True) for topic in services.course.topics()}
    assert next_step(services.course, done) is None


WIDE = """\
title: A wide course
hosts: {Ada: asks, Ben: builds}
parts:
  - title: Start here
    topics:
      - {slug: edges, demos: [convolve]}
      - {slug: pooling, demos: [convolve]}
      - {slug: attention, needs: [edges], demos: [convolve]}
      - {slug: heads, needs: [pooling], demos: [convolve]}
"""


def known(days: float) -> Progress:
    return Progress(read=1.0, recalled=ALL, quizzed=True, durability=days)


@pytest.fixture
def wide(tmp_path: Path) -> Course:
    folder = write_course(tmp_path / "wide")
    shutil.copytree(folder / "edges", folder / "heads")
    for file in (folder / "heads").iterdir():
        file.write_text(file.read_text().replace("edges", "heads"))
    (folder / "course.yaml").write_text(WIDE)
    return load_course(folder)


def next_slug(course: Course, progress: dict[Slug, Progress]) -> str:
    step = next_step(course, progress)
    assert step is not None
    return step.topic.slug


def test_the_path_goes_where_the_prerequisites_are_remembered_best(wide: Course) -> None:
    assert next_slug(wide, {EDGES: known(2), POOLING: known(9)}) == "heads"
    assert next_slug(wide, {EDGES: known(9), POOLING: known(2)}) == "attention"


def test_a_draw_is_settled_by_the_order_of_the_course_and_lasting_is_lasting(wide: Course) -> None:
    assert next_slug(wide, {EDGES: known(5), POOLING: known(5.2)}) == "attention"
    assert next_slug(wide, {EDGES: known(40), POOLING: known(400)}) == "attention"


def test_what_was_begun_is_finished_first(wide: Course) -> None:
    begun = {EDGES: known(2), POOLING: known(9), Slug("attention"): Progress(read=0.3)}
    assert next_slug(wide, begun) == "attention"


def test_other_open_topics_are_named(wide: Course) -> None:
    step = next_step(wide, {EDGES: known(2), POOLING: known(9)})
    assert step is not None
    assert [topic.slug for topic in step.also] == ["attention"]
