"""A lesson's tabs."""

from __future__ import annotations

from driving import Drive, press, text_of

from cnntutor.memory.models import Rating
from cnntutor.plan import place_key
from cnntutor.services import Services
from cnntutor.tui.routes import ToLesson, ToSearch
from cnntutor.tui.widgets.recall_prompt import RecallPrompt


async def test_number_keys_and_brackets_turn_the_tabs(drive: Drive) -> None:
    async with drive(ToLesson("edges")) as pilot:
        assert "Edges in a few words" in text_of(pilot)
        await press(pilot, "2")
        assert "I have always wondered" in text_of(pilot)
        await press(pilot, "right_square_bracket")
        assert "The first section says what edges is" in text_of(pilot)
        await press(pilot, "left_square_bracket", "left_square_bracket", "left_square_bracket")
        assert "A guide to convolution arithmetic" in text_of(pilot)


async def test_the_transcript_tells_when_and_by_whom(drive: Drive) -> None:
    async with drive(ToLesson("edges", tab="listen")) as pilot:
        text = text_of(pilot)
        assert "0:00" in text
        assert "Ada" in text
        assert "The puzzle" in text


async def test_formulas_are_unicode_and_code_is_shown(drive: Drive) -> None:
    async with drive(ToLesson("edges", tab="read")) as pilot:
        text = text_of(pilot)
        assert "⌊" in text
        assert "$" not in text
        assert ">>> 1 + 1" in text


async def test_opening_the_article_is_remembered(drive: Drive, services: Services) -> None:
    async with drive(ToLesson("edges", tab="read")):
        pass
    assert services.store.recall(place_key("edges")) is not None


async def test_the_article_opens_where_it_was_left(drive: Drive) -> None:
    async with drive(ToLesson("edges", tab="read"), size=(80, 24)) as pilot:
        await press(pilot, "G")
        left = pilot.app.screen.query_one(".article").scroll_y
    assert left > 0
    async with drive(ToLesson("edges", tab="read"), size=(80, 24)) as pilot:
        assert abs(pilot.app.screen.query_one(".article").scroll_y - left) <= 1


async def test_a_prompt_in_the_article_counts_as_a_review(drive: Drive, services: Services) -> None:
    async with drive(ToLesson("edges", tab="read")) as pilot:
        pilot.app.screen.query(RecallPrompt).first().focus()
        await press(pilot, "3")
        assert services.store.log() == []
        await press(pilot, "space", "4")
        assert "in memory" in text_of(pilot)
    (row,) = services.store.log()
    assert (row.card, row.rating, row.source) == ("edges-name", Rating.EASY, "read")


async def test_finding_goes_to_the_match(drive: Drive) -> None:
    async with drive(ToLesson("edges", tab="read"), size=(80, 24)) as pilot:
        await press(pilot, "f", *"counts", "enter")
        assert "The second section counts" in text_of(pilot)
        await press(pilot, "f", *"zebra", "enter")
        assert "“zebra” does not stand" in text_of(pilot)


async def test_cards_show_both_sides_and_what_is_remembered(drive: Drive, services: Services) -> None:
    services.store.answer("edges-name", Rating.EASY)
    async with drive(ToLesson("edges", tab="cards")) as pilot:
        text = text_of(pilot)
        assert "It has always been called so" in text
        assert "stability 8 d" in text


async def test_suspending_and_flagging_in_the_list(drive: Drive, services: Services) -> None:
    async with drive(ToLesson("edges", tab="cards")) as pilot:
        await press(pilot, "s", "j", "f")
        assert services.store.memory("edges-name").suspended
        assert services.store.memory("edges-gaps/1").flag == "red"
        await press(pilot, "k", "s")
    assert not services.store.memory("edges-name").suspended


async def test_a_link_is_opened_or_copied(drive: Drive, monkeypatch: object) -> None:
    async with drive(ToLesson("edges", tab="links")) as pilot:
        opened: list[str] = []
        pilot.app.open_url = lambda url, *, new_tab=True: opened.append(str(url))  # type: ignore[method-assign]
        await press(pilot, "enter")
        assert opened == ["https://arxiv.org/abs/1603.07285"]
        await press(pilot, "y")
        assert pilot.app.clipboard == "https://arxiv.org/abs/1603.07285"


async def test_the_quiz_tab_tells_the_last_answers(drive: Drive) -> None:
    async with drive(ToLesson("edges", tab="quiz")) as pilot:
        assert "2 questions" in text_of(pilot)
        await press(pilot, "z")
        assert "How sure are you?" in text_of(pilot)


async def test_number_keys_in_a_prompt_never_leave_the_article(drive: Drive, services: Services) -> None:
    async with drive(ToLesson("edges", tab="read")) as pilot:
        pilot.app.screen.query(RecallPrompt).first().focus()
        await press(pilot, "1", "6", "space", "4", "4")
        assert "Before you go on, recall" in text_of(pilot)
    assert len(services.store.log()) == 1


async def test_siblings_are_not_asked_side_by_side(drive: Drive) -> None:
    async with drive(ToLesson("edges", tab="read")) as pilot:
        asked = [prompt.card.note for prompt in pilot.app.screen.query(RecallPrompt)]
    assert len(asked) == len(set(asked)) == 3


async def test_a_suspended_card_is_not_asked_in_the_article(drive: Drive, services: Services) -> None:
    services.store.suspend("edges-name")
    async with drive(ToLesson("edges", tab="read")) as pilot:
        pilot.app.screen.query(RecallPrompt).first().focus()
        await press(pilot, "space", "4")
        assert "suspended" in text_of(pilot)
    assert services.store.log() == []


async def test_a_prompt_answered_in_another_window_is_not_answered_twice(drive: Drive, services: Services) -> None:
    async with drive(ToLesson("edges", tab="read")) as pilot:
        services.store.answer("edges-name", Rating.GOOD)
        pilot.app.screen.query(RecallPrompt).first().focus()
        await press(pilot, "space", "4")
        assert "another window" in text_of(pilot)
    assert [row.rating for row in services.store.log()] == [Rating.GOOD]


async def test_looking_something_up_does_not_move_the_bookmark(drive: Drive, services: Services) -> None:
    services.store.remember(place_key("edges"), {"fraction": 0.1, "furthest": 0.2})
    async with drive(ToLesson("edges", tab="read", section="cost"), size=(80, 24)) as pilot:
        await press(pilot, "G", "escape")
    assert services.store.recall(place_key("edges")) == {"fraction": 0.1, "furthest": 0.2}


async def test_the_way_from_a_lesson_leads_back_to_the_path(drive: Drive) -> None:
    async with drive(ToLesson("edges")) as pilot:
        await press(pilot, "p")
        assert "A small course" in text_of(pilot)


async def test_a_card_found_by_search_is_the_one_shown(drive: Drive) -> None:
    async with drive(ToSearch("visits where")) as pilot:
        await press(pilot, "enter")
        assert "edges-gaps/2" in text_of(pilot)
