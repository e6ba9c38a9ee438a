"""The queue as the store gives it: the rows are real, the clock is the test's."""

import random
from collections import defaultdict
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from cnntutor.memory.models import Counts, Rating
from cnntutor.memory.queue import interleave


def names(prefix: str, number: int) -> list[str]:
    return [f"{prefix}{index:02}" for index in range(number)]


def test_new_cards_come_in_course_order_up_to_the_days_limit(world) -> None:
    world.enrol(*names("b", 8), *names("a", 8))
    queue = world.store.queue()
    assert queue.cards == (*names("b", 8), "a00", "a01")
    assert queue.counts == Counts(new=10)


def test_what_was_met_today_counts_against_the_limit(world) -> None:
    world.enrol(*names("c", 15))
    world.graduate("c00", "c01")
    assert world.store.queue().counts.new == 8
    world.wait(days=1)
    assert world.store.queue().counts.new == 10


def test_an_undone_first_answer_gives_its_place_back(world) -> None:
    world.enrol(*names("c", 15))
    world.graduate("c00")
    world.store.undo()
    assert world.store.queue().counts.new == 10


def test_learning_steps_come_back_when_they_are_due_oldest_first(world) -> None:
    world.enrol(*names("c", 12))
    world.set(learn_ahead_minutes="0")
    world.store.answer("c05", Rating.AGAIN)
    world.wait(seconds=10)
    world.store.answer("c03", Rating.AGAIN)
    assert not {"c03", "c05"} & set(world.store.queue().cards)
    assert world.store.queue().counts.learning == 2
    assert world.store.queue().next_due == world.now + timedelta(seconds=50)
    world.wait(minutes=2)
    assert world.store.queue().cards[:2] == ("c05", "c03")


def test_steps_due_soon_are_shown_early_when_nothing_else_is_left(world) -> None:
    world.enrol("one", "two")
    world.store.answer("one", Rating.GOOD)
    assert world.store.queue().cards == ("two",)
    world.graduate("two")
    assert world.store.queue().cards == ("one",)
    world.set(learn_ahead_minutes="5")
    queue = world.store.queue()
    assert queue.cards == ()
    assert queue.counts == Counts(learning=1)
    assert queue.next_due == world.now + timedelta(minutes=10)


def test_a_step_that_falls_due_tomorrow_is_not_counted_today(world) -> None:
    world.enrol("one")
    world.now = world.now.replace(hour=3, minute=30)
    world.set(learning_steps="2h", learn_ahead_minutes="20")
    world.store.answer("one", Rating.AGAIN)
    assert world.store.queue().counts.learning == 0
    world.wait(hours=1)
    assert world.store.queue().counts.learning == 1


def test_reviews_come_by_their_day_with_new_cards_spread_among_them(world) -> None:
    world.enrol(*names("a", 6), *names("b", 40))
    world.set(new_per_day="3", fuzz="off")
    world.graduate(*names("a", 3))
    world.wait(days=1)
    world.graduate(*names("a", 6)[3:])
    world.wait(days=30)
    cards = world.store.queue().cards
    assert sorted(card for card in cards[:5] if card[0] == "a") == names("a", 3)
    kinds = "".join(card[0] for card in cards)
    assert kinds == "abaabaaba"


def test_the_shuffle_within_a_day_is_the_same_all_day_and_another_tomorrow(world) -> None:
    world.enrol(*names("c", 30))
    world.set(fuzz="off", new_per_day="0")
    world.graduate(*names("c", 30))
    world.wait(days=20)
    morning = world.store.queue().cards
    world.wait(hours=5)
    assert world.store.queue().cards == morning
    world.wait(days=1)
    tomorrow = world.store.queue().cards
    assert tomorrow != morning
    assert sorted(tomorrow) == sorted(morning) == names("c", 30)


def test_one_card_of_a_note_a_day(world) -> None:
    world.enrol("cloze/1", "cloze/2", "cloze/3", "other")
    assert world.store.queue().cards == ("cloze/1", "other")
    world.graduate("cloze/1")
    assert world.store.queue().cards == ("other",)
    world.wait(days=1)
    assert "cloze/2" in world.store.queue().cards


def test_of_two_siblings_that_are_due_the_first_stays(world) -> None:
    world.enrol("cloze/1", "cloze/2")
    world.graduate("cloze/1", "cloze/2")
    world.wait(days=40)
    queue = world.store.queue()
    assert queue.counts == Counts(due=1)
    assert queue.next_due == world.now.replace(hour=4) + timedelta(days=1)


def test_a_card_hidden_today_keeps_its_siblings_back_until_tomorrow(world) -> None:
    world.enrol("buried/1", "buried/2", "suspended/1", "suspended/2", "other")
    world.store.bury("buried/1")
    world.store.suspend("suspended/1")
    assert world.store.queue().cards == ("other",)
    assert world.store.queue().counts == Counts(new=1)
    world.wait(days=1)
    assert world.store.queue().cards == ("buried/1", "suspended/2", "other")


def test_a_card_shown_again_keeps_its_siblings_back_no_longer_than_its_answer(world) -> None:
    world.enrol("one/1", "one/2", "two/1", "two/2", "three/1", "three/2")
    world.store.bury("one/1")
    world.store.suspend("two/1")
    world.store.suspend("three/1")
    world.store.undo()
    world.store.resume("two/1")
    world.store.resume("one/1")
    assert world.store.queue().cards == ("one/1", "two/1", "three/1")


def test_a_card_buried_in_its_steps_brings_no_sibling_forward(world) -> None:
    world.enrol("cloze/1", "cloze/2")
    world.store.answer("cloze/1", Rating.AGAIN)
    world.wait(days=1)
    world.store.bury("cloze/1")
    assert world.store.queue().cards == ()
    world.wait(days=1)
    assert world.store.queue().cards == ("cloze/1",)


def test_in_sixty_days_no_two_siblings_are_asked_on_one_day(world) -> None:
    """Sessions of random length at odd hours, some across the turn of the day, with cards buried and suspended."""
    chance = random.Random(0)
    world.enrol(*(f"note{n:02}/{k}" for n in range(15) for k in range(3)))
    world.set(new_per_day="4", reviews_per_day="8")
    asked: dict[tuple[int, str], set[str]] = defaultdict(set)
    start = world.now.replace(hour=0)
    for day in range(60):
        world.now = start + timedelta(days=day, hours=chance.choice([12, 20, 27.5, 27.9]))
        for _ in range(chance.randint(4, 25)):
            world.wait(seconds=chance.choice([5, 20, 60, 200]))
            cards = world.store.queue(limit=1).cards
            if not cards:
                break
            act = chance.choices(["answer", "bury", "suspend"], [90, 8, 2])[0]
            ask(world, cards[0], act, chance.choices(list(Rating), [3, 1, 6, 1])[0])
            asked[world.store.moment().day, cards[0].partition("/")[0]].add(cards[0])
    assert [pair for pair in asked.items() if len(pair[1]) > 1] == []
    assert len(asked) > 200


def ask(world, card: str, act: str, rating: Rating) -> None:
    if act == "answer":
        world.store.answer(card, rating)
    else:
        getattr(world.store, act)(card)


def test_an_article_may_ask_what_is_new_or_due_whatever_the_limit(world) -> None:
    world.enrol("new", "due", "later", "step", "wanted", "retired")
    world.set(new_per_day="0", reviews_per_day="0", fuzz="off")
    world.graduate("due")
    world.wait(days=40)
    world.graduate("later", "wanted")
    world.store.make_due(["wanted"])
    world.store.answer("step", Rating.AGAIN)
    world.enrol("new", "due", "later", "step", "wanted")
    cards = ["new", "due", "later", "step", "wanted", "retired", "nonsense"]
    assert [card for card in cards if world.store.asks(card)] == ["new", "due", "wanted"]
    world.wait(minutes=2)
    assert world.store.asks("step")
    assert world.store.asks("later", world.now + timedelta(days=60))


def test_an_article_asks_no_hidden_card(world) -> None:
    world.enrol("buried", "suspended")
    world.store.bury("buried")
    world.store.suspend("suspended")
    assert not world.store.asks("buried")
    assert not world.store.asks("suspended")
    world.wait(days=1)
    assert world.store.asks("buried")
    assert not world.store.asks("suspended")
    world.store.resume("suspended")
    assert world.store.asks("suspended")


def test_an_article_asks_one_card_of_a_note_a_day(world) -> None:
    world.enrol("a/1", "a/2", "b/1", "b/2", "c/1", "c/2")
    world.graduate("a/1")
    world.store.answer("b/1", Rating.AGAIN)
    world.store.bury("c/1")
    siblings = ("a/2", "b/2", "c/2")
    assert not any(world.store.asks(card) for card in siblings)
    world.wait(days=1)
    assert [card for card in siblings if world.store.asks(card)] == ["a/2", "c/2"]
    assert world.store.asks("b/1")


def test_after_a_clock_ran_ahead_an_article_asks_the_card(world) -> None:
    world.enrol("review", "step")
    world.wait(days=365)
    world.graduate("review")
    world.store.answer("step", Rating.AGAIN)
    world.wait(days=-360)
    assert world.store.asks("review")
    assert world.store.asks("step")


def test_a_sibling_in_its_steps_is_shown_and_keeps_the_others_back(world) -> None:
    world.enrol("cloze/1", "cloze/2")
    world.store.answer("cloze/1", Rating.AGAIN)
    world.wait(minutes=2)
    assert world.store.queue().cards == ("cloze/1",)


def test_the_limit_of_reviews_holds_the_rest_back(world) -> None:
    world.enrol(*names("c", 30))
    world.graduate(*names("c", 30))
    world.set(reviews_per_day="12", new_per_day="0")
    world.wait(days=40)
    queue = world.store.queue()
    assert (queue.counts.due, queue.backlog) == (12, 18)
    for card in queue.cards[:5]:
        world.store.answer(card, Rating.GOOD)
    queue = world.store.queue()
    assert (queue.counts.due, queue.backlog) == (7, 18)
    assert queue.next_due == world.now.replace(hour=4) + timedelta(days=1)


def test_suspended_buried_and_retired_cards_stay_away(world) -> None:
    world.enrol("one", "two", "three", "four")
    world.store.suspend("one")
    world.store.bury("two")
    world.enrol("one", "two", "four")
    assert world.store.queue().cards == ("four",)
    world.wait(days=1)
    assert world.store.queue().cards == ("two", "four")
    world.store.resume("one")
    assert world.store.queue().cards == ("one", "two", "four")


def test_a_buried_review_is_announced_for_tomorrow(world) -> None:
    world.enrol("one")
    world.graduate("one")
    world.wait(days=40)
    world.store.bury("one")
    queue = world.store.queue()
    assert queue.cards == ()
    assert queue.next_due == world.now.replace(hour=4) + timedelta(days=1)


def test_cards_made_due_come_first_and_new_ones_beyond_the_limit(world) -> None:
    world.enrol(*names("c", 20))
    world.set(new_per_day="3", fuzz="off")
    world.graduate(*names("c", 5))
    world.wait(days=40)
    world.graduate("c00")
    world.store.make_due(["c00", "c15"])
    queue = world.store.queue()
    assert queue.counts == Counts(due=5, new=4)
    reviews = [card for card in queue.cards if card < "c05"]
    assert reviews[0] == "c00"
    assert "c15" in queue.cards
    world.graduate("c15")
    assert world.store.queue().counts == Counts(due=5, new=3)


def test_a_card_made_due_and_answered_is_due_no_more(world) -> None:
    world.enrol("one")
    world.graduate("one")
    world.store.make_due(["one"])
    assert world.store.queue().cards == ("one",)
    world.store.answer("one", Rating.GOOD)
    assert world.store.queue().cards == ()


def test_one_topic_can_be_reviewed_alone(world) -> None:
    world.enrol("edges:a", "pooling:b", "pooling:c")
    world.store.answer("b", Rating.AGAIN)
    assert world.store.queue(topic="pooling").cards == ("c",)
    assert world.store.queue(topic="edges").counts == Counts(new=1)
    assert world.store.queue(topic="nothing").counts == Counts()


def test_a_limit_cuts_the_cards_but_not_the_counts(world) -> None:
    world.enrol(*names("c", 9))
    queue = world.store.queue(limit=4)
    assert queue.cards == tuple(names("c", 4))
    assert queue.counts.new == 9


def test_after_a_clock_ran_ahead_no_card_is_lost(world) -> None:
    world.enrol("review", "step", "fine")
    world.set(new_per_day="0")
    world.graduate("fine")
    world.wait(days=365)
    world.graduate("review")
    world.store.answer("step", Rating.AGAIN)
    world.wait(days=-360)
    queue = world.store.queue()
    assert queue.cards == ("step", "review")
    assert queue.counts == Counts(due=1, learning=1)
    world.store.answer("review", Rating.GOOD)
    assert "review" not in world.store.queue().cards


def test_before_the_first_card_nothing_is_due(world) -> None:
    queue = world.store.queue()
    assert (queue.cards, queue.counts, queue.next_due) == ((), Counts(), None)


def backlog(world, number: int) -> None:
    """Cards in review, all overdue, the later ones better known."""
    world.enrol(*names("c", number), *names("new", 20))
    world.set(fuzz="off")
    for card in names("c", number):
        world.graduate(card)
        world.wait(hours=24)
    world.wait(days=60)


def test_catching_up_admits_a_share_a_day_and_the_best_known_first(world) -> None:
    backlog(world, 20)
    assert world.store.start_catch_up(4).per_day == 5
    queue = world.store.queue()
    assert queue.counts == Counts(due=5)
    assert set(queue.cards) == set(names("c", 20)[-5:])
    assert queue.backlog == 15


def test_catching_up_goes_on_day_by_day_and_ends_by_itself(world) -> None:
    backlog(world, 20)
    world.store.start_catch_up(4)
    for day in range(4):
        queue = world.store.queue()
        mine = [card for card in queue.cards if card.startswith("c")]
        assert len(mine) == 5, day
        assert queue.counts.new == 0
        for card in mine:
            world.store.answer(card, Rating.EASY)
        assert world.store.queue().counts.due == 0
        world.wait(days=1)
    assert world.store.queue().counts.new == 10
    assert world.store.queue().backlog == 0


def test_a_day_missed_while_catching_up_does_not_double_the_next(world) -> None:
    backlog(world, 20)
    world.store.start_catch_up(4)
    world.wait(days=1)
    assert world.store.queue().counts.due == 5


def test_reviews_that_fall_due_while_catching_up_are_not_held_back(world) -> None:
    backlog(world, 20)
    plan = world.store.start_catch_up(4)
    for card in world.store.queue().cards:
        world.store.answer(card, Rating.AGAIN)
        world.wait(minutes=10)
        world.store.answer(card, Rating.GOOD)
    world.wait(days=3)
    today = world.store.moment().day
    planned = [memory.state.due_day for memory in world.store.memories() if memory.state.lapses]
    assert any(plan.from_day < day <= today for day in planned)
    assert world.store.queue().counts.due == 5 + sum(day <= today for day in planned)


def test_catching_up_can_be_stopped(world) -> None:
    backlog(world, 20)
    world.store.start_catch_up(4)
    world.store.stop_catch_up()
    assert world.store.catching_up is None
    assert world.store.queue().counts == Counts(due=20, new=10)


def test_an_offer_is_made_after_a_break_and_not_while_it_is_worked_off(world) -> None:
    backlog(world, 30)
    offer = world.store.catch_up_offer()
    assert offer is not None
    assert (offer.backlog, offer.days) == (30, 2)
    world.store.start_catch_up(offer.days)
    assert world.store.catch_up_offer() is None


@given(st.integers(0, 30), st.integers(0, 30))
def test_new_cards_are_spread_evenly(reviews: int, new: int) -> None:
    mixed = interleave([("r", i) for i in range(reviews)], [("n", i) for i in range(new)])
    assert [card for card in mixed if card[0] == "r"] == [("r", i) for i in range(reviews)]
    assert [card for card in mixed if card[0] == "n"] == [("n", i) for i in range(new)]
    for end in range(len(mixed) + 1):
        met = sum(card[0] == "n" for card in mixed[:end])
        assert abs(met - end * new / max(len(mixed), 1)) <= 1.5
