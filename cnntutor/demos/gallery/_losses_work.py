"""What losses works out: every loss of the sample, its curves, and a descent on the scores alone."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cnntutor.demos.gallery._losses_knobs import LossesKnobs
from cnntutor.demos.protocol import Curve
from cnntutor.vision import losses

if TYPE_CHECKING:
    from torch import Tensor

    Loss = Callable[[Tensor], tuple[Tensor, Tensor]]

COST, PULL, GAP = "loss over the lead", "pull over the lead", "lead over the steps"
OF_ERROR, PULL_OF_ERROR, OF_MASK = "loss over the error", "pull over the error", "loss over p on the mask"

POINTS = 81

WIDEST = 6.0
"""Lead of the true score up to which curves go, and down to which."""


@dataclass(frozen=True, slots=True)
class Judged:
    """What a loss makes of the sample."""

    loss: float
    gradient: tuple[float, ...]
    """With respect to each score."""


def rules(knobs: LossesKnobs) -> dict[str, Loss]:
    """The losses of a classifier, by name."""
    true = knobs.true - 1
    return {
        "cross-entropy": lambda scores: losses.cross_entropy(scores, true),
        "smoothed": lambda scores: losses.cross_entropy(scores, true, knobs.smoothing),
        "focal": lambda scores: losses.focal(scores, true, knobs.gamma),
    }


def scores_of(knobs: LossesKnobs) -> Tensor:
    """The sample's scores, float64 [K]."""
    import torch

    return torch.tensor(knobs.turned, dtype=torch.float64)


def judged(knobs: LossesKnobs) -> dict[str, Judged]:
    """The sample by every loss."""
    found = {name: rule(scores_of(knobs)) for name, rule in rules(knobs).items()}
    return {name: Judged(float(loss), tuple(gradient.tolist())) for name, (loss, gradient) in found.items()}


def curves(knobs: LossesKnobs) -> dict[str, Curve]:
    """Cost and pull over the lead of the true score, the other scores equal."""
    import torch

    leads = torch.linspace(-WIDEST, WIDEST, POINTS, dtype=torch.float64)
    only_true = losses.targets(knobs.classes, knobs.true - 1)
    x, found = tuple(leads.tolist()), {}
    for name, rule in rules(knobs).items():
        answers = [rule(lead * only_true) for lead in leads]
        pulls = tuple(-float(gradient[knobs.true - 1]) for _, gradient in answers)
        found[name] = Curve(x, tuple(float(loss) for loss, _ in answers), COST, "lead", "loss")
        found[f"{name.replace('cross-entropy', 'plain')} pull"] = Curve(x, pulls, PULL, "lead", "pull")
    return found | _of_numbers(knobs) | _of_masks(knobs)


def _of_numbers(knobs: LossesKnobs) -> dict[str, Curve]:
    import torch

    errors = torch.linspace(-4, 4, POINTS, dtype=torch.float64)
    smooth, slope = losses.smooth_l1(errors, knobs.beta)
    kinds = {
        "smooth-L1": (smooth, slope),
        "square/2": (errors**2 / 2, errors),
        "absolute": (errors.abs(), errors.sign()),
    }
    x = tuple(errors.tolist())
    return {name: Curve(x, tuple(cost.tolist()), OF_ERROR, "error", "loss") for name, (cost, _) in kinds.items()} | {
        f"{name}′": Curve(x, tuple(pull.tolist()), PULL_OF_ERROR, "error", "slope") for name, (_, pull) in kinds.items()
    }


def _of_masks(knobs: LossesKnobs) -> dict[str, Curve]:
    import torch

    p = torch.linspace(0.01, 0.99, POINTS, dtype=torch.float64)
    false = torch.tensor(knobs.false, dtype=torch.float64)
    kinds = {
        "Dice": losses.dice_loss(knobs.share, p, knobs.false),
        "pixel cross-entropy": losses.pixel_cross_entropy(knobs.share, p, false),
    }
    x = tuple(p.tolist())
    return {name: Curve(x, tuple(y.tolist()), OF_MASK, "p on the true pixels", "loss") for name, y in kinds.items()}


# The descent


def descend(knobs: LossesKnobs) -> dict[str, list[float]]:
    """How far the true score leads the best other one, step by step, when the scores follow each loss."""
    return {name: _leads(knobs, rule) for name, rule in rules(knobs).items()}


def _leads(knobs: LossesKnobs, rule: Loss) -> list[float]:
    scores, leads = scores_of(knobs), []
    for _ in range(knobs.steps + 1):
        leads.append(lead(scores, knobs.true - 1))
        scores = scores - knobs.rate * rule(scores)[1]
    return leads


def lead(scores: Tensor, true: int) -> float:
    """Of the true score over the best other one."""
    others = [float(score) for number, score in enumerate(scores.tolist()) if number != true]
    return float(scores[true]) - max(others)


def best_lead(knobs: LossesKnobs) -> float:
    """Where smoothing stops: the logarithm of true target over another one's; endless without smoothing."""
    if not knobs.smoothing:
        return math.inf
    other = knobs.smoothing / knobs.classes
    return math.log((1 - knobs.smoothing + other) / other)
