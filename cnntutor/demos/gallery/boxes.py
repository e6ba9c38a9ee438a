"""boxes: a detector's answers over a picture; who overlaps whom, who is a double, and what grade is left."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from cnntutor.demos.gallery import _boxes_look as look
from cnntutor.demos.gallery import _boxes_words as words
from cnntutor.demos.gallery._boxes_knobs import BoxesKnobs, Detection
from cnntutor.demos.protocol import Cell, Curve, Frame, Table, demo
from cnntutor.vision.arithmetic import iou
from cnntutor.vision.boxes import (
    BARS,
    average_precision,
    counted,
    precision_recall,
    right_ones,
)

if TYPE_CHECKING:
    import torch

    from cnntutor.vision import colour

PACE = 0.9
"""Seconds that a round stays."""

PR, BY_BAR = "precision over recall", "mAP over the bar"


def _constants(knobs: BoxesKnobs, seed: int) -> Mapping[str, object]:
    items, objects = knobs.detections, knobs.objects
    return {
        "BOXES": [item.box for item in items],
        "SCORES": [item.score for item in items],
        "KINDS": [item.kind for item in items],
        "TRUE_BOXES": [item.box for item in objects],
        "TRUE_KINDS": [item.kind for item in objects],
    }


@demo(
    "boxes",
    topic="detection",
    title="Drop the doubles",
    promise="Eight boxes over one coffee cup: move them, see which survive, and what the detector is worth.",
    constants=_constants,
    predict=words.predict,
)
def boxes(knobs: BoxesKnobs, device: torch.device) -> Iterator[Frame]:
    """All boxes first; then round by round the best is kept and compared with the rest."""
    run = _Run(knobs)
    count = len(run.rounds)
    yield run.frame(0, words.opening(knobs), hold=PACE)
    for done, this in enumerate(run.rounds, start=1):
        yield run.frame(done, words.of_round(knobs, this), hold=PACE, progress=done / (count + 1))
    yield run.frame(count, words.caption(knobs, run.figures), progress=1, last=True)


class _Run:
    """Everything that is known beforehand; the frames tell it in order."""

    def __init__(self, knobs: BoxesKnobs) -> None:
        self._knobs = knobs
        self._items = knobs.detections
        self._all = sorted(self._items, key=lambda item: -item.score)
        self.rounds = words.run(knobs)
        kept = [Detection(self._items[this.best].box, this.score, self._items[this.best].kind) for this in self.rounds]
        self._kept = sorted(kept, key=lambda item: -item.score)
        self.figures = self._figures()
        self._formulas = words.formulas(knobs, self.figures)
        self._curves = self._precision() | self._by_bar() if knobs.objects else {}
        first, second = (item.box for item in words.pair(knobs))
        self._pair = look.pair(knobs.image, first, second)

    def frame(self, done: int, caption: str, hold: float = 0, progress: float = 0, last: bool = False) -> Frame:
        """After so many rounds."""
        tables = {"boxes": self._table(done, last), "pixels": self._pixels(), "graded": self._graded()}
        return Frame(
            {"picture": self._picture(done, last), "pair": self._pair, "objects": self._truth()},
            self._curves,
            tables=tables,
            views=self._views(),
            figures=self.figures,
            formulas=self._formulas,
            caption=caption,
            progress=progress,
            hold=0 if last else hold,
        )

    def _views(self) -> dict[str, tuple[str, ...]]:
        views: dict[str, tuple[str, ...]] = {"doubles": ("picture", "boxes"), "pair": ("pair", "pixels")}
        if self._curves:
            views |= {"grade": ("graded", PR), "bars": (BY_BAR, "objects")}
        first = self._knobs.show if self._knobs.show in views else "doubles"
        return {first: views[first], **views}

    def _picture(self, done: int, last: bool) -> colour.Pixels:
        before = self.rounds[:done] if last else self.rounds[: max(0, done - 1)]
        now = None if last or not done else self.rounds[done - 1]
        kept = {this.best for this in before}
        gone = {box for this in self.rounds[:done] for box in this.dropped}
        paints = dict.fromkeys(range(len(self._items)), look.WAITING)
        paints |= dict.fromkeys(gone, look.DOUBLE) | dict.fromkeys(kept, look.KEPT)
        paints |= {now.best: look.BEST} if now else {}
        order = [look.DOUBLE, look.WAITING, look.KEPT, look.BEST]
        ranked = sorted(paints, key=lambda box: order.index(paints[box]))
        return look.drawn(self._knobs.image, [(self._items[box].box, paints[box]) for box in ranked])

    def _truth(self) -> colour.Pixels:
        """What is really there in green, and what was kept over it."""
        true = [(item.box, look.TRUE) for item in self._knobs.objects]
        return look.drawn(self._knobs.image, [*((item.box, look.KEPT) for item in self._kept), *true])

    # Tables

    def _table(self, done: int, last: bool) -> Table:
        """What became of every box so far."""
        fates = dict.fromkeys(range(len(self._items)), "")
        scores = {box: item.score for box, item in enumerate(self._items)}
        overlaps: dict[int, float | None] = dict.fromkeys(fates)
        for this in self.rounds[:done]:
            scores |= {box: score for box, score in this.scores.items() if box not in this.dropped}
            overlaps |= this.overlaps if this.overlaps else {}
            fates |= {this.best: "kept"} | dict.fromkeys(this.dropped, f"of {this.best + 1}")
        rows = [self._row(box, scores[box], overlaps[box], fates[box]) for box in fates]
        return Table(("box", "score", "IoU", "fate"), tuple(rows))

    def _row(self, box: int, score: float, overlap: float | None, fate: str) -> tuple[Cell, ...]:
        kind = self._items[box].kind
        seen = None if overlap is None or fate == "kept" else round(overlap, 2)
        return f"{box + 1} {kind}".strip(), round(score, 2), seen, fate

    def _pixels(self) -> Table:
        knobs, figures = self._knobs, self.figures
        areas = [(x2 - x1) * (y2 - y1) for x1, y1, x2, y2 in (item.box for item in words.pair(knobs))]
        rows: list[tuple[Cell, ...]] = [
            (f"box {knobs.first}", areas[0]),
            (f"box {knobs.second}", areas[1]),
            ("shared", int(figures["shared"])),
            ("covered", int(figures["covered"])),
            ("IoU", round(figures["iou"], 3)),
        ]
        return Table(("", "pixels"), tuple(rows))

    def _graded(self) -> Table:
        objects = [(item.box, item.kind) for item in self._knobs.objects]
        right = right_ones([(item.box, item.kind) for item in self._kept], objects, self._knobs.bar)
        rows = [self._graded_row(item, hit) for item, hit in zip(self._kept, right, strict=True)]
        return Table(("box", "score", "IoU", "right"), tuple(rows))

    def _graded_row(self, item: Detection, hit: bool) -> tuple[Cell, ...]:
        number = next(at for at, other in enumerate(self._items, 1) if (other.box, other.kind) == (item.box, item.kind))
        best = max((iou(item.box, true.box) for true in self._knobs.objects if true.kind == item.kind), default=0.0)
        return f"{number} {item.kind}".strip(), round(item.score, 2), round(best, 2), "yes" if hit else "no"

    # Grades

    def _figures(self) -> dict[str, float]:
        shared, covered = counted(*(item.box for item in words.pair(self._knobs)))
        figures = {
            "boxes": len(self._items),
            "kept": len(self._kept),
            "shared": shared,
            "covered": covered,
            "iou": shared / covered,
        }
        if not self._knobs.objects:
            return figures
        return figures | {
            "map": self._map(self._kept, self._knobs.bar),
            "map_before": self._map(self._all, self._knobs.bar),
            "map_coco": sum(self._map(self._kept, bar) for bar in BARS) / len(BARS),
            "map_voc": self._map(self._kept, 0.5),
        }

    def _map(self, found: Sequence[Detection], bar: float) -> float:
        """Mean over the classes of what is there."""
        kinds = sorted({item.kind for item in self._knobs.objects})
        return sum(average_precision(*self._hits(found, kind, bar)) for kind in kinds) / len(kinds)

    def _hits(self, found: Sequence[Detection], kind: str, bar: float) -> tuple[tuple[bool, ...], int]:
        of_kind = [(item.box, kind) for item in found if item.kind == kind]
        objects = [(item.box, kind) for item in self._knobs.objects if item.kind == kind]
        return right_ones(of_kind, objects, bar), len(objects)

    def _precision(self) -> dict[str, Curve]:
        curves = {}
        for kind in sorted({item.kind for item in self._knobs.objects}):
            precision, recall = precision_recall(*self._hits(self._kept, kind, self._knobs.bar))
            curves[kind or "all"] = Curve((0.0, *recall), (1.0, *precision), PR, "recall", "precision")
        return curves

    def _by_bar(self) -> dict[str, Curve]:
        return {
            name: Curve(BARS, tuple(self._map(found, bar) for bar in BARS), BY_BAR, "bar", "mAP")
            for name, found in (
                ("doubles dropped", self._kept),
                ("all boxes", self._all),
            )
        }
