"""What follows from a prediction once the run has answered it: a confident miss makes cards due."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cnntutor.course.quiz import Confidence

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnntutor.course.models import Topic
    from cnntutor.demos.frame import Frame
    from cnntutor.demos.prediction import Prediction
    from cnntutor.memory.store import Store

CONFIDENT = Confidence.FAIRLY_SURE
"""From this confidence on, a miss is a misconception worth a card."""


@dataclass(frozen=True, slots=True)
class Settled:
    """A prediction against what happened."""

    said: str
    confidence: Confidence
    truth: str | None
    """The choice that came true; None if none of them did."""
    why: str
    due: tuple[str, ...] = ()
    """Cards that were made due over it."""

    @property
    def right(self) -> bool:
        """Whether it came true."""
        return self.said == self.truth

    @property
    def line(self) -> str:
        """In words, for the learner."""
        if self.right:
            return f"You said {self.said}, and so it is. {self.why}".strip()
        truth = "none of the choices came true" if self.truth is None else f"it is {self.truth}"
        again = " Its card is due again today." if self.due else ""
        return f"You said {self.said} ({self.confidence.label}), but {truth}.{again} {self.why}".strip()


def settle(
    prediction: Prediction,
    choice: int,
    confidence: Confidence,
    last: Frame,
    *,
    topic: Topic,
    store: Store,
    card: str = "",
) -> Settled:
    """Compare a locked prediction with a run's last frame, and make cards due if it was confidently wrong.

    Args:
        prediction: what was asked.
        choice: index of what the learner said.
        confidence: how sure she was.
        last: the run's last frame.
        topic: where the demo was opened.
        store: the learner's memory.
        card: the card that opened the demo, or empty.

    Raises:
        StoreError: the memory cannot be written.
    """
    true = prediction.judge(last)
    truth = None if true is None else prediction.choices[true]
    missed = true is not None and true != choice and confidence >= CONFIDENT
    due = behind(prediction, topic, card) if missed else ()
    if due:
        store.make_due(due)
    return Settled(prediction.choices[choice], confidence, truth, prediction.why, tuple(due))


def behind(prediction: Prediction, topic: Topic, card: str = "") -> Sequence[str]:
    """The cards that a missed prediction makes due: the one that opened the demo, or those that it names."""
    if card:
        return (card,)
    return tuple(str(c.id) for c in topic.cards if c.note in prediction.cards or str(c.id) in prediction.cards)
