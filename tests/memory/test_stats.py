import json
from datetime import datetime, timedelta
from statistics import median
from zoneinfo import ZoneInfo

import pytest

from cnntutor.memory.models import Phase, Rating
from cnntutor.memory.stats import MONTH, Retention, TopicStatistics


def day(world) -> int:
    return world.store.moment().day


def test_before_the_first_answer_everything_is_nought(world) -> None:
    world.enrol("card")
    found = world.store.statistics()
    assert (found.streak, found.best_streak, found.answers, found.seconds) == (0, 0, 0, 0)
    assert found.seconds_per_answer is None
    assert found.heat == {}
    assert found.forecast == (0,) * MONTH
    assert found.retention[30].rate is None
    assert found.topics == (TopicStatistics("topic", cards=1),)


def test_a_year_of_answers_day_by_day(world) -> None:
    world.enrol("one", "two")
    first = day(world)
    world.store.answer("one", Rating.GOOD, ms=3000)
    world.wait(days=1)
    world.store.answer("one", Rating.GOOD, ms=5000)
    world.store.answer("two", Rating.AGAIN)
    found = world.store.statistics()
    assert found.heat == {first: 1, first + 1: 2}
    assert (found.day, found.today, found.answers) == (first + 1, 2, 3)
    assert (found.streak, found.best_streak) == (2, 2)
    assert found.seconds == 8
    assert found.hours == pytest.approx(8 / 3600)
    assert found.seconds_per_answer == 4
    assert found.ratings == {Rating.AGAIN: 1, Rating.HARD: 0, Rating.GOOD: 2, Rating.EASY: 0}
    world.wait(days=400)
    later = world.store.statistics()
    assert later.heat == {}
    assert (later.streak, later.best_streak, later.answers) == (0, 2, 3)
    assert later.seconds_per_answer is None


def test_undone_answers_and_placement_are_left_out(world) -> None:
    world.enrol("one", "two")
    world.store.answer("one", Rating.GOOD, ms=3000)
    world.store.undo()
    world.store.pass_topic("topic", ["two"])
    found = world.store.statistics()
    assert (found.answers, found.streak, found.seconds, found.heat) == (0, 0, 0, {})
    assert sum(found.by_hour) == 0
    assert found.topic("topic").recalled == 1


def test_the_forecast_counts_what_is_overdue_today(world) -> None:
    world.enrol("late", "soon", "far", "step", "suspended")
    world.set(fuzz="off")
    world.graduate("late", "far")
    world.wait(days=30)
    world.graduate("soon", "suspended", "far")
    world.store.suspend("suspended")
    world.store.answer("step", Rating.AGAIN)
    soon = world.store.memory("soon").state.due_day - day(world)
    forecast = world.store.statistics().forecast
    assert forecast[0] == 2
    assert forecast[soon] == 1
    assert sum(forecast) == 3


def test_true_retention_looks_at_cards_in_review_alone(world) -> None:
    world.enrol("one", "two")
    world.graduate("one", "two")
    world.wait(days=10)
    world.store.answer("one", Rating.AGAIN)
    world.store.answer("one", Rating.GOOD)
    world.wait(days=10)
    world.store.answer("two", Rating.HARD)
    retention = world.store.statistics().retention
    assert retention == {7: Retention(1, 1), 30: Retention(2, 1), 365: Retention(2, 1)}
    assert retention[30].rate == 0.5


def test_durability_is_the_median_stability_with_unanswered_cards_as_nought(world) -> None:
    world.enrol("edges:a", "edges:b", "edges:c", "pooling:d")
    world.graduate("a")
    world.store.answer("b", Rating.AGAIN)
    stabilities = [memory.state.stability or 0 for memory in world.store.memories("edges")]
    edges = world.store.statistics().topic("edges")
    assert edges == TopicStatistics("edges", cards=3, seen=2, recalled=1, durability=median(stabilities))
    assert 0 < edges.durability < 1
    assert world.store.statistics().topic("pooling").durability is None
    assert world.store.statistics().topic("nonsense") == TopicStatistics("nonsense")


def test_topics_come_in_course_order(world) -> None:
    world.enrol("zebra:a", "ant:b", "zebra:c")
    assert [topic.topic for topic in world.store.statistics().topics] == ["zebra", "ant"]


def test_the_hours_are_those_of_the_learners_place(world) -> None:
    kathmandu = world.open(tz=ZoneInfo("Asia/Kathmandu"))
    world.enrol("card")
    world.store.answer("card", Rating.GOOD, datetime.fromisoformat("2026-03-02T11:20+00:00"))
    hours = kathmandu.statistics().by_hour
    assert (len(hours), hours[17], sum(hours)) == (24, 1, 1)


def test_answers_of_a_clock_that_ran_ahead_are_not_told(world) -> None:
    world.enrol("card")
    world.store.answer("card", Rating.GOOD, world.now + timedelta(days=100))
    assert world.store.statistics().answers == 0


def test_the_figures_agree_with_the_log(world) -> None:
    world.enrol(*[f"card-{number}" for number in range(8)])
    for step in range(60):
        world.store.answer(f"card-{step % 8}", Rating(1 + step * 7 % 4), ms=step * 100)
        if step % 9 == 0:
            world.store.undo()
        world.wait(hours=7)
    log = world.store.log()
    found = world.store.statistics()
    assert found.answers == len(log) == sum(found.heat.values())
    assert found.seconds == pytest.approx(sum(row.ms for row in log) / 1000)
    assert found.ratings == {rating: sum(row.rating is rating for row in log) for rating in Rating}
    reviews = [row for row in log if row.phase is Phase.REVIEW]
    assert found.retention[365] == Retention(len(reviews), sum(row.rating > 1 for row in reviews))


def test_everything_can_be_read_by_a_machine(world) -> None:
    world.enrol("card")
    world.store.answer("card", Rating.GOOD, ms=2000)
    told = json.loads(json.dumps(world.store.statistics().as_json()))
    assert told["day"] == "2026-03-02"
    assert told["heat"] == {"2026-03-02": 1}
    assert told["ratings"]["good"] == 1
    assert told["retention"]["30"] == {"answers": 0, "recalled": 0, "rate": None}
    assert told["topics"][0]["topic"] == "topic"
