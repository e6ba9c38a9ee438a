"""Whether a learner knows what she knows: confidence against results."""

from __future__ import annotations

from collections.abc import Sequence

NEAR = 0.1
"""Confidence and accuracy this near to each other count as well calibrated."""

ENOUGH = 5
"""With fewer answers than this, a gap says nothing."""


def brier_score(confidences: Sequence[float], outcomes: Sequence[bool]) -> float:
    """Mean squared distance of confidence from what happened: Σ(f − o)² / n.

    0 is perfect, 1 the worst; always saying 50 % gives 0.25. Brier (1950), "Verification of forecasts expressed in
    terms of probability", Monthly Weather Review 78:1–3, for one class of the two.

    Args:
        confidences: the chance given to being right, 0 to 1, one an answer.
        outcomes: whether each answer was right.

    Returns:
        The score, or 0 if there are no answers.

    Raises:
        ValueError: there are not as many outcomes as confidences.
    """
    pairs = zip(confidences, outcomes, strict=True)
    return sum((confidence - outcome) ** 2 for confidence, outcome in pairs) / max(1, len(confidences))


def in_words(mean_confidence: float, accuracy: float, answers: int) -> str:
    """What the gap between the two says, e.g. `overconfident`."""
    if answers < ENOUGH:
        return "too few answers to say more"
    gap = mean_confidence - accuracy
    if abs(gap) <= NEAR + 1e-9:
        return "well calibrated"
    return "overconfident" if gap > 0 else "underconfident"
