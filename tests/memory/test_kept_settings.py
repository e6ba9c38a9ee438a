"""Settings are shared by all copies of the app that have the database open."""

import sqlite3

import pytest

from cnntutor.errors import StaleCardError, StoreError
from cnntutor.memory.models import Phase, Rating
from cnntutor.memory.settings import Settings
from cnntutor.memory.store import Store


def change(store: Store, **texts: str) -> None:
    chosen = store.settings
    for name, text in texts.items():
        chosen = chosen.changed(name, text)
    store.save_settings(chosen)


def unchanged_by_replay(store: Store) -> bool:
    before = store.memories()
    store.rebuild()
    return store.memories() == before


def test_settings_are_kept(world) -> None:
    settings = world.store.settings.changed("new_per_day", "3").changed("theme", "nord")
    world.store.save_settings(settings)
    assert world.open().settings == world.store.settings == settings


def test_settings_changed_in_one_copy_reach_the_other(world) -> None:
    world.enrol("a", "b", "c")
    other = world.open()
    change(other, new_per_day="2")
    assert world.store.queue().counts.new == 2
    other.start_catch_up(3)
    world.store.queue()
    assert world.store.catching_up == other.catching_up
    other.stop_catch_up()
    world.store.queue()
    assert world.store.catching_up is None


def test_two_copies_do_not_overwrite_each_others_changes(world) -> None:
    other = world.open()
    change(other, new_per_day="3", theme="nord")
    change(world.store, reviews_per_day="50", theme="gruvbox")
    expected = Settings(new_per_day=3, reviews_per_day=50, theme="gruvbox")
    assert world.store.settings == world.open().settings == expected


def test_a_value_that_does_not_fit_here_is_left_as_it_was(world) -> None:
    with sqlite3.connect(world.path) as connection:
        connection.execute("INSERT INTO setting VALUES ('me', 'cnn', 'theme', '[\"of\", \"a\", \"newer\", \"app\"]')")
    store = world.open()
    change(store, new_per_day="3")
    with sqlite3.connect(world.path) as connection:
        kept = dict(connection.execute("SELECT key, value FROM setting"))
    assert kept == {"theme": '["of", "a", "newer", "app"]', "new_per_day": "3"}


def test_a_scheduling_setting_replays_the_log(world) -> None:
    world.enrol("card")
    world.set(fuzz="off")
    world.graduate("card")
    planned = world.store.memory("card").state
    world.set(desired_retention="0.8")
    assert world.store.memory("card").state.due_day > planned.due_day
    assert world.store.memory("card").state.stability == planned.stability
    world.set(desired_retention="0.9")
    assert world.store.memory("card").state == planned


def test_merged_settings_replay_the_log_only_if_they_plan_differently_from_the_kept_ones(world) -> None:
    world.enrol("card")
    world.graduate("card")
    other = world.open()
    change(other, desired_retention="0.8")
    planned = other.memory("card")
    change(world.store, new_per_day="3")
    assert world.store.settings.desired_retention == 0.8
    assert world.store.memory("card") == planned
    assert unchanged_by_replay(world.store)


def test_settings_that_cannot_be_written_do_not_hold_here_either(world) -> None:
    world.enrol("card")
    with Store.open(f"sqlite:///file:{world.path}?mode=ro&uri=true") as store:
        with pytest.raises(StoreError, match="cannot be written"):
            change(store, new_per_day="3")
        assert store.settings == Settings()
        assert store.queue().counts.new == 1


@pytest.mark.parametrize("act", ["answer", "undo", "make_due", "pass_topic", "merge"])
def test_whatever_is_done_by_another_copys_settings_is_what_replay_gives(world, make_slots, act: str) -> None:
    world.enrol("one", "two")
    world.graduate("one")
    world.wait(days=10)
    elsewhere = world.open("elsewhere.sqlite3")
    elsewhere.enrol(make_slots("one", "two"))
    elsewhere.merge(world.store.events())
    elsewhere.answer("one", Rating.HARD)
    world.store.answer("one", Rating.GOOD)
    change(world.open(), desired_retention="0.75", learning_steps="3m")
    match act:
        case "answer":
            world.store.answer("two", Rating.AGAIN)
            assert (world.store.memory("two").state.due_at - world.now).total_seconds() == 180
        case "undo":
            world.store.undo()
        case "make_due":
            world.store.make_due(["one"])
        case "pass_topic":
            assert world.store.pass_topic("topic", ["two"]) == 1
        case "merge":
            assert world.store.merge(elsewhere.events()) == 1
    assert world.store.settings.desired_retention == 0.75
    assert unchanged_by_replay(world.store)


def test_the_day_of_an_answer_is_that_of_the_settings_of_now(world) -> None:
    world.enrol("card")
    world.now = world.now.replace(hour=2)
    change(world.open(), day_turns_at="0")
    assert world.store.answer("card", Rating.GOOD).day == world.now.toordinal()


def test_a_preview_is_made_by_the_settings_of_now(world) -> None:
    world.enrol("card")
    change(world.open(), learning_steps="3m")
    shown = world.store.preview("card")
    assert shown.choices[Rating.AGAIN].seconds == 180
    world.store.answer("card", Rating.AGAIN, shown=shown)
    assert world.store.memory("card").state == shown.choices[Rating.AGAIN].state


def test_an_answer_to_choices_that_the_settings_changed_is_refused(world) -> None:
    world.enrol("card")
    shown = world.store.preview("card")
    change(world.open(), learning_steps="3m")
    with pytest.raises(StaleCardError, match="settings changed since this card was shown"):
        world.store.answer("card", Rating.AGAIN, shown=shown)
    assert world.store.log() == []


def test_an_answer_is_not_refused_for_a_setting_that_plans_nothing(world) -> None:
    world.enrol("card")
    shown = world.store.preview("card")
    change(world.open(), theme="nord", new_per_day="3")
    world.store.answer("card", Rating.EASY, shown=shown)
    assert world.store.memory("card").state.phase is Phase.REVIEW
