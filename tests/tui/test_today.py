"""Today and Path: what waits, where to go."""

from __future__ import annotations

from driving import Drive, press, text_of

from cnntutor.memory.models import Rating
from cnntutor.plan import place_key
from cnntutor.services import Services
from cnntutor.tui.routes import ToPath


async def test_a_new_learner_is_sent_to_the_first_article(drive: Drive) -> None:
    async with drive() as pilot:
        assert "Read the article" in text_of(pilot)
        await press(pilot, "n")
        assert "An opening line about edges" in text_of(pilot)


async def test_enter_starts_the_review(drive: Drive) -> None:
    async with drive() as pilot:
        await press(pilot, "enter")
        assert "small block of weights" in text_of(pilot)


async def test_counts_fall_when_a_card_is_answered(drive: Drive) -> None:
    async with drive() as pilot:
        assert "9 new" in text_of(pilot)
        await press(pilot, "enter", "space", "4", "escape", "escape")
        assert "8 new" in text_of(pilot)
        assert "1 answer" in text_of(pilot)


async def test_when_all_is_done_it_says_when_to_come_back(drive: Drive, services: Services) -> None:
    for card in services.store.queue().cards:
        services.store.answer(card, Rating.EASY)
    async with drive() as pilot:
        assert "all done" in text_of(pilot)
        assert "All done. Next in" in text_of(pilot)


async def test_a_backlog_can_be_spread(drive: Drive, services: Services, clock: object) -> None:
    settings = services.store.settings
    services.store.save_settings(settings.changed("reviews_per_day", "2"))
    for memory in services.store.memories():
        services.store.answer(memory.card, Rating.EASY)
    clock.forward(days=40)  # type: ignore[attr-defined]
    async with drive() as pilot:
        await press(pilot, "c")
        assert "piled up" in text_of(pilot)
        await press(pilot, "enter")
    services.store.queue()
    assert services.store.catching_up is not None


async def test_the_path_tells_how_long_knowledge_lasts(drive: Drive, services: Services) -> None:
    for memory in services.store.memories("edges"):
        services.store.answer(memory.card, Rating.EASY)
    async with drive(ToPath()) as pilot:
        assert "8 d" in text_of(pilot)
        assert "Pooling" in text_of(pilot)
        assert "Later" in text_of(pilot)


async def test_a_topic_not_open_yet_may_still_be_opened(drive: Drive) -> None:
    async with drive(ToPath()) as pilot:
        await press(pilot, "G")
        assert "The path comes here later" in text_of(pilot)
        await press(pilot, "enter")
        assert "Attention and gating in a few words" in text_of(pilot)


async def test_the_next_step_moves_on_once_the_cards_were_recalled(drive: Drive, services: Services) -> None:
    services.store.remember(place_key("edges"), {"fraction": 1.0})
    for memory in services.store.memories("edges"):
        services.store.answer(memory.card, Rating.GOOD)
    async with drive() as pilot:
        assert "Take the quiz" in text_of(pilot)
