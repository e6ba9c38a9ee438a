"""Whatever is done in whatever order: the cards are what replaying the log gives."""

import tempfile
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from cnntutor.errors import UsageError
from cnntutor.memory.glance import glance
from cnntutor.memory.models import FLAGS, CardSlot, Rating
from cnntutor.memory.store import Store

CARDS = ["a/1", "a/2", "b/1", "c/1", "c/2", "d"]
CARD = st.sampled_from(CARDS)
DEVICE = st.sampled_from(["laptop", "window", "desk"])


class TwoDevices(RuleBasedStateMachine):
    """One learner with two machines, each with its own real database; on the laptop the app is open twice."""

    @initialize()
    def open(self) -> None:
        self.now = datetime(2026, 3, 2, 12, tzinfo=UTC)
        self.folder = tempfile.TemporaryDirectory()
        files = {"laptop": "laptop", "window": "laptop", "desk": "desk"}
        self.stores = {name: self.database(file) for name, file in files.items()}

    def database(self, name: str) -> Store:
        path = Path(self.folder.name) / f"{name}.sqlite3"
        store = Store.open(path, clock=lambda: self.now, tz=UTC)
        store.enrol([CardSlot(card, card[0], "topic") for card in CARDS])
        return store

    @rule(device=DEVICE, card=CARD, rating=st.sampled_from(Rating), ms=st.integers(0, 60_000))
    def answer(self, device: str, card: str, rating: Rating, ms: int) -> None:
        row = self.stores[device].answer(card, rating, ms=ms)
        assert row in self.stores[device].log()

    @rule(device=DEVICE)
    def undo(self, device: str) -> None:
        taken = self.stores[device].undo()
        if taken is not None:
            assert taken.device == self.stores[device].device
            assert taken not in self.stores[device].log()

    @rule(device=DEVICE, card=CARD, mark=st.sampled_from(["bury", "suspend", "resume"]))
    def mark(self, device: str, card: str, mark: str) -> None:
        getattr(self.stores[device], mark)(card)

    @rule(device=DEVICE, card=CARD, colour=st.sampled_from(FLAGS))
    def flag(self, device: str, card: str, colour: str) -> None:
        self.stores[device].flag(card, colour)
        assert self.stores[device].memory(card).flag == colour

    @rule(device=DEVICE, cards=st.sets(CARD, max_size=3))
    def make_due(self, device: str, cards: set[str]) -> None:
        self.stores[device].make_due(sorted(cards))

    @rule(device=DEVICE, days=st.integers(1, 5))
    def catch_up(self, device: str, days: int) -> None:
        self.stores[device].start_catch_up(days)

    @rule(hours=st.sampled_from([0.01, 0.2, 6, 24, 24 * 20, -30]))
    def wait(self, hours: float) -> None:
        self.now += timedelta(hours=hours)

    @rule(device=DEVICE, retention=st.sampled_from(["0.8", "0.9"]), new=st.integers(0, 4))
    def change_settings(self, device: str, retention: str, new: int) -> None:
        store = self.stores[device]
        chosen = store.settings.changed("desired_retention", retention).changed("new_per_day", str(new))
        store.save_settings(chosen)

    @invariant()
    def the_glance_agrees_with_the_queue(self) -> None:
        # The second copy on the laptop is left out, so that what it knows may be out of date when it acts.
        for name in ("laptop", "desk") if hasattr(self, "stores") else ():
            store = self.stores[name]
            queue = store.queue()
            seen = glance(Path(self.folder.name) / f"{name}.sqlite3", self.now, tz=UTC)
            assert seen is not None
            assert (seen.counts, seen.next_due) == (queue.counts, queue.next_due)
            assert seen.streak == store.statistics().streak
            assert seen.theme == store.settings.theme

    def teardown(self) -> None:
        if not hasattr(self, "stores"):
            return
        for store in self.stores.values():
            before = store.memories()
            store.rebuild()
            assert store.memories() == before
        self.merging_in_either_order_gives_the_same()
        for store in self.stores.values():
            store.close()
        self.folder.cleanup()

    def merging_in_either_order_gives_the_same(self) -> None:
        laptop, desk = self.stores["laptop"], self.stores["desk"]
        laptop.save_settings(desk.settings)
        mine, theirs = laptop.events(), desk.events()
        assert laptop.merge(theirs) == len(theirs)
        assert desk.merge(reversed(mine)) == len(mine)
        assert laptop.events() == desk.events()
        assert laptop.memories() == desk.memories()
        assert laptop.merge(desk.events()) == 0
        before = desk.memories()
        desk.rebuild()
        assert desk.memories() == before


TwoDevices.TestCase.settings = settings(max_examples=25, stateful_step_count=25, deadline=None)
TestTwoDevices = TwoDevices.TestCase


def test_an_answer_without_a_rating_is_not_merged(world) -> None:
    world.enrol("card")
    world.graduate("card")
    (row,) = world.store.events()
    other = world.open("other.sqlite3")
    with pytest.raises(UsageError, match="has no rating"):
        other.merge([row, replace(row, id="blank", rating=None)])
    assert other.events() == []


def test_rows_of_cards_not_yet_in_the_course_wait_for_them(world) -> None:
    world.enrol("card")
    world.graduate("card")
    other = world.open("other.sqlite3")
    assert other.merge(world.store.events()) == 1
    assert other.memories() == []
    other.enrol([CardSlot("card", "card", "topic")])
    assert other.memory("card") == world.store.memory("card")
