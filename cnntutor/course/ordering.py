"""Questions answered by putting things in order."""

from __future__ import annotations

import random
from dataclasses import dataclass

from cnntutor.course.cards import DemoLink
from cnntutor.course.questions import Answer, Posed, Question, Verdict, check_picks
from cnntutor.errors import UsageError


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to place, and why it stands where it does."""

    text: str
    why: str


@dataclass(frozen=True, slots=True)
class OrderQuestion(Question):
    """Things that have one right order."""

    ask: str
    items: tuple[Item, ...]
    """In the right order; no two alike."""
    demo: DemoLink | None = None

    def pose(self, seed: int) -> Posed:
        """The items shuffled, never already in order."""
        chance = random.Random(seed)
        shuffled = list(range(len(self.items)))
        while shuffled == sorted(shuffled):
            chance.shuffle(shuffled)
        options = tuple(self.items[place].text for place in shuffled)
        return _PosedOrder(self, self.ask, options, "", self.demo, self.items, tuple(shuffled))


@dataclass(frozen=True, slots=True)
class _PosedOrder(Posed):
    items: tuple[Item, ...]
    places: tuple[int, ...]
    """The right place of each option."""

    def grade(self, answer: Answer) -> Verdict:
        """Explain the first item that is out of place."""
        picks = check_picks(answer, len(self.items))
        if len(picks) < len(self.items):
            raise UsageError(f"Place all {len(self.items)} items, the first one first.")
        given = [self.places[pick] for pick in picks]
        right = " → ".join(item.text for item in self.items)
        off = next((place for place, item in enumerate(given) if item != place), None)
        if off is None:
            return Verdict(True, "\n".join(f"{n}. {_told(item)}" for n, item in enumerate(self.items, 1)), right)
        return Verdict(False, self._explained(off, self.items[given[off]]), right)

    def _explained(self, place: int, instead: Item) -> str:
        return (
            f"Place {place + 1} belongs to {_told(self.items[place])}\n\n"
            f"You put **{instead.text}** there. {instead.why}\n\n"
            f"**Right order:** {' → '.join(item.text for item in self.items)}"
        )


def _told(item: Item) -> str:
    return f"**{item.text}**. {item.why}"
