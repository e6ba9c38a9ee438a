"""Search, settings, keys, themes and the frame around every screen."""

from __future__ import annotations

from driving import Drive, press, settings_on_disk, text_of

from cnntutor.services import Services
from cnntutor.tui.routes import ToSearch, ToSettings


async def test_search_finds_as_one_types_and_opens(drive: Drive) -> None:
    async with drive(ToSearch()) as pilot:
        await press(pilot, *"section counts")
        assert "What it costs" in text_of(pilot)
        await press(pilot, "enter")
        assert "The second section counts" in text_of(pilot)


async def test_search_says_when_nothing_is_found(drive: Drive) -> None:
    async with drive(ToSearch()) as pilot:
        await press(pilot, *"zebra")
        assert "Nothing says “zebra”" in text_of(pilot)


async def test_a_setting_is_changed_in_place_and_kept(drive: Drive, services: Services) -> None:
    async with drive(ToSettings()) as pilot:
        await press(pilot, "j", "enter", "home", "delete", "delete", *"25", "enter")
        assert settings_on_disk(services).new_per_day == 25


async def test_a_value_that_does_not_fit_is_refused_beside_it(drive: Drive, services: Services) -> None:
    async with drive(ToSettings()) as pilot:
        await press(pilot, "enter", *"7", "enter")
        assert "out of range" in text_of(pilot)
        assert settings_on_disk(services).desired_retention == 0.9
        await press(pilot, "escape", "escape")
        assert "A year of answers" in text_of(pilot)


async def test_a_switch_turns_with_enter_and_back_to_the_default(drive: Drive, services: Services) -> None:
    async with drive(ToSettings()) as pilot:
        await press(pilot, *"jjjjjj", "enter")
        assert settings_on_disk(services).two_button is True
        await press(pilot, "x")
        assert settings_on_disk(services).two_button is False


async def test_a_theme_chosen_anywhere_is_kept(drive: Drive, services: Services) -> None:
    async with drive() as pilot:
        pilot.app.theme = "cnntutor-light"
        await press(pilot)
        await pilot.pause()
    assert settings_on_disk(services).theme == "cnntutor-light"


async def test_the_keys_of_a_screen_are_listed(drive: Drive) -> None:
    async with drive() as pilot:
        await press(pilot, "question_mark")
        text = text_of(pilot)
        assert "On this screen" in text
        assert "Next step" in text
        assert "Settings" in text
        await press(pilot, "escape")
        assert "A year of answers" in text_of(pilot)


async def test_a_terminal_too_small_says_how_large_it_must_be(drive: Drive) -> None:
    async with drive(size=(40, 10)) as pilot:
        assert "40×10 is too small" in text_of(pilot)
        assert "60×18" in text_of(pilot)


async def test_the_bar_leads_everywhere_by_mouse(drive: Drive) -> None:
    async with drive() as pilot:
        for label, wanted in (("Path", "A small course"), ("Search", "Type a word"), ("Settings", "Desired retention")):
            await pilot.click(offset=(text_of(pilot).splitlines()[0].index(label) + 1, 0))
            await press(pilot)
            assert wanted in text_of(pilot)
