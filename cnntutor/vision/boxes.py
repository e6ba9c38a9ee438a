"""Boxes of a detector: counting their pixels, dropping doubles, and grading what is left. No torch.

A box is (x1, y1, x2, y2): upper left and lower right corner, x counted from the left and y from the top.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from cnntutor.vision.arithmetic import iou

Box = tuple[int, int, int, int]
"""In whole pixels."""

Method = Literal["hard", "linear", "gaussian"]

BARS = tuple(bar / 100 for bar in range(50, 100, 5))
"""The IoUs that COCO asks for, 0.50, 0.55, … 0.95; https://cocodataset.org/#detection-eval."""


@dataclass(frozen=True, slots=True)
class Rule:
    """What becomes of a box that overlaps a better one."""

    method: Method = "hard"
    """hard deletes it; linear and gaussian lower its score."""
    threshold: float = 0.5
    """IoU above which hard and linear act."""
    sigma: float = 0.5
    """Of gaussian: the smaller, the stricter."""
    least: float = 0.0
    """Score below which a box is dropped."""

    def factor(self, overlap: float) -> float:
        """On the score of a box that overlaps the best by so much.

        Bodla et al. (2017), "Soft-NMS: improving object detection with one line of code", arXiv:1704.04503,
        equations 1 to 3.
        """
        if self.method == "gaussian":
            return math.exp(-(overlap**2) / self.sigma)
        if overlap <= self.threshold:
            return 1.0
        return 1 - overlap if self.method == "linear" else 0.0


@dataclass(frozen=True, slots=True)
class Round:
    """The best box that is left is kept, and the others are compared with it."""

    best: int
    score: float
    """Of the best, as it stood when it was kept."""
    overlaps: dict[int, float]
    """IoU with the best, of every box of its kind that was left."""
    scores: dict[int, float]
    """Of the same boxes afterwards."""
    dropped: tuple[int, ...]
    """Boxes that are gone after this round."""


def rounds(boxes: Sequence[Box], scores: Sequence[float], kinds: Sequence[object], rule: Rule) -> Iterator[Round]:
    """Non-maximum suppression, round by round; the boxes that are kept are the best of each.

    Args:
        boxes: each with an area.
        scores: how sure the detector is of each.
        kinds: its class; boxes of different kinds leave each other alone.
        rule: what overlapping costs.
    """
    current = dict(enumerate(scores))
    while current:
        best = max(current, key=lambda box: current[box])
        score = current.pop(best)
        rivals = [box for box in current if kinds[box] == kinds[best]]
        overlaps = {box: iou(boxes[box], boxes[best]) for box in rivals}
        after = {box: current[box] * rule.factor(overlap) for box, overlap in overlaps.items()}
        gone = tuple(box for box, left in after.items() if not left or left < rule.least)
        current = {box: after.get(box, old) for box, old in current.items() if box not in gone}
        yield Round(best, score, overlaps, after, gone)


def counted(box: Box, other: Box) -> tuple[int, int]:
    """Pixels that two boxes share, and pixels that they cover together, counted one by one."""
    first, second = _pixels(box), _pixels(other)
    return len(first & second), len(first | second)


def _pixels(box: Box) -> set[tuple[int, int]]:
    x1, y1, x2, y2 = box
    return {(x, y) for x in range(x1, x2) for y in range(y1, y2)}


def right_ones(
    found: Sequence[tuple[Box, object]], truth: Sequence[tuple[Box, object]], bar: float
) -> tuple[bool, ...]:
    """Which detections are right: each true box, of the same kind, can be found once.

    Args:
        found: box and kind of each detection, the surest first.
        truth: box and kind of each object.
        bar: IoU that a detection must reach.
    """
    left = list(truth)
    right = []
    for box, kind in found:
        agreeing = [item for item in left if item[1] == kind and iou(box, item[0]) >= bar]
        if agreeing:
            left.remove(max(agreeing, key=lambda item: iou(box, item[0])))
        right.append(bool(agreeing))
    return tuple(right)


def average_precision(right: Sequence[bool], objects: int) -> float:
    """Area under precision over recall, precision smoothed so that it never rises.

    Everingham et al. (2010), "The PASCAL Visual Object Classes (VOC) Challenge", doi:10.1007/s11263-009-0275-4,
    in the form used since 2010, at every recall that is reached.

    Args:
        right: of each detection, the surest first, whether it is right.
        objects: that there are to find, at least 1.
    """
    precisions = [precision for precision, hit in zip(precision_recall(right, objects)[0], right, strict=True) if hit]
    return sum(max(precisions[at:]) for at in range(len(precisions))) / objects


def precision_recall(right: Sequence[bool], objects: int) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Both after each detection, the surest first."""
    found = [sum(right[: rank + 1]) for rank in range(len(right))]
    return tuple(hits / (rank + 1) for rank, hits in enumerate(found)), tuple(hits / objects for hits in found)
