"""Searching the course."""

from __future__ import annotations

import pytest

from cnntutor.course.search import Kind, SearchIndex
from cnntutor.services import Services


@pytest.fixture
def index(services: Services) -> SearchIndex:
    return SearchIndex(services.course)


def test_every_word_must_begin_some_word(index: SearchIndex) -> None:
    assert index.search("kern")
    assert index.search("kern zebra") == []
    assert index.search("ernel") == []


def test_case_and_accents_do_not_matter(index: SearchIndex) -> None:
    assert index.search("ATTENTION gáting")[0].topic == "attention"


def test_a_title_counts_more_than_a_mention(index: SearchIndex) -> None:
    best = index.search("edges")[0]
    assert (best.kind, best.topic) == (Kind.TOPIC, "edges")


def test_each_kind_of_content_is_found(index: SearchIndex) -> None:
    assert {hit.kind for hit in index.search("puzzle")} == {Kind.PODCAST}
    assert {hit.kind for hit in index.search("Dumoulin")} == {Kind.LINK}
    assert {hit.kind for hit in index.search("which word")} == {Kind.QUESTION}
    assert {hit.kind for hit in index.search("second counts")} == {Kind.SECTION}


def test_a_section_hit_leads_to_its_anchor(index: SearchIndex) -> None:
    (hit, *_) = index.search("second counts")
    assert hit.section == "cost"
    assert "second section counts" in hit.excerpt


def test_nothing_typed_finds_nothing(index: SearchIndex) -> None:
    assert index.search("  ") == []
