"""Confidence against results."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnntutor.course.calibration import brier_score, in_words

PAIRS = st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=30)


def test_the_score_by_hand():
    assert brier_score([0.95, 0.5, 0.25], [True, False, False]) == pytest.approx((0.0025 + 0.25 + 0.0625) / 3)
    assert brier_score([], []) == 0
    with pytest.raises(ValueError, match="shorter"):
        brier_score([0.5], [])


@given(PAIRS)
def test_the_score_lies_between_perfect_and_worst(pairs):
    confidences, outcomes = [p for p, _ in pairs], [o for _, o in pairs]
    assert 0 <= brier_score(confidences, outcomes) <= 1
    assert brier_score([float(o) for o in outcomes], outcomes) == 0
    assert brier_score([0.5] * len(pairs), outcomes) == pytest.approx(0.25)


@pytest.mark.parametrize(
    ("confidence", "accuracy", "answers", "words"),
    [
        (0.9, 0.5, 12, "overconfident"),
        (0.5, 0.9, 12, "underconfident"),
        (0.7, 0.8, 12, "well calibrated"),
        (0.9, 0.0, 3, "too few answers to say more"),
    ],
)
def test_the_gap_in_words(confidence, accuracy, answers, words):
    assert in_words(confidence, accuracy, answers) == words
