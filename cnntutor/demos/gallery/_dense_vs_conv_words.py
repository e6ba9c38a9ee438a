"""What the demo `dense-vs-conv` says: the counting, what to look at and to try, the question before. No torch."""

from __future__ import annotations

from cnntutor.demos.gallery._dense_vs_conv_knobs import CLASSES, Cost, DenseVsConvKnobs, cost_of_cnn, cost_of_dense
from cnntutor.demos.protocol import Frame, Prediction
from cnntutor.wording import percent, plural

FEW_STEPS = 100
"""With fewer, neither net has learnt what it can."""

EQUAL = 2
"""Points of accuracy within which two nets count as equally good."""


def formulas(knobs: DenseVsConvKnobs) -> tuple[str, ...]:
    """Both nets counted, layer by layer: weights and biases, two numbers a channel in a norm, then the scores."""
    dense, cnn = cost_of_dense(knobs, knobs.side), cost_of_cnn(knobs, knobs.side)
    pixels, units, filters, taps = knobs.side**2, knobs.units, knobs.filters, knobs.kernel**2
    return (
        f"dense = {pixels + 1}·{units} + 2·{units} + {units + 1}·{CLASSES} = {dense.params:,}",
        f"CNN = {taps}·{filters} + 2·{taps}·{filters}² + 3·2·{filters} + {filters + 1}·{CLASSES} = {cnn.params:,}",
        f"first weights: {pixels}·{units} = {dense.first:,}; {taps}·{filters} = {cnn.first:,}",
    )


def caption(knobs: DenseVsConvKnobs, epoch: float, right: tuple[float, float]) -> str:
    """What to look at now, and what to try.

    Args:
        knobs: of the run.
        epoch: passes that are done.
        right: share of the held-out digits that the dense net and the CNN name right.
    """
    if not epoch:
        return (
            f"**Look** Untrained, both guess: {percent(right[0])} and {percent(right[1])} are right."
            " Now both learn from the same digits.\n\n**Try** Watch which of them learns faster."
        )
    return f"**Look** {_look(knobs, right)}\n\n**Try** {_try(knobs)}"


def _look(knobs: DenseVsConvKnobs, right: tuple[float, float]) -> str:
    dense, cnn = cost_of_dense(knobs, knobs.side), cost_of_cnn(knobs, knobs.side)
    scores = (
        f"Dense: {dense.params:,} learnt numbers, {right[0]:.1%} of the held-out digits right."
        f" CNN: {cnn.params:,} and {right[1]:.1%}."
    )
    return f"{scores.replace('%', ' %')} {_work(dense, cnn)}"


def _work(dense: Cost, cnn: Cost) -> str:
    times = f"{cnn.macs / dense.macs:.1f} times the work"
    if cnn.macs > dense.macs and cnn.params < dense.params:
        return f"But the CNN does {times}: sharing saves weights, not work."
    if cnn.macs > dense.macs:
        return f"The CNN does {times}."
    return f"The CNN does {percent(cnn.macs / dense.macs)} of the dense net's work."


def _try(knobs: DenseVsConvKnobs) -> str:
    if knobs.steps < FEW_STEPS:
        epochs = -(-FEW_STEPS // knobs.config(0).steps_per_epoch(knobs.pictures))
        return f"These were only {plural(knobs.steps, 'step')} of learning: set `epochs` to {epochs}."
    if knobs.side <= 16 and _units_of_equal_size(knobs) < knobs.units:
        return (
            f"Set `units` to {_units_of_equal_size(knobs)}: then both nets have about equally many learnt numbers."
            f" After that, `side` to {24 if knobs.side == 16 else 16}: which of the two counts stays?"
        )
    return f"Set `side` to {16 if knobs.side == 8 else 8}: which of the two counts stays?"


def _units_of_equal_size(knobs: DenseVsConvKnobs) -> int:
    """Hidden units with which the dense net has about as many learnt numbers as the CNN, but not more."""
    of_one = knobs.side**2 + 3 + CLASSES  # its weights, bias, two of the norm, and one for every score
    return max(2, (cost_of_cnn(knobs, knobs.side).params - CLASSES) // of_one)


# Predict first


def predict(knobs: DenseVsConvKnobs) -> Prediction:
    """Which of the two will read better; the counts are given away."""
    dense, cnn = cost_of_dense(knobs, knobs.side), cost_of_cnn(knobs, knobs.side)
    return Prediction(
        f"For {knobs.side}×{knobs.side} pixels the dense net has {dense.params:,} numbers to learn, the CNN"
        f" {cnn.params:,}. Both see the same digits {knobs.epochs} times. Which names more of those held out right?",
        (
            f"the dense net, by more than {EQUAL} points",
            f"neither: they are within {EQUAL} points",
            f"the CNN, by more than {EQUAL} points",
        ),
        _judge,
        why="A dense weight is taught by one pixel alone; a kernel weight by every place of every picture, so that few"
        " of them are enough. What counts is not how many numbers are learnt but how much each is taught.",
        cards=("hist-dense-lesson", "hist-dense-times"),
    )


def _judge(frame: Frame) -> int | None:
    lead = frame.figures.get("cnn_leads_by")
    return None if lead is None else 1 + (lead > EQUAL) - (lead < -EQUAL)
