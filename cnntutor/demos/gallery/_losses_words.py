"""What losses says: the working with its numbers, what to look at and to try, and the question before the run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnntutor.demos.gallery._losses_knobs import LossesKnobs
from cnntutor.demos.protocol import Frame, Prediction
from cnntutor.wording import percent

if TYPE_CHECKING:
    from collections.abc import Mapping

TERMS = 4
"""Scores that are written out in a sum."""

FASTEST, SURE = 10, 4
"""Learning rate, and lead at the start, up to which one can see that cross-entropy goes on."""

SETTLED = 0.05
"""A lead that grew by less than this share in the second half of the descent has come to rest."""


def formulas(knobs: LossesKnobs, figures: Mapping[str, float]) -> tuple[str, ...]:
    """The working of the view that is opened first."""
    return _WORKING[knobs.show](knobs, figures)


def _sample(knobs: LossesKnobs, figures: Mapping[str, float]) -> tuple[str, ...]:
    p, classes = figures["p"], knobs.classes
    target = 1 - knobs.smoothing + knobs.smoothing / classes
    return (
        f"{_chance(knobs)} = {p:.4g}",
        f"cross-entropy = −ln {p:.4g} = {figures['cross_entropy']:.4g}",
        f"gradient = p − target = {p:.4g} − 1 = {_signed(p - 1)}",
        f"focal = (1 − {p:.4g})^{knobs.gamma:g} · {figures['cross_entropy']:.4g} = {figures['focal']:.4g}",
        f"smoothed target = 1 − {knobs.smoothing:g} + {knobs.smoothing:g}/{classes} = {target:.4g}",
    )


def _signed(value: float) -> str:
    return f"{value:.4g}".replace("-", "−")


def _chance(knobs: LossesKnobs) -> str:
    scores = knobs.turned
    terms = " + ".join(f"e^{_signed(score)}" for score in scores[:TERMS]) + (" + …" if len(scores) > TERMS else "")
    return f"p = e^{_signed(scores[knobs.true - 1])}/({terms})"


def _descent(knobs: LossesKnobs, figures: Mapping[str, float]) -> tuple[str, ...]:
    rest = _rest(knobs, figures)
    return (f"every step: scores ← scores − {knobs.rate:g} · gradient", rest)


def _rest(knobs: LossesKnobs, figures: Mapping[str, float]) -> str:
    if "best_lead" not in figures:
        return "without smoothing no lead is large enough: the loss is 0 only at infinity"
    other = knobs.smoothing / knobs.classes
    target = 1 - knobs.smoothing + other
    return f"smoothed rests at ln({target:.4g}/{other:.4g}) = {figures['best_lead']:.4g}"


def _number(knobs: LossesKnobs, figures: Mapping[str, float]) -> tuple[str, ...]:
    d, beta = abs(knobs.error), knobs.beta
    working = f"{d:g}²/(2·{beta:g})" if d < beta else f"{d:g} − {beta:g}/2"
    sign = "<" if d < beta else "≥"
    return (
        f"|d| = {d:g} {sign} beta {beta:g}: smooth-L1 = {working} = {figures['smooth_l1']:.4g}",
        f"half the square = {d:g}²/2 = {d * d / 2:.4g}; it pulls with {d:g}, smooth-L1 with {min(d / beta, 1):.3g}",
    )


def _mask(knobs: LossesKnobs, figures: Mapping[str, float]) -> tuple[str, ...]:
    s, p, q = knobs.share, knobs.found, knobs.false
    return (
        f"Dice loss = 1 − 2·{s:g}·{p:g}/({s:g}·{p:g} + {1 - s:g}·{q:g} + {s:g}) = {figures['dice_loss']:.4g}",
        f"cross-entropy = −{s:g}·ln {p:g} − {1 - s:g}·ln {1 - q:g} = {figures['pixel_cross_entropy']:.4g}",
    )


_WORKING = {
    "cost": _sample,
    "pull": _sample,
    "sample": _sample,
    "losses": _sample,
    "descent": _descent,
    "error": _number,
    "mask": _mask,
}


def descending(step: int) -> str:
    """What is said while the scores follow the losses."""
    if not step:
        return "The sample as it is. Now its scores follow each loss downhill, and nothing else holds them."
    return f"Step {step}: how far the true score leads, by the loss that it follows."


def caption(knobs: LossesKnobs, figures: Mapping[str, float]) -> str:
    """What to look at in the view that is opened first, and what to try next."""
    return f"**Look** {_LOOK[knobs.show](knobs, figures)}\n\n**Try** {_TRY[knobs.show]}"


def _look_curves(knobs: LossesKnobs, figures: Mapping[str, float]) -> str:
    return (
        "Being sure and wrong is dear: to the left cross-entropy is nearly a straight line. To the right it only nears"
        f" 0; smoothed, it has a lowest point and rises again. Of this sample (p = {figures['p']:.2f}) focal asks"
        f" {percent(figures['focal_factor'])} of cross-entropy."
    )


def _look_pull(knobs: LossesKnobs, figures: Mapping[str, float]) -> str:
    return (
        "Cross-entropy pulls with 1 − p and never lets go. Smoothed, the pull turns negative: too sure is wrong too."
        f" Focal lets go of easy cases: here it pulls with {figures['pull_focal']:.2g}, cross-entropy with"
        f" {figures['pull']:.2g}."
    )


def _look_sample(knobs: LossesKnobs, figures: Mapping[str, float]) -> str:
    return (
        f"Gradient = probability − target: class {knobs.true} is raised by what it lacks, each other one lowered by"
        " what it has. Together they are 0."
    )


def _look_descent(knobs: LossesKnobs, figures: Mapping[str, float]) -> str:
    pushed = (
        f"After {knobs.steps} steps cross-entropy has pushed the true score {figures['lead']:.2f} ahead, and goes on"
        " for ever."
    )
    if "best_lead" not in figures:
        return pushed
    return f"{pushed} Smoothed, it has {figures['lead_smoothed']:.2f} and rests at {figures['best_lead']:.2f}."


def _look_number(knobs: LossesKnobs, figures: Mapping[str, float]) -> str:
    return (
        f"Near zero smooth-L1 is a bowl, without the kink of the absolute error; beyond {knobs.beta:g} it is a straight"
        " line, so no bad label pulls harder than 1."
    )


def _look_mask(knobs: LossesKnobs, figures: Mapping[str, float]) -> str:
    return (
        f"{knobs.share:.3g} of the pixels are true. A net that gives them {knobs.found:g} pays"
        f" {figures['pixel_cross_entropy']:.3f} in cross-entropy, and {figures['dice_loss']:.2f} of 1 in Dice."
    )


_LOOK = {
    "cost": _look_curves,
    "pull": _look_pull,
    "sample": _look_sample,
    "losses": _look_sample,
    "descent": _look_descent,
    "error": _look_number,
    "mask": _look_mask,
}
_TRY = {
    "cost": "Raise `smoothing` to 0.5: where does the lowest point go? Then `gamma` to 5: from where on is it flat?",
    "pull": "Set `gamma` to 0: what is focal loss now? Then `smoothing` to 0.5: where is the pull zero?",
    "losses": "Turn the true score with `turn`, to −3 and to 5: which loss changes most, and which least?",
    "sample": "Set `true` to 3, so that the net is sure and wrong. Then turn its score with `turn`.",
    "descent": "Set `smoothing` to 0, then to 0.5. Raise `steps` to 500: who is still moving?",
    "error": "Set `beta` to 0.1, nearly the absolute error. Then move `error` from 0.2 to 10.",
    "mask": "Raise `share` to 0.5: now both see the same. Then `found` to 0.9, and `false` to 0.1.",
}


def predict(knobs: LossesKnobs) -> Prediction | None:
    """How far cross-entropy drives the scores."""
    if knobs.show != "descent" or not knobs.smoothing or knobs.steps < 40 or _too_fast(knobs):
        return None

    def judge(frame: Frame) -> int | None:
        leads = [frame.figures.get(f"still_moving{name}") for name in ("", "_smoothed")]
        if None in leads:
            return None
        plain, smoothed = (float(value or 0) > SETTLED for value in leads)
        return {(True, False): 0, (False, False): 1, (True, True): 2, (False, True): 3}[plain, smoothed]

    return Prediction(
        f"A sample's scores follow the gradient for {knobs.steps} steps: once of cross-entropy, once with label"
        f" smoothing {knobs.smoothing:g}. Does the lead of the true score still grow at the end?",
        (
            "with cross-entropy yes, with smoothing no",
            "with neither: both have found their lowest point",
            "with both: neither has come to rest yet",
            "with smoothing yes, with cross-entropy no",
        ),
        judge,
        why="Cross-entropy is 0 only when p is 1, and that takes an endless lead. Smoothing asks for a probability"
        " below 1, and scores that give it exist.",
        cards=("loss-smoothing-why",),
    )


def _too_fast(knobs: LossesKnobs) -> bool:
    """Whether cross-entropy, which never comes to rest, soon moves too little to be seen."""
    lead = knobs.turned[knobs.true - 1] - max(s for at, s in enumerate(knobs.turned, 1) if at != knobs.true)
    return knobs.rate > FASTEST or lead > SURE
