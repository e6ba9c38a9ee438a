"""contrast: a body learns digits without labels, by finding two views of one picture, and a probe examines it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from cnntutor import paths
from cnntutor.demos.gallery import _contrast_words as words
from cnntutor.demos.gallery._contrast_knobs import ContrastKnobs
from cnntutor.demos.protocol import Curve, Frame, Table, demo
from cnntutor.vision import colour

if TYPE_CHECKING:
    import torch
    from torch import Tensor

    from cnntutor.demos.gallery._contrast_learner import Learner

OF = ("pixels", "untrained", "learnt", "supervised")
"""The features that are examined; the last come from a body that is told the class of every picture."""

TRAINED = ("learnt", "supervised")

LOSS, RIGHT, BY_PUSH = "loss", "digits right, %", "right by push, %"

SHEET, COLUMNS = 4, 2
"""Digits that are drawn together; more could not be made out in a small terminal."""

SMOOTHED = 10
"""Steps whose losses make one point of the curve."""


def _constants(knobs: ContrastKnobs, seed: int) -> Mapping[str, object]:
    return {"DATA": str(paths.assets_dir() / "data" / "digits.npz")}


@demo(
    "contrast",
    topic="trends",
    title="Find your partner",
    promise="Learn from digits without a single label: two views of a picture look for each other.",
    constants=_constants,
    predict=words.predict,
)
def contrast(knobs: ContrastKnobs, device: torch.device) -> Iterator[Frame]:
    """The untrained body, then six halts on its way."""
    from cnntutor.demos.gallery._contrast_learner import Learner

    run = _Run(Learner(knobs, device))
    for step in run.learner.rounds():
        yield run.frame(step)


class _Run:
    """The exams so far."""

    def __init__(self, learner: Learner) -> None:
        from cnntutor.demos.gallery._contrast_learner import PUSHES

        self.learner = learner
        self._pushes = PUSHES
        self._right = {of: learner.probed(of, PUSHES) for of in OF}
        self._steps: list[int] = []
        self._course: dict[str, list[float]] = {of: [] for of in TRAINED}
        self._untrained_pairs = _cosines(learner.similarities())
        self._sheets = _views(learner)

    def frame(self, step: int) -> Frame:
        """The body as it is after so many steps."""
        knobs = self.learner.knobs
        self._examine(step)
        figures = self._figures()
        return Frame(
            {
                "untrained": self._untrained_pairs,
                f"step {step}": _cosines(self.learner.similarities()),
                **self._sheets,
                **self._neighbours(),
            },
            curves=self._learning() | self._by_push(),
            tables={"probe": self._table()},
            views=_in_order(knobs.show, f"step {step}"),
            figures=figures,
            formulas=words.formulas(knobs, figures),
            caption=words.caption(knobs, step, figures),
            progress=step / knobs.steps,
        )

    def _examine(self, step: int) -> None:
        self._steps.append(step)
        for of in TRAINED:
            if step:
                self._right[of] = self.learner.probed(of, self._pushes)
            self._course[of].append(100 * self._share(of, 0))

    def _share(self, of: str, push: int) -> float:
        return self._right[of][self._pushes.index(push)]

    def _neighbours(self) -> dict[str, colour.Pixels]:
        asked, _ = self.learner.asked()
        found = {f"by {of}": self.learner.neighbours(of, asked)[0] for of in ("pixels", "learnt")}
        return {"asked": _sheet(asked), **{title: _sheet(pictures) for title, pictures in found.items()}}

    # Curves

    def _learning(self) -> dict[str, Curve]:
        losses, steps = self.learner.losses, tuple(map(float, self._steps))
        ends = range(SMOOTHED, len(losses) + 1, SMOOTHED)
        means = tuple(sum(losses[end - SMOOTHED : end]) / SMOOTHED for end in ends)
        untrained = (100 * self._share("untrained", 0),) * len(steps)
        return {
            "fresh": Curve(steps, untrained, RIGHT, "step", "%"),
            "now": Curve(steps, tuple(self._course["learnt"]), RIGHT, "step", "%"),
            "told": Curve(steps, tuple(self._course["supervised"]), RIGHT, "step", "%"),
            "of the task": Curve(tuple(map(float, ends)), means, LOSS, "step", "loss"),
        }

    def _by_push(self) -> dict[str, Curve]:
        pushes = tuple(map(float, self._pushes))
        shares = {of: tuple(100 * share for share in self._right[of]) for of in OF}
        return {of: Curve(pushes, shares[of], BY_PUSH, "pixels to the right", "%") for of in OF}

    # Numbers

    def _figures(self) -> dict[str, float]:
        knobs = self.learner.knobs
        probe = {of: self._share(of, 0) for of in OF}
        pushed = {of: self._share(of, knobs.push) for of in OF}
        return {
            "candidates": knobs.candidates,
            **({"loss": self.learner.losses[-1]} if self.learner.losses else {}),
            **{f"probe_{of}": share for of, share in probe.items()},
            "gain": _points(probe),
            **{f"pushed_{of}": share for of, share in pushed.items()},
            "gain_pushed": _points(pushed),
            "partners_found": self.learner.partners_found(),
            "alike": self.learner.alikeness(),
        }

    def _table(self) -> Table:
        push = self.learner.knobs.push
        rows = ((of, *(f"{100 * self._share(of, at):.1f} %" for at in (0, push))) for of in OF)
        return Table(("features", "as they come", f"pushed by {push}"), tuple(rows))


def _in_order(first: str, now: str) -> dict[str, tuple[str, ...]]:
    """What is seen together, by the name of the view."""
    views = {
        "pairs": ("untrained", now),
        "learning": (RIGHT, LOSS),
        "push": (BY_PUSH,),
        "neighbours": ("asked", "by pixels", "by learnt"),
        "views": ("pictures", "one view", "the other"),
        "probe": ("probe",),
    }
    return {first: views[first], **views}


def _views(learner: Learner) -> dict[str, colour.Pixels]:
    sheets = dict(zip(("one view", "the other"), learner.views, strict=True))
    return {title: _sheet(x) for title, x in {"pictures": learner.pictures, **sheets}.items()}


def _cosines(values: Tensor) -> colour.Pixels:
    """From −1 to 1, in colours that mean the same in every frame."""
    return colour.signed(values, like=values.new_ones(1))


def _sheet(pictures: Tensor) -> colour.Pixels:
    """The first of these grey digits [N, 1, 8, 8] on one picture."""
    return colour.mosaic([colour.rgb(picture) for picture in pictures[:SHEET]], COLUMNS)


def _points(right: Mapping[str, float]) -> float:
    """By how many points of accuracy the learnt features lead over the untrained ones."""
    return round(100 * (right["learnt"] - right["untrained"]), 2)
