"""The Pareto front: what is left when everything goes that something else beats. No torch."""

from __future__ import annotations

from collections.abc import Sequence


def front(points: Sequence[tuple[float, float]]) -> tuple[int, ...]:
    """The points that no other dominates: none costs no more and is worth no less, and is better in one of the two.

    Args:
        points: (cost, worth) each.

    Returns:
        Their numbers, the cheapest first; equal points are all on the front or none of them.
    """
    kept: list[int] = []
    for at in sorted(range(len(points)), key=lambda at: (points[at][0], -points[at][1])):
        if not kept or points[at][1] > points[kept[-1]][1] or points[at] == points[kept[-1]]:
            kept.append(at)
    return tuple(kept)


def rank_correlation(first: Sequence[float], second: Sequence[float]) -> float:
    """Spearman's ρ: 1 where both lists have the same order, −1 where the orders are opposite.

    Spearman (1904), "The Proof and Measurement of Association between Two Things". Equal values share the mean of
    their ranks.

    Args:
        first: at least two values that are not all the same.
        second: as many, for the same things.
    """
    a, b = _ranks(first), _ranks(second)
    mean = (len(a) - 1) / 2
    together = sum((x - mean) * (y - mean) for x, y in zip(a, b, strict=True))
    apart = sum((x - mean) ** 2 for x in a) * sum((y - mean) ** 2 for y in b)
    return float(together / apart**0.5)


def _ranks(values: Sequence[float]) -> list[float]:
    return [
        sum(other < value for other in values) + (sum(other == value for other in values) - 1) / 2 for value in values
    ]
