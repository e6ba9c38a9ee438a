"""The words of your-memory: caption, formulas and the guess. No torch on top."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from cnntutor.demos.gallery._your_memory_knobs import YourMemoryKnobs
from cnntutor.demos.protocol import Frame, Prediction

if TYPE_CHECKING:
    from cnntutor.demos.gallery._your_memory_log import Log

CONTENDERS = {"power": "loss_power", "exponential": "loss_exponential", "average": "loss_average"}
"""Figures of the held-out answers, by who is judged."""


def whose(log: Log) -> str:
    """Whose log it is, so that nobody takes a made-up one for her own."""
    if log.own:
        return f"These are **your own** {len(log):,} answers."
    return (
        f"**A made-up learner, not you**: {len(log):,} answers drawn at random from a known memory. {log.why}".strip()
    )


def descending(log: Log, step: int, steps: int) -> str:
    """While it is fitted."""
    return (
        f"**Look** {whose(log)} Step {step} of {steps}: the curve bends so that what happened becomes more likely.\n\n"
        "**Try** Turn `learning_rate` while it runs."
    )


def caption(knobs: YourMemoryKnobs, log: Log, figures: Mapping[str, float]) -> str:
    """At the end."""
    try_ = _try_recall(knobs, log) if knobs.show == "recall" else _TRY[knobs.show]
    return f"**Look** {whose(log)} {_LOOK[knobs.show](knobs, figures)}\n\n**Try** {try_}"


def _try_recall(knobs: YourMemoryKnobs, log: Log) -> str:
    if knobs.curve == "exponential":
        return "Where does it miss? Set `curve` back to power, and hold the two against what was observed."
    if log.own:
        return "Set `curve` to exponential: where does it miss? Then `log` to made-up, where the truth is known."
    return "Set `curve` to exponential: where does it miss? Then `true_decay` to 0.2: a memory with a longer tail."


def _look_recall(knobs: YourMemoryKnobs, figures: Mapping[str, float]) -> str:
    return (
        f"At 0 a card is asked after just as many days as its stability S; each 1 to the right is twice as late."
        f" The curve should run between *low* and *high*, its 95 % range. It says: of the cards with S = 10,"
        f" 90 % are still there after {figures['days_90']:.1f} days."
    )


def _look_loss(knobs: YourMemoryKnobs, figures: Mapping[str, float]) -> str:
    return (
        f"The log loss fell from {figures['loss_start']:.4f} to {figures['loss']:.4f} on the answers that are fitted."
        f" On the newest, which were not: {figures['loss_held_out']:.4f}, and {figures['loss_average']:.4f} for always"
        " saying the average."
    )


def _look_surface(knobs: YourMemoryKnobs, figures: Mapping[str, float]) -> str:
    if knobs.curve == "exponential":
        return "Up goes the scale. To the right nothing changes: this curve has no decay."
    return (
        "To the right goes the decay, up the scale, in even steps of their logarithms; dark is a low loss. The first"
        " steps fall into the valley, the later ones crawl along it: many pairs fit almost alike."
    )


def _look_days(knobs: YourMemoryKnobs, figures: Mapping[str, float]) -> str:
    return (
        f"Scale {figures['scale']:.2f}: 90 % of the cards with stability S are kept for {figures['scale']:.2f}·S days."
        " FSRS as it comes says: for S. Beyond the longest interval in the log the numbers are guesses."
    )


def _look_counts(knobs: YourMemoryKnobs, figures: Mapping[str, float]) -> str:
    return (
        "Each line gathers answers that came about equally late, as many in each. The fewer there are, the wider the"
        " range in which the true share may lie."
    )


def _look_calibration(knobs: YourMemoryKnobs, figures: Mapping[str, float]) -> str:
    return (
        f"Where the curve gives 80 %, 80 of 100 should be recalled. On the {figures['held_out']:.0f} answers held out"
        f" it is off by {100 * figures['calibration_error']:.1f} points on average."
    )


_LOOK = {
    "recall": _look_recall,
    "loss": _look_loss,
    "surface": _look_surface,
    "days": _look_days,
    "counts": _look_counts,
    "calibration": _look_calibration,
}
_TRY = {
    "loss": "Set `learning_rate` to 50, then to 1. Then `optimiser` to momentum.",
    "surface": "Set `optimiser` to momentum, then to adam with `learning_rate` 0.05: which way do they take?",
    "days": "Set `curve` to exponential: what does it say of the day when half is lost?",
    "counts": "Set `log` to made-up and `answers` to 200: how wide are the ranges now?",
    "calibration": "Set `curve` to exponential. Then `held_out` to 0.5: the older half judges the newer one.",
}


def formulas(knobs: YourMemoryKnobs, figures: Mapping[str, float]) -> tuple[str, ...]:
    """The curve and the loss with this run's numbers."""
    decay, scale = figures["decay"], figures["scale"]
    loss = f"loss = mean of −ln(chance given) = {figures['loss']:.4f}"
    if knobs.curve == "exponential":
        return (f"R = 2^(−t/h), h = {figures['half_life']:.3g}·S", loss)
    factor = 0.9 ** (-1 / decay) - 1
    return (f"R = (1 + {factor:.3g}·t/({scale:.3g}·S))^(−{decay:.3g})  FSRS-6", loss)


def predict(knobs: YourMemoryKnobs) -> Prediction:
    """Which curve stands up to answers that it has not seen."""

    def judge(frame: Frame) -> int | None:
        losses = [frame.figures.get(name) for name in CONTENDERS.values()]
        known = [loss for loss in losses if loss is not None]
        return losses.index(min(known)) if len(known) == len(losses) else None

    return Prediction(
        f"Each of these is fitted to the older answers. Which says best what happened in the newest"
        f" {100 * knobs.held_out:.0f} %: whose log loss is lowest there?",
        (
            "a power law: steep at first, then ever flatter",
            "an exponential: the same share is lost every day",
            "the average: the same chance for every card",
        ),
        judge,
        why="Among many cards some fade fast and some hardly at all. The fast ones are gone early, so what is left"
        " fades ever more slowly: a power law does that, an exponential cannot. The average ignores the days.",
    )
