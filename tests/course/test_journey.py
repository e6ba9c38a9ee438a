"""The way through the course."""

from __future__ import annotations

from cnntutor.course.journey import Activity, Progress, is_open, next_step
from cnntutor.course.models import Slug
from cnntutor.services import Services

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
