"""What the demo `playground` says: its sums, what to look at and to try, and the question before. No torch."""

from __future__ import annotations

from collections.abc import Iterator
from math import log

from cnntutor.demos.gallery._playground_knobs import CLASSES, DIGITS, PlaygroundKnobs
from cnntutor.demos.protocol import Frame, Prediction
from cnntutor.vision.net_bill import Bill
from cnntutor.vision.train_config import TIMID
from cnntutor.vision.train_history import History
from cnntutor.wording import percent

HELD_OUT = 360
"""Digits that the net never sees."""

GOOD = 0.95
"""Share of them named right with which a net counts as good."""

LITTLE = 0.5
"""With less, it has learnt little."""

SMALL = 1000
"""Learnt numbers of a small net."""

GAP = 0.05
"""By how much a net must be better on its own pictures to know some of them by heart."""


def formulas(made: Bill) -> tuple[str, ...]:
    """Parameters and MACs block by block, and r = 1 + Σ d·(k − 1)·j; `arithmetic` has the sources."""
    return (
        f"learnt = {_sum(row.params for row in made.rows)} = {made.params:,}",
        f"MACs = {_sum(row.macs for row in made.rows)} = {made.macs:,}",
        f"receptive field = {' + '.join(('1', *_reach(made)))} = {made.receptive_field}",
    )


def _sum(numbers: Iterator[int]) -> str:
    return " + ".join(f"{number:,}" for number in numbers if number) or "0"


def _reach(made: Bill) -> Iterator[str]:
    """What each window adds: its reach, times the pixels between two cells that it looks at."""
    jump = 1
    for row in made.rows:
        if row.block.name in ("gap", "flatten"):
            return
        if row.block.name in ("conv", "pool", "avg"):
            kernel, dilation = (row.block["k"], row.block["d"]) if row.block.name == "conv" else (row.block[""], 1)
            yield f"{dilation * (kernel - 1)}·{jump}"
            jump *= row.block["s"]


def caption(knobs: PlaygroundKnobs, made: Bill, history: History) -> str:
    """What to look at now, and what to try.

    Args:
        knobs: of the run.
        made: the net.
        history: how far it has come.
    """
    return f"**Look** {_look(made, history)}\n\n**Try** {_try(knobs, made, history)}"


def _look(made: Bill, history: History) -> str:
    last = history.evaluations[-1]
    if not last.step:
        return (
            f"Nothing is learnt yet: {percent(last.accuracy)} are right, and the loss is {last.loss:.2f}."
            f" Guessing gives {percent(1 / CLASSES)} and ln {CLASSES} = {log(CLASSES):.2f}. {_work(made)}"
        )
    right = f"{last.accuracy:.1%}".replace("%", " %")
    return f"{right} of the held-out digits are right. {_gap(last.train_accuracy - last.accuracy)}{_work(made)}"


def _gap(gap: float) -> str:
    return f"On its own digits it is {100 * gap:.0f} points better. " if gap > GAP else ""


def _work(made: Bill) -> str:
    """Which blocks are the dearest."""
    most, heaviest = made.largest("macs"), made.largest("params")
    share = percent(made.rows[most].macs / made.macs)
    worker = f"Block {most + 1}, {made.rows[most].block}, does {share} of the work"
    if heaviest == most:
        return f"{worker}, and has most of what is learnt."
    return f"{worker}; block {heaviest + 1}, {made.rows[heaviest].block}, has most of what is learnt."


def _try(knobs: PlaygroundKnobs, made: Bill, history: History) -> str:
    last = history.evaluations[-1]
    if history.steps < history.total_steps:
        return "Turn `learning_rate` up tenfold while it learns, and down again."
    if last.accuracy < LITTLE:
        rate = "ten times as much" if knobs.learning_rate < TIMID else "a third"
        return f"It learnt little: set `learning_rate` to {rate}, or press enter on `net` and put a norm behind a conv."
    if not any(row.block.name == "conv" for row in made.rows):
        return "All that without a convolution. Press enter on `net` and put conv 8 k3 p1, relu, pool 2 before flatten."
    if knobs.pictures < DIGITS:
        return f"Press enter on `net`: what helps most with {knobs.pictures} digits, more filters, dropout, or gap?"
    if last.accuracy < GOOD:
        return f"Above {percent(GOOD)}? Press enter on `net` and add filters, a norm or a conv. One thing at a time."
    if made.params > SMALL:
        return f"Stay above {percent(GOOD)} with half of what is learnt: press enter on `net`, and take filters away."
    return "A small net, and a good one. Now set `pictures` to 100: how good is it still?"


# Predict first


LIMITS = (0.5, 0.8, GOOD)
"""Shares of the held-out digits that part the choices."""


def predict(knobs: PlaygroundKnobs) -> Prediction:
    """How well a net will do that may have more numbers than there are pictures."""
    return Prediction(
        f"The net has **{knobs.bill.params:,}** numbers to learn, and **{knobs.pictures:,}** digits to learn them from,"
        f" {_times(knobs.epochs)} over. Of {HELD_OUT} other digits, how many will it name right?",
        ("fewer than half", "50 to 80 %", "80 to 95 %", "95 % or more"),
        _judge,
        why="Count what the numbers are taught by, not the numbers: a weight of a kernel is taught at every place of"
        " every picture. Whether that was enough, only digits held out can tell.",
        cards=("share-sum-or-mean",),
    )


def _times(epochs: int) -> str:
    return "once" if epochs == 1 else f"{epochs} times"


def _judge(frame: Frame) -> int | None:
    accuracy = frame.figures.get("accuracy")
    return None if accuracy is None else sum(accuracy >= limit for limit in LIMITS)
