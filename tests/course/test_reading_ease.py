"""Flesch's reading ease, against what he and dictionaries say."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnntutor.course.reading_ease import reading_ease, syllables


@pytest.mark.parametrize(
    ("word", "count"),
    [
        ("cat", 1),
        ("kernel", 2),
        ("stride", 1),
        ("pooled", 1),
        ("padded", 2),
        ("table", 2),
        ("layer", 2),
        ("edges", 2),
        ("convolution", 4),
        ("see", 1),
        ("the", 1),
        ("network", 2),
        ("activation", 4),
    ],
)
def test_syllables_are_counted_as_they_are_said(word: str, count: int) -> None:
    assert syllables(word) == count


def test_one_short_word_a_sentence_is_as_easy_as_the_formula_goes() -> None:
    assert reading_ease(["Look."]) == pytest.approx(206.835 - 1.015 - 84.6)


def test_nothing_said_is_easy() -> None:
    assert reading_ease(["…", ""]) == 100


@given(st.lists(st.sampled_from(["cat", "kernel", "convolution"]), min_size=1, max_size=12))
def test_longer_sentences_and_longer_words_are_harder(words: list[str]) -> None:
    sentence = " ".join(words)
    assert reading_ease([f"{sentence} cat"] * 2) <= reading_ease([f"{sentence} cat"]) + 1e-9
    assert reading_ease([f"{sentence} representation"]) < reading_ease([f"{sentence} net"])
    assert reading_ease([f"{sentence}, {sentence}"]) < reading_ease([sentence, sentence])
