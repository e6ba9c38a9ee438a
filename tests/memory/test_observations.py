import sqlite3
from collections.abc import Callable

import pytest

from cnntutor.errors import StoreError
from cnntutor.memory.models import Rating
from cnntutor.memory.observations import Observation, observations


def seen(world) -> list[Observation]:
    return observations(world.path)


def stability(world, card: str) -> float:
    return world.store.memory(card).state.stability


def test_every_answer_a_day_or_more_after_the_last_is_one_with_the_stability_before_it(world) -> None:
    world.enrol("one", "two")
    expected = []
    for days, rating in ((3, Rating.GOOD), (9, Rating.AGAIN), (1, Rating.HARD)):
        world.store.answer("one", Rating.EASY if not expected else Rating.GOOD)  # the second on a day says nothing
        world.wait(days=days)
        expected.append(Observation(days, stability(world, "one"), rating is not Rating.AGAIN))
        world.store.answer("one", rating)
    assert seen(world) == expected


def test_cards_are_told_in_the_order_of_their_answers(world) -> None:
    world.enrol("b", "a")
    world.graduate("b", "a")
    for days, card in ((2, "b"), (3, "a"), (4, "b")):
        world.wait(days=days)
        world.store.answer(card, Rating.GOOD)
    assert [each.days for each in seen(world)] == [2, 5, 7]


def test_what_was_undone_and_what_a_placement_passed_are_left_out(world) -> None:
    world.enrol("one", "two")
    world.store.pass_topic("topic", ["two"])
    world.graduate("one")
    world.wait(days=5)
    world.store.answer("one", Rating.AGAIN)
    world.store.undo()
    assert seen(world) == []
    world.store.answer("two", Rating.GOOD)
    assert [each.days for each in seen(world)] == [5]


def test_another_course_is_another_memory(world) -> None:
    assert observations(world.path, course="other") == []


def test_no_file_has_no_answers_and_none_is_made(tmp_path) -> None:
    assert observations(tmp_path / "none.sqlite3") == []
    assert not list(tmp_path.iterdir())


def test_it_reads_beside_a_writer_and_changes_nothing(world) -> None:
    world.enrol("one")
    world.graduate("one")
    world.wait(days=2)
    world.store.answer("one", Rating.GOOD)
    writer = sqlite3.connect(world.path, isolation_level=None)
    writer.execute("BEGIN IMMEDIATE")
    before = world.path.read_bytes()
    assert len(seen(world)) == 1
    writer.execute("COMMIT")
    writer.close()
    assert world.path.read_bytes() == before


def damage(path) -> None:
    path.write_bytes(b"no database at all" * 100)


def cut(path) -> None:
    path.write_bytes(path.read_bytes()[:5000])


def of_another_version(path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE meta SET value = '99' WHERE key = 'schema'")


def lock(path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode = DELETE")
    connection.execute("BEGIN EXCLUSIVE")
    return connection


@pytest.mark.parametrize("harm", [damage, cut, of_another_version, lock])
def test_a_file_that_cannot_be_read_is_one_line(world, harm: Callable[..., object]) -> None:
    world.enrol("one")
    world.store.close()
    held = harm(world.path)
    with pytest.raises(StoreError) as caught:
        seen(world)
    assert str(world.path) in str(caught.value)
    assert "\n" not in str(caught.value)
    if isinstance(held, sqlite3.Connection):
        held.close()
