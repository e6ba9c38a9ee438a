"""Predict first: a question that a run answers. No torch, no screen.

    Prediction(
        ask="How wide will the feature map be?",
        choices=("32", "31", "64"),
        judge=lambda frame: 0 if frame.figures["output_size"] == 32 else 1,
    )

The learner locks a choice with a confidence before the run starts, and the run's last frame says which was right.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from cnntutor.demos.frame import Frame


@dataclass(frozen=True, slots=True)
class Prediction:
    """A question about what a run will show."""

    ask: str
    """Markdown, with this run's numbers in it."""
    choices: tuple[str, ...]
    """At least two, in the order in which they are shown."""
    judge: Callable[[Frame], int | None]
    """From the run's last frame, the index of the choice that came true; None if none of them did."""
    why: str = ""
    """Markdown: why it came out so, said whatever was chosen."""
    cards: tuple[str, ...] = ()
    """Notes that a confident miss makes due, by id; those that the course does not have are passed over."""

    def __post_init__(self) -> None:
        if len(self.choices) < 2 or len(set(self.choices)) < len(self.choices):
            raise ValueError(f"a prediction needs at least two different choices, not {self.choices}")


def predict_number(
    ask: str,
    figure: str,
    candidates: Iterable[int],
    *,
    why: str = "",
    cards: tuple[str, ...] = (),
) -> Prediction | None:
    """A prediction of a whole number among the figures; the run itself says which candidate is right.

    Args:
        ask: the question, Markdown.
        figure: name of the figure that answers it.
        candidates: the numbers to choose from, shown in ascending order; equal ones count once.
        why: said afterwards.
        cards: notes that a confident miss makes due.

    Returns:
        The prediction, or None if fewer than two different candidates are left to choose from.
    """
    numbers = sorted(set(candidates))
    if len(numbers) < 2:
        return None

    def judge(frame: Frame) -> int | None:
        value = frame.figures.get(figure)
        return numbers.index(int(value)) if value in numbers else None

    return Prediction(ask, tuple(f"{number:,}" for number in numbers), judge, why, cards)
