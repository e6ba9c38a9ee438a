"""The shipped course and the demos: every link from a card or question opens with its own numbers."""

from __future__ import annotations

import pytest
from shipped import COURSE

from cnntutor.course.cards import DemoLink
from cnntutor.course.models import Topic
from cnntutor.demos.catalogue import as_json, load, names, parse_knobs
from cnntutor.demos.knobs import values_of

TOPICS = list(COURSE.topics())
SEEDS = range(25)


def links_of(topic: Topic) -> list[tuple[str, DemoLink]]:
    faces = [(card.id, card.draw(seed).demo) for card in topic.cards for seed in SEEDS]
    posed = [(question.id, question.pose(seed).demo) for question in topic.questions for seed in SEEDS]
    return [(str(name), link) for name, link in faces + posed if link is not None]


@pytest.mark.parametrize("topic", TOPICS, ids=lambda topic: topic.slug)
def test_every_topic_names_a_demo_that_shows_its_claim(topic: Topic) -> None:
    assert set(topic.demos) <= set(names())
    document = as_json()
    assert any(topic.slug in demo["topics"] and demo["name"] in topic.demos for demo in document)


@pytest.mark.parametrize("topic", TOPICS, ids=lambda topic: topic.slug)
def means(value: object, written: str) -> bool:
    """Whether a knob stands where a link wants it, however that is written."""
    if isinstance(value, bool):
        return written.lower() in (("on", "true", "yes") if value else ("off", "false", "no"))
    return float(written) == value if isinstance(value, int | float) else written == str(value)


@pytest.mark.parametrize("topic", TOPICS, ids=lambda topic: topic.slug)
def test_every_link_opens_a_possible_run_with_the_items_numbers(topic: Topic) -> None:
    links = links_of(topic)
    assert links
    for name, link in links:
        values = values_of(parse_knobs(load(link.demo), link.knobs))
        wrong = [knob for knob, written in link.knobs.items() if not means(values[knob], written)]
        assert not wrong, (name, link)


@pytest.mark.parametrize("topic", TOPICS, ids=lambda topic: topic.slug)
def test_every_script_moves_a_demo_and_names_its_cards(topic: Topic) -> None:
    said = [sentence for chapter in topic.script.chapters for line in chapter.lines for sentence in line.sentences]
    cues = [sentence.demo for sentence in said if sentence.demo is not None]
    assert cues
    for cue in cues:
        parse_knobs(load(cue.demo), cue.knobs)
    assert sum(bool(sentence.cards) for sentence in said) >= 6


def test_every_flagship_is_opened_by_an_item_with_numbers_of_its_own() -> None:
    with_numbers = {
        link.demo for topic in TOPICS for _, link in links_of(topic) if any(map(str.isdigit, link.knobs.values()))
    }
    assert {"convolve", "train", "grad-cam", "inspect"} <= with_numbers


def test_the_opening_topic_meets_its_own_minimums() -> None:
    opening = TOPICS[0]
    assert opening.slug == "what-is-a-cnn"
    assert len(opening.cards) >= 16
    assert len(opening.questions) >= 12
    assert any("parameter sharing mean" in question.pose(0).prompt for question in opening.questions)


def test_the_opening_podcast_lasts_three_minutes_and_twenty_seconds() -> None:
    from cnntutor.listen.library import Library

    assert abs(Library(COURSE).seconds(TOPICS[0]) - 200) <= 15
