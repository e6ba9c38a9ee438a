from __future__ import annotations

import asyncio

import pytest

from cnntutor.tui.playback import SPEEDS, Playback

FOREVER = 1e6


async def let_go_on() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


async def test_a_frame_without_a_hold_gives_way_at_once() -> None:
    await Playback().turn(0)


async def test_pausing_holds_the_frame_until_someone_goes_on() -> None:
    playback = Playback()
    playback.toggle()
    turn = asyncio.create_task(playback.turn(0))
    await let_go_on()
    assert not turn.done()
    playback.toggle()
    await turn


async def test_a_step_shows_one_frame_more_and_pauses() -> None:
    playback = Playback()
    playback.step()
    await playback.turn(FOREVER)
    assert playback.paused
    turn = asyncio.create_task(playback.turn(0))
    await let_go_on()
    assert not turn.done()
    playback.step()
    await turn


async def test_going_on_ends_steps_that_were_not_taken() -> None:
    playback = Playback()
    playback.step()
    playback.step()
    playback.toggle()
    assert not playback.paused
    turn = asyncio.create_task(playback.turn(FOREVER))
    await let_go_on()
    assert not turn.done()
    playback.step()
    await turn


async def test_a_new_run_plays() -> None:
    playback = Playback()
    playback.toggle()
    playback.restart()
    assert not playback.paused
    await playback.turn(0)


async def test_the_speed_stays_within_its_limits_and_a_change_takes_effect_within_a_frame() -> None:
    playback = Playback()
    playback.faster(-99)
    assert playback.speed == SPEEDS[0]
    turn = asyncio.create_task(playback.turn(0.08))
    await let_go_on()
    playback.faster(99)
    assert playback.speed == SPEEDS[-1]
    async with asyncio.timeout(5):
        await turn


@pytest.mark.parametrize("steps", [1, -1])
async def test_the_speed_changes_by_steps(steps: int) -> None:
    playback = Playback()
    playback.faster(steps)
    assert playback.speed == SPEEDS[SPEEDS.index(1.0) + steps]


async def test_a_run_that_is_cancelled_as_it_is_told_to_play_is_cancelled_all_the_same() -> None:
    playback = Playback()
    playback.toggle()
    turn = asyncio.create_task(playback.turn(FOREVER))
    await let_go_on()
    playback.restart()
    turn.cancel()
    with pytest.raises(asyncio.CancelledError):
        await turn
