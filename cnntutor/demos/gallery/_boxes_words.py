"""What boxes says: the working with its numbers, what to look at and to try, and the question before the run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnntutor.demos.gallery._boxes_knobs import BoxesKnobs, Detection
from cnntutor.demos.protocol import Prediction, predict_number
from cnntutor.vision.boxes import Round, rounds
from cnntutor.wording import plural

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

STRICT = 0.4
"""IoU from which on downwards things that are no doubles are deleted."""


def formulas(knobs: BoxesKnobs, figures: Mapping[str, float]) -> tuple[str, ...]:
    """IoU of the pair, what the rule makes of a score, and the grade."""
    shared = int(figures["shared"])
    areas = " + ".join(str((x2 - x1) * (y2 - y1)) for x1, y1, x2, y2 in (item.box for item in pair(knobs)))
    overlap = f"IoU of {knobs.first} and {knobs.second} = {shared}/({areas} − {shared}) = {figures['iou']:.3g}"
    return (overlap, _rule(knobs, figures["iou"]), *_grade(knobs, figures))


def _rule(knobs: BoxesKnobs, overlap: float) -> str:
    factor = knobs.rule.factor(overlap)
    if knobs.method == "gaussian":
        return f"score × exp(−IoU²/sigma) = score × exp(−{overlap:.3g}²/{knobs.sigma:g}) = score × {factor:.3g}"
    sign = ">" if overlap > knobs.threshold else "≤"
    kept = {"hard": "deleted", "linear": f"score × (1 − IoU) = score × {factor:.3g}"}[knobs.method]
    return f"IoU {overlap:.3g} {sign} threshold {knobs.threshold:g}: {kept if sign == '>' else 'stays as it is'}"


def _grade(knobs: BoxesKnobs, figures: Mapping[str, float]) -> tuple[str, ...]:
    if "map" not in figures:
        return ()
    return (f"mAP at {knobs.bar:g} = {figures['map']:.3g}, with all doubles {figures['map_before']:.3g}",)


def pair(knobs: BoxesKnobs) -> tuple[Detection, Detection]:
    """The two boxes that are compared."""
    items = knobs.detections
    return items[knobs.first - 1], items[knobs.second - 1]


def opening(knobs: BoxesKnobs) -> str:
    """Before the first round."""
    return f"{plural(len(knobs.detections), 'box').replace('boxs', 'boxes')}, none compared yet. The surest goes first."


def of_round(knobs: BoxesKnobs, done: Round) -> str:
    """What happened in a round."""
    kind = knobs.detections[done.best].kind
    name = f"Box {done.best + 1}{f' ({kind})' if kind else ''}, the surest left at {done.score:.2g}, is kept."
    if not done.overlaps:
        return f"{name} There is nothing left to compare it with."
    if done.dropped:
        gone = " and ".join(str(box + 1) for box in done.dropped)
        return f"{name} Gone: {gone}."
    return f"{name} Nobody overlaps it enough to go."


def caption(knobs: BoxesKnobs, figures: Mapping[str, float]) -> str:
    """What to look at in the view that is opened first, and what to try next."""
    return f"**Look** {_LOOK[knobs.show](knobs, figures)}\n\n**Try** {_try(knobs)}"


def _try(knobs: BoxesKnobs) -> str:
    if knobs.show == "doubles" and knobs.method != "hard":
        return "Raise `least` to 0.3: who goes now? Then set `method` back to hard."
    if knobs.show == "doubles" and knobs.threshold <= STRICT:
        return "Which real thing has gone, and why? Set `method` to linear: who comes back?"
    return _TRY[knobs.show]


def _look_doubles(knobs: BoxesKnobs, figures: Mapping[str, float]) -> str:
    count, kept = len(knobs.detections), int(figures["kept"])
    there = f" {len(knobs.objects)} objects are there." if knobs.objects else ""
    if kept == count:
        return f"All {count} boxes are kept (orange).{there} No picture was asked: only overlap."
    how = "is deleted" if knobs.method == "hard" else "fell below `least`"
    return (
        f"Of {count} boxes {kept} are kept (orange), the rest {how} (blue).{there} No picture was asked: only overlap."
    )


def _look_pair(knobs: BoxesKnobs, figures: Mapping[str, float]) -> str:
    shared, covered = int(figures["shared"]), int(figures["covered"])
    half = " That is less than half." if 2 * shared < covered else ""
    colours = f"Box {knobs.first} is blue, box {knobs.second} orange"
    return f"{colours}, and white are the {shared:,} of {covered:,} pixels that lie in both.{half}"


def _look_grade(knobs: BoxesKnobs, figures: Mapping[str, float]) -> str:
    if "map" not in figures:
        return "There is nothing to grade by: `truth` is empty."
    return (
        f"From the surest down, a box is right if its IoU with an object that is not yet taken reaches {knobs.bar:g}."
        f" mAP {figures['map']:.2f}; with all doubles left in it would be {figures['map_before']:.2f}."
    )


def _look_bars(knobs: BoxesKnobs, figures: Mapping[str, float]) -> str:
    if "map" not in figures:
        return "There is nothing to grade by: `truth` is empty."
    return (
        f"The stricter the bar, the fewer boxes fit. COCO takes the mean of ten bars, {figures['map_coco']:.2f}; PASCAL"
        f" VOC asks at 0.5 alone, {figures['map_voc']:.2f}."
    )


_LOOK = {"doubles": _look_doubles, "pair": _look_pair, "grade": _look_grade, "bars": _look_bars}
_TRY = {
    "doubles": "Raise `threshold` to 0.8: who is back? Then lower it to 0.4: which real thing goes, and why?",
    "pair": "Slide a box with `right` and `down`. How far until the IoU is 0.5: half of its width?",
    "grade": "Set `threshold` to 1, so that doubles stay: what do they cost? Then to 0.4. Then move a good box with"
    " `right`.",
    "bars": "Move the cup with `right` 5, then 15: which bars fall first?",
}


def predict(knobs: BoxesKnobs) -> Prediction | None:
    """How many boxes are left."""
    items, objects = knobs.detections, knobs.objects
    kinds = [item.kind for item in items]
    blind = _kept(knobs, not knobs.by_class)
    there = f" around {plural(len(objects), 'object')}" if objects else ""
    named = " or ".join(sorted({kind or "none" for kind in kinds}))
    return predict_number(
        f"A detector drew {len(items)} boxes{there}, of class {named}."
        f" The surest stays, and {_fate(knobs)}; then the next surest. How many boxes are left?",
        "kept",
        (_kept(knobs, knobs.by_class), blind, len(objects) or 1, len(set(kinds)), len(items)),
        why="The rule sees boxes and scores, not the picture: a wrong box that overlaps nobody stays, and so does every"
        " double below the threshold.",
        cards=("det-nms-step", "det-nms-crowd"),
    )


def _fate(knobs: BoxesKnobs) -> str:
    """What becomes of the boxes that overlap a surer one."""
    whose = "boxes of its class" if knobs.by_class else "boxes of any class"
    if knobs.method == "hard":
        return f"{whose} whose IoU with it (shared area over covered area) is above {knobs.threshold:g} are deleted"
    return f"{whose} lose score the more they overlap it ({knobs.method}), and below {knobs.least:g} they are deleted"


def _kept(knobs: BoxesKnobs, by_class: bool) -> int:
    return len(list(run(knobs, by_class)))


def run(knobs: BoxesKnobs, by_class: bool | None = None) -> Sequence[Round]:
    """The rounds of this run."""
    items = knobs.detections
    apart = knobs.by_class if by_class is None else by_class
    kinds = [item.kind if apart else "" for item in items]
    return tuple(rounds([item.box for item in items], [item.score for item in items], kinds, knobs.rule))
