"""What the demo `activations` says. No torch."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from cnntutor.demos.gallery._activations_knobs import ActivationsKnobs
from cnntutor.demos.protocol import Frame, Prediction
from cnntutor.vision.activations import ActivationName
from cnntutor.wording import percent

if TYPE_CHECKING:
    from cnntutor.demos.gallery._activations_work import Trained

FEW = 0.25
"""Below this share of dead units one speaks of a few."""

_LOOK: dict[ActivationName, str] = {
    "relu": "ReLU has slope 1 on the right and 0 on the left: gradients pass untouched, or not at all.",
    "leaky-relu": "The leaky ReLU keeps a little slope on the left, so no unit is ever cut off.",
    "elu": "ELU bends smoothly down to −1; far to the left it is as flat as a ReLU.",
    "selu": "SELU is an ELU with two constants, chosen so that mean 0 and variance 1 reproduce themselves.",
    "gelu": "GELU is a gate that opens gradually: it dips below zero, and far to the left it is flat.",
    "silu": "SiLU is x times its sigmoid: a near twin of GELU with a deeper dip.",
    "sigmoid": "The sigmoid's slope is at most 1/4, and flat on both sides: layer by layer the gradient fades.",
    "tanh": "tanh has slope 1 only at 0, and is flat on both sides: what is large is squeezed, and learns slowly.",
}

_LEAKS: dict[float, str] = {
    0: "With leak 0 this is the ReLU again: to the left of zero nothing comes back.",
    1: "With leak 1 the bend is gone: what is left is a straight line.",
}


def opening(knobs: ActivationsKnobs) -> str:
    """What is said before the first net is trained."""
    rate = f"{knobs.learning_rate:g}"
    return f"{_look(knobs)} Next, nets are trained with ever larger learning rates, up to {rate}."


def training(knobs: ActivationsKnobs, trained: Trained) -> str:
    """What is said while nets are trained."""
    return (
        "Curves, map and depth are ready. In the view dead, nets with ever larger learning rates: "
        f"{trained.activation} at {trained.learning_rate:.3g} has {percent(trained.dead)} dead units."
    )


def formulas(knobs: ActivationsKnobs, figures: Mapping[str, float]) -> tuple[str, ...]:
    """Value and slope at x, and what is left of a gradient at best."""
    at_best = figures["at_best"]
    left = f"{at_best:.3g}" if at_best >= 1 else f"1 in {1 / at_best:,.6g}"
    return (
        f"{knobs.activation}({_number(knobs.x)}) = {_number(figures['value'])}, slope {_number(figures['slope'])}",
        f"{knobs.layers} layers at best: {figures['steepest']:.4g}^{knobs.layers} = {left}",
    )


def caption(knobs: ActivationsKnobs, figures: Mapping[str, float]) -> str:
    """What to look at, and what to try next."""
    return f"**Look** {_look(knobs)} {_dead(knobs, figures)}\n\n**Try** {_try(knobs, figures)}"


def _look(knobs: ActivationsKnobs) -> str:
    if knobs.activation == "leaky-relu" and knobs.leak in _LEAKS:
        return _LEAKS[knobs.leak]
    return _LOOK[knobs.activation]


def _dead(knobs: ActivationsKnobs, figures: Mapping[str, float]) -> str:
    low, high = knobs.rates[0], knobs.rates[-1]
    if not figures["dead"]:
        return f"Even at learning rate {high:g} none of the net's units is dead."
    few, many = percent(figures["dead_at_lowest"]), percent(figures["dead"])
    return f"Of the net's units {few} are dead after training at learning rate {low:.3g}, and {many} at {high:g}."


def _try(knobs: ActivationsKnobs, figures: Mapping[str, float]) -> str:
    if knobs.activation == "sigmoid":
        return "Turn `layers` and see the view depth. Then set `activation` to tanh: how much more arrives?"
    if knobs.activation == "leaky-relu":
        dead = "Set `leak` to 0 and see the view dead. " if knobs.leak else ""
        bend = "Set `leak` to 1: what is left of the bend? " if knobs.leak < 1 else ""
        return f"{dead}{bend}A PReLU learns this share."
    if figures["dead"] and knobs.second != "leaky-relu":
        return "Set `second` to leaky-relu: same weights, same batches, same rate, and how many units die?"
    if figures["dead"]:
        return "Lower `learning_rate` until no unit dies. Does the net still learn?"
    if knobs.activation == "relu":
        return "Raise `learning_rate` to 1: how many units die now?"
    return "Set `activation` to relu, then raise `learning_rate` to 1."


def predict(knobs: ActivationsKnobs) -> Prediction:
    """How many units die at the largest learning rate; the run trains the net and counts."""

    def judge(frame: Frame) -> int | None:
        dead = frame.figures.get("dead")
        return None if dead is None else 0 if not dead else 1 if dead < FEW else 2 if dead < 1 else 3

    units = 5 * knobs.width
    return Prediction(
        f"A net with {units} units and **{knobs.activation}** learns the digits with learning rate "
        f"{knobs.learning_rate:g}. How many units will be flat for *every* picture afterwards?",
        ("none", "fewer than a quarter of them", "a quarter or more, but not all", "all of them"),
        judge,
        why="One step that is too large can push a unit's sum below zero for every picture. A ReLU has slope 0 there, "
        "so no gradient brings the unit back. A leak, or a smaller learning rate, keeps units alive.",
        cards=("act-dead", "act-dead-for-good"),
    )


def _number(value: float) -> str:
    return f"{value + 0.0:.4g}".replace("-", "−")
