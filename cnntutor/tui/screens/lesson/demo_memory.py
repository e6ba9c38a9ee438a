"""What the runs of a Demo tab mean for the learner's memory: guesses that were locked, and grades."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from cnntutor.gradings import Graded, grade, next_link
from cnntutor.predictions import Settled, settle

if TYPE_CHECKING:
    from cnntutor.course.cards import DemoLink
    from cnntutor.course.models import Topic
    from cnntutor.course.quiz import Confidence
    from cnntutor.demos.frame import Frame
    from cnntutor.demos.prediction import Prediction
    from cnntutor.demos.session import DemoSession
    from cnntutor.memory.store import Store

CASES = 10**6
"""As many numbers as the next case is drawn from."""


class DemoMemory:
    """Between a Demo tab and the store. Whatever writes raises a `StoreError` if the memory cannot be written."""

    def __init__(self, topic: Topic, store: Store, card: str) -> None:
        """Begin with nothing locked and nothing graded.

        Args:
            topic: whose Demo tab it is.
            store: the learner's memory.
            card: the card that opened the demo, or empty.
        """
        self._topic = topic
        self._store = store
        self._card = card
        self._locked: tuple[Prediction, int, Confidence] | None = None
        self._graded: set[str] = set()

    def left_card(self) -> None:
        """The card that opened the tab is no longer what it is about."""
        self._card = ""
        self._locked = None

    # Guesses

    def was_asked(self, demo: str) -> bool:
        """Whether the learner was asked to guess before; once is enough."""
        return bool(self._store.recall(f"predicted:{demo}"))

    def note_asked(self, demo: str) -> None:
        """She was."""
        self._store.remember(f"predicted:{demo}", True)

    @property
    def has_guess(self) -> bool:
        """Whether a guess waits for its run."""
        return self._locked is not None

    def lock(self, prediction: Prediction, choice: int, confidence: Confidence) -> None:
        """Keep a guess for the next run."""
        self._locked = (prediction, choice, confidence)

    def drop_guess(self) -> None:
        """The guess was about other knobs, or was not made."""
        self._locked = None

    def settle(self, last: Frame) -> Settled | None:
        """Hold the guess against the run's last frame; None if there was none."""
        if self._locked is None:
            return None
        (prediction, choice, confidence), self._locked = self._locked, None
        return settle(prediction, choice, confidence, last, topic=self._topic, store=self._store, card=self._card)

    # Grades

    def next_case(self, demo: str) -> DemoLink | None:
        """A case of the card that needs this demo most; None if no card opens it."""
        found = next_link(demo, self._topic, self._store, random.randrange(CASES))
        if found is None:
            return None
        link, self._card = found
        return link

    def grade(self, session: DemoSession) -> Graded | None:
        """What the finished run says about a card; of each case only the first grade counts."""
        last = session.recording.last
        found = session.demo.grade(session.knobs, last) if session.demo.grade and last is not None else None
        if found is None or found.about in self._graded:
            return None
        self._graded.add(found.about)
        return grade(found, self._topic, self._store)
