from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import settings

from cnntutor.memory.models import CardSlot, Rating
from cnntutor.memory.store import Store

settings.register_profile("patient", deadline=None)
settings.load_profile("patient")


class World:
    """A learner's database with a clock that the test moves."""

    def __init__(self, folder: Path) -> None:
        self.now = datetime(2026, 3, 2, 12, tzinfo=UTC)
        self.path = folder / "memory.sqlite3"
        self._folder = folder
        self._open: list[Store] = []
        self.store = self.open()

    def open(self, name: str = "memory.sqlite3", **options: object) -> Store:
        store = Store.open(self._folder / name, clock=lambda: self.now, **({"tz": UTC} | options))
        self._open.append(store)
        return store

    def wait(self, **span: float) -> None:
        self.now += timedelta(**span)

    def enrol(self, *cards: str) -> None:
        """Cards `note` or `note/1`, all of one topic; `topic:card` names another."""
        self.store.enrol(slots(*cards))

    def graduate(self, *cards: str) -> None:
        """Answer new cards so that they are in review."""
        for card in cards:
            self.store.answer(card, Rating.EASY)

    def set(self, **texts: str) -> None:
        chosen = self.store.settings
        for name, text in texts.items():
            chosen = chosen.changed(name, text)
        self.store.save_settings(chosen)

    def close(self) -> None:
        for store in self._open:
            store.close()


def slots(*cards: str) -> list[CardSlot]:
    made = []
    for card in cards:
        topic, _, name = card.rpartition(":")
        made.append(CardSlot(name, name.partition("/")[0], topic or "topic"))
    return made


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    world = World(tmp_path)
    yield world
    world.close()


@pytest.fixture
def make_slots() -> Callable[..., list[CardSlot]]:
    return slots
