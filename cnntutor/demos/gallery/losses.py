"""losses: what a loss charges and how hard it pulls, for one sample, one number and one mask."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from cnntutor.demos.gallery import _losses_words as words
from cnntutor.demos.gallery._losses_knobs import LossesKnobs
from cnntutor.demos.gallery._losses_work import (
    COST,
    GAP,
    OF_ERROR,
    OF_MASK,
    PULL,
    PULL_OF_ERROR,
    Judged,
    best_lead,
    curves,
    descend,
    judged,
    scores_of,
)
from cnntutor.demos.protocol import Cell, Curve, Frame, Table, demo
from cnntutor.vision import losses as science

if TYPE_CHECKING:
    import torch

FRAMES = 20
"""Of the descent."""

PACE = 0.08

VIEWS = {
    "descent": (GAP,),
    "cost": (COST,),
    "pull": (PULL,),
    "sample": ("by class",),
    "losses": ("by loss",),
    "error": (OF_ERROR, PULL_OF_ERROR),
    "mask": (OF_MASK,),
}
"""What is seen together."""


def _constants(knobs: LossesKnobs, seed: int) -> Mapping[str, object]:
    return {"SCORES": list(knobs.turned), "TRUE": knobs.true - 1}


@demo(
    "losses",
    topic="losses",
    title="What a loss charges",
    promise="Turn one sample's scores and see what each loss asks, how hard it pulls, and who never has enough.",
    constants=_constants,
    predict=words.predict,
)
def losses(knobs: LossesKnobs, device: torch.device) -> Iterator[Frame]:
    """The curves at once; then the scores follow each loss, and the last frame has the words."""
    run = _Run(knobs)
    for at in range(FRAMES):
        step = knobs.steps * at // FRAMES
        yield run.frame(step, words.descending(step), hold=PACE)
    yield run.frame(knobs.steps, words.caption(knobs, run.figures))


class _Run:
    """Everything that is known beforehand; the frames tell the descent in order."""

    def __init__(self, knobs: LossesKnobs) -> None:
        self._knobs = knobs
        self._judged = judged(knobs)
        self._leads = descend(knobs)
        self._curves = curves(knobs)
        self._tables = {"by class": _by_class(knobs, self._judged), "by loss": _by_loss(self._judged)}
        self.figures = _figures(knobs, self._judged, self._leads)
        self._formulas = words.formulas(knobs, self.figures)

    def frame(self, step: int, caption: str, hold: float = 0) -> Frame:
        """After so many steps of the descent."""
        first = self._knobs.show
        return Frame(
            curves=self._curves | self._descent(step),
            tables=self._tables,
            views={first: VIEWS[first], **VIEWS},
            figures=self.figures,
            formulas=self._formulas,
            caption=caption,
            progress=step / self._knobs.steps,
            hold=hold,
        )

    def _descent(self, step: int) -> dict[str, Curve]:
        steps = tuple(map(float, range(step + 1)))
        return {
            f"by {name}": Curve(steps, tuple(leads[: step + 1]), GAP, "step", "lead")
            for name, leads in self._leads.items()
        }


def _by_class(knobs: LossesKnobs, found: Mapping[str, Judged]) -> Table:
    """The sample, class by class, as cross-entropy sees it."""
    chances = scores_of(knobs).softmax(0).tolist()
    gradient = found["cross-entropy"].gradient
    rows = [
        _class_row(number, number == knobs.true, *each)
        for number, each in enumerate(zip(knobs.turned, chances, gradient, strict=True), start=1)
    ]
    return Table(("class", "score", "p", "gradient"), tuple(rows))


def _class_row(number: int, true: bool, score: float, p: float, gradient: float) -> tuple[Cell, ...]:
    return f"{number}{' true' if true else ''}", round(score, 3), round(p, 3), round(gradient, 3)


def _by_loss(found: Mapping[str, Judged]) -> Table:
    rows = [(name, round(each.loss, 4), round(-min(each.gradient), 4)) for name, each in found.items()]
    return Table(("loss", "value", "pull"), tuple(rows))


def _figures(knobs: LossesKnobs, found: Mapping[str, Judged], leads: Mapping[str, list[float]]) -> dict[str, float]:
    true, p = knobs.true - 1, float(scores_of(knobs).softmax(0)[knobs.true - 1])
    figures = {
        "p": p,
        "cross_entropy": found["cross-entropy"].loss,
        "smoothed": found["smoothed"].loss,
        "focal": found["focal"].loss,
        "focal_factor": (1 - p) ** knobs.gamma,
        "target": float(science.targets(knobs.classes, true, knobs.smoothing)[true]),
        "gradient": found["cross-entropy"].gradient[true],
        "pull": -found["cross-entropy"].gradient[true],
        "pull_focal": -found["focal"].gradient[true],
        "lead": leads["cross-entropy"][-1],
        "lead_smoothed": leads["smoothed"][-1],
        "still_moving": _still_moving(leads["cross-entropy"]),
        "still_moving_smoothed": _still_moving(leads["smoothed"]),
    }
    rest = best_lead(knobs)
    return figures | ({"best_lead": rest} if math.isfinite(rest) else {}) | _other_figures(knobs)


def _still_moving(leads: list[float]) -> float:
    """By which share the lead changed in the second half of the descent."""
    half = leads[len(leads) // 2]
    return abs(leads[-1] - half) / max(abs(half), 1e-9)


def _other_figures(knobs: LossesKnobs) -> dict[str, float]:
    import torch

    error, found, false = (
        torch.tensor(value, dtype=torch.float64) for value in (knobs.error, knobs.found, knobs.false)
    )
    cost, slope = science.smooth_l1(error, knobs.beta)
    return {
        "smooth_l1": float(cost),
        "smooth_l1_slope": float(slope),
        "dice_loss": float(science.dice_loss(knobs.share, found, false)),
        "pixel_cross_entropy": float(science.pixel_cross_entropy(knobs.share, found, false)),
    }
