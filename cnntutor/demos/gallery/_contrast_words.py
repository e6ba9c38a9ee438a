"""What the demo `contrast` says: the working, what to look at and to try, the question before. No torch."""

from __future__ import annotations

from collections.abc import Mapping
from math import log

from cnntutor.demos.gallery._contrast_knobs import ContrastKnobs
from cnntutor.demos.protocol import Frame, Prediction
from cnntutor.wording import percent, plural

BETTER, FAR_BETTER = 3, 15
"""Points of accuracy from which features count as better, and as far better."""

FOUND = 0.2
"""Share of the views that find their partner from which the slant of the matrix is seen."""

COLLAPSED = 0.95
"""Mean cosine of different pictures from which a net counts as answering all alike."""


def formulas(knobs: ContrastKnobs, figures: Mapping[str, float]) -> tuple[str, ...]:
    """Candidates, the loss of guessing, and what the learning was worth."""
    learnt, untrained = (100 * figures[f"probe_{of}"] for of in ("learnt", "untrained"))
    gain = f"gain = {learnt:.1f} − {untrained:.1f} = {signed(figures['gain'])} points"
    if knobs.task == "only agree":
        return ("loss = 1 − cosine of the partners", gain)
    return (
        f"candidates = 2·{knobs.batch} − 1 = {knobs.candidates}",
        f"loss of guessing = ln {knobs.candidates} = {log(knobs.candidates):.2f}",
        gain,
    )


def caption(knobs: ContrastKnobs, step: int, figures: Mapping[str, float]) -> str:
    """What to look at now, and what to try.

    Args:
        knobs: of the run.
        step: steps that are done.
        figures: of the frame.
    """
    if not step:
        return (
            "**Look** 8 digits in two views: one a row, the other a column. Orange is alike to the net, and at first"
            " all are. Partners meet on the slant.\n\n**Try** Watch which cells stay bright. Nobody names a digit."
        )
    if step < knobs.steps:
        return (
            f"**Look** Step {step}: of 128 new views {percent(figures['partners_found'])} find their partner; guessing"
            " finds 1 %.\n\n**Try** Go through the views meanwhile."
        )
    return f"**Look** {_look(knobs, figures)}\n\n**Try** {_try(knobs)}"


def _look(knobs: ContrastKnobs, figures: Mapping[str, float]) -> str:
    if figures["alike"] > COLLAPSED:
        return (
            f"Collapse: the net answers all digits alike (cosine {figures['alike']:.2f}), so that partners agree."
            f" Its probe: {percent(figures['probe_learnt'])} right, untrained {percent(figures['probe_untrained'])}."
        )
    parted = knobs.show == "pairs" and figures["partners_found"] > FOUND
    now = "At first all were alike to the net, now mostly partners: the slant. " if parted else ""
    return (
        f"{now}With {plural(knobs.labels, 'label')} a linear layer reads {percent(figures['probe_learnt'])} of new"
        f" digits, on the untrained body {percent(figures['probe_untrained'])}, on one that was told every class"
        f" {percent(figures['probe_supervised'])}. {_when_pushed(knobs, figures)}"
    )


def _when_pushed(knobs: ContrastKnobs, figures: Mapping[str, float]) -> str:
    if not knobs.push:
        return "Set `push` to 1 for a harder exam."
    learnt, untrained = (percent(figures[f"pushed_{of}"]) for of in ("learnt", "untrained"))
    taught = " The views taught it." if knobs.shift and figures["gain_pushed"] > FAR_BETTER else ""
    return f"Digits pushed by {plural(abs(knobs.push), 'pixel')}: {learnt} against {untrained}.{taught}"


def _try(knobs: ContrastKnobs) -> str:
    if knobs.task == "only agree":
        return "Set `task` back to find the partner: the others forbid the lazy answer."
    if not knobs.shift:
        return "Views that stand still teach nothing about place. Set `shift` back to 1: what does the view push show?"
    return "Set `shift` to 0: what is lost, and in which exam? Then `task` to only agree: what is the lazy answer?"


def signed(points: float) -> str:
    """A number with its sign, a minus as printers have it."""
    return f"{round(points, 1) + 0.0:+.1f}".replace("-", "−")


# Predict first


def predict(knobs: ContrastKnobs) -> Prediction:
    """What features that were learnt without a label are worth."""
    task = (
        f"find the partner of each view among {knobs.candidates} others"
        if knobs.task == "find the partner"
        else "answer both views of a picture alike"
    )
    return Prediction(
        f"For {knobs.steps} steps a net learns to {task}; nobody says what a picture shows. Then one linear layer"
        f" learns from {knobs.labels} labelled digits to name them by what the net answers. How many more of 100 new"
        " digits does it read than such a layer on the untrained net?",
        (
            f"no more (less than {BETTER}): without labels nothing about digits is learnt",
            f"{BETTER} to {FAR_BETTER} more",
            f"over {FAR_BETTER} more",
        ),
        _judge,
        why="What does not matter was taught by the views; what tells pictures apart was needed to find the partner."
        " Without rivals, one answer to everything would do.",
        cards=("trend-probe", "trend-collapse"),
    )


def _judge(frame: Frame) -> int | None:
    gain = frame.figures.get("gain")
    return None if gain is None else (gain >= BETTER) + (gain > FAR_BETTER)
