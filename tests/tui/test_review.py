"""Reviewing in the app: what a learner relies on every day."""

from __future__ import annotations

from datetime import timedelta

from driving import Drive, press, text_of

from cnntutor.memory.models import Phase, Rating
from cnntutor.services import Services
from cnntutor.tui.routes import ToReview
from cnntutor.tui.screens.lesson.screen import LessonScreen


async def test_the_answer_stays_hidden_until_it_is_asked_for(drive: Drive) -> None:
    async with drive(ToReview()) as pilot:
        assert "small block of weights" in text_of(pilot)
        assert "It has always been called so" not in text_of(pilot)
        await press(pilot, "space")
        assert "It has always been called so" in text_of(pilot)


async def test_each_button_shows_the_interval_that_the_answer_then_gives(drive: Drive, services: Services) -> None:
    async with drive(ToReview()) as pilot:
        await press(pilot, "space")
        assert "Again" in text_of(pilot)
        assert "10 min" in text_of(pilot)
        await press(pilot, "3")
    state = services.store.memory("edges-name").state
    assert state.due_at is not None
    assert state.due_at - services.store.now() == timedelta(minutes=10)


async def test_a_rating_before_the_answer_is_shown_does_nothing(drive: Drive, services: Services) -> None:
    async with drive(ToReview()) as pilot:
        await press(pilot, "3")
    assert services.store.log() == []


async def test_an_answer_is_in_the_log_when_the_next_card_shows(drive: Drive, services: Services) -> None:
    async with drive(ToReview()) as pilot:
        await press(pilot, "space", "4")
        (row,) = services.store.log()
        assert (row.card, row.rating, row.source) == ("edges-name", Rating.EASY, "review")
        assert "small block of weights called in edges" not in text_of(pilot)


async def test_a_failed_card_comes_back_in_the_session(drive: Drive, services: Services) -> None:
    async with drive(ToReview(topic="edges", limit=1)) as pilot:
        await press(pilot, "space", "1")
        assert "small block of weights" in text_of(pilot)
        await press(pilot, "space", "1", "space", "4")
        assert "3 answers" in text_of(pilot)
    assert [row.rating for row in services.store.log()] == [Rating.AGAIN, Rating.AGAIN, Rating.EASY]


async def test_undo_takes_the_answer_back_and_shows_the_card_again(drive: Drive, services: Services) -> None:
    async with drive(ToReview()) as pilot:
        await press(pilot, "space", "4", "u")
        assert "small block of weights called in edges" in text_of(pilot)
    assert services.store.log() == []
    assert services.store.memory("edges-name").state.phase is Phase.NEW


async def test_a_hint_shows_only_where_the_card_has_one(drive: Drive) -> None:
    async with drive(ToReview()) as pilot:
        await press(pilot, "h")
        assert "It begins with a k" in text_of(pilot)


async def test_a_buried_card_waits_until_tomorrow(drive: Drive, services: Services) -> None:
    async with drive(ToReview()) as pilot:
        await press(pilot, "b")
    assert "edges-name" not in services.store.queue().cards
    assert "edges-name" in services.store.queue(services.store.now() + timedelta(days=1)).cards


async def test_a_suspended_card_stays_away(drive: Drive, services: Services) -> None:
    async with drive(ToReview()) as pilot:
        await press(pilot, "s")
    assert services.store.memory("edges-name").suspended
    assert "edges-name" not in services.store.queue(services.store.now() + timedelta(days=9)).cards


async def test_flags_go_round_and_show_beside_the_topic(drive: Drive, services: Services) -> None:
    async with drive(ToReview()) as pilot:
        await press(pilot, "f")
        assert "⚑ red" in text_of(pilot)
        await press(pilot, "f", "f", "f", "f")
        assert "⚑" not in text_of(pilot)
    assert services.store.memory("edges-name").flag == ""


async def test_explain_opens_the_article_at_the_cards_section(drive: Drive) -> None:
    async with drive(ToReview()) as pilot:
        await press(pilot, "e")
        assert isinstance(pilot.app.screen, LessonScreen)
        assert "What it is" in text_of(pilot)
        await press(pilot, "escape")
        assert "small block of weights" in text_of(pilot)


async def test_two_buttons_mean_forgot_and_recalled(drive: Drive, services: Services) -> None:
    services.store.save_settings(services.store.settings.changed("two_button", "on"))
    async with drive(ToReview()) as pilot:
        await press(pilot, "space")
        assert "Recalled" in text_of(pilot)
        assert "Hard" not in text_of(pilot)
        await press(pilot, "2")
    assert [row.rating for row in services.store.log()] == [Rating.GOOD]


async def test_stopping_early_still_sums_up(drive: Drive) -> None:
    async with drive(ToReview()) as pilot:
        await press(pilot, "space", "4", "escape")
        assert "1 answer" in text_of(pilot)
        await press(pilot, "escape")
        assert "A year of answers" in text_of(pilot)


async def test_nothing_due_says_so_and_when_to_come_back(drive: Drive, services: Services) -> None:
    for card in services.store.queue().cards:
        services.store.answer(card, Rating.EASY)
    async with drive(ToReview()) as pilot:
        assert "Nothing is due" in text_of(pilot)
        assert "The next card is due in" in text_of(pilot)


async def test_a_card_answered_in_another_window_is_not_answered_twice(drive: Drive, services: Services) -> None:
    async with drive(ToReview()) as pilot:
        services.store.answer("edges-name", Rating.GOOD)
        await press(pilot, "space", "4")
        assert [row.rating for row in services.store.log()] == [Rating.GOOD]
        assert "another window" in text_of(pilot)


async def test_a_click_flips_and_rates(drive: Drive, services: Services) -> None:
    async with drive(ToReview()) as pilot:
        await pilot.click("ShowAnswer")
        await pilot.pause()
        await pilot.click("RatingButton.-easy")
        await pilot.pause()
    assert [row.rating for row in services.store.log()] == [Rating.EASY]
