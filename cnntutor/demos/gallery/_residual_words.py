"""What residual says: the chain of derivatives, what to look at and to try, and the question before the run."""

from __future__ import annotations

from collections.abc import Mapping

from cnntutor.demos.gallery._residual_knobs import ResidualKnobs
from cnntutor.demos.protocol import Frame, Prediction
from cnntutor.wording import percent, plural

SHALLOW = 10
"""Layers that a plain net with batch norm still learns with."""

LIMITS = (10.0, 1e3, 1e6)
"""Times by which the plain net's first gradient may be smaller, between the answers."""


def formulas(knobs: ResidualKnobs, figures: Mapping[str, float]) -> tuple[str, ...]:
    """The chain by hand, or the two gradients beside each other."""
    n, w = knobs.blocks, _signed(knobs.slope)
    if knobs.show == "paths":
        return (
            f"with shortcuts (1 + {w})^{n} = {figures['chain_residual']:.6g}, the sum of the column “adds”",
            f"without {w}^{n} = {figures['chain_plain']:.4g}; routes = 2^{n} = {2**n:,}",
        )
    return (
        f"first layer: plain {figures['gradient_plain']:.1e}, residual {figures['gradient_residual']:.1e}",
        f"residual/plain = {figures['gradient_ratio']:.3g}",
    )


def _signed(value: float) -> str:
    return f"({value:g})".replace("-", "−") if value < 0 else f"{value:g}"


def comparing(depth: int) -> str:
    """What is said while nets of several depths are compared."""
    return f"Nothing is learnt yet. Nets of {depth} layers, one batch: how much of it gets back to the first layer?"


def learning(knobs: ResidualKnobs, step: int) -> str:
    """What is said while both nets learn."""
    return (
        f"Step {step} of {knobs.steps}, the same digits for both. The curves are this step's gradients, layer by layer."
    )


def caption(knobs: ResidualKnobs, figures: Mapping[str, float]) -> str:
    """What to look at in the view that is opened first, and what to try next."""
    return f"**Look** {_LOOK[knobs.show](knobs, figures)}\n\n**Try** {_try(knobs)}"


def _look_layers(knobs: ResidualKnobs, figures: Mapping[str, float]) -> str:
    ratio = figures["gradient_ratio"]
    if ratio >= LIMITS[0]:
        size = f"The first of {knobs.depth} layers gets a gradient {_times(ratio)} smaller without shortcuts than with."
    else:
        size = "Both first layers get a gradient of healthy size: the norm sees to that, not the shortcut."
    return f"{size} {_look_loss(knobs, figures)}"


def _look_loss(knobs: ResidualKnobs, figures: Mapping[str, float]) -> str:
    right = {kind: percent(figures[f"accuracy_{kind}"]) for kind in ("plain", "residual")}
    return (
        f"After {plural(knobs.steps, 'step')} the plain net's loss is {_loss(figures['loss_plain'])}, the residual"
        f" one's {_loss(figures['loss_residual'])}; of new digits they name {right['plain']} and"
        f" {right['residual']} right."
    )


def _look_depth(knobs: ResidualKnobs, figures: Mapping[str, float]) -> str:
    del knobs
    return (
        f"Each layer multiplies the plain net's gradient by about {figures['factor_plain']:.2g}, which makes a"
        f" straight line on this scale. With shortcuts the factor is {figures['factor_residual']:.2g}."
    )


def _look_alike(knobs: ResidualKnobs, figures: Mapping[str, float]) -> str:
    del knobs
    return (
        "A digit and one hardly changed, and what each asks of its pixels. The cosine of the two is"
        f" {figures['alike_plain']:.2f} in the plain net and {figures['alike_residual']:.2f} with shortcuts: 1 is"
        " agreement, 0 noise."
    )


def _look_lesion(knobs: ResidualKnobs, figures: Mapping[str, float]) -> str:
    del knobs
    return (
        f"A block is taken out of the trained net. With shortcuts {percent(figures['accuracy_residual'])} right become"
        f" {percent(figures['lesion_residual'])} on average; without them {percent(figures['accuracy_plain'])} become"
        f" {percent(figures['lesion_plain'])}."
    )


def _look_paths(knobs: ResidualKnobs, figures: Mapping[str, float]) -> str:
    return (
        f"{2**knobs.blocks:,} routes lead through {plural(knobs.blocks, 'block')}. A plain chain has only the last row:"
        f" {figures['chain_plain']:.4g}. The first row is the lane that nothing multiplies."
    )


_LOOK = {
    "layers": _look_layers,
    "loss": _look_loss,
    "depth": _look_depth,
    "alike": _look_alike,
    "lesion": _look_lesion,
    "paths": _look_paths,
}


def _try(knobs: ResidualKnobs) -> str:
    if knobs.show == "paths":
        return "Set `slope` to −1: what is left of the sum? And raise `blocks` to 10: how long are most routes?"
    if knobs.show == "lesion" and knobs.depth > SHALLOW:
        return f"Set `norm` to batch and `depth` to {SHALLOW}, where the plain net learns too: which spares a block?"
    if knobs.norm == "none" and knobs.start == "he":
        return (
            "With he the sum grows from block to block. Turn `zero_last` on, so that each block adds nothing at first."
        )
    if knobs.norm == "none":
        return "Set `norm` to batch: the gradients become healthy, but does the plain net learn? Or set `start` to he."
    return f"Look at `alike`. Set `depth` to {SHALLOW}: the plain net keeps up. Then turn `zero_last` on."


def _times(ratio: float) -> str:
    return f"{ratio:,.0f} times" if ratio < LIMITS[2] else f"{_power(ratio)} times"


def _loss(value: float) -> str:
    return f"{value:,.2f}" if value < LIMITS[2] else _power(value)


def _power(value: float) -> str:
    """A large number as printers have it: 6·10^12."""
    leading, power = f"{value:.0e}".split("e")
    return f"{leading}·10^{int(power)}"


def predict(knobs: ResidualKnobs) -> Prediction:
    """How much smaller the plain net's first gradient is."""

    def judge(frame: Frame) -> int | None:
        ratio = frame.figures.get("gradient_ratio")
        return None if ratio is None else sum(ratio >= limit for limit in LIMITS)

    norms = "no norm" if knobs.norm == "none" else "batch norm"
    return Prediction(
        f"Two nets of {knobs.depth} layers with {norms}, one with shortcuts, one without. Before the first step: how"
        " large is the gradient at the plain net's first layer, beside the other's?",
        (
            "about as large, or larger",
            "ten to a thousand times smaller",
            "a thousand to a million times smaller",
            "over a million times smaller",
        ),
        judge,
        why="Without norm and shortcut each layer multiplies the gradient by a factor below 1. A norm repairs the size,"
        " but not the direction, and the plain net still learns badly.",
        cards=("res-derivative", "res-healthy"),
    )
