"""Every demo with its lesson, and finding one."""

from __future__ import annotations

from shipped import COURSE

from cnntutor.demo_shelf import matching, shelf
from cnntutor.demos.catalogue import names
from cnntutor.services import Services


def test_every_demo_stands_there_once_where_the_course_first_names_it() -> None:
    shelved = shelf(COURSE)
    assert sorted(one.demo.name for one in shelved) == sorted(names())
    order = [topic.slug for topic in COURSE.topics()]
    named = [one for one in shelved if one.demo.name in one.topic.demos]
    assert [order.index(one.topic.slug) for one in named] == sorted(order.index(one.topic.slug) for one in named)
    for one in named:
        earlier = order[: order.index(one.topic.slug)]
        assert not any(one.demo.name in COURSE.topic(slug).demos for slug in earlier)


def test_a_demo_that_no_lesson_names_stands_with_the_first_lesson(services: Services) -> None:
    train = next(one for one in shelf(services.course) if one.demo.name == "train")
    assert train.topic.slug == "edges"


def test_a_demo_is_found_by_its_name_first_then_by_its_words() -> None:
    shelved = shelf(COURSE)
    assert matching(shelved, "") == shelved
    assert matching(shelved, "grad-c")[0].demo.name == "grad-cam"
    assert "convolve" in {one.demo.name for one in matching(shelved, "kernel picture")}
    assert matching(shelved, "KERNEL") == matching(shelved, "kernel")
    assert matching(shelved, "nothing of the kind") == []
