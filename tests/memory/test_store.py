import sqlite3
import subprocess
import sys
import threading
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from cnntutor.errors import StaleCardError, StoreError, UsageError
from cnntutor.memory.models import Event, Phase, Rating
from cnntutor.memory.store import Store

BERLIN = ZoneInfo("Europe/Berlin")


def test_an_answer_is_in_the_log_with_everything_known_of_it(world) -> None:
    world.enrol("card")
    row = world.store.answer("card", Rating.GOOD, ms=4321, source="command")
    assert world.open().log() == [row]
    assert (row.card, row.rating, row.ms, row.source) == ("card", Rating.GOOD, 4321, "command")
    assert (row.at, row.day, row.phase) == (world.now, world.now.toordinal(), Phase.NEW)
    assert row.device == world.store.device != ""


def test_the_button_says_what_the_answer_does(world) -> None:
    world.enrol("card")
    for rating in (Rating.GOOD, Rating.GOOD, Rating.HARD, Rating.AGAIN):
        said = world.store.preview("card")
        world.store.answer("card", rating, shown=said)
        assert world.store.memory("card").state == said.choices[rating].state
        world.wait(days=3)


def test_a_preview_tells_the_chance_of_recall(world) -> None:
    world.enrol("card")
    assert world.store.preview("card").retrievability is None
    world.graduate("card")
    world.wait(days=8)
    assert world.store.preview("card").retrievability == pytest.approx(0.9, abs=0.01)


@pytest.mark.parametrize("act", ["answer", "preview", "memory", "bury", "suspend", "resume"])
def test_an_unknown_card_is_named(world, act: str) -> None:
    arguments = [Rating.GOOD] if act == "answer" else []
    with pytest.raises(UsageError, match="no card “nonsense” in this course; `cnntutor course show"):
        getattr(world.store, act)("nonsense", *arguments)
    assert world.store.events() == []


def test_times_and_flags_that_make_no_sense_are_refused(world) -> None:
    world.enrol("card")
    with pytest.raises(UsageError, match="no time zone"):
        world.store.answer("card", Rating.GOOD, datetime.fromisoformat("2026-01-01"))
    for year in ("0001", "9999"):
        with pytest.raises(UsageError, match="from 1971 to 2999"):
            world.store.answer("card", Rating.GOOD, datetime.fromisoformat(f"{year}-01-01T00:00+00:00"))
    for ms in (-1, 86_400_001, 2**63 - 1, 2**63):
        with pytest.raises(UsageError, match=f"{ms} ms; give a time from 0 to 86,400,000"):
            world.store.answer("card", Rating.GOOD, ms=ms)
    assert world.store.events() == []
    with pytest.raises(UsageError, match="no flag: choose red"):
        world.store.flag("card", "pink")


def test_a_card_answered_elsewhere_since_it_was_shown_is_refused(world) -> None:
    world.enrol("card")
    shown = world.store.preview("card")
    world.open().answer("card", Rating.EASY)
    with pytest.raises(StaleCardError):
        world.store.answer("card", Rating.AGAIN, shown=shown)
    assert [row.rating for row in world.store.log()] == [Rating.EASY]


def test_undo_restores_the_previous_interval(world) -> None:
    world.enrol("card")
    world.graduate("card")
    before = world.store.memory("card").state
    world.wait(days=9)
    world.store.answer("card", Rating.AGAIN)
    taken = world.store.undo()
    assert taken is not None
    assert taken.rating is Rating.AGAIN
    assert world.store.memory("card").state == before


def test_everything_can_be_undone_and_nothing_is_deleted(world) -> None:
    world.enrol("one", "two")
    fresh = [memory.state for memory in world.store.memories()]
    world.store.answer("one", Rating.AGAIN)
    world.store.flag("two", "red")
    world.store.answer("two", Rating.GOOD)
    world.store.suspend("one")
    world.store.resume("one")
    world.store.bury("two")
    events = [Event.BURY, Event.RESUME, Event.SUSPEND, Event.ANSWER, Event.FLAG, Event.ANSWER]
    assert [world.store.undo().event for _ in events] == events
    assert world.store.undo() is None
    assert [memory.state for memory in world.store.memories()] == fresh
    assert all(not (m.suspended or m.flag or m.buried_on) for m in world.store.memories())
    assert world.store.log() == []
    assert len(world.store.events()) == 12


def test_undo_goes_by_what_was_done_last_even_if_the_clock_was_set_back(world) -> None:
    world.enrol("one", "two")
    world.store.answer("one", Rating.GOOD)
    world.wait(days=-2)
    world.store.answer("two", Rating.GOOD)
    assert world.store.undo().card == "two"


def test_undo_of_one_row_takes_back_exactly_that_one(world) -> None:
    world.enrol("one", "two")
    first = world.store.answer("one", Rating.AGAIN)
    second = world.store.answer("one", Rating.GOOD)
    mark = world.store.suspend("two")
    assert world.store.undo(first.id) == first
    assert world.store.log() == [second]
    assert world.store.undo(first.id) is None
    assert world.store.undo(mark.id) == mark
    assert not world.store.memory("two").suspended
    assert world.store.undo("nonsense") is None
    assert len(world.store.events()) == 5
    before = world.store.memories()
    world.store.rebuild()
    assert world.store.memories() == before


def test_an_undo_and_what_a_quiz_made_due_cannot_be_undone(world) -> None:
    world.enrol("card")
    world.store.make_due(["card"])
    world.store.answer("card", Rating.GOOD)
    world.store.undo()
    rows = world.store.events()
    assert [world.store.undo(row.id) for row in rows] == [None, None, None]
    assert world.store.events() == rows


def test_undo_of_a_row_leaves_other_courses_alone(world) -> None:
    world.enrol("card")
    row = world.store.answer("card", Rating.GOOD)
    assert world.open(course="statistics").undo(row.id) is None
    assert world.store.log() == [row]


def test_undo_leaves_another_devices_answers_alone(world) -> None:
    world.enrol("card")
    other = world.open("other.sqlite3")
    world.store.answer("card", Rating.GOOD)
    other.merge(world.store.events())
    assert other.undo() is None
    assert len(other.log()) == 1


def test_a_clock_set_back_does_not_reorder_a_cards_answers(world) -> None:
    world.enrol("card")
    for rating in (Rating.GOOD, Rating.AGAIN, Rating.EASY):
        world.store.answer("card", rating)
        world.wait(days=-1)
    assert [row.rating for row in world.store.log()] == [Rating.GOOD, Rating.AGAIN, Rating.EASY]
    orders = [row.order for row in world.store.log()]
    assert orders == sorted(set(orders))
    before = world.store.memories()
    world.store.rebuild()
    assert world.store.memories() == before


def test_an_answer_after_midnight_counts_for_the_evening_where_the_learner_is(world) -> None:
    berlin = world.open("berlin.sqlite3", tz=BERLIN)
    evening = datetime(2026, 3, 28, 23, tzinfo=BERLIN)
    assert berlin.moment(evening + timedelta(hours=4)).day == evening.toordinal()
    assert berlin.moment(evening + timedelta(hours=6)).day == evening.toordinal() + 1


def test_the_hour_at_which_the_day_turns_can_be_set(world) -> None:
    world.set(day_turns_at="0")
    assert world.store.moment(datetime(2026, 3, 2, 0, 30, tzinfo=UTC)).day == date(2026, 3, 2).toordinal()


def test_moving_to_another_time_zone_keeps_the_days_that_were(world) -> None:
    world.enrol("card")
    world.now = datetime(2026, 3, 2, 1, tzinfo=UTC)
    row = world.store.answer("card", Rating.EASY)
    before = world.store.memory("card")
    tokyo = world.open(tz=ZoneInfo("Asia/Tokyo"))
    assert tokyo.log() == [row]
    tokyo.rebuild()
    assert tokyo.memory("card") == before


def test_cards_gone_from_the_course_keep_their_log_and_come_back(world) -> None:
    world.enrol("one", "two")
    world.graduate("one")
    known = world.store.memory("one")
    world.enrol("two")
    assert [memory.card for memory in world.store.memories()] == ["two"]
    with pytest.raises(UsageError):
        world.store.memory("one")
    assert [row.card for row in world.store.log()] == ["one"]
    world.enrol("two", "one")
    assert world.store.memory("one") == known
    assert [memory.card for memory in world.store.memories()] == ["two", "one"]


def test_a_card_moved_to_another_topic_keeps_its_memory(world) -> None:
    world.enrol("edges:card")
    world.graduate("card")
    world.enrol("pooling:card")
    (memory,) = world.store.memories("pooling")
    assert memory.state.reps == 1
    assert world.store.memories("edges") == []


def test_enrolling_the_same_course_again_writes_nothing(world, make_slots) -> None:
    world.enrol("one", "two")
    world.store.close()
    before = world.path.read_bytes()
    with world.open() as store:
        store.enrol(make_slots("one", "two"))
    assert world.path.read_bytes() == before
    with world.open() as store:
        store.enrol(make_slots("two", "one"))
    assert world.path.read_bytes() != before


def test_placement_passes_what_was_never_answered(world) -> None:
    world.enrol("edges:one", "edges:two", "edges:three", "pooling:four")
    world.store.answer("two", Rating.AGAIN)
    assert world.store.pass_topic("edges", ["one", "two", "three"]) == 2
    sources = {row.card: row.source for row in world.store.log()}
    assert sources == {"two": "review", "one": "placement", "three": "placement"}
    assert world.store.memory("one").state.phase is Phase.REVIEW
    assert world.store.memory("two").state.phase is Phase.LEARNING
    assert world.store.queue(topic="pooling").counts.new == 1


def test_placement_refuses_cards_of_other_topics_as_a_whole(world) -> None:
    world.enrol("edges:one", "pooling:two")
    with pytest.raises(UsageError, match="“two” is no card of the topic “edges”"):
        world.store.pass_topic("edges", ["one", "two"])
    assert world.store.events() == []


def test_making_due_is_all_or_nothing(world) -> None:
    world.enrol("one")
    with pytest.raises(UsageError):
        world.store.make_due(["one", "nonsense"])
    assert world.store.events() == []


def test_catching_up_needs_a_number_of_days(world) -> None:
    with pytest.raises(UsageError, match="from 1 to 365 days, not 0"):
        world.store.start_catch_up(0)


def test_two_copies_answering_at_once_lose_nothing(world) -> None:
    cards = [f"card-{number}" for number in range(20)]
    world.enrol(*cards, "shared")

    def work(store: Store, mine: list[str]) -> None:
        for card in mine:
            store.answer(card, Rating.GOOD)
            store.answer("shared", Rating.HARD)

    copies = [world.open(), world.open()]
    threads = [threading.Thread(target=work, args=(copy, cards[i::2])) for i, copy in enumerate(copies)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    log = world.store.log()
    assert sorted(row.card for row in log) == sorted([*cards, *["shared"] * 20])
    assert world.store.memory("shared").version == 20
    before = world.store.memories()
    world.store.rebuild()
    assert world.store.memories() == before


def test_one_store_serves_several_threads(world) -> None:
    cards = [f"card-{number:02}" for number in range(20)]
    world.enrol(*cards)
    threads = [threading.Thread(target=world.store.answer, args=(card, Rating.GOOD)) for card in cards]
    threads += [threading.Thread(target=world.store.statistics) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(row.card for row in world.store.log()) == cards


ANSWERING = """
import sys
from cnntutor.memory.models import CardSlot, Rating
from cnntutor.memory.store import Store

store = Store.open(sys.argv[1])
store.enrol([CardSlot(f"card-{n}", f"note-{n}", "topic") for n in range(1000)])
for number in range(1000):
    print(store.answer(f"card-{number}", Rating.GOOD).id, flush=True)
"""


def test_a_killed_process_loses_no_answer_that_returned(tmp_path: Path) -> None:
    path = tmp_path / "memory.sqlite3"
    command = [sys.executable, "-c", ANSWERING, str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        answered = [process.stdout.readline().strip() for _ in range(25)]
        process.kill()
        answered += [line.strip() for line in process.stdout if line.endswith("\n")]
    assert process.returncode < 0
    with Store.open(path) as store:
        kept = [row.id for row in store.log()]
        assert kept[: len(answered)] == answered
        assert len(kept) - len(answered) <= 1
        before = store.memories()
        store.rebuild()
        assert store.memories() == before


PROCESS = """
import sys
from cnntutor.memory.models import Rating
from cnntutor.memory.store import Store

store = Store.open(sys.argv[1])
for number in range(30):
    store.answer("shared", Rating.GOOD)
    store.answer(f"{sys.argv[2]}-{number}", Rating.GOOD)
"""


def test_two_processes_answering_at_once_lose_nothing(world) -> None:
    cards = [f"{name}-{number}" for name in ("left", "right") for number in range(30)]
    world.enrol(*cards, "shared")
    commands = [[sys.executable, "-c", PROCESS, str(world.path), name] for name in ("left", "right")]
    for process in [subprocess.Popen(command) for command in commands]:
        assert process.wait() == 0
    assert sorted(row.card for row in world.store.log()) == sorted([*cards, *["shared"] * 60])
    assert world.store.memory("shared").version == 60


def test_a_busy_file_is_waited_for_as_long_as_patience_lasts(world) -> None:
    world.enrol("card")
    hasty = world.open(patience=0.001)
    writer = sqlite3.connect(world.path, isolation_level=None)
    writer.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreError, match="is busy"):
        hasty.answer("card", Rating.GOOD)
    assert hasty.queue().cards == ("card",)
    writer.execute("ROLLBACK")
    writer.close()
    assert hasty.log() == []
    hasty.answer("card", Rating.GOOD)
